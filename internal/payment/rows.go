package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// rows are what an attempt is about, locked in the order of design.md §4.9.
type rows struct {
	order     order.Order
	scheduled schedule.Payment // zero unless the payment is a scheduled one
	payment   Payment
	attempt   Attempt
}

// lock locks the rows of an attempt that was read before.
func lock(ctx context.Context, tx Tx, a Attempt) (r rows, err error) {
	if r.order, err = tx.OrderForUpdate(ctx, a.ProfileID, a.OrderID); err != nil {
		return r, err
	}
	if a.ScheduledID != "" {
		if r.scheduled, err = tx.ScheduledForUpdate(ctx, a.ProfileID, a.ScheduledID); err != nil {
			return r, err
		}
	}
	if r.payment, err = tx.PaymentForUpdate(ctx, a.ProfileID, a.PaymentID); err != nil {
		return r, err
	}
	r.attempt, err = tx.AttemptForUpdate(ctx, a.ProfileID, a.ID)
	return r, err
}

// recordStatus records the status that an order now has.
func recordStatus(ctx context.Context, tx Tx, o order.Order, by actor.Actor, now time.Time) error {
	return tx.Record(ctx, event.Event{ProfileID: o.ProfileID, Type: "order." + string(o.Status), OrderID: string(o.ID), Subject: string(o.ID), By: by, At: now,
		Data: map[string]any{"status": string(o.Status)}})
}

// changeAttempt changes one attempt, and what it is about, under their locks.
func (s *Service) changeAttempt(ctx context.Context, a Attempt, change func(Tx, *rows) error) error {
	err := s.repo.InPaymentTx(ctx, func(tx Tx) error {
		r, err := lock(ctx, tx, a)
		if err != nil {
			return err
		}
		return change(tx, &r)
	})
	if err != nil {
		return fmt.Errorf("change attempt %s: %w", a.ID, err)
	}
	return nil
}
