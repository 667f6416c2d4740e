package document

import (
	"slices"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// Freeze is what a document, or an order summary, says about an order now. The
// caller adds what was paid.
func Freeze(p profile.Profile, c customer.Customer, o order.Order) (Snapshot, error) {
	s := Snapshot{
		Language: o.Language, TimeZone: p.TimeZone, Currency: o.Total.Currency().Code(), Accent: p.Details.Accent,
		Seller: Party{Name: p.Details.LegalName, Address: p.Details.AddressLines, TaxID: p.Details.TaxID,
			Email: p.Details.Email, Phone: p.Details.Phone, Website: p.Details.Website},
		Customer: Party{Name: c.Name(), Address: c.Address(), Country: c.CountryCode, TaxID: c.TaxID, Email: c.Email},
		OrderID:  string(o.ID), InvoiceID: o.InvoiceID, Note: o.Note, Total: o.Total.Decimal(),
	}
	if s.Seller.Name == "" {
		s.Seller.Name = p.Name
	}
	for _, l := range o.Lines {
		s.Lines = append(s.Lines, Line{l.Name, l.Description, l.Quantity, l.Unit.Decimal(), l.Total.Decimal()})
	}
	taxes, err := TaxesByRate(o.Lines)
	if err != nil {
		return Snapshot{}, err
	}
	for _, t := range taxes {
		s.TaxByRate = append(s.TaxByRate, TaxTotal{int64(t.Rate), t.Tax.Decimal()})
	}
	return s, nil
}

// RateTax is the tax that lines of one rate include.
type RateTax struct {
	Rate money.PPM
	Tax  money.Amount
}

// TaxesByRate sums the lines' own tax per rate, lowest rate first, so that the
// lines shown always add up to the totals shown. Lines without tax give none.
func TaxesByRate(lines []order.Line) ([]RateTax, error) {
	var out []RateTax
	for _, l := range lines {
		if l.TaxRate == 0 {
			continue
		}
		i := slices.IndexFunc(out, func(t RateTax) bool { return t.Rate == l.TaxRate })
		if i < 0 {
			out = append(out, RateTax{l.TaxRate, money.New(0, l.Total.Currency())})
			i = len(out) - 1
		}
		sum, err := out[i].Tax.Add(l.Tax)
		if err != nil {
			return nil, err
		}
		out[i].Tax = sum
	}
	slices.SortFunc(out, func(a, b RateTax) int { return int(a.Rate - b.Rate) })
	return out, nil
}
