package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// ErrNotStopped is the fault of resuming what was not stopped.
var ErrNotStopped = fault.New(fault.Conflict, "collecting_not_stopped", "No payment method of this order was stopped by a chargeback.")

// ResumeCollecting lets the cards of an order be charged again that a chargeback
// stopped. What fell due meanwhile is collected at once; an order that was
// suspended for nothing else goes on. A card whose holder ended the series stays
// stopped. It returns order.ErrNotFound, order.ErrEnded or ErrNotStopped.
func (s *Service) ResumeCollecting(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, call *idem.Call) (order.Order, error) {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return order.Order{}, fmt.Errorf("billing time: %w", err)
	}
	known, err := s.repo.Order(ctx, profileID, orderID)
	if err != nil {
		return order.Order{}, err
	}
	var o order.Order
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if o, err = tx.OrderForUpdate(ctx, profileID, orderID); err != nil {
			return err
		}
		if o.Status.Final() {
			return order.ErrEnded
		}
		all, err := tx.ScheduleForUpdate(ctx, o)
		if err != nil {
			return err
		}
		if err := resumeCards(ctx, tx, o, by, now); err != nil {
			return err
		}
		declined := false
		for _, p := range all {
			if p.Refusal == schedule.RuleDisputed && p.Reopen(now) {
				if err := tx.SaveScheduled(ctx, p); err != nil {
					return err
				}
				if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "scheduled_payment.reopened", OrderID: string(o.ID), Subject: string(p.ID), By: by, At: now,
					Data: map[string]any{"due_on": p.DueOn}}); err != nil {
					return err
				}
			}
			declined = declined || p.Status == schedule.HardDeclined
		}
		r := rows{order: o}
		if o.Status == order.Suspended && !declined {
			if err := r.stand(ctx, tx, order.Active, by, now); err != nil {
				return err
			}
			o = r.order
		}
		o.Lines, o.Tags = known.Lines, known.Tags
		if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "order.collecting_resumed", OrderID: string(o.ID), Subject: string(o.ID), By: by, At: now}); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, o)
	})
	if err != nil {
		return order.Order{}, fmt.Errorf("resume collecting of %s: %w", orderID, err)
	}
	return o, nil
}

// resumeCards gives the cards back that a chargeback stopped; ErrNotStopped.
func resumeCards(ctx context.Context, tx Tx, o order.Order, by actor.Actor, now time.Time) error {
	methods, err := tx.Methods(ctx, o.ProfileID, o.ID)
	if err != nil {
		return err
	}
	resumed := false
	for _, m := range methods {
		if m.Standing != Disputed {
			continue
		}
		resumed, m.Standing = true, Good
		if err := saveStanding(ctx, tx, m, by, now); err != nil {
			return err
		}
	}
	if !resumed {
		return ErrNotStopped
	}
	return nil
}
