package paper

import (
	"fmt"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/pdf"
)

// receipt is the input of an issued receipt, from its snapshot alone.
func receipt(d document.Document) (pdf.Receipt, error) {
	t := i18n.For(d.Snapshot.Language)
	p, err := sheet(t, *d.Snapshot)
	if err != nil {
		return pdf.Receipt{}, err
	}
	zone := location(d.Snapshot.TimeZone)
	p.Title, p.Number, p.Date, p.DatedAt = t.T("paper.receipt"), d.Number, t.Date(d.IssuedAt, zone), d.IssuedAt
	p.Subject = t.T("paper.receipt.subject", "number", d.Number, "order", d.Snapshot.InvoiceID)
	paid, err := format(t, d.Snapshot.Paid, d.Snapshot.Currency)
	if err != nil {
		return pdf.Receipt{}, err
	}
	p.Totals.Paid = pdf.Fact{Label: t.T("paper.paid"), Value: paid}
	return pdf.Receipt{Paper: p, Payment: pdf.Payment{
		Heading:   t.T("paper.payment"),
		Method:    pdf.Fact{Label: t.T("paper.method"), Value: method(t, d.Snapshot.Method.Brand, d.Snapshot.Method.Last4)},
		PaidOn:    pdf.Fact{Label: t.T("paper.paid_on"), Value: t.Date(d.Snapshot.PaidAt, zone)},
		Reference: pdf.Fact{Label: t.T("paper.reference"), Value: d.Snapshot.Reference},
	}}, nil
}

// summary is the input of an order summary as the order stands now.
func summary(v payment.Overview, c customer.Customer, lang string, now time.Time) (pdf.OrderSummary, error) {
	t := i18n.For(lang)
	s, err := document.Freeze(v.Profile, c, v.Order)
	if err != nil {
		return pdf.OrderSummary{}, err
	}
	s.Language = t.Lang()
	p, err := sheet(t, s)
	if err != nil {
		return pdf.OrderSummary{}, err
	}
	zone := v.Profile.Location()
	p.Title, p.Number, p.Date, p.DatedAt = t.T("paper.summary"), v.Order.InvoiceID, t.Date(now, zone), now
	p.Subject = t.T("paper.summary.subject", "order", v.Order.InvoiceID)
	open, err := v.Payment.Amount.Sub(v.Payment.Captured)
	if err != nil {
		return pdf.OrderSummary{}, err
	}
	p.Totals.Paid = pdf.Fact{Label: t.T("paper.paid"), Value: t.Money(v.Payment.Captured)}
	p.Totals.Open = pdf.Fact{Label: t.T("paper.open"), Value: t.Money(open)}
	return pdf.OrderSummary{Paper: p, Status: status(t, v, zone)}, nil
}

func status(t i18n.Localizer, v payment.Overview, zone *time.Location) pdf.OrderStatus {
	s := pdf.OrderStatus{Heading: t.T("paper.status.pending")}
	switch {
	case v.Payment.Status == payment.Paid:
		s.Heading = t.T("paper.status.paid", "date", t.Date(v.Payment.PaidAt, zone))
		for _, x := range v.Transactions {
			if x.State == payment.Approved && !x.Surplus && x.PaymentID == v.Payment.ID && x.Method.Last4 != "" {
				s.Facts = append(s.Facts, pdf.Fact{Label: t.T("paper.method"), Value: method(t, x.Method.Brand, x.Method.Last4)})
				break
			}
		}
	case v.Order.Status == order.Cancelled:
		s.Heading = t.T("paper.status.cancelled")
	case v.Undecided != "":
		s.Heading = t.T("paper.status.checking")
	}
	return s
}

// sheet is what both documents share.
func sheet(t i18n.Localizer, s document.Snapshot) (pdf.Paper, error) {
	p := pdf.Paper{
		Language: t.Lang(),
		Seller: pdf.Seller{Party: pdf.Party{Name: s.Seller.Name, Lines: append(append([]string(nil), s.Seller.Address...), contact(s.Seller)...)},
			Accent: s.Accent, Legal: legal(t, s.Seller)},
		BillTo: pdf.Party{Name: s.Customer.Name, Lines: customerLines(t, s.Customer)},
		Facts:  []pdf.Fact{{Label: t.T("paper.order"), Value: s.InvoiceID}},
		Labels: pdf.Labels{Seller: t.T("paper.seller"), BillTo: t.T("paper.bill_to"), Facts: t.T("paper.details"),
			Description: t.T("paper.description"), Qty: t.T("paper.quantity"), Unit: t.T("paper.unit_price"), Total: t.T("paper.amount")},
		PageOf: t.T("paper.page_of", "page", "{page}", "pages", "{pages}"),
	}
	for _, l := range s.Lines {
		unit, err := format(t, l.Unit, s.Currency)
		if err != nil {
			return pdf.Paper{}, err
		}
		total, err := format(t, l.Total, s.Currency)
		if err != nil {
			return pdf.Paper{}, err
		}
		p.Lines = append(p.Lines, pdf.Line{Text: l.Name, Detail: l.Description, Qty: t.Number(l.Quantity), Unit: unit, Total: total})
	}
	total, err := format(t, s.Total, s.Currency)
	if err != nil {
		return pdf.Paper{}, err
	}
	p.Totals.Total = pdf.Fact{Label: t.T("paper.total"), Value: total}
	for _, x := range s.TaxByRate {
		tax, err := format(t, x.Tax, s.Currency)
		if err != nil {
			return pdf.Paper{}, err
		}
		p.Totals.Taxes = append(p.Totals.Taxes, pdf.Fact{Label: t.T("paper.tax_included", "rate", Rate(t, money.PPM(x.RatePPM))), Value: tax})
	}
	if s.Note != "" {
		p.Notes = []string{s.Note}
	}
	return p, nil
}

func format(t i18n.Localizer, decimal, currency string) (string, error) {
	c, err := money.ParseCurrency(currency)
	if err != nil {
		return "", err
	}
	a, err := money.Parse(decimal, c)
	if err != nil {
		return "", err
	}
	return t.Money(a), nil
}

// Rate writes a tax rate as people read it: "19 %", "7,7 %" in German.
func Rate(t i18n.Localizer, r money.PPM) string {
	s := fmt.Sprintf("%d", r/10_000)
	if rest := r % 10_000; rest != 0 {
		s += t.T("paper.decimal_point") + strings.TrimRight(fmt.Sprintf("%04d", rest), "0")
	}
	return s + t.T("paper.per_cent")
}

func method(t i18n.Localizer, brand, last4 string) string {
	brand = i18n.Brand(brand)
	if last4 == "" {
		return brand
	}
	return t.T("paper.card", "brand", brand, "last4", last4)
}

func contact(p document.Party) []string {
	var lines []string
	for _, l := range []string{p.Email, p.Phone, p.Website} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

func legal(t i18n.Localizer, p document.Party) []string {
	lines := append([]string{p.Name}, p.Address...)
	if p.TaxID != "" {
		lines = append(lines, t.T("paper.tax_id", "id", p.TaxID))
	}
	return lines
}

func customerLines(t i18n.Localizer, p document.Party) []string {
	lines := append([]string(nil), p.Address...)
	if p.Country != "" {
		lines = append(lines, t.Country(p.Country))
	}
	if p.TaxID != "" {
		lines = append(lines, t.T("paper.tax_id", "id", p.TaxID))
	}
	return lines
}

func location(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC
}
