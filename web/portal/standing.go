package portal

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
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

// standing is where an order that has begun stands, and what happens next.
func standing(texts i18n.Localizer, v payment.Overview) (ui.Status, string) {
	s := teller{texts, v}
	if t, ok := disputed(v.Transactions); ok {
		return s.disputed(t)
	}
	if v.Order.Type == catalog.SinglePayment {
		return s.single()
	}
	switch v.Order.Status {
	case order.Complete, order.Cancelled:
		return s.ended()
	case order.Paused:
		return ui.Status{Tone: ui.Wait, Word: s.t("portal.status.paused", "merchant", v.Profile.Name)}, s.t("portal.next.paused", "merchant", v.Profile.Name)
	case order.Review: // staff look; the customer has done all there is to do
		return ui.Status{Tone: ui.Good, Word: s.t("portal.status.complete")}, s.t("portal.next.paid")
	case order.Active, order.Failed, order.Suspended, order.Draft, order.Pending, order.Rejected:
	}
	switch {
	case v.Order.CancelsOn != "":
		return s.ending()
	case v.Order.Status == order.Suspended:
		return ui.Status{Tone: ui.Bad, Word: s.t("portal.status.suspended")}, s.t("portal.next.suspended")
	case v.Order.Status == order.Failed:
		return s.failed()
	}
	return s.active()
}

// teller puts an order into sentences.
type teller struct {
	texts i18n.Localizer
	v     payment.Overview
}

func (s teller) t(key string, args ...any) string { return s.texts.T(key, args...) }

func (s teller) moment(t time.Time) string { return s.texts.Date(t, s.v.Profile.Location()) }

// date is a day of the profile's zone as people write it.
func (s teller) date(day string) string {
	t, err := schedule.Start(day, s.v.Profile.Location())
	if err != nil {
		return day
	}
	return s.moment(t)
}

// single is an order of one payment, taken or held.
func (s teller) single() (ui.Status, string) {
	v := s.v
	if t, ok := newest(v.Transactions, gateway.Refund, gateway.Reversal); ok && v.Payment.Refunded.IsPositive() {
		word := s.t("portal.status.refunded", "date", s.moment(t.BookedAt))
		if v.Payment.Refunded != v.Payment.Captured {
			word = s.t("portal.status.part_refunded", "amount", s.texts.Money(v.Payment.Refunded), "date", s.moment(t.BookedAt))
		}
		return ui.Status{Tone: ui.Quiet, Word: word}, s.t("portal.next.refunded")
	}
	switch v.Payment.Status {
	case payment.Authorised:
		word := s.t("portal.status.reserved", "amount", s.texts.Money(v.Payment.Authorised), "date", s.heldOn())
		next := s.t("portal.next.reserved", "merchant", v.Profile.Name)
		if !v.Payment.HoldsUntil.IsZero() {
			next += " " + s.t("portal.next.reserved_until", "date", s.moment(v.Payment.HoldsUntil))
		}
		return ui.Status{Tone: ui.Wait, Word: word}, next
	case payment.Ended:
		word := s.t("portal.status.lapsed")
		if t, ok := newest(v.Transactions, gateway.Reversal); ok && !s.lapsed(t) {
			word = s.t("portal.status.released", "date", s.moment(t.BookedAt))
		}
		return ui.Status{Tone: ui.Quiet, Word: word}, s.t("portal.next.released")
	case payment.Paid, payment.Open:
	}
	return ui.Status{Tone: ui.Good, Word: s.t("portal.status.paid", "date", s.moment(v.Payment.PaidAt))}, s.t("portal.next.paid")
}

// lapsed reports whether the issuer gave the hold back by itself: nobody tried to.
func (s teller) lapsed(release payment.Transaction) bool {
	hold, ok := newest(s.v.Transactions, gateway.PreAuthorisation)
	return ok && release.AttemptID == hold.AttemptID
}

