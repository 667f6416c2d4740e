package paper

import (
	"time"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/pdf"
)

// sheet is what every document says: parties, lines, totals, taxes, notes.
func sheet(t i18n.Localizer, s document.Snapshot) (pdf.Paper, error) {
	p := pdf.Paper{
		Language: t.Lang(),
		Seller: pdf.Seller{Party: pdf.Party{Name: s.Seller.Name, Lines: append(append([]string(nil), s.Seller.Address...), contact(s.Seller)...)},
			Accent: s.Accent, Legal: legal(t, s)},
		BillTo: pdf.Party{Name: s.Customer.Name, Lines: customerLines(t, s.Customer)},
		Facts:  []pdf.Fact{{Label: t.T("paper.order"), Value: s.InvoiceID}},
		Labels: labels(t),
		PageOf: t.T("paper.page_of", "page", "{page}", "pages", "{pages}"),
		Notes:  s.Notes,
	}
	if !s.OrderedAt.IsZero() {
		p.Facts = append(p.Facts, pdf.Fact{Label: t.T("paper.ordered_on"), Value: t.Date(s.OrderedAt, location(s.TimeZone))})
	}
	if s.InvoiceNumber != "" {
		p.Facts = append(p.Facts, pdf.Fact{Label: t.T("paper.invoice"), Value: s.InvoiceNumber})
	}
	m := writer{t: t, code: s.Currency}
	for _, l := range s.Lines {
		p.Lines = append(p.Lines, pdf.Line{Text: l.Name, Detail: l.Description, Qty: t.Number(l.Quantity), Unit: m.amount(l.Unit),
			Discount: m.off(l.Discount), Fee: m.some(l.Fee), Tax: lineTax(t, &m, l, len(s.Taxes) > 0), Total: m.amount(l.Total)})
	}
	p.Totals = pdf.Totals{Total: pdf.Fact{Label: t.T("paper.total"), Value: m.amount(s.Total)}}
	discount, fees := m.off(s.Discount), m.some(s.Fees)
	if discount != "" || fees != "" {
		p.Totals.Subtotal = pdf.Fact{Label: t.T("paper.subtotal"), Value: m.amount(s.Subtotal)}
		p.Totals.Discount = pdf.Fact{Label: t.T("paper.discount"), Value: discount}
		p.Totals.Fees = pdf.Fact{Label: t.T("paper.fees"), Value: fees}
	}
	for _, x := range s.Taxes {
		p.Totals.Taxes = append(p.Totals.Taxes, pdf.Tax{Rate: rateOf(t, x), Net: m.amount(x.Net), Tax: m.amount(x.Tax), Gross: m.amount(x.Gross)})
	}
	return p, m.err
}

func labels(t i18n.Localizer) pdf.Labels {
	return pdf.Labels{
		Seller: t.T("paper.seller"), BillTo: t.T("paper.bill_to"),
		Description: t.T("paper.description"), Qty: t.T("paper.quantity"), Unit: t.T("paper.unit_price"), Discount: t.T("paper.discount"),
		Fee: t.T("paper.fee"), Tax: t.T("paper.tax"), Total: t.T("paper.amount"),
		Rate: t.T("paper.tax_included"), Net: t.T("paper.net"), RateTax: t.T("paper.tax"), Gross: t.T("paper.gross"),
	}
}

// lineTax is a line's rate, or its tax where there is no rate. taxed says that
// some line has tax, so that a line without says so too.
func lineTax(t i18n.Localizer, m *writer, l document.Line, taxed bool) string {
	switch tax := m.some(l.Tax); {
	case l.RatePPM > 0:
		return Rate(t, money.PPM(l.RatePPM))
	case tax != "":
		return tax
	case taxed:
		return "–"
	}
	return ""
}

// rateOf names what a row of the taxes is about.
func rateOf(t i18n.Localizer, x document.TaxTotal) string {
	switch {
	case !x.Taxed:
		return t.T("paper.no_tax")
	case x.RatePPM > 0:
		return Rate(t, money.PPM(x.RatePPM))
	}
	return t.T("paper.tax")
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

// legal is what the foot of a paper says about the seller.
func legal(t i18n.Localizer, s document.Snapshot) []string {
	lines := append([]string{s.Seller.Name}, s.Seller.Address...)
	if s.Seller.TaxID != "" {
		lines = append(lines, taxID(t, s.Seller.TaxID))
	}
	return append(lines, s.Legal...)
}

func customerLines(t i18n.Localizer, p document.Party) []string {
	lines := append([]string(nil), p.Address...)
	if p.Country != "" {
		lines = append(lines, t.Country(p.Country))
	}
	if p.TaxID != "" {
		lines = append(lines, taxID(t, p.TaxID))
	}
	return lines
}

func location(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC
}
