package schedule

import (
	"time"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// Outstanding reports whether a customer who changes the card settles the payment
// with it: it was declined, or its day has come and nobody collected it. What is
// charged at this moment the caller leaves out: its outcome must be known first.
func (p Payment) Outstanding(loc *time.Location, now time.Time) bool {
	if p.Origin == Update {
		return false // it is about to be charged
	}
	switch p.Status {
	case SoftDeclined, HardDeclined:
		return true
	case Scheduled:
		start, err := Start(p.DueOn, loc)
		return err == nil && !start.After(now)
	case Complete, Recovered, Skipped, Merged, Cancelled, Paused, Review:
	}
	return false
}

// Sum adds up payments of one currency.
func Sum(parts []Payment, c money.Currency) (money.Amount, error) {
	sum := money.New(0, c)
	var err error
	for _, p := range parts {
		if sum, err = sum.Add(p.Amount); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// Hold keeps the payment for the registration of a card that is about to settle it.
func (p *Payment) Hold(registration string) error {
	if err := p.May(Join); err != nil {
		return err
	}
	p.HeldBy = registration
	return nil
}

// Release ends a hold. The payment is as it was before.
func (p *Payment) Release() { p.HeldBy = "" }

// Settle makes one payment, due at once, of what a customer pays with another card.
// The parts are changed only if all can be joined, see Combine.
func Settle(o order.Order, parts []*Payment, position int64, loc *time.Location, now time.Time) (Payment, error) {
	whole, err := Combine(o, parts, position, DayOf(now, loc), loc, now)
	whole.Origin, whole.CollectAt = Update, now
	return whole, err
}

// Unsettled gives up a payment that Settle made and that was not collected. Its
// parts have the status that they had; what the card's answer means to each is the
// caller's to say. stored is when the card was: a part that was declined on an
// older one begins a new run of tries.
func (p *Payment) Unsettled(parts []*Payment, stored time.Time, loc *time.Location) error {
	for _, part := range parts {
		if err := part.Restore(loc); err != nil {
			return err
		}
		part.AnotherCard()
		part.Tries++
		if part.DeclinedAt.Before(stored) {
			part.DeclinedAt = time.Time{}
		}
	}
	p.Status, p.CollectAt, p.LeaseUntil = Cancelled, time.Time{}, time.Time{}
	return nil
}

// StandingOfUpdate is Standing after a fact about the one charge of what an update
// settles. What suspended the order was the card before, and its customer has just
// given another: a decline that allows further tries leaves the order as one that
// collects, so that they are made. A hard one leaves it suspended.
func StandingOfUpdate(o order.Order, all []Payment, f Fact, autoSuspend bool) order.Status {
	switch f {
	case SoftDecline, Authenticate, Mend:
		if o.Status == order.Suspended {
			o.Status = order.Active // and a failed one by the rule of that
		}
	case None, Approved, HardDecline, Operator, Unknown, Held:
	}
	return Standing(o, all, f, autoSuspend)
}

// WithAnotherCard is the status of an order whose customer stored another card when
// there was nothing to settle with it: a suspended one goes on.
func WithAnotherCard(o order.Order, all []Payment) order.Status {
	if o.Status == order.Suspended {
		o.Status = order.Failed
	}
	return Standing(o, all, None, false)
}
