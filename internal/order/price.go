package order

import (
	"fmt"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
)

// priced is the first field by which an order asks for another price than the
// product's; empty when none does.
func (in SaleLine) priced() string {
	for _, f := range []struct {
		name string
		told bool
	}{
		{"amount", in.Amount != ""}, {"discount_amount", in.Discount != ""}, {"fee_amount", in.Fee != ""}, {"tax_amount", in.Tax != ""},
		{"discount_applies_to", in.DiscountOnce != nil}, {"fee_applies_to", in.FeeOnce != nil},
	} {
		if f.told {
			return f.name
		}
	}
	return ""
}

// price turns the i-th thing that was asked for into a line. It is not sound when
// some fields are wrong.
func (in SaleLine) price(i int, p catalog.Product, bad *mistakes) (l Line, sound bool) {
	at := func(field, code, public string) []fault.Field {
		return []fault.Field{{Pointer: fmt.Sprintf("/order/order_products/%d/%s", i, field), Code: code, Public: public}}
	}
	l = Line{Position: i + 1, ProductID: p.ID, Name: p.Name, Description: p.Description, Quantity: in.Quantity}
	if told := in.priced(); p.PricingLocked && told != "" {
		*bad = append(*bad, at(told, "pricing_locked", "The price of this product is locked.")...)
		return l, false
	}
	fields := l.reprice(in, p.Details, at)
	*bad = append(*bad, fields...)
	return l, len(fields) == 0
}

// reprice puts the amounts that were told, else the product's, into a line and
// works out its tax and total. A discount that the product tells as a rate is
// taken of the amount that was told. It answers the fields that are wrong, each
// told by at.
func (l *Line) reprice(in SaleLine, p catalog.Details, at func(field, code, public string) []fault.Field) []fault.Field {
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
