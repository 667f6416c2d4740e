package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// StartRegistration gives the one checkout in which a live order's customer stores
// another card. shown is the amount that the customer agreed to pay with it at
// once: all that is outstanding, nothing where the card is only added or replaced in
// time. It returns ErrOutstandingChanged, and starts nothing, when another amount
// is outstanding by now; the parts of the amount are held until the checkout is
// over. Apart from that it is StartCheckout; order.ErrCardFixed and order.ErrEnded
// say that the order's card stays as it is.
func (s *Service) StartRegistration(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, ipHash string, shown money.Amount) (Attempt, error) {
	return s.RenewRegistration(ctx, by, profileID, orderID, ipHash, shown, "")
}

// RenewRegistration is StartRegistration as RenewCheckout is StartCheckout.
func (s *Service) RenewRegistration(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, ipHash string, shown money.Amount, over AttemptID) (Attempt, error) {
	return s.start(ctx, by, profileID, orderID, wish{kind: Registration, shown: shown, ipHash: ipHash, over: over})
}

// wish is what a checkout is asked for.
type wish struct {
	kind   Kind
	shown  money.Amount // registration: what its customer agreed to pay
	ipHash string
	over   AttemptID // not shown again; empty: none
}

// target is the payment that a checkout is to collect.
type target struct {
	payment Payment // zero: there is none yet
	stale   bool    // it asks for something else than its customer agreed to
	// begin puts another in its place; nil where there is nothing to begin.
	begin func(context.Context) (Payment, error)
}

// target finds what is wished for. The order is locked.
func (s *Service) target(ctx context.Context, tx Tx, o order.Order, w wish, by actor.Actor, now time.Time) (target, error) {
	if w.kind == Initial {
		p, err := tx.InitialPaymentForUpdate(ctx, o.ProfileID, o.ID)
		return target{payment: p}, err
	}
	owed, err := owedOf(ctx, tx, o, now)
	if err != nil {
		return target{}, err
	}
	if err := o.May(owed.command()); err != nil {
		return target{}, err
	}
	if owed.sum != w.shown {
		return target{}, ErrOutstandingChanged
	}
	running, err := tx.OpenRegistrationForUpdate(ctx, o.ProfileID, o.ID)
	if err != nil && !errors.Is(err, ErrPaymentNotFound) {
		return target{}, err
	}
	if running.ID != "" && running.Settles == owed.sum && owed.heldBy(running.ID) {
		return target{payment: running}, nil
	}
	return target{payment: running, stale: running.ID != "", begin: func(ctx context.Context) (Payment, error) {
		if running.ID != "" {
			running.Status = Ended
			if err := tx.SavePayment(ctx, running); err != nil {
				return running, err
			}
		}
		p := New(o.ProfileID, o.ID, Registration, money.New(0, owed.sum.Currency()), now)
		p.Settles = owed.sum
		if err := tx.InsertPayment(ctx, p); err != nil {
			return p, err
		}
		if err := owed.hold(ctx, tx, running.ID, p.ID); err != nil {
			return p, err
		}
		return p, tx.Record(ctx, event.Event{ProfileID: o.ProfileID, Type: "payment_method.update_started", OrderID: string(o.ID), Subject: string(p.ID), By: by, At: now,
			Data: map[string]any{"settles": owed.sum.Decimal(), "currency": owed.sum.Currency().Code()}})
	}}, nil
}

// owed is what an order's customer owes at a moment, and with which card.
type owed struct {
	order order.Order
	all   []schedule.Payment // as they are
	parts []int              // in all: what is outstanding and not being charged
	sum   money.Amount
	cards []StoredMethod // the main one first
	loc   *time.Location
	now   time.Time
}

