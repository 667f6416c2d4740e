package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
)

// notDone is a capture, a reversal, a refund or a return that was declined, or not
// taken by the gateway at all; its attempt is closed by this. Where the hold is over,
// so is the order, and no money was taken. An order whose hold could not be given
// back is left in review: only staff can tell what its customer is owed.
func notDone(ctx context.Context, tx Tx, r *rows, why gateway.Reason, subject string, by actor.Actor, wall, now time.Time) error {
	r.attempt.close(AttemptDeclined, wall)
	if err := tx.SaveAttempt(ctx, r.attempt); err != nil {
		return err
	}
	deciding := r.attempt.Kind == KindCapture || r.attempt.Kind == KindReversal
	if deciding && why == gateway.ReasonHoldOver && r.payment.Status == Authorised {
		if err := r.tell(ctx, tx, "payment.lapsed", by, now); err != nil {
			return err
		}
		as := Ended
		if r.payment.Captured.IsPositive() {
			as = Paid
		}
		return r.endHold(ctx, tx, as, by, now)
	}
	failed := failureOf(r.attempt.Kind)
	if err := tx.InsertTask(ctx, newTask(r.attempt.ProfileID, failed, r.attempt.OrderID, subject, now)); err != nil {
		return err
	}
	if err := r.tell(ctx, tx, "payment."+string(failed), by, now); err != nil {
		return err
	}
	return r.reviewRelease(ctx, tx, by, now)
}

// reviewRelease puts an order into review whose hold is being given back with an
// outcome that is not known, or was not given back.
func (r *rows) reviewRelease(ctx context.Context, tx Tx, by actor.Actor, now time.Time) error {
	if r.attempt.Kind != KindReversal || r.payment.Status != Authorised {
		return nil
	}
	return r.stand(ctx, tx, order.Review, by, now)
}

// tell records what became of an attempt.
func (r *rows) tell(ctx context.Context, tx Tx, typ string, by actor.Actor, now time.Time) error {
	a := r.attempt
	return tx.Record(ctx, event.Event{ProfileID: a.ProfileID, Type: typ, OrderID: string(a.OrderID), Subject: string(a.ID), By: by, At: now,
		Data: map[string]any{"attempt": string(a.ID), "amount": a.Amount.Decimal(), "currency": a.Amount.Currency().Code(), "type": string(a.Type)}})
}
