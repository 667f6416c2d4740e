package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// Unpaid is an order that waits for its first payment.
type Unpaid struct {
	OrderID order.ID
	Since   time.Time // when it was made, or its last try was declined; billing time
}

// UnpaidRepo is what the cancellation of old orders needs from storage.
type UnpaidRepo interface {
	// UnpaidOrders are pending orders that have waited since until or longer, behind
	// one of them, the oldest first.
	UnpaidOrders(ctx context.Context, profileID profile.ID, until time.Time, behind Unpaid, limit int) ([]Unpaid, error)
}

// unpaidBatch is how many orders are looked for at a time.
const unpaidBatch = 200

// SweepUnpaid cancels the orders that nobody has paid in the time that their
// profile sets, in each profile's billing time. Any number of sweeps may run.
func (s *Service) SweepUnpaid(ctx context.Context) error {
	return s.profiles.Each(ctx, func(p profile.Profile, now time.Time) error { return s.CancelUnpaid(ctx, p, now) })
}

// CancelUnpaid is SweepUnpaid for one profile at a billing time. An order that is
// being paid, or whose bank must still decide, waits for the next sweep. Money that
// comes after all is surplus and goes back.
func (s *Service) CancelUnpaid(ctx context.Context, p profile.Profile, now time.Time) error {
	if p.Details.CancelPendingAfterDays == 0 {
		return nil
	}
	until := p.UnpaidUntil(now)
	var errs []error
	for behind := (Unpaid{}); ctx.Err() == nil; {
		few, err := s.repo.UnpaidOrders(ctx, p.ID, until, behind, unpaidBatch)
		if err != nil {
			return fmt.Errorf("find unpaid orders: %w", err)
		}
		for _, u := range few {
			errs = append(errs, s.cancelUnpaid(ctx, p.ID, u, now))
			behind = u
		}
		if len(few) < unpaidBatch {
			break
		}
	}
	return errors.Join(errs...)
}

// NextUnpaid is the billing time at which CancelUnpaid has something to do next,
// perhaps a past one; zero for never.
func (s *Service) NextUnpaid(ctx context.Context, p profile.Profile) (time.Time, error) {
	if p.Details.CancelPendingAfterDays == 0 {
		return time.Time{}, nil
	}
	few, err := s.repo.UnpaidOrders(ctx, p.ID, farAway, Unpaid{}, 1)
	if err != nil || len(few) == 0 {
		return time.Time{}, err
	}
	return p.UnpaidEnds(few[0].Since), nil
}

// farAway is behind every order.
var farAway = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *Service) cancelUnpaid(ctx context.Context, profileID profile.ID, u Unpaid, now time.Time) error {
	err := s.repo.InPaymentTx(ctx, func(tx Tx) error {
		o, err := tx.OrderForUpdate(ctx, profileID, u.OrderID)
		if err != nil || o.Status != order.Pending {
			return err
		}
		if since, err := tx.PendingSince(ctx, profileID, u.OrderID); err != nil || since.After(u.Since) {
			return err
		}
		p, err := tx.InitialPaymentForUpdate(ctx, profileID, u.OrderID)
		if err != nil {
			return err
		}
		if busy, err := beingPaid(ctx, tx, p); err != nil || busy {
			return err
		}
		if err := o.Cancel(now); err != nil {
			return err
		}
		if err := tx.SaveOrder(ctx, o); err != nil {
			return err
		}
		if err := GiveUp(ctx, tx, o, s.clock.Wall()); err != nil {
			return err
		}
		return tx.Record(ctx, event.Event{ProfileID: profileID, Type: "order.cancelled", OrderID: string(o.ID), Subject: string(o.ID), By: actor.TheSystem, At: now,
			Data: map[string]any{"status": string(o.Status), "reason": "unpaid"}})
	})
	if err != nil {
		return fmt.Errorf("cancel unpaid order %s: %w", u.OrderID, err)
	}
	return nil
}

// beingPaid reports whether a payment may be on its way: its customer is in a
// checkout, or what came of one is not known.
func beingPaid(ctx context.Context, tx Tx, p Payment) (bool, error) {
	switch _, err := tx.OpenAttemptForUpdate(ctx, p.ProfileID, p.ID); {
	case err == nil:
		return true, nil
	case !errors.Is(err, ErrAttemptNotFound):
		return false, err
	}
	undecided, err := tx.UndecidedState(ctx, p.ProfileID, p.OrderID, p.ID)
	return undecided != "", err
}
