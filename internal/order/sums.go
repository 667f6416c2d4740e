package order

import "github.com/quittance/quittance/internal/money"

// Sums are what an order's lines come to by their parts.
type Sums struct {
	Listed   money.Amount // before discounts and fees
	Discount money.Amount
	Fee      money.Amount
	Tax      money.Amount
}

// Sums adds up an order's lines. They were added up when the order was made, so
// nothing overflows.
func (o Order) Sums() Sums {
	none := money.New(0, o.Total.Currency())
	s := Sums{none, none, none, none}
	for _, l := range o.Lines {
		s.Listed, s.Discount = plus(s.Listed, l.Unit, l.Quantity), plus(s.Discount, l.Discount, l.Quantity)
		s.Fee, s.Tax = plus(s.Fee, l.Fee, l.Quantity), plus(s.Tax, l.Tax, 1)
	}
	return s
}

// plus adds n times an amount to a sum, which an overflow leaves as it was.
func plus(sum, one money.Amount, n int64) money.Amount {
	all, err := one.Times(n)
	if err == nil {
		all, err = sum.Add(all)
	}
	if err != nil {
		return sum
	}
	return all
}
