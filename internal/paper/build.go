package paper

import (
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/pdf"
)

// issued is what all issued documents have in common, from a snapshot alone.
func issued(t i18n.Localizer, d document.Document, name string) (pdf.Paper, error) {
	p, err := sheet(t, *d.Snapshot)
	if err != nil {
		return pdf.Paper{}, err
	}
	p.Title, p.Number, p.Date, p.DatedAt = t.T("paper."+name), d.Number, t.Date(d.IssuedAt, location(d.Snapshot.TimeZone)), d.IssuedAt
	p.Subject = t.T("paper."+name+".subject", "number", d.Number, "order", d.Snapshot.InvoiceID)
	return p, nil
}

// receipt is the input of an issued receipt.
func receipt(d document.Document) (pdf.Receipt, error) {
	if len(d.Snapshot.Payments) != 1 {
		return pdf.Receipt{}, fmt.Errorf("paper: a receipt of %d payments", len(d.Snapshot.Payments))
	}
	t := i18n.For(d.Snapshot.Language)
	p, err := issued(t, d, "receipt")
	if err != nil {
		return pdf.Receipt{}, err
	}
	m := writer{t: t, code: d.Snapshot.Currency}
	p.Totals.Paid = pdf.Fact{Label: t.T("paper.paid"), Value: m.amount(d.Snapshot.Paid)}
	paid := d.Snapshot.Payments[0]
	return pdf.Receipt{Paper: p, Payment: pdf.Payment{
		Heading:   t.T("paper.payment"),
		Method:    pdf.Fact{Label: t.T("paper.method"), Value: method(t, paid.Method)},
		PaidOn:    pdf.Fact{Label: t.T("paper.paid_on"), Value: t.Date(paid.At, location(d.Snapshot.TimeZone))},
		Reference: pdf.Fact{Label: t.T("paper.reference"), Value: paid.Reference},
	}}, m.err
}

// creditNote is the input of an issued credit note.
func creditNote(d document.Document) (pdf.CreditNote, error) {
	if len(d.Snapshot.Payments) != 1 {
		return pdf.CreditNote{}, fmt.Errorf("paper: a credit note of %d refunds", len(d.Snapshot.Payments))
	}
	t := i18n.For(d.Snapshot.Language)
	p, err := issued(t, d, "credit_note")
	if err != nil {
		return pdf.CreditNote{}, err
	}
	m := writer{t: t, code: d.Snapshot.Currency}
	p.Totals.Paid = pdf.Fact{Label: t.T("paper.refunded"), Value: m.amount(d.Snapshot.Paid)}
	back := d.Snapshot.Payments[0]
	return pdf.CreditNote{Paper: p, Refund: pdf.Payment{
		Heading:   t.T("paper.refund"),
		Method:    pdf.Fact{Label: t.T("paper.refunded_to"), Value: method(t, back.Method)},
		PaidOn:    pdf.Fact{Label: t.T("paper.refunded_on"), Value: t.Date(back.At, location(d.Snapshot.TimeZone))},
		Reference: pdf.Fact{Label: t.T("paper.reference"), Value: back.Reference},
	}}, m.err
}

// invoice is the input of an issued invoice: paid, part-paid or not at all.
func invoice(d document.Document) (pdf.Invoice, error) {
	t := i18n.For(d.Snapshot.Language)
	p, err := issued(t, d, "invoice")
	if err != nil {
		return pdf.Invoice{}, err
	}
	s, zone := d.Snapshot, location(d.Snapshot.TimeZone)
	m := writer{t: t, code: s.Currency}
	status := pdf.OrderStatus{Heading: t.T("paper.status.pending")}
	for i, paid := range s.Payments {
		day := t.Date(paid.At, zone)
		p.Totals.Payments = append(p.Totals.Payments, pdf.Fact{Label: t.T("paper.paid_on_day", "date", day), Value: m.amount(paid.Amount)})
		if i == len(s.Payments)-1 {
			status.Heading = t.T("paper.status.paid", "date", day)
			status.Facts = []pdf.Fact{{Label: t.T("paper.method"), Value: method(t, paid.Method)}, {Label: t.T("paper.reference"), Value: paid.Reference}}
		}
	}
	due := m.parse(s.Due)
	if len(s.Payments) > 0 && due.IsPositive() {
		status.Heading = t.T("paper.status.part_paid")
	}
	p.Totals.Due = pdf.Fact{Label: t.T("paper.due"), Value: t.Money(due)}
	return pdf.Invoice{Paper: p, Status: status}, m.err
}

