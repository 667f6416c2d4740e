package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/profile"
)

// SendBack sends surplus money back. It claims the attempt in a transaction of
// its own and leaves it Unknown before the gateway is called, so that no crash
// and no second worker can send it twice; whatever happens after that is found
// out by asking. A call for an attempt that is not Created does nothing.
func (s *Service) SendBack(ctx context.Context, profileID profile.ID, attemptID AttemptID) error {
	a, err := s.repo.Attempt(ctx, profileID, attemptID)
	if err != nil {
		return fmt.Errorf("send back %s: %w", attemptID, err)
	}
	account, driver, err := s.gatewayOf(ctx, a)
	if err != nil {
		return fmt.Errorf("send back %s: %w", attemptID, err)
	}
	claimed := false
	err = s.changeAttempt(ctx, a, func(tx Tx, a *Attempt) error {
		if claimed = a.State == AttemptCreated; !claimed {
			return nil
		}
		now := s.clock.Wall()
		a.State, a.SentAt, a.Asks = AttemptUnknown, now, 0
		a.LeaseUntil = now.Add(attemptLease)
		a.askLater(now)
		return tx.SaveAttempt(ctx, *a)
	})
	if err != nil || !claimed {
		return err
	}
	f, err := driver.BackOffice(ctx, account, gateway.BackOfficeRequest{Type: a.Type, ReferencedID: a.ParentGatewayID,
		MerchantTransactionID: a.MerchantTransactionID, Amount: a.Amount})
	if err == nil {
		_, err = s.Apply(ctx, account, f)
	}
	if kept := s.afterSending(ctx, a, err); kept != nil || err == nil || unanswered(err) {
		return kept
	}
	return fmt.Errorf("send back %s: %w", attemptID, err)
}

// afterSending keeps what an answer without a fact means for a return.
func (s *Service) afterSending(ctx context.Context, a Attempt, sent error) error {
	return s.changeAttempt(ctx, a, func(tx Tx, a *Attempt) error {
		now := s.clock.Wall()
		a.LeaseUntil = now
		switch {
		case a.State != AttemptUnknown: // booked
		case errors.Is(sent, gateway.ErrThrottled):
			a.State = AttemptCreated
			a.askLater(now)
		case errors.Is(sent, gateway.ErrRefused):
			a.close(AttemptDeclined, now)
			if err := tx.InsertTask(ctx, newTask(a.ProfileID, TaskReturnFailed, a.OrderID, string(a.ID), now)); err != nil {
				return err
			}
		}
		return tx.SaveAttempt(ctx, *a)
	})
}

// reconcileReturn asks what became of a return. Two not-founds ten minutes apart
// allow it to be sent again, under the same merchant transaction id.
func (s *Service) reconcileReturn(ctx context.Context, a Attempt) error {
	err := s.query(ctx, a)
	if err != nil && !unanswered(err) {
		return err
	}
	missing := errors.Is(err, gateway.ErrNotFound)
	return s.changeAttempt(ctx, a, func(tx Tx, a *Attempt) error {
		now := s.clock.Wall()
		a.LeaseUntil = now
		switch {
		case a.NextAttemptAt.IsZero(): // closed by what was heard
		case !missing || a.State != AttemptUnknown:
			a.askLater(now)
		case a.NotFoundAt.IsZero():
			a.NotFoundAt, a.NextAttemptAt = now, now.Add(NotFoundApart)
		case now.Sub(a.NotFoundAt) < NotFoundApart:
			a.NextAttemptAt = a.NotFoundAt.Add(NotFoundApart)
		default:
			a.State, a.NextAttemptAt, a.NotFoundAt = AttemptCreated, now, time.Time{}
		}
		return tx.SaveAttempt(ctx, *a)
	})
}

// changeAttempt changes one attempt under the locks of its order.
func (s *Service) changeAttempt(ctx context.Context, a Attempt, change func(Tx, *Attempt) error) error {
	err := s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if _, err := tx.OrderForUpdate(ctx, a.ProfileID, a.OrderID); err != nil {
			return err
		}
		now, err := tx.AttemptForUpdate(ctx, a.ProfileID, a.ID)
		if err != nil {
			return err
		}
		return change(tx, &now)
	})
	if err != nil {
		return fmt.Errorf("change attempt %s: %w", a.ID, err)
	}
	return nil
}
