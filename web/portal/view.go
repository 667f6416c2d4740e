package portal

import (
	"fmt"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/checkout"
	"github.com/quittance/quittance/web/urls"
)

// Unpaid is the page of an order that can be paid, if it began now.
func Unpaid(texts i18n.Localizer, v payment.Overview, now time.Time) (view.Unpaid, error) {
	out := view.Unpaid{Number: v.Order.InvoiceID, Memo: v.Order.Plan.Memo, Order: lines(texts, v.Order), Note: v.Order.Note,
		ContinueURL: templ.SafeURL(urls.Pay(v.Order.ID)), Consent: consentBox(texts, v)}
	out.Asks, out.Amount = checkout.Asks(texts, v.Order, v.Payment.Amount)
	terms, err := paper.Terms(texts, v.Order, now, v.Profile.Location())
	if err != nil || terms == "" {
		return out, err
	}
	out.Terms = []string{terms}
	if v.Order.Plan.Unit != "" && v.Order.Plan.StartOn == "" {
		out.Terms = append(out.Terms, texts.T("unpaid.terms.day"))
	}
	if v.Order.Type == catalog.Subscription {
		out.Terms = append(out.Terms, texts.T("unpaid.terms.cancel"))
	}
	return out, nil
}

// ended is the page of an order that was not paid and no longer can be.
func ended(texts i18n.Localizer, v payment.Overview) view.Ended {
	out := view.Ended{Number: v.Order.InvoiceID, Order: lines(texts, v.Order), Note: v.Order.Note, Money: texts.T("ended.money")}
	if tookMoney(v.Transactions) {
		out.Money = texts.T("ended.returned")
	}
	switch {
	case v.Order.Status != order.Cancelled:
		out.Status = ui.Status{Tone: ui.Quiet, Word: texts.T("ended.closed")}
		out.Text = texts.T("ended.closed.text", "merchant", v.Profile.Name)
		return out
	case v.Order.EndedAt.IsZero():
		out.Status = ui.Status{Tone: ui.Quiet, Word: texts.T("ended.cancelled_undated")}
	default:
		out.Status = ui.Status{Tone: ui.Quiet, Word: texts.T("ended.cancelled", "date", texts.Date(v.Order.EndedAt, v.Profile.Location()))}
	}
	out.Text = texts.T("ended.cancelled.text", "merchant", v.Profile.Name)
	return out
}

// tookMoney reports whether a card was charged, also where the money goes back.
func tookMoney(all []payment.Transaction) bool {
	return slices.ContainsFunc(all, func(t payment.Transaction) bool { return charges(t) && t.State == payment.Approved })
}

// charges reports whether a transaction takes or reserves money.
func charges(t payment.Transaction) bool {
	return t.Type == gateway.Debit || t.Type == gateway.PreAuthorisation
}

// show is the portal of a paid order.
func show(texts i18n.Localizer, v payment.Overview) view.Show {
	out := view.Show{
		Number: v.Order.InvoiceID, Note: v.Order.Note, Order: lines(texts, v.Order), Amounts: amounts(texts, v), Ending: endingOf(texts, v),
		Downloads: []view.Document{{Kind: "summary", Label: texts.T("document.order_summary"), URL: templ.SafeURL(urls.OrderSummary(v.Order.ID))}},
		Notice:    surplus(texts, v.Transactions),
	}
	out.Status, out.Next = standing(texts, v)
	for _, d := range v.Documents {
		out.Downloads = append(out.Downloads, download(texts, d))
	}
	for _, t := range v.Transactions {
		if t.State == payment.Approved && !t.Surplus && t.Method.Last4 != "" && (charges(t) || t.Type == gateway.Registration) {
			out.Method = method(t.Method)
			break
		}
	}
	return out
}

// newest is the newest approved transaction of the types that is no business of
// surplus money.
func newest(all []payment.Transaction, types ...gateway.Type) (payment.Transaction, bool) {
	back := surplusIDs(all)
	i := slices.IndexFunc(all, func(t payment.Transaction) bool {
		return t.State == payment.Approved && slices.Contains(types, t.Type) && !back[t.ReferencedID]
	})
	if i < 0 {
		return payment.Transaction{}, false
	}
	return all[i], true
}

// surplus tells of a second payment, whose money goes back.
func surplus(texts i18n.Localizer, all []payment.Transaction) ui.Alert {
	for _, t := range all {
		if !t.Surplus || t.State != payment.Approved {
			continue
		}
		returned := slices.ContainsFunc(all, func(r payment.Transaction) bool {
			return r.ReferencedID == t.GatewayID && r.State == payment.Approved && (r.Type == gateway.Refund || r.Type == gateway.Reversal)
		})
		if returned {
			return ui.Alert{Tone: ui.Quiet, Text: texts.T("portal.surplus.returned", "amount", texts.Money(t.Amount))}
		}
		return ui.Alert{Tone: ui.Wait, Text: texts.T("portal.surplus.going", "amount", texts.Money(t.Amount))}
	}
	return ui.Alert{}
}

func method(m payment.Method) view.Method {
	out := view.Method{Brand: i18n.CardName(m.Brand, m.BIN), Last4: m.Last4}
	if m.ExpiryMonth > 0 && m.ExpiryYear > 0 {
		out.Expiry = fmt.Sprintf("%02d\u00a0/\u00a0%d", m.ExpiryMonth, m.ExpiryYear) // on one line
	}
	return out
}