// summary is the input of an order summary as the order stands now. link is the
// payment link, or empty where there is none to show.
func summary(v payment.Overview, c customer.Customer, lang, link string, now time.Time) (pdf.OrderSummary, error) {
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
	p.Facts = p.Facts[1:] // the order's number is the paper's own
	switch v.Order.Type {
	case catalog.Metered: // its prices add up to nothing
		p.Totals = pdf.Totals{}
	case catalog.Subscription:
		p.Totals.Total.Label = t.T("order.first_payment")
	case catalog.SinglePayment, catalog.Instalment:
	}
	due := v.Payment.Amount
	if v.Payment.Status != payment.Open {
		if open, ok := v.Open(); ok {
			due = open
		} else {
			due = money.New(0, due.Currency())
		}
	}
	if v.Sums.Paid.IsPositive() {
		p.Totals.Paid = pdf.Fact{Label: t.T("paper.paid"), Value: t.Money(v.Sums.Paid)}
	}
	for _, back := range []struct {
		key    string
		amount money.Amount
	}{{"paper.refunded", v.Sums.Refunded}, {"portal.returned", v.Sums.Returned}} {
		if back.amount.IsPositive() {
			p.Totals.Returned = append(p.Totals.Returned, pdf.Fact{Label: t.T(back.key), Value: t.Money(back.amount)})
		}
	}
	p.Totals.Due = pdf.Fact{Label: t.T("paper.due"), Value: t.Money(due)}
	out := pdf.OrderSummary{Paper: p, Status: status(t, v, zone)}
	if !Payable(v) {
		return out, nil
	}
	terms, err := Terms(t, v.Order, now, zone)
	if err != nil {
		return pdf.OrderSummary{}, err
	}
	out.Online = pdf.Online{Link: link, Heading: t.T("paper.online", "amount", t.Money(due)), Text: t.T("paper.online.text")}
	if terms != "" {
		out.Status.Facts = append(out.Status.Facts, pdf.Fact{Label: t.T("unpaid.terms"), Value: terms})
		out.Totals.Due.Label = t.T("paper.due_now")
	}
	if v.Order.Plan.OnlyStores() {
		out.Totals.Due, out.Online.Heading = pdf.Fact{}, t.T("paper.online_card")
	}
	return out, nil
}

// Payable reports whether an order can be paid by its link now, so that its
// summary shows the way.
func Payable(v payment.Overview) bool {
	return v.Payment.Status == payment.Open && v.Order.Status.Preliminary() && v.Undecided == ""
}

func status(t i18n.Localizer, v payment.Overview, zone *time.Location) pdf.OrderStatus {
	s := pdf.OrderStatus{Heading: t.T("paper.status.pending")}
	switch {
	case v.Payment.Status == payment.Paid:
		s.Heading = t.T("paper.status.paid", "date", t.Date(v.Payment.PaidAt, zone))
		for _, x := range v.Transactions {
			if x.State == payment.Approved && !x.Surplus && x.PaymentID == v.Payment.ID && x.Method.Last4 != "" {
				s.Facts = append(s.Facts, pdf.Fact{Label: t.T("paper.method"), Value: method(t, document.Method{Brand: x.Method.Brand, BIN: x.Method.BIN, Last4: x.Method.Last4})})
				break
			}
		}
	case v.Payment.Status == payment.Authorised:
		s.Heading = t.T("paper.status.reserved", "amount", t.Money(v.Payment.Authorised))
	case v.Payment.Status == payment.Ended && v.Order.Plan.PreAuthorise:
		s.Heading = t.T("paper.status.released")
	case v.Order.Status == order.Cancelled:
		s.Heading = t.T("paper.status.cancelled")
	case v.Undecided != "":
		s.Heading = t.T("paper.status.checking")
	}
	return s
}
