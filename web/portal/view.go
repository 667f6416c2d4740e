package portal

import (
	"fmt"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/urls"
)

// unpaid is the page of an order that was not paid: with the form while it can
// be, with the reason when it no longer can.
func unpaid(p ui.Page, texts i18n.Localizer, v payment.Overview) view.Unpaid {
	out := view.Unpaid{Number: v.Order.InvoiceID, Amount: texts.Money(v.Payment.Amount), Order: lines(texts, v.Order), Note: v.Order.Note}
	if !v.Order.Status.Preliminary() {
		out.Notice = ui.Alert{Tone: ui.Quiet, Text: p.T("unpaid.cancelled")}
		return out
	}
	out.ContinueURL, out.Consent = templ.SafeURL(urls.Pay(v.Order.ID)), consentBox(v.Profile)
	return out
}

// lines are what was ordered. Prices include their tax, so the lines add up to
// the total by themselves.
func lines(texts i18n.Localizer, o order.Order) ui.Lines {
	out := ui.Lines{Total: texts.Money(o.Total)}
	taxes := make([]money.Amount, 0, len(o.Lines))
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, ui.Line{Description: l.Name, Detail: l.Description, Quantity: texts.Number(l.Quantity),
			UnitPrice: texts.Money(l.Unit), Total: texts.Money(l.Total)})
		taxes = append(taxes, l.Tax)
	}
	if tax, err := money.Sum(taxes...); err == nil && tax.IsPositive() {
		out.TaxIncluded = texts.Money(tax)
	}
	return out
}

// show is the portal of a paid order.
func show(texts i18n.Localizer, v payment.Overview) view.Show {
	zone := v.Profile.Location()
	out := view.Show{
		Number: v.Order.InvoiceID, Note: v.Order.Note, Order: lines(texts, v.Order),
		Status: ui.Status{Tone: ui.Good, Word: texts.T("portal.status.paid", "date", texts.Date(v.Payment.PaidAt, zone))},
		Total:  texts.Money(v.Order.Total), Paid: texts.Money(v.Payment.Captured),
		History:   history(texts, v),
		Downloads: []view.Document{{Kind: "summary", Label: texts.T("document.order_summary"), URL: templ.SafeURL(urls.OrderSummary(v.Order.ID))}},
	}
	if v.Payment.Refunded.IsPositive() {
		out.Refunded = texts.Money(v.Payment.Refunded)
	}
	for _, d := range v.Documents {
		out.Downloads = append(out.Downloads, download(texts, d))
	}
	for _, t := range v.Transactions {
		if t.Type == gateway.Chargeback && t.State == payment.Approved {
			out.Status = ui.Status{Tone: ui.Bad, Word: texts.T("portal.status.disputed", "date", texts.Date(t.BookedAt, zone))}
			break
		}
	}
	for _, t := range v.Transactions {
		if t.State == payment.Approved && !t.Surplus && t.Method.Last4 != "" && (t.Type == gateway.Debit || t.Type == gateway.PreAuthorisation) {
			out.Method = method(t.Method)
			break
		}
	}
	return out
}

func method(m payment.Method) view.Method {
	out := view.Method{Brand: i18n.CardName(m.Brand, m.BIN), Last4: m.Last4}
	if m.ExpiryMonth > 0 && m.ExpiryYear > 0 {
		out.Expiry = fmt.Sprintf("%02d / %d", m.ExpiryMonth, m.ExpiryYear)
	}
	return out
}
