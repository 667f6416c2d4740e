package order

import "github.com/quittance/quittance/internal/money"

// Asking is the order as a paper shows it for one payment that is not the whole: a
// single line of that amount, named by what was sold and the description. A fee is
// kept beside the amount where it fits in; tax is what the amount includes, where
// all lines have one rate. The order's lines must be there.
func (o Order) Asking(amount money.Amount, description string) (Order, error) {
	first := o.Lines[0]
	l := Line{Position: 1, ProductID: first.ProductID, Name: first.Name, Description: description, Quantity: 1,
		Unit: amount, Discount: money.New(0, amount.Currency()), Fee: money.New(0, amount.Currency()), TaxRate: first.TaxRate, Total: amount}
	if description == "" {
		l.Description = first.Description
	}
	for _, other := range o.Lines[1:] {
		l.Name += ", " + other.Name
		if other.TaxRate != first.TaxRate {
			l.TaxRate = 0
		}
	}
	var err error
	if len(o.Lines) == 1 && first.Quantity == 1 && first.Fee.Minor() < amount.Minor() {
		l.Fee = first.Fee
		if l.Unit, err = amount.Sub(first.Fee); err != nil {
			return Order{}, err
		}
	}
	if l.Tax, err = l.Unit.IncludedAt(l.TaxRate); err != nil {
		return Order{}, err
	}
	o.Lines, o.Total = []Line{l}, amount
	return o, nil
}
