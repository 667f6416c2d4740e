package portal

import (
	"cmp"
	"slices"

	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/templates/ui"
)

// lines are what was ordered. Discounts and fees are shown where there are any;
// prices include their tax, so that what is shown adds up to the total by itself.
func lines(texts i18n.Localizer, o order.Order) ui.Lines {
	out := ui.Lines{Total: texts.Money(o.Total)}
	var full, off, fees money.Amount
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
		full, off, fees = plus(full, l.Unit, l.Quantity), plus(off, l.Discount, l.Quantity), plus(fees, l.Fee, l.Quantity)
		taxes[l.TaxRate] = plus(taxes[l.TaxRate], l.Tax, 1)
	}
	if off.IsPositive() || fees.IsPositive() {
		out.Subtotal = texts.Money(full)
	}
	if off.IsPositive() {
		out.Discount = texts.Money(off.Neg())
	}
	if fees.IsPositive() {
		out.Fee = texts.Money(fees)
	}
	out.Taxes = taxRows(texts, taxes)
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

// plus adds n times an amount to a sum. What a line holds was added up when the
// order was made; a sum that overflows now is left as it was.
func plus(sum, one money.Amount, n int64) money.Amount {
	all, err := one.Times(n)
	if err != nil {
		return sum
	}
	if all, err = sum.Add(all); err != nil {
		return sum
	}
	return all
}
