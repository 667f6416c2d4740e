package portal

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/templates/ui"
)

// begun reports whether an order's link opens its portal: its card was charged,
// held or stored, also where the hold is over by now.
func begun(v payment.Overview) bool {
	switch v.Payment.Status {
	case payment.Paid, payment.Authorised:
		return true
	case payment.Ended:
		return v.Order.Status == order.Complete && v.Order.Plan.PreAuthorise
	case payment.Open:
	}
	return false
}

// standing is where an order stands that has begun, and what happens next.
func standing(texts i18n.Localizer, v payment.Overview) (ui.Status, string) {
	day := func(t time.Time) string { return texts.Date(t, v.Profile.Location()) }
	merchant := v.Profile.Name
	if t, ok := disputed(v.Transactions); ok {
		return ui.Status{Tone: ui.Bad, Word: texts.T("portal.status.disputed", "date", day(t.BookedAt))}, texts.T("portal.next.disputed", "merchant", merchant)
	}
	if t, ok := newest(v.Transactions, gateway.Refund, gateway.Reversal); ok && v.Payment.Refunded.IsPositive() {
		word := texts.T("portal.status.refunded", "date", day(t.BookedAt))
		if v.Payment.Refunded != v.Payment.Captured {
			word = texts.T("portal.status.part_refunded", "amount", texts.Money(v.Payment.Refunded), "date", day(t.BookedAt))
		}
		return ui.Status{Tone: ui.Quiet, Word: word}, texts.T("portal.next.refunded")
	}
	switch v.Payment.Status {
	case payment.Authorised:
		held, _ := newest(v.Transactions, gateway.PreAuthorisation)
		next := texts.T("portal.next.reserved", "merchant", merchant)
		if !v.Payment.HoldsUntil.IsZero() {
			next += " " + texts.T("portal.next.reserved_until", "date", day(v.Payment.HoldsUntil))
		}
		return ui.Status{Tone: ui.Wait, Word: texts.T("portal.status.reserved", "amount", texts.Money(v.Payment.Authorised), "date", day(held.BookedAt))}, next
	case payment.Ended:
		word := texts.T("portal.status.lapsed")
		if t, ok := newest(v.Transactions, gateway.Reversal); ok {
			word = texts.T("portal.status.released", "date", day(t.BookedAt))
		}
		return ui.Status{Tone: ui.Quiet, Word: word}, texts.T("portal.next.released")
	case payment.Open, payment.Paid:
	}
	paid := ui.Status{Tone: ui.Good, Word: texts.T("portal.status.paid", "date", day(v.Payment.PaidAt))}
	switch {
	case v.Order.Type == catalog.SinglePayment, v.Order.Type == catalog.Instalment && v.Order.Status.Final():
		return paid, texts.T("portal.next.paid")
	case v.Order.Status.Final():
		return ui.Status{Tone: ui.Quiet, Word: texts.T("portal.status.ended", "date", day(v.Order.EndedAt))}, texts.T("portal.next.ended")
	case v.Order.Status == order.Paused:
		return ui.Status{Tone: ui.Quiet, Word: texts.T("portal.status.paused", "merchant", merchant)}, texts.T("portal.next.paused")
	case v.Order.Status == order.Failed, v.Order.Status == order.Suspended:
		return ui.Status{Tone: ui.Bad, Word: texts.T("portal.status.declined")}, texts.T("portal.next.declined", "merchant", merchant)
	case v.Payment.PaidAt.IsZero():
		return ui.Status{Tone: ui.Good, Word: texts.T("portal.status.stored")}, texts.T("portal.next.goes_on")
	}
	return paid, texts.T("portal.next.goes_on")
}

// disputed is the newest dispute of an order, while more is disputed than was won.
func disputed(all []payment.Transaction) (payment.Transaction, bool) {
	var left int64
	for _, t := range all {
		switch {
		case t.State != payment.Approved || t.Surplus:
		case t.Type == gateway.ChargebackReversal:
			left -= t.Amount.Minor()
		case t.Type.Dispute():
			left += t.Amount.Minor()
		}
	}
	if left <= 0 {
		return payment.Transaction{}, false
	}
	return newest(all, gateway.Chargeback, gateway.RapidResolution)
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
