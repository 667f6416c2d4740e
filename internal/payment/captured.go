package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// captured is held money that was taken, in whole or in part. The last capture that
// the gateway allows ends the hold and completes the order; what was not taken is
// released by the gateway. More than was held is booked all the same, and staff
// look.
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
	b.payment.Captured, b.payment.PaidAt = taken, b.now
	if err := b.closeApproved(ctx); err != nil {
		return err
	}
	more, err := b.mayCaptureMore(ctx)
	if err != nil {
		return err
	}
	if more {
		err = b.tx.SavePayment(ctx, b.payment)
	} else {
		err = b.endHold(ctx, b.tx, Paid, b.by, b.now)
	}
	if err != nil {
		return err
	}
	if err := b.record(ctx, "payment.captured", nil); err != nil {
		return err
	}
	if err := b.inform(ctx, mail.PaymentApproved); err != nil {
		return err
	}
	return b.issueDocuments(ctx)
}

// mayCaptureMore reports whether the gateway lets another part of the hold be
// captured after this one.
func (b *booking) mayCaptureMore(ctx context.Context) (bool, error) {
	if b.can.CapturesPerAuthorisation <= 1 || b.payment.Status != Authorised {
		return false, nil
	}
	done, err := b.tx.FollowUps(ctx, b.payment.ProfileID, b.payment.ID)
	if err != nil {
		return false, err
	}
	_, refused := b.payment.mayCapture(money.New(0, b.payment.Amount.Currency()), done, b.can)
	return refused == nil, nil
}

// released is a hold that was given back. That of a card's registration changes
// nothing; that of an authorised order ends it without any money taken.
func (b *booking) released(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if err := b.closeApproved(ctx); err != nil {
		return err
	}
	if b.payment.Status == Authorised {
		if err := b.endHold(ctx, b.tx, Ended, b.by, b.now); err != nil {
			return err
		}
	}
	return b.record(ctx, "payment.released", nil)
}

// closeApproved ends an attempt of our own server that succeeded.
func (b *booking) closeApproved(ctx context.Context) error {
	b.attempt.close(AttemptApproved, b.wall)
	return b.tx.SaveAttempt(ctx, b.attempt)
}

// endHold saves a payment whose hold is over, and completes its order.
func (r *rows) endHold(ctx context.Context, tx Tx, as Status, by actor.Actor, now time.Time) error {
	r.payment.Status = as
	if err := tx.SavePayment(ctx, r.payment); err != nil {
		return err
	}
	return r.stand(ctx, tx, order.Complete, by, now)
}

// stand gives a live order another status.
func (r *rows) stand(ctx context.Context, tx Tx, s order.Status, by actor.Actor, now time.Time) error {
	if !r.order.Status.Live() || !r.order.Stand(s, now) {
		return nil
	}
	if err := tx.SaveOrder(ctx, r.order); err != nil {
		return err
	}
	return recordStatus(ctx, tx, r.order, by, now)
}
