package payment

import (
	"context"
	"errors"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/schedule"
)

// sale is the first approval of an order's initial payment: money taken, money
// held, or a card stored. The order moves on and its schedule begins.
func (b *booking) sale(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	b.takeOrHold()
	if err := b.tx.SaveOrder(ctx, b.order); err != nil {
		return err
	}
	if err := b.begin(ctx); err != nil {
		return err
	}
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	if err := b.replaceOther(ctx); err != nil {
		return err
	}
	if err := b.finishPaying(ctx); err != nil {
		return err
	}
	if err := b.keepMethod(ctx); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.approved", nil); err != nil {
		return err
	}
	if err := recordStatus(ctx, b.tx, b.order, b.by, b.now); err != nil {
		return err
	}
	if err := b.inform(ctx, mail.PurchaseConfirmation); err != nil {
		return err
	}
	if b.order.Type != catalog.SinglePayment {
		if err := b.inform(ctx, mail.MandateAgreement); err != nil {
			return err
		}
	}
	if b.registers() {
		if err := b.release(ctx); err != nil || b.order.Type != catalog.Instalment {
			return err
		}
	}
	if b.payment.Status != Paid {
		return nil // held: documents come with the capture
	}
	return b.issueDocuments(ctx)
}

// takeOrHold says what an approved initial transaction did.
func (b *booking) takeOrHold() {
	switch {
	case b.registers():
		b.payment.Status = Paid
	case b.txn.Type == gateway.PreAuthorisation:
		b.payment.Status, b.payment.Authorised = Authorised, b.txn.Amount
		b.payment.HoldsUntil = b.now.Add(b.can.HoldLife)
	default:
		b.payment.Status, b.payment.Captured, b.payment.PaidAt = Paid, b.txn.Amount, b.now
	}
}

// begin makes the scheduled payments of an order that was just activated.
func (b *booking) begin(ctx context.Context) error {
	merchant, err := b.tx.Profile(ctx, b.order.ProfileID)
	if err != nil {
		return err
	}
	planned, err := schedule.Begin(b.order, b.now, merchant.Location(), b.limits.Step)
	if err != nil {
		return err
	}
	for _, p := range planned {
		if err := b.tx.InsertScheduled(ctx, p); err != nil {
			return err
		}
	}
	return nil
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

// finishPaying closes an approved attempt; a checkout is looked back at once.
func (b *booking) finishPaying(ctx context.Context) error {
	b.attempt.close(AttemptApproved, b.wall)
	b.attempt.lookBack(b.wall)
	return b.tx.SaveAttempt(ctx, b.attempt)
}

// keepMethod stores the card of an approved transaction as the main one, if the
// gateway did.
func (b *booking) keepMethod(ctx context.Context) error {
	if b.fact.Method.Token == "" {
		return nil
	}
	m := b.method()
	m.Main = true
	if err := b.tx.InsertMethod(ctx, m); err != nil {
		return err
	}
	return tellMethod(ctx, b.tx, m, "stored", map[string]any{"transaction": string(b.txn.ID)}, b.by, b.now)
}

// forgetMethod lets the gateway forget the card of a transaction that nobody is
// owed, if it stored one.
func (b *booking) forgetMethod(ctx context.Context) error {
	if b.fact.Method.Token == "" || b.attempt.Kind != KindCheckout {
		return nil
	}
	m := b.method()
	m.RemovedAt, m.ForgetAt = b.now, b.wall
	if err := b.tx.InsertMethod(ctx, m); err != nil {
		return err
	}
	return b.tx.Enqueue(ctx, Forget{m.ProfileID, m.ID})
}

func (b *booking) method() StoredMethod {
	m := b.fact.Method
	return StoredMethod{ID: MethodID(id.New("pmt")), ProfileID: b.attempt.ProfileID, OrderID: b.attempt.OrderID,
		AccountID: b.attempt.AccountID, Token: m.Token, Method: b.txn.Method, InitialTransactionID: m.InitialTransactionID,
		Card: CardKey(b.attempt.ProfileID, b.txn.Method), Standing: Good, CreatedAt: b.now}
}

// release gives the small hold back by which a card was stored.
func (b *booking) release(ctx context.Context) error {
	if b.txn.Type != gateway.PreAuthorisation {
		return nil
	}
	return b.follow(ctx, KindReversal, gateway.Reversal)
}

// follow queues a call that undoes the whole of an approved transaction.
func (b *booking) follow(ctx context.Context, kind AttemptKind, typ gateway.Type) error {
	a := newAttempt(b.payment, b.attempt.AccountID, kind, typ, b.txn.Amount, b.wall)
	a.ParentID, a.ParentGatewayID, a.NextAttemptAt = b.txn.ID, b.txn.GatewayID, b.wall
	if err := b.tx.InsertAttempt(ctx, a); err != nil {
		return err
	}
	return b.tx.Enqueue(ctx, Send{a.ProfileID, a.ID})
}

// inform owes the customer a mail about the transaction.
func (b *booking) inform(ctx context.Context, kind mail.Kind) error {
	return mail.Tell(ctx, b.tx, b.order, mail.About{Kind: kind, Subject: string(b.txn.ID)}, b.wall)
}
