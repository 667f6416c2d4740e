package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// Send makes the call of an attempt of our own server: a charge, a capture, a
// reversal, a refund or a return. It claims the attempt in a transaction of its
// own and leaves it Unknown before the gateway is called, so that no crash and no
// second worker can send it twice; whatever happens after that is found out by
// asking. A call for an attempt that is not Created does nothing.
func (s *Service) Send(ctx context.Context, profileID profile.ID, attemptID AttemptID) error {
	a, err := s.repo.Attempt(ctx, profileID, attemptID)
	if err != nil {
		return fmt.Errorf("send %s: %w", attemptID, err)
	}
	if a.Kind == KindCheckout {
		return nil
	}
	account, driver, err := s.gatewayOf(ctx, a)
	if err != nil {
		return fmt.Errorf("send %s: %w", attemptID, err)
	}
	c := call{account: account, driver: driver}
	claimed := false
	err = s.changeAttempt(ctx, a, func(tx Tx, r *rows) error {
		a := &r.attempt
		if claimed = a.State == AttemptCreated; !claimed {
			return nil
		}
		if a.Kind == KindCharge && !r.wantsCharge() {
			claimed = false
			return s.withdraw(ctx, tx, r)
		}
		c.order, c.attempt = r.order, *a
		now := s.clock.Wall()
		a.State, a.SentAt, a.Asks = AttemptUnknown, now, 0
		a.LeaseUntil = now.Add(attemptLease)
		a.askLater(now)
		return tx.SaveAttempt(ctx, *a)
	})
	if err != nil || !claimed {
		return err
	}
	f, err := s.call(ctx, c)
	if err == nil {
		_, err = s.Apply(ctx, account, f)
	}
	if kept := s.afterSending(ctx, a, err); kept != nil || err == nil || unanswered(err) || errors.Is(err, gateway.ErrTokenGone) {
		return kept
	}
	return fmt.Errorf("send %s: %w", attemptID, err)
}

// call is what a server's call is made of.
type call struct {
	account gateway.Account
	driver  gateway.Driver
	order   order.Order
	attempt Attempt
}

func (s *Service) call(ctx context.Context, c call) (gateway.Fact, error) {
	a := c.attempt
	if a.Kind != KindCharge {
		return c.driver.BackOffice(ctx, c.account, gateway.BackOfficeRequest{Type: a.Type, ReferencedID: a.ParentGatewayID,
			MerchantTransactionID: a.MerchantTransactionID, Amount: a.Amount})
	}
	m, err := s.repo.Method(ctx, a.ProfileID, a.MethodID)
	if err != nil {
		return gateway.Fact{}, err
	}
	return c.driver.Charge(ctx, c.account, gateway.ChargeRequest{Type: a.Type, Token: m.Token, MerchantTransactionID: a.MerchantTransactionID,
		InvoiceReference: string(a.OrderID), Amount: a.Amount, Series: seriesOf(c.order), InitialTransactionID: m.InitialTransactionID})
}

// afterSending keeps what an answer without a fact means.
func (s *Service) afterSending(ctx context.Context, a Attempt, sent error) error {
	billing, err := s.clock.Now(ctx, a.ProfileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	return s.changeAttempt(ctx, a, func(tx Tx, r *rows) error {
		a, now := &r.attempt, s.clock.Wall()
		a.LeaseUntil = now
		switch {
		case a.State != AttemptUnknown: // booked
		case errors.Is(sent, gateway.ErrThrottled):
			a.State = AttemptCreated
			a.askLater(now)
		case errors.Is(sent, gateway.ErrRefused), errors.Is(sent, gateway.ErrTokenGone):
			if a.Kind == KindCharge {
				return s.notCharged(ctx, tx, r, errors.Is(sent, gateway.ErrTokenGone))
			}
			return notDone(ctx, tx, r, reasonOf(sent), string(a.ID), actor.TheSystem, now, billing)
		case sent != nil:
			if err := r.reviewRelease(ctx, tx, actor.TheSystem, billing); err != nil {
				return err
			}
		}
		return tx.SaveAttempt(ctx, *a)
	})
}

// reasonOf is why the gateway did not take a request, where it said so.
func reasonOf(sent error) gateway.Reason {
	var refusal *gateway.Refusal
	if errors.As(sent, &refusal) {
		return refusal.Reason
	}
	return ""
}

// failureOf is what staff are told of a call that did not succeed.
func failureOf(k AttemptKind) TaskKind {
	switch k {
	case KindCapture:
		return TaskCaptureFailed
	case KindReversal:
		return TaskReversalFailed
	case KindRefund:
		return TaskRefundFailed
	case KindReturn, KindCheckout, KindCharge:
	}
	return TaskReturnFailed
}

// reconcileSent asks what became of a server's call. Two not-founds ten minutes
// apart allow it to be sent again, under the same merchant transaction id.
func (s *Service) reconcileSent(ctx context.Context, a Attempt) error {
	err := s.query(ctx, a)
	if err != nil && !unanswered(err) {
		return err
	}
	missing := errors.Is(err, gateway.ErrNotFound)
	return s.changeAttempt(ctx, a, func(tx Tx, r *rows) error {
		a, now := &r.attempt, s.clock.Wall()
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
