package payment

import (
	"context"
	"errors"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/mail"
)

// approved books money that moved and fits what we asked for.
func (b *booking) approved(ctx context.Context) error {
	if b.fact.Result.Outcome == gateway.Review {
		if err := b.task(ctx, TaskReview); err != nil {
			return err
		}
	}
	if b.attempt.Kind == KindReturn {
		return b.returned(ctx)
	}
	if b.payment.Status == Open && b.order.Paid(b.now) {
		return b.sale(ctx)
	}
	return b.surplus(ctx)
}

// sale is the first approval: the payment is paid and the order moves on.
func (b *booking) sale(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	b.payment.Status, b.payment.Captured, b.payment.PaidAt = Paid, b.txn.Amount, b.now
	if err := b.tx.SaveOrder(ctx, b.order); err != nil {
		return err
	}
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	if err := b.replaceOther(ctx); err != nil {
		return err
	}
	b.attempt.close(AttemptApproved, b.wall)
	b.attempt.lookBack(b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	if m := b.fact.Method; m.Token != "" {
		if err := b.tx.InsertMethod(ctx, StoredMethod{ID: MethodID(id.New("pmt")), ProfileID: b.attempt.ProfileID, OrderID: b.attempt.OrderID,
			AccountID: b.attempt.AccountID, Token: m.Token, Method: b.txn.Method,
			InitialTransactionID: m.InitialTransactionID, Card: CardKey(b.attempt.ProfileID, b.txn.Method), Standing: Good, Main: true, CreatedAt: b.now}); err != nil {
			return err
		}
	}
	if err := b.record(ctx, "payment.approved", nil); err != nil {
		return err
	}
	if err := b.tx.Record(ctx, event.Event{ProfileID: b.order.ProfileID, Type: "order." + string(b.order.Status), OrderID: string(b.order.ID), Subject: string(b.order.ID), By: b.by, At: b.now}); err != nil {
		return err
	}
	if err := mail.Tell(ctx, b.tx, b.order, mail.About{Kind: mail.PurchaseConfirmation, Subject: string(b.txn.ID)}, b.wall); err != nil {
		return err
	}
	return b.issueDocuments(ctx)
}

// replaceOther supersedes a newer checkout when an older one is approved after
// all. It is watched on: its customer may be paying in another tab.
func (b *booking) replaceOther(ctx context.Context) error {
	other, err := b.tx.OpenAttemptForUpdate(ctx, b.payment.ProfileID, b.payment.ID)
	if errors.Is(err, ErrAttemptNotFound) || (err == nil && (other.ID == b.attempt.ID || other.State == AttemptHeld)) {
		return nil
	}
	if err != nil {
		return err
	}
	other.supersede(b.wall)
	return b.tx.SaveAttempt(ctx, other)
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
		b.attempt.close(AttemptApproved, b.wall)
		b.attempt.lookBack(b.wall)
		if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
			return err
		}
	}
	typ := gateway.Refund
	if b.txn.Type == gateway.PreAuthorisation {
		typ = gateway.Reversal
	}
	back := newAttempt(b.payment, b.attempt.AccountID, KindReturn, typ, b.txn.Amount, b.wall)
	back.ParentID, back.ParentGatewayID, back.NextAttemptAt = b.txn.ID, b.txn.GatewayID, b.wall
	if err := b.tx.InsertAttempt(ctx, back); err != nil {
		return err
	}
	if err := b.task(ctx, TaskSurplus); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.surplus", nil); err != nil {
		return err
	}
	return b.tx.Enqueue(ctx, SendBack{back.ProfileID, back.ID})
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

// declined books a refusal. A checkout outlives it; a return does not, and staff
// must find another way to send the money back.
func (b *booking) declined(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if b.attempt.Kind == KindReturn {
		b.attempt.close(AttemptDeclined, b.wall)
		if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
			return err
		}
		if err := b.task(ctx, TaskReturnFailed); err != nil {
			return err
		}
		return b.record(ctx, "payment.return_failed", nil)
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
