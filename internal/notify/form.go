package notify

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
	view "github.com/quittance/quittance/templates/mail"
)

// form is what the mails of a kind say beyond what all mails say.
type form struct {
	name   string // of its texts: mail.NAME.subject, .heading and .intro
	amount part   // the one amount that it is about
	facts  []part // each left out where there is nothing to say
	action action
	lines  bool // shows what was ordered
}

// part is one fact of a mail; without a value there is none.
type part func(writer) view.Fact

// action is what the reader may do.
type action int

const (
	nothing action = iota
	pay
	see
	seeSubscription
	changeCard
)

// forms are those of each kind. Where a kind has several, variant chooses.
var forms = map[mail.Kind]form{
	mail.OrderReady:            {name: "ready", amount: toPay, facts: []part{afterwards}, action: pay, lines: true},
	mail.OrderReminder:         {name: "reminder", amount: toPay, facts: []part{afterwards}, action: pay, lines: true},
	mail.PurchaseConfirmation:  {name: "paid", amount: paid, facts: []part{bookedOn("paid_on"), paidWith, next}, action: see, lines: true},
	mail.RefundConfirmation:    {name: "refunded", amount: refunded, facts: []part{bookedOn("refunded_on"), paidWith, sold}, action: see},
	mail.MandateAgreement:      {name: "mandate", facts: []part{sold, agreed, first, card, bookedOn("agreed_on")}},
	mail.CardExpiring:          {name: "card_expiring", facts: []part{card, expires, next, sold}, action: changeCard},
	mail.CardExpired:           {name: "card_expired", facts: []part{card, expires, next, sold}, action: changeCard},
	mail.CardDetailsUpdate:     {name: "card_update", amount: outstanding, facts: []part{card, next, sold}, action: changeCard},
	mail.PaymentRescheduled:    {name: "rescheduled", amount: amount, facts: []part{dueOn, sold}},
	mail.PaymentSkipped:        {name: "skipped", amount: amount, facts: []part{wasDueOn, next, sold}},
	mail.PaymentMerged:         {name: "merged", amount: amount, facts: []part{dueOn, sold}},
	mail.PaymentApproved:       {name: "collected", amount: paid, facts: []part{bookedOn("paid_on"), paidWith, sold, next}},
	mail.PaymentDeclined:       {name: "declined", amount: amount, facts: []part{dueOn, card, sold}, action: changeCard},
	mail.PaymentRejected:       {name: "rejected", amount: amount, facts: []part{dueOn, card, nextTry, sold}, action: changeCard},
	mail.SubscriptionRenews:    {name: "renews", amount: amount, facts: []part{dueOn, card, sold}, action: seeSubscription},
	mail.SubscriptionPaused:    {name: "paused", facts: []part{sold}},
	mail.SubscriptionResumed:   {name: "resumed", facts: []part{next, card, sold}},
	mail.SubscriptionCancelled: {name: "cancelled", facts: []part{receivedOn, endsOn, sold}, action: see},
	mail.SubscriptionKept:      {name: "kept", facts: []part{next, card, sold}, action: seeSubscription},
}

// variant is the form of this very mail.
func (w writer) variant(k mail.Kind) form {
	f := forms[k]
	switch {
	case k == mail.OrderReady && w.stores():
		f.name = "ready_store"
	case k == mail.OrderReady && w.order.Plan.PreAuthorise:
		f.name = "ready_hold"
	case k == mail.PurchaseConfirmation && w.stores():
		f.name, f.amount, f.facts = "registered", nil, []part{bookedOn("stored_on"), paidWith, heldBriefly, next}
	case k == mail.PurchaseConfirmation && w.news.transaction.Type == gateway.PreAuthorisation:
		f.name, f.amount, f.facts = "authorised", held, []part{bookedOn("authorised_on"), paidWith}
	}
	return f
}

// stores reports whether the order's first payment only stores a card.
func (w writer) stores() bool { return w.order.Plan.Register || w.order.Plan.Initial.IsZero() }

// worth reports whether a mail still tells something: what it asks for may be done
// by now, what it announces may be off.
func (w writer) worth(k mail.Kind, about mail.About) bool {
	due := w.news.due
	switch k {
	case mail.OrderReady, mail.OrderReminder:
		return w.order.May(order.SendLink) == nil && w.link != ""
	case mail.CardExpiring, mail.CardExpired:
		return w.collects() && w.link != "" && w.news.method.Main && w.news.method.RemovedAt.IsZero()
	case mail.CardDetailsUpdate:
		return w.order.May(order.UpdateCard) == nil && w.link != ""
	case mail.PaymentDeclined:
		return due.Status == schedule.HardDeclined
	case mail.PaymentRejected:
		return due.Status == schedule.SoftDeclined
	case mail.PaymentRescheduled:
		return due.Status == schedule.Scheduled
	case mail.PaymentSkipped:
		return due.Status == schedule.Skipped
	case mail.SubscriptionRenews:
		return due.Status == schedule.Scheduled && mail.DayStep(due.DueOn) == about.Step
	case mail.SubscriptionPaused:
		return w.order.Status == order.Paused
	case mail.SubscriptionResumed:
		return w.order.Status.Live() && w.order.Status != order.Paused
	case mail.SubscriptionCancelled:
		return w.order.CancelsOn != "" || w.order.Status.Final()
	case mail.SubscriptionKept:
		return w.order.CancelsOn == "" && w.order.Status.Live()
	case mail.PurchaseConfirmation, mail.RefundConfirmation, mail.MandateAgreement, mail.PaymentMerged, mail.PaymentApproved, mail.WebhookDisabled, mail.PageAltered, mail.SourceBlocked:
	}
	return true
}

// collects reports whether the order still takes money from a stored card.
func (w writer) collects() bool {
	return w.order.Status.Live() && w.order.Type != catalog.SinglePayment
}
