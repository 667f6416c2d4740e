package payment

import (
	"context"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
)

// captured is held money that was taken, in whole or in part: the order is
// complete. One capture ends a hold; the rest of it is released by the gateway
// (Capabilities.CapturesPerAuthorisation). More than was held is booked all the
// same, and staff look.
func (b *booking) captured(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	taken, err := b.payment.Captured.Add(b.txn.Amount)
	if err != nil {
		return err
	}
	if b.payment.Status != Authorised || taken.Minor() > b.payment.Authorised.Minor() {
		if err := b.task(ctx, TaskContradiction); err != nil {
			return err
		}
	}
	b.payment.Status, b.payment.Captured, b.payment.PaidAt = Paid, taken, b.now
	if err := b.endHold(ctx); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.captured", nil); err != nil {
		return err
	}
	if err := b.tell(ctx, mail.PaymentApproved); err != nil {
		return err
	}
	return b.issueDocuments(ctx)
}

// released is a hold that was given back. That of a card's registration changes
// nothing; that of an authorised order ends it without any money taken.
func (b *booking) released(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if b.payment.Status != Authorised {
		b.attempt.close(AttemptApproved, b.wall)
		if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
			return err
		}
		return b.record(ctx, "payment.released", nil)
	}
	b.payment.Status = Ended
	if err := b.endHold(ctx); err != nil {
		return err
	}
	return b.record(ctx, "payment.released", nil)
}

// endHold saves a payment whose hold is over, and completes its order.
func (b *booking) endHold(ctx context.Context) error {
	b.attempt.close(AttemptApproved, b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	if !b.order.Status.Live() {
		return nil
	}
	b.order.Status, b.order.EndedAt = order.Complete, b.now
	if err := b.tx.SaveOrder(ctx, b.order); err != nil {
		return err
	}
	return b.orderMoved(ctx)
}

// refunded is money of a sale that went back.
func (b *booking) refunded(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	back, err := b.payment.Refunded.Add(b.txn.Amount)
	if err != nil {
		return err
	}
	b.payment.Refunded = back
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	b.attempt.close(AttemptApproved, b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.refunded", nil); err != nil {
		return err
	}
	return b.tell(ctx, mail.RefundConfirmation)
}
