package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

// SweepAttempts takes up every attempt whose time has come: checkouts nobody
// came back from, unknown and pending outcomes, returns that were never sent. It
// goes on after an error and returns all of them joined. Any number of sweeps
// may run at once. One whose ctx ends finishes the attempt it is at.
func (s *Service) SweepAttempts(ctx context.Context) error {
	if err := sweep(ctx, s, DueAttempts, s.advance); err != nil {
		return fmt.Errorf("sweep attempts: %w", err)
	}
	return nil
}

// advance asks about an attempt, or makes a server's call that was never sent.
func (s *Service) advance(ctx context.Context, c Claimed) error {
	a, err := s.repo.Attempt(ctx, c.ProfileID, AttemptID(c.ID))
	if err == nil {
		err = s.takeUp(ctx, a)
	}
	if err != nil {
		return fmt.Errorf("advance attempt %s: %w", c.ID, err)
	}
	return nil
}

func (s *Service) takeUp(ctx context.Context, a Attempt) error {
	if a.Kind != KindCheckout {
		if a.State == AttemptCreated {
			return s.Send(ctx, a.ProfileID, a.ID)
		}
		return s.reconcileSent(ctx, a)
	}
	askedAt := s.clock.Wall()
	var err error
	switch {
	case a.CheckoutID == "":
		err = gateway.ErrNotFound // its answer never reached us: nobody can pay it
	case a.Type == gateway.Registration:
		_, err = s.ask(ctx, a) // of which a gateway may tell by its checkout alone
	default:
		err = s.query(ctx, a)
	}
	missing := errors.Is(err, gateway.ErrNotFound)
	if err != nil && !missing && !unanswered(err) {
		return err
	}
	return s.settle(ctx, a, heard{at: askedAt, answered: err == nil || missing, missing: missing})
}

// heard is what a question brought.
type heard struct {
	at       time.Time // when it was asked
	answered bool
	missing  bool // the gateway knows no transaction
}

// settle ends a checkout that can no longer be paid and of which the gateway knew
// nothing pending and nothing that it cannot tell itself. Any other is asked about
// later: what is unknown is never a reason to let the customer pay again
// (design.md §4.4).
func (s *Service) settle(ctx context.Context, a Attempt, h heard) error {
	_, driver, err := s.gatewayOf(ctx, a)
	if err != nil {
		return err
	}
	return s.changeAttempt(ctx, a, func(tx Tx, r *rows) error {
		a := &r.attempt
		if a.NextAttemptAt.IsZero() {
			return nil
		}
		pending, err := tx.HasPending(ctx, a.ProfileID, a.OrderID, a.ID)
		if err != nil {
			return err
		}
		now, over := s.clock.Wall(), a.over(driver.Capabilities().CheckoutLife)
		a.LeaseUntil = now
		switch {
		case !h.answered || pending, a.State == AttemptUnknown && !h.missing:
			a.askLater(now)
		case !a.watched():
			a.NextAttemptAt = time.Time{} // it had its answer, and this was the look back
		case h.at.Before(over):
			a.askLater(now)
			if a.NextAttemptAt.After(over) {
				a.NextAttemptAt = over
			}
		case a.State == AttemptSuperseded:
			a.close(AttemptSuperseded, now)
		default:
			a.close(AttemptExpired, now)
		}
		if err := tx.SaveAttempt(ctx, *a); err != nil || a.ClosedAt.IsZero() {
			return err
		}
		return giveUp(ctx, tx, r)
	})
}
