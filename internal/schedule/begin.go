package schedule

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// Begin is what an order schedules when it is activated: all payments of an
// instalment order, the next one of a subscription, none of another. They are
// counted from the day of the activation in the profile's zone, unless the order
// names a later first day. step is the smallest amount the gateway can collect, in
// minor units.
func Begin(o order.Order, activated time.Time, loc *time.Location, step int64) ([]Payment, error) {
	var amounts []money.Amount
	switch o.Type {
	case catalog.Instalment:
		balance, err := o.Total.Sub(o.Plan.Deposit())
		if err != nil {
			return nil, fmt.Errorf("balance of order %s: %w", o.ID, err)
		}
		if amounts, err = Split(balance, o.Plan.Splits, step); err != nil {
			return nil, fmt.Errorf("split order %s: %w", o.ID, err)
		}
	case catalog.Subscription:
		amounts = []money.Amount{o.Plan.Recurring}
	case catalog.SinglePayment, catalog.Metered:
		return nil, nil
	}
	r, after := planned(o, DayOf(activated, loc))
	payments := make([]Payment, 0, len(amounts))
	for i, amount := range amounts {
		day, err := r.after(after)
		if err != nil {
			return nil, fmt.Errorf("payment %d of order %s: %w", i+1, o.ID, err)
		}
		p, err := newPlanned(o, int64(i+1), day, amount, loc, activated)
		if err != nil {
			return nil, err
		}
		payments, after = append(payments, p), day
	}
	return payments, nil
}

// Following is the payment that a subscription schedules once the one before it is
// no longer waiting: collected, declined, skipped. ok is false while one waits, and
// when the subscription does not go on.
//
// Days are counted from the anchor of the rhythm, so rescheduling a payment moves
// that payment alone. The next lies after both the day it had and the day it was
// moved to, and never in the past: what nobody collected while an order was
// suspended, or no server ran, is not caught up with. That of a paused order is paused.
func Following(o order.Order, all []Payment, loc *time.Location, now time.Time) (p Payment, ok bool, err error) {
	if o.Type != catalog.Subscription || !o.Status.Live() || o.CancelsOn != "" {
		return Payment{}, false, nil
	}
	newest, found := last(all)
	if !found || newest.Status == Scheduled || newest.Status == Paused {
		return Payment{}, false, nil
	}
	yesterday, err := dayBefore(DayOf(now, loc))
	if err != nil {
		return Payment{}, false, err
	}
	day, err := NextDay(o, all, loc, max(newest.RhythmOn, newest.DueOn, yesterday))
	if err != nil {
		return Payment{}, false, err
	}
	var position int64
	for _, p := range all {
		position = max(position, p.Position)
	}
	if p, err = newPlanned(o, position+1, day, o.Plan.Recurring, loc, now); err == nil && o.Status == order.Paused {
		err = p.Pause()
	}
	return p, err == nil, err
}

// NextDay is the first day of a subscription's rhythm after a given one. all are
// its payments, of which one at least is planned.
func NextDay(o order.Order, all []Payment, loc *time.Location, after string) (string, error) {
	r := rhythm{}
	for _, p := range slices.Backward(byPosition(all)) {
		if p.Origin != Planned {
			continue
		}
		if p.Unit != "" {
			r = rhythm{p.RhythmOn, p.Unit, p.Interval}
			break
		}
		r, _ = planned(o, DayOf(p.CreatedAt, loc)) // the first one's remains: it was made at the activation
	}
	day, err := r.after(after)
	if err != nil {
		return "", fmt.Errorf("next day of order %s: %w", o.ID, err)
	}
	return day, nil
}

// rhythm is a row of days.
type rhythm struct {
	anchor   string
	unit     catalog.Unit
	interval int64
}

// planned is the rhythm of an order that was activated on a day, and the day after
// which its payments lie.
func planned(o order.Order, activated string) (r rhythm, after string) {
	r = rhythm{activated, o.Plan.Unit, o.Plan.Interval}
	if o.Plan.StartOn > activated {
		r.anchor = o.Plan.StartOn
	}
	return r, activated
}

// after is the first day of the rhythm, its anchor included, that lies after a day.
func (r rhythm) after(day string) (string, error) {
	n := sort.Search(lastYear*366, func(n int) bool {
		d, err := Add(r.anchor, r.unit, r.interval, int64(n))
		return err != nil || d > day
	})
	return Add(r.anchor, r.unit, r.interval, int64(n))
}

func newPlanned(o order.Order, position int64, day string, amount money.Amount, loc *time.Location, at time.Time) (Payment, error) {
	collect, err := Start(day, loc)
	if err != nil {
		return Payment{}, err
	}
	return Payment{ID: NewID(), ProfileID: o.ProfileID, OrderID: o.ID, Position: position, Origin: Planned, Status: Scheduled,
		DueOn: day, RhythmOn: day, Amount: amount, CollectAt: collect, CreatedAt: at, Version: 1}, nil
}

// last is the newest planned payment.
func last(all []Payment) (newest Payment, found bool) {
	for _, p := range all {
		if p.Origin == Planned && (!found || p.Position > newest.Position) {
			newest, found = p, true
		}
	}
	return newest, found
}

func byPosition(all []Payment) []Payment {
	return slices.SortedFunc(slices.Values(all), func(a, b Payment) int { return int(a.Position - b.Position) })
}
