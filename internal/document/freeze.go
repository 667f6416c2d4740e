package document

import (
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// Freeze is what a document, or an order summary, says about an order now. The
// caller adds what was paid.
func Freeze(p profile.Profile, c customer.Customer, o order.Order) (Snapshot, error) {
	s := Snapshot{
		Language: o.Language, TimeZone: p.TimeZone, Currency: o.Total.Currency().Code(), Accent: p.Details.Accent, Logo: p.Details.Logo.Hash,
		Seller: Party{Name: p.Details.LegalName, Address: p.Details.AddressLines, TaxID: p.Details.TaxID,
			Email: p.Details.Email, Phone: p.Details.Phone, Website: p.Details.Website},
		Legal:    p.Details.LegalLines,
		Customer: Party{Name: c.Name(), Address: c.Address(), Country: c.CountryCode, TaxID: c.TaxID, Email: c.Email},
		OrderID:  string(o.ID), InvoiceID: o.InvoiceID, OrderedAt: o.CreatedAt, Total: o.Total.Decimal(),
	}
	if s.Seller.Name == "" {
		s.Seller.Name = p.Name
	}
	for _, note := range []string{o.Plan.Memo, o.Note, p.Details.PaperNote} {
		if note != "" {
			s.Notes = append(s.Notes, note)
		}
	}
	zero := money.New(0, o.Total.Currency())
	sums := struct{ subtotal, discount, fees money.Amount }{zero, zero, zero}
	for _, l := range o.Lines {
		whole, err := whole(l)
		if err != nil {
			return Snapshot{}, err
		}
		s.Lines = append(s.Lines, Line{Name: l.Name, Description: l.Description, Quantity: l.Quantity, Unit: l.Unit.Decimal(),
			Discount: whole.discount.Decimal(), Fee: whole.fee.Decimal(), RatePPM: int64(l.TaxRate), Tax: l.Tax.Decimal(), Total: l.Total.Decimal()})
		for _, x := range []struct {
			to *money.Amount
			of money.Amount
		}{{&sums.subtotal, whole.price}, {&sums.discount, whole.discount}, {&sums.fees, whole.fee}} {
			if *x.to, err = x.to.Add(x.of); err != nil {
				return Snapshot{}, err
			}
		}
	}
	s.Subtotal, s.Discount, s.Fees = sums.subtotal.Decimal(), sums.discount.Decimal(), sums.fees.Decimal()
	taxes, err := TaxTotals(o.Lines)
	if err != nil {
		return Snapshot{}, err
	}
	for _, t := range taxes {
		s.Taxes = append(s.Taxes, TaxTotal{RatePPM: int64(t.Rate), Net: t.Net.Decimal(), Tax: t.Tax.Decimal(), Gross: t.Gross.Decimal(), Taxed: t.Taxed})
	}
	return s, nil
}

// wholeLine are the amounts of all pieces of a line.
type wholeLine struct{ price, discount, fee money.Amount }

func whole(l order.Line) (w wholeLine, err error) {
	if w.price, err = l.Unit.Times(l.Quantity); err != nil {
		return w, err
	}
	if w.discount, err = l.Discount.Times(l.Quantity); err != nil {
		return w, err
	}
	w.fee, err = l.Fee.Times(l.Quantity)
	return w, err
}

// settled is s with what was paid of total and what is due.
func (s *Snapshot) settled(total money.Amount, payments []Payment) (Snapshot, error) {
	out := *s
	out.Payments = make([]Paid, 0, len(payments))
	paid := money.New(0, total.Currency())
	for _, p := range payments {
		var err error
		if paid, err = paid.Add(p.Amount); err != nil {
			return Snapshot{}, err
		}
		out.Payments = append(out.Payments, Paid{At: p.At, Method: p.Method, Reference: p.Reference, Amount: p.Amount.Decimal()})
	}
	due, err := total.Sub(paid)
	if err != nil {
		return Snapshot{}, err
	}
	if due.IsNegative() {
		return Snapshot{}, errAmounts
	}
	out.Paid, out.Due = paid.Decimal(), due.Decimal()
	return out, nil
}