// disputed is an order of which the bank took money back, or got it back to settle a
// dispute.
func (s teller) disputed(t payment.Transaction) (ui.Status, string) {
	date := s.moment(t.BookedAt)
	switch {
	case t.Type == gateway.RapidResolution:
		return ui.Status{Tone: ui.Quiet, Word: s.t("portal.status.dispute_settled", "date", date)}, s.t("portal.next.dispute_settled", "amount", s.texts.Money(t.Amount))
	case s.v.Order.Type != catalog.SinglePayment:
		return ui.Status{Tone: ui.Bad, Word: s.t("portal.status.disputed_one", "date", date)}, s.t("portal.next.disputed", "merchant", s.v.Profile.Name)
	}
	return ui.Status{Tone: ui.Bad, Word: s.t("portal.status.disputed", "date", date)}, s.t("portal.next.disputed", "merchant", s.v.Profile.Name)
}

// heldOn is the day on which the money was held.
func (s teller) heldOn() string {
	t, ok := newest(s.v.Transactions, gateway.PreAuthorisation)
	if !ok {
		return s.moment(s.v.Payment.CreatedAt)
	}
	return s.moment(t.BookedAt)
}

// ended is an order that is over. One that collected all it was sold for is paid.
func (s teller) ended() (ui.Status, string) {
	at := s.moment(s.v.Order.EndedAt)
	if s.v.Order.Type == catalog.Instalment && s.v.Sums.GivenUp == 0 {
		return ui.Status{Tone: ui.Good, Word: s.t("portal.status.paid_off", "date", at)}, s.t("portal.next.paid")
	}
	return ui.Status{Tone: ui.Quiet, Word: s.t("portal.status.ended", "date", at)}, s.t("portal.next.ended")
}

// failed is an order of which the newest payment was declined.
func (s teller) failed() (ui.Status, string) {
	for _, p := range slices.Backward(s.v.Schedule) {
		if p.Status != schedule.SoftDeclined {
			continue
		}
		status := ui.Status{Tone: ui.Bad, Word: s.t("portal.status.failed", "amount", s.texts.Money(p.Amount))}
		if p.CollectAt.IsZero() {
			return status, s.t("portal.next.failed")
		}
		return status, s.t("portal.next.failed_retry", "date", s.moment(p.CollectAt))
	}
	return ui.Status{Tone: ui.Bad, Word: s.t("portal.status.suspended")}, s.t("portal.next.failed")
}

// ending is a subscription that its customer has ended. What was declined before
// may still be collected.
func (s teller) ending() (ui.Status, string) {
	status := ui.Status{Tone: ui.Quiet, Word: s.t("portal.status.ending", "date", s.date(s.v.Order.CancelsOn))}
	if owed := s.v.Sums.Declined; owed.IsPositive() {
		return status, s.t("portal.next.ending_owing", "amount", s.texts.Money(owed))
	}
	return status, s.t("portal.next.ending")
}

// active is an order that goes on: its next payment, or the one on its way.
func (s teller) active() (ui.Status, string) {
	next, ok := s.next()
	switch {
	case !ok && s.v.Payment.PaidAt.IsZero():
		return ui.Status{Tone: ui.Good, Word: s.t("portal.status.stored")}, s.t("portal.next.goes_on")
	case !ok:
		return ui.Status{Tone: ui.Good, Word: s.t("portal.status.paid", "date", s.moment(s.v.Payment.PaidAt))}, s.t("portal.next.goes_on")
	case next.CollectAt.IsZero():
		return ui.Status{Tone: ui.Wait, Word: s.t("portal.status.collecting", "amount", s.texts.Money(next.Amount))}, s.t("portal.next.collecting")
	}
	return ui.Status{Tone: ui.Good, Word: s.t("portal.status.next", "amount", s.texts.Money(next.Amount), "date", s.date(next.DueOn))}, s.t("portal.next.active")
}

// next is the first payment that waits for its day.
func (s teller) next() (first schedule.Payment, ok bool) {
	i := slices.IndexFunc(s.v.Schedule, func(p schedule.Payment) bool { return p.Status == schedule.Scheduled })
	if i < 0 {
		return first, false
	}
	return s.v.Schedule[i], true
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
