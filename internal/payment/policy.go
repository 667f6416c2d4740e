package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// GoOn makes what follows a command that changed an order's schedule: the next
// payment of a subscription, and the order's status.
func (s *Service) GoOn(ctx context.Context, tx Tx, o *order.Order, by actor.Actor, now time.Time) error {
	return s.goOn(ctx, tx, o, schedule.None, by, now)
}

// MayCharge decides whether a scheduled payment may be charged now to the main card
// of its order, whoever wishes it.
func (s *Service) MayCharge(ctx context.Context, tx Tx, p schedule.Payment, now time.Time) (schedule.Decision, error) {
	methods, err := tx.Methods(ctx, p.ProfileID, p.OrderID)
	switch {
	case err != nil:
		return schedule.Decision{}, err
	case len(methods) == 0:
		return schedule.Decision{Rule: schedule.RuleTokenGone}, nil
	case methods[0].Standing == Stopped:
		return schedule.Decision{Rule: schedule.RuleStopped}, nil
	case !methods[0].chargeable():
		return schedule.Decision{Rule: schedule.RuleHard}, nil
	}
	tries, err := tx.ChargeTries(ctx, p.ProfileID, methods[0].Card, now.Add(-schedule.TriesWindow))
	if err != nil {
		return schedule.Decision{}, err
	}
	return s.limits.Charges.MayCharge(p, tries, now), nil
}
