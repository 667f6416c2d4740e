package portal

import (
	"cmp"
	"slices"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/templates/ui"
)

// lines are what was ordered. Discounts and fees are shown where there are any;
// prices include their tax, so that what is shown adds up to the total by itself.
func lines(texts i18n.Localizer, o order.Order) ui.Lines {
	if o.Type == catalog.Metered {
		return priceless(texts, o)
	}
	out := ui.Lines{Total: texts.Money(o.Total), First: o.Type == catalog.Subscription}
	taxes := map[money.PPM]money.Amount{}
	for _, l := range o.Lines {
		shown := ui.Line{Description: l.Name, Detail: l.Description, Quantity: texts.Number(l.Quantity), UnitPrice: texts.Money(l.Unit), Total: texts.Money(l.Total)}
		if l.Discount.IsPositive() {
			shown.Discount = texts.Money(l.Discount.Neg())
		}
		if l.Fee.IsPositive() {
			shown.Fee = texts.Money(l.Fee)
		}
		out.Lines = append(out.Lines, shown)
		if sum, err := taxes[l.TaxRate].Add(l.Tax); err == nil {
			taxes[l.TaxRate] = sum
		}
	}
	sums := o.Sums()
	if sums.Discount.IsPositive() || sums.Fee.IsPositive() {
		out.Subtotal = texts.Money(sums.Listed)
	}
	if sums.Discount.IsPositive() {
		out.Discount = texts.Money(sums.Discount.Neg())
	}
	if sums.Fee.IsPositive() {
		out.Fee = texts.Money(sums.Fee)
	}
	out.Taxes = taxRows(texts, taxes)
	return out
}

// priceless are the lines of a metered order: what it costs is informative, and
// there is nothing that they add up to.
func priceless(texts i18n.Localizer, o order.Order) ui.Lines {
	var out ui.Lines
	for _, l := range o.Lines {
		shown := ui.Line{Description: l.Name, Detail: l.Description}
		if l.Unit.IsPositive() {
			shown.UnitPrice = texts.Money(l.Unit)
		}
		out.Lines = append(out.Lines, shown)
	}
	return out
}

// taxRows are the taxes by rate, the highest first and those without a rate last.
func taxRows(texts i18n.Localizer, by map[money.PPM]money.Amount) []ui.Tax {
	var rates []money.PPM
	for rate, tax := range by {
		if tax.IsPositive() {
			rates = append(rates, rate)
		}
	}
	slices.SortFunc(rates, func(a, b money.PPM) int { return cmp.Compare(b, a) })
	var out []ui.Tax
	for _, rate := range rates {
		row := ui.Tax{Amount: texts.Money(by[rate])}
		if rate > 0 {
			row.Rate = paper.Rate(texts, rate)
		}
		out = append(out, row)
	}
	return out
}
