package portal

import (
	"github.com/a-h/templ"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/urls"
)

// surplusIDs are what the gateway calls payments that go back.
func surplusIDs(all []payment.Transaction) map[string]bool {
	out := map[string]bool{}
	for _, t := range all {
		if t.Surplus {
			out[t.GatewayID] = true
		}
	}
	return out
}

// history is a page of the billing history, newest first, each row with its
// documents. v holds the order's newest transactions, whatever the page shows.
func history(texts i18n.Localizer, v payment.Overview, entries []payment.Transaction) []view.Entry {
	surplus := surplusIDs(append(entries[:len(entries):len(entries)], v.Transactions...))
	zone := v.Profile.Location()
	out := make([]view.Entry, 0, len(entries))
	for _, t := range entries {
		e := view.Entry{Date: texts.Date(t.BookedAt, zone), What: what(texts, t, surplus[t.ReferencedID]), Amount: texts.Money(t.Amount), Status: status(texts, t.State)}
		if t.Method.Last4 != "" && charges(t) {
			e.Detail = texts.T("portal.method.card", "brand", i18n.CardName(t.Method.Brand, t.Method.BIN), "last4", t.Method.Last4)
		}
		if (t.Type == gateway.Refund || t.Type == gateway.Reversal) && t.State == payment.Approved {
			e.Amount, e.Status.Word = texts.Money(t.Amount.Neg()), texts.T("status.returned")
		}
		if (t.Type == gateway.Chargeback || t.Type == gateway.RapidResolution) && t.State == payment.Approved {
			e.Amount, e.Status = texts.Money(t.Amount.Neg()), ui.Status{Tone: ui.Quiet, Word: texts.T("status.charged_back")}
		}
		for _, d := range v.Documents {
			if d.TransactionID == string(t.ID) {
				e.Documents = append(e.Documents, download(texts, d))
			}
		}
		out = append(out, e)
	}
	return out
}

// what names a transaction; ofSurplus is set for what sends a second payment back.
func what(texts i18n.Localizer, t payment.Transaction, ofSurplus bool) string {
	switch t.Type {
	case gateway.PreAuthorisation:
		return texts.T("history.reservation")
	case gateway.Capture:
		return texts.T("history.capture")
	case gateway.Refund, gateway.Reversal:
		switch {
		case ofSurplus:
			return texts.T("history.surplus_refund")
		case t.Type == gateway.Refund:
			return texts.T("history.refund")
		}
		return texts.T("history.reversal")
	case gateway.Chargeback:
		return texts.T("history.chargeback")
	case gateway.ChargebackReversal:
		return texts.T("history.dispute_won")
	case gateway.RapidResolution:
		return texts.T("history.dispute_resolved")
	case gateway.Registration:
		return texts.T("history.registration")
	case gateway.Debit:
		if t.Surplus {
			return texts.T("history.surplus")
		}
	}
	return texts.T("history.payment")
}

func status(texts i18n.Localizer, s payment.State) ui.Status {
	switch s {
	case payment.Approved:
		return ui.Status{Tone: ui.Good, Word: texts.T("status.approved")}
	case payment.Declined:
		return ui.Status{Tone: ui.Bad, Word: texts.T("status.declined")}
	case payment.Held:
		return ui.Status{Tone: ui.Wait, Word: texts.T("status.held")}
	case payment.Pending:
	}
	return ui.Status{Tone: ui.Wait, Word: texts.T("status.pending")}
}

// download is a document's link. Its kind is a handle for tests.
func download(texts i18n.Localizer, d document.Document) view.Document {
	out := view.Document{URL: templ.SafeURL(urls.Document(d.OrderID, d.Kind, d.Number))}
	switch d.Kind {
	case document.Invoice:
		out.Kind, out.Label = "invoice", texts.T("document.invoice", "number", d.Number)
	case document.Receipt:
		out.Kind, out.Label = "receipt", texts.T("document.receipt", "number", d.Number)
	case document.CreditNote:
		out.Kind, out.Label = "credit-note", texts.T("document.credit_note", "number", d.Number)
	}
	return out
}
