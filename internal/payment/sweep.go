package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

// sweepBatch is how many rows one round claims.
const sweepBatch = 50

// SweepAttempts takes up every attempt whose time has come: checkouts nobody
// came back from, unknown and pending outcomes, returns that were never sent. It
// goes on after an error and returns all of them joined. Any number of sweeps
// may run at once.
func (s *Service) SweepAttempts(ctx context.Context) error {
	var errs []error
	for ctx.Err() == nil {
		var due []Attempt
		err := s.repo.InPaymentTx(ctx, func(tx Tx) error {
			now := s.clock.Wall()
			var err error
			due, err = tx.ClaimDueAttempts(ctx, now, now.Add(attemptLease), sweepBatch)
			return err
		})
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("claim due attempts: %w", err))...)
		}
		for _, a := range due {
			if err := s.advance(ctx, a); err != nil {
				errs = append(errs, fmt.Errorf("advance attempt %s: %w", a.ID, err))
			}
		}
		if len(due) < sweepBatch {
			break
		}
	}
	return errors.Join(errs...)
}

func (s *Service) advance(ctx context.Context, a Attempt) error {
	if a.Kind == KindReturn {
		if a.State == AttemptCreated {
			return s.SendBack(ctx, a.ProfileID, a.ID)
		}
		return s.reconcileReturn(ctx, a)
	}
	askedAt := s.clock.Wall()
	var err error
	if a.CheckoutID != "" {
		err = s.query(ctx, a)
	} else {
		err = gateway.ErrNotFound // its answer never reached us: nobody can pay it
	}
	answered := err == nil || errors.Is(err, gateway.ErrNotFound)
	if !answered && !unanswered(err) {
		return err
	}
	return s.settle(ctx, a, askedAt, answered)
}

// settle ends a checkout that the gateway, asked at askedAt, knew nothing
// undecided of and that can no longer be paid; any other is asked about later.
func (s *Service) settle(ctx context.Context, a Attempt, askedAt time.Time, answered bool) error {
	_, driver, err := s.gatewayOf(ctx, a)
	if err != nil {
		return err
	}
	over := a.CreatedAt
	if !a.ExpiresAt.IsZero() {
		over = a.ExpiresAt.Add(-CheckoutLife)
	}
	over = over.Add(driver.Capabilities().CheckoutLife + NotFoundAfterLife)
	return s.repo.InPaymentTx(ctx, func(tx Tx) error {
		wall := s.clock.Wall()
		if _, err := tx.OrderForUpdate(ctx, a.ProfileID, a.OrderID); err != nil {
			return err
		}
		now, err := tx.AttemptForUpdate(ctx, a.ProfileID, a.ID)
		if err != nil || now.NextAttemptAt.IsZero() {
			return err
		}
		undecided, err := tx.UndecidedState(ctx, a.ProfileID, a.PaymentID)
		if err != nil {
			return err
		}
		now.LeaseUntil = wall
		switch ended := answered && undecided == "" && !askedAt.Before(over); {
		case ended && now.State == AttemptSuperseded && !askedAt.Before(now.WatchUntil):
			now.close(AttemptSuperseded, wall)
		case ended && (now.State == AttemptCreated || now.State == AttemptOpen || now.State == AttemptUnknown):
			now.close(AttemptExpired, wall)
		case answered && undecided != Pending && (now.State == AttemptApproved || now.State == AttemptHeld):
			now.NextAttemptAt = time.Time{} // it had its answer, and this was the look back
		default:
			now.askLater(wall)
		}
		return tx.SaveAttempt(ctx, now)
	})
}
