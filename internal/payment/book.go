package payment

import (
	"context"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
)

// approved books what fits what we asked for.
func (b *booking) approved(ctx context.Context) error {
	if b.fact.Result.Outcome == gateway.Review {
		if err := b.task(ctx, TaskReview); err != nil {
			return err
		}
	}
	switch b.attempt.Kind {
	case KindReturn:
		return b.returned(ctx)
	case KindCapture:
		return b.captured(ctx)
	case KindReversal:
		return b.released(ctx)
	case KindRefund:
		return b.refunded(ctx)
	case KindCheckout, KindCharge:
	}
	if b.payment.Status != Open {
		late, err := b.storedUnheard(ctx)
		if err != nil {
			return err
		}
		if late {
			return b.registered(ctx)
		}
		return b.surplus(ctx)
	}
	switch b.payment.Kind {
	case Initial:
		if b.order.Paid(b.now) {
			return b.sale(ctx)
		}
	case Scheduled:
		if b.scheduled.Takes() && b.order.Status.Live() {
			return b.collected(ctx)
		}
	case Registration:
		if b.order.Status.Live() {
			return b.registered(ctx)
		}
		if err := endRegistration(ctx, b.tx, b.order, b.payment); err != nil {
			return err
		}
	}
	return b.surplus(ctx)
}

// surplus is an approval nobody is owed: a second one, or one on an order that
// ended. It is booked, and goes back by an attempt of its own that commits with
// it (design.md §4.3).
func (b *booking) surplus(ctx context.Context) error {
	b.txn.Surplus = true
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if b.attempt.State != AttemptApproved {
		if err := b.finishPaying(ctx); err != nil {
			return err
		}
	}
	if b.attempt.Kind == KindCharge { // the card was not declined
		if err := b.tx.RemoveChargeTry(ctx, b.attempt.ProfileID, b.attempt.ID); err != nil {
			return err
		}
	}
	if b.txn.Type != gateway.Registration { // of which no money moved
		if err := b.task(ctx, TaskSurplus); err != nil {
			return err
		}
	}
	if err := b.record(ctx, "payment.surplus", nil); err != nil {
		return err
	}
	if err := b.forgetMethod(ctx); err != nil {
		return err
	}
	if b.txn.Type == gateway.Registration {
		return nil
	}
	if b.txn.Type == gateway.PreAuthorisation {
		return b.follow(ctx, KindReturn, gateway.Reversal)
	}
	return b.follow(ctx, KindReturn, gateway.Refund)
}

// returned is surplus money that went back.
func (b *booking) returned(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	b.attempt.close(AttemptApproved, b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	return b.record(ctx, "payment.surplus_returned", nil)
}

// declined books a refusal. A checkout outlives it; a server's call does not.
func (b *booking) declined(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	switch b.attempt.Kind {
	case KindCheckout:
	case KindCharge:
		return b.chargeDeclined(ctx)
	case KindCapture, KindReversal, KindRefund, KindReturn:
		return notDone(ctx, b.tx, &b.rows, b.txn.Reason, string(b.txn.ID), b.by, b.wall, b.now)
	}
	if b.attempt.State == AttemptPending || b.attempt.State == AttemptUnknown {
		pending, err := b.tx.HasPending(ctx, b.attempt.ProfileID, b.attempt.OrderID, b.attempt.ID)
		if err != nil {
			return err
		}
		if !pending {
			b.attempt.State, b.attempt.Asks = AttemptOpen, 0
			b.attempt.askLater(b.wall)
			if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
				return err
			}
		}
	}
	if b.order.Status == order.Pending {
		if err := b.tx.RestartPending(ctx, b.order.ProfileID, b.order.ID, b.now); err != nil {
			return err
		}
	}
	if err := b.record(ctx, "payment.declined", map[string]any{"reason": string(b.txn.Reason)}); err != nil {
		return err
	}
	return b.countTry(ctx)
}

// countTry counts a declined try and tells staff when it was one too many.
func (b *booking) countTry(ctx context.Context) error {
	if b.fact.Result.Outcome != gateway.Declined {
		return nil
	}
	if err := b.tx.InsertTry(ctx, b.txn, b.attempt.IPHash, b.wall); err != nil {
		return err
	}
	tries, err := b.tx.Tries(ctx, b.attempt.ProfileID, b.attempt.OrderID, b.attempt.IPHash, sinceOf(b.wall))
	if err != nil {
		return err
	}
	if !b.service.limits.reachedBy(tries) {
		return nil
	}
	if err := b.task(ctx, TaskCardTesting); err != nil {
		return err
	}
	return b.record(ctx, "payment.limit_reached", nil)
}
