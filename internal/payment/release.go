package payment

import (
	"context"
	"errors"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
)

// Release begins to give back what an order's initial payment holds, because the
// order is to end; lock the order before. pending reports that the order must not
// be ended yet: the gateway's answer completes it, and one that it does not give
// puts it into review. Where nothing is held, or a part of the hold was captured
// and the rest lapses by itself, pending is false and the caller ends the order at
// once. It returns ErrHoldDeciding while a capture is under way.
func (s *Service) Release(ctx context.Context, tx Tx, by actor.Actor, o order.Order) (pending bool, err error) {
	p, err := tx.InitialPaymentForUpdate(ctx, o.ProfileID, o.ID)
	if errors.Is(err, ErrPaymentNotFound) || err == nil && p.Status != Authorised {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	done, err := tx.FollowUps(ctx, p.ProfileID, p.ID)
	if err != nil {
		return false, err
	}
	switch err := p.mayReverse(done); {
	case errors.Is(err, ErrCaptured):
		p.Status = Paid
		return false, tx.SavePayment(ctx, p)
	case errors.Is(err, ErrHoldDeciding) && reversing(done):
		return true, nil
	case err != nil:
		return false, err
	}
	now, err := s.clock.Now(ctx, o.ProfileID)
	if err != nil {
		return false, err
	}
	hold, err := tx.HoldOf(ctx, p)
	if err != nil {
		return false, err
	}
	a, err := s.startCall(ctx, tx, p, hold, KindReversal, gateway.Reversal, p.Authorised)
	if err != nil {
		return false, err
	}
	return true, tx.Record(ctx, event.Event{ProfileID: o.ProfileID, Type: "payment.reversal_started", OrderID: string(o.ID), Subject: string(a.ID), By: by, At: now,
		Data: map[string]any{"amount": a.Amount.Decimal(), "currency": a.Amount.Currency().Code(), "transaction": string(hold.ID)}})
}

// reversing reports whether a reversal is under way.
func reversing(done []Attempt) bool {
	for _, a := range done {
		if a.Kind == KindReversal && a.State.Open() {
			return true
		}
	}
	return false
}
