package order

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
)

// priced is the first field by which an order asks for another price than the
// product's; empty when none does.
func (in SingleLine) priced() string {
	for _, f := range []struct{ name, told string }{
		{"amount", in.Amount}, {"discount_amount", in.Discount}, {"fee_amount", in.Fee}, {"tax_amount", in.Tax},
	} {
		if f.told != "" {
			return f.name
		}
	}
	return ""
}

// reprice puts the amounts that were told, else the product's, into a line and
// works out its tax and total. A discount that the product tells as a rate is
// taken of the amount that was told. It answers the fields that are wrong, each
// told by at.
func (l *Line) reprice(in SingleLine, p catalog.Details, at func(field, code, public string) []fault.Field) []fault.Field {
	var bad []fault.Field
	read := func(field, text string, into *money.Amount) {
		if text == "" {
			return
		}
		told, err := money.Parse(text, p.Price.Currency())
		if err != nil || told.IsNegative() {
			bad = append(bad, at(field, "amount", "Use a decimal amount of the order's currency such as 20.00.")...)
			return
		}
		*into = told
	}
	tooLarge := at("amount", "too_large", "This amount is too large.")
	var tax money.Amount
	var err error
	l.Unit, l.Fee, l.TaxRate = p.Price, p.Fee, p.Tax
	read("amount", in.Amount, &l.Unit)
	if l.Discount, err = p.DiscountOn(l.Unit); err != nil {
		return tooLarge
	}
	read("discount_amount", in.Discount, &l.Discount)
	read("fee_amount", in.Fee, &l.Fee)
	read("tax_amount", in.Tax, &tax)
	if len(bad) > 0 {
		return bad
	}
	if l.Discount.Minor() > l.Unit.Minor() {
		return at("discount_amount", "discount_too_large", "A discount cannot be larger than the price.")
	}
	net, err := l.Unit.Sub(l.Discount)
	if err == nil && in.Tax != "" && tax.Minor() > net.Minor() {
		return at("tax_amount", "tax_too_large", "The tax is included in the price and cannot be larger.")
	}
	if err != nil {
		return tooLarge
	}
	taxed, err := net.Times(l.Quantity)
	if err != nil {
		return tooLarge
	}
	if in.Tax != "" {
		l.TaxRate = 0
		l.Tax, err = tax.Times(l.Quantity)
	} else {
		l.Tax, err = taxed.IncludedAt(l.TaxRate)
	}
	if err != nil {
		return tooLarge
	}
	fees, err := l.Fee.Times(l.Quantity)
	if err != nil {
		return tooLarge
	}
	if l.Total, err = taxed.Add(fees); err != nil {
		return tooLarge
	}
	return nil
}
