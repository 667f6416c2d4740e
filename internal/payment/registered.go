package payment

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// registered is another card of a live order that was stored: it becomes the main
// one, and what its customer agreed to pay with it is charged. The small hold by
// which some gateways store a card is released.
func (b *booking) registered(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	b.payment.Status = Paid
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	if err := b.replaceOther(ctx); err != nil {
		return err
	}
	if err := b.finishPaying(ctx); err != nil {
		return err
	}
	if err := b.keepMethod(ctx); err != nil {
		return err
	}
	if err := b.settleHeld(ctx); err != nil {
		return err
	}
	return b.release(ctx)
}

// storedUnheard reports whether a card was stored in time, and only heard of when we
// had given its registration up, as after an outage. It takes its place unless its
// customer has stored another since or is about to. What the registration held was
// given back then, so that nothing is charged with it.
func (b *booking) storedUnheard(ctx context.Context) (bool, error) {
	if b.payment.Kind != Registration || b.payment.Status != Ended || b.attempt.State != AttemptExpired || !b.order.Status.Live() {
		return false, nil
	}
	_, err := b.tx.OpenRegistrationForUpdate(ctx, b.order.ProfileID, b.order.ID)
	if !errors.Is(err, ErrPaymentNotFound) {
		return false, err
	}
	cards, err := b.tx.Methods(ctx, b.order.ProfileID, b.order.ID)
	began := id.Time(string(b.payment.ID)) // a test clock may have stood still since
	return !slices.ContainsFunc(cards, func(m StoredMethod) bool { return id.Time(string(m.ID)).After(began) }), err
}

// settleHeld charges what the registration held. Facts are never refused: what
// cannot be settled any more, or is more than its customer agreed to, is released.
func (b *booking) settleHeld(ctx context.Context) error {
	merchant, err := b.tx.Profile(ctx, b.order.ProfileID)
	if err != nil {
		return err
	}
	all, err := b.tx.ScheduleForUpdate(ctx, b.order)
	if err != nil {
		return err
	}
	var held, parts []*schedule.Payment
	for i := range all {
		if all[i].HeldBy != string(b.payment.ID) {
			continue
		}
		all[i].Release()
		held = append(held, &all[i])
		if all[i].May(schedule.Join) == nil {
			parts = append(parts, &all[i])
		}
	}
	sum, err := sumOf(parts, b.payment.Settles.Currency())
	if err != nil {
		return err
	}
	if b.order.May(order.UpdateCard) != nil || sum.Minor() > b.payment.Settles.Minor() {
		parts = nil
	}
	if len(parts) > 0 {
		if err := settle(ctx, b.tx, b.order, all, parts, merchant, b.by, b.now); err != nil {
			return err
		}
	}
	for _, p := range held {
		if err := b.tx.SaveScheduled(ctx, *p); err != nil {
			return err
		}
	}
	if len(parts) > 0 || !b.order.Stand(schedule.WithAnotherCard(b.order, all), b.now) {
		return nil
	}
	if err := b.tx.SaveOrder(ctx, b.order); err != nil {
		return err
	}
	return recordStatus(ctx, b.tx, b.order, b.by, b.now)
}

// settle makes one payment of several and has it charged at once. The caller saves
// the parts.
func settle(ctx context.Context, tx Tx, o order.Order, all []schedule.Payment, parts []*schedule.Payment, merchant profile.Profile, by actor.Actor, now time.Time) error {
	whole, err := schedule.Settle(o, parts, nextPosition(all), merchant.Location(), now)
	if err != nil {
		return err
	}
	if err := tx.InsertScheduled(ctx, whole); err != nil {
		return err
	}
	if err := tx.Record(ctx, event.Event{ProfileID: o.ProfileID, Type: "scheduled_payment.merged", OrderID: string(o.ID), Subject: string(whole.ID), By: by, At: now,
		Data: map[string]any{"amount": whole.Amount.Decimal(), "currency": whole.Amount.Currency().Code(), "parts": len(parts)}}); err != nil {
		return err
	}
	return tx.Enqueue(ctx, Charge{o.ProfileID, whole.ID, whole.Tries})
}
