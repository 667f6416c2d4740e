package document

import (
	"cmp"
	"slices"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// RateTotal is what lines that are taxed alike come to.
type RateTotal struct {
	Rate            money.PPM
	Taxed           bool // false: no tax is included
	Net, Tax, Gross money.Amount
}

// TaxTotals sums what is paid for lines per rate, highest rate first, then taxes
// that were told as amounts, then what has none, as fees. Each line's own tax is
// added up, never worked out again, and the gross amounts add up to the total, so
// that the lines shown always sum to the totals shown. Where no line is taxed
// there are no totals.
func TaxTotals(lines []order.Line) ([]RateTotal, error) {
	var out []RateTotal
	add := func(rate money.PPM, taxed bool, tax, gross money.Amount) error {
		i := slices.IndexFunc(out, func(t RateTotal) bool { return t.Rate == rate && t.Taxed == taxed })
		if i < 0 {
			i = len(out)
			out = append(out, RateTotal{Rate: rate, Taxed: taxed})
		}
		t := &out[i]
		net, err := gross.Sub(tax)
		if err != nil {
			return err
		}
		for _, x := range []struct {
			to *money.Amount
			of money.Amount
		}{{&t.Net, net}, {&t.Tax, tax}, {&t.Gross, gross}} {
			if *x.to, err = x.to.Add(x.of); err != nil {
				return err
			}
		}
		return nil
	}
	for _, l := range lines {
		w, err := whole(l)
		if err != nil {
			return nil, err
		}
		gross, err := w.price.Sub(w.discount)
		if err != nil {
			return nil, err
		}
		none := money.New(0, l.Total.Currency())
		if gross.IsPositive() {
			err = add(l.TaxRate, l.TaxRate > 0 || l.Tax.IsPositive(), l.Tax, gross)
		}
		if err == nil && w.fee.IsPositive() {
			err = add(0, false, none, w.fee)
		}
		if err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(out, func(t RateTotal) bool { return t.Taxed }) {
		return nil, nil
	}
	slices.SortFunc(out, func(a, b RateTotal) int {
		if a.Taxed != b.Taxed {
			if a.Taxed {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Rate, a.Rate)
	})
	return out, nil
}