// owedOf reads it. The order is locked.
func owedOf(ctx context.Context, tx Tx, o order.Order, now time.Time) (owed, error) {
	w := owed{order: o, sum: money.New(0, o.Total.Currency()), now: now}
	merchant, err := tx.Profile(ctx, o.ProfileID)
	if err != nil {
		return w, err
	}
	w.loc = merchant.Location()
	if w.all, err = tx.ScheduleForUpdate(ctx, o); err != nil {
		return w, err
	}
	if w.cards, err = tx.Methods(ctx, o.ProfileID, o.ID); err != nil {
		return w, err
	}
	charged, err := tx.BeingCharged(ctx, o.ProfileID, o.ID)
	if err != nil {
		return w, err
	}
	w.parts = outstanding(w.all, charged, w.loc, now)
	var parts []schedule.Payment
	for _, i := range w.parts {
		parts = append(parts, w.all[i])
	}
	if w.sum, err = schedule.Sum(parts, o.Total.Currency()); err != nil {
		return w, fmt.Errorf("outstanding of %s: %w", o.ID, err)
	}
	return w, nil
}

// outstanding are the places of those payments that another card settles.
func outstanding(all []schedule.Payment, charged map[schedule.ID]bool, loc *time.Location, now time.Time) []int {
	var places []int
	for i, p := range all {
		if p.Outstanding(loc, now) && !charged[p.ID] {
			places = append(places, i)
		}
	}
	return places
}

// command is what another card is to such an order: only an update may follow a
// card that no longer serves.
func (w owed) command() order.Command {
	if MustUpdate(w.order, w.cards, w.sum, w.now) {
		return order.UpdateCard
	}
	return order.ChangeCard
}

// heldBy reports whether a registration holds exactly what is outstanding.
func (w owed) heldBy(registration ID) bool {
	held := 0
	for _, p := range w.all {
		if p.HeldBy == string(registration) {
			held++
		}
	}
	for _, i := range w.parts {
		if w.all[i].HeldBy != string(registration) {
			return false
		}
	}
	return held == len(w.parts)
}

// hold hands what one registration held, and what is outstanding, to another.
func (w owed) hold(ctx context.Context, tx Tx, before, registration ID) error {
	changed := w.release(before)
	for _, i := range w.parts {
		if err := w.all[i].Hold(string(registration)); err != nil {
			return err
		}
		changed[i] = true
	}
	return w.save(ctx, tx, changed)
}

// release takes from a registration what it holds, and tells what changed.
func (w owed) release(registration ID) map[int]bool {
	changed := map[int]bool{}
	for i := range w.all {
		if registration != "" && w.all[i].HeldBy == string(registration) {
			w.all[i].Release()
			changed[i] = true
		}
	}
	return changed
}

// save saves those at the given places.
func (w owed) save(ctx context.Context, tx Tx, changed map[int]bool) error {
	for i := range w.all {
		if !changed[i] {
			continue
		}
		if err := tx.SaveScheduled(ctx, w.all[i]); err != nil {
			return err
		}
	}
	return nil
}

// giveUp ends the registration that a checkout was for, when nobody can store a
// card in any of its checkouts any more, and releases what it held. It does nothing
// for a checkout of another kind.
func giveUp(ctx context.Context, tx Tx, r *rows) error {
	if r.payment.Kind != Registration || r.payment.Status != Open {
		return nil
	}
	if _, err := tx.OpenAttemptForUpdate(ctx, r.payment.ProfileID, r.payment.ID); !errors.Is(err, ErrAttemptNotFound) {
		return err
	}
	return endRegistration(ctx, tx, r.order, r.payment)
}

// endRegistration ends an open registration without a card.
func endRegistration(ctx context.Context, tx Tx, o order.Order, p Payment) error {
	p.Status = Ended
	if err := tx.SavePayment(ctx, p); err != nil {
		return err
	}
	all, err := tx.ScheduleForUpdate(ctx, o)
	if err != nil {
		return err
	}
	for _, part := range all {
		if part.HeldBy != string(p.ID) {
			continue
		}
		part.Release()
		if err := tx.SaveScheduled(ctx, part); err != nil {
			return err
		}
	}
	return nil
}
