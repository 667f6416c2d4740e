package payment

import (
	"context"
	"fmt"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// Capture begins to take what a transaction holds. It commits an attempt that a job
// sends to the gateway; what became of it is booked by Apply. amount is a decimal in
// the payment's currency, empty for all that is left. It returns
// ErrTransactionNotFound, ErrNotCapturable, ErrHoldDeciding, ErrCaptured, ErrHoldOver,
// ErrCaptureTooLarge, ErrAmountInvalid, or the fault of an order that does not
// permit it.
func (s *Service) Capture(ctx context.Context, by actor.Actor, profileID profile.ID, transactionID TransactionID, amount string, call *idem.Call) (Attempt, error) {
	return s.operate(ctx, by, profileID, transactionID, operation{KindCapture, gateway.Capture, amount}, call)
}

// Reverse begins to give back what a transaction holds, as Capture does; amount is
// empty or the whole of it. It returns ErrReversalPart otherwise.
func (s *Service) Reverse(ctx context.Context, by actor.Actor, profileID profile.ID, transactionID TransactionID, amount string, call *idem.Call) (Attempt, error) {
	return s.operate(ctx, by, profileID, transactionID, operation{KindReversal, gateway.Reversal, amount}, call)
}

// Refund begins to send money of a debit or a capture back, as Capture does, in
// every state of the order. It returns ErrTransactionNotFound, ErrNotRefundable,
// ErrNothingToRefund, ErrRefundTooLarge or ErrAmountInvalid.
func (s *Service) Refund(ctx context.Context, by actor.Actor, profileID profile.ID, transactionID TransactionID, amount string, call *idem.Call) (Attempt, error) {
	return s.operate(ctx, by, profileID, transactionID, operation{KindRefund, gateway.Refund, amount}, call)
}

// operation is what is asked to be done with a transaction.
type operation struct {
	kind   AttemptKind
	typ    gateway.Type
	amount string // decimal; empty: all
}

func (s *Service) operate(ctx context.Context, by actor.Actor, profileID profile.ID, transactionID TransactionID, op operation, call *idem.Call) (Attempt, error) {
	known, err := s.repo.Transaction(ctx, profileID, transactionID)
	if err != nil {
		return Attempt{}, err
	}
	account, err := s.profiles.AccountByID(ctx, known.AccountID)
	if err != nil {
		return Attempt{}, err
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return Attempt{}, err
	}
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return Attempt{}, fmt.Errorf("billing time: %w", err)
	}
	limits, _ := driver.Limits(known.Amount.Currency())
	amount, err := op.amountOf(known.Amount.Currency(), limits)
	if err != nil {
		return Attempt{}, err
	}
	var a Attempt
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		o, p, t, err := lockTransaction(ctx, tx, known)
		if err != nil {
			return err
		}
		done, err := tx.FollowUps(ctx, profileID, p.ID)
		if err != nil {
			return err
		}
		whole, err := op.permitted(o, p, t, amount, done, driver.Capabilities())
		if err != nil {
			return err
		}
		if a, err = s.startCall(ctx, tx, p, t, op.kind, op.typ, whole); err != nil {
			return err
		}
		if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "payment." + string(op.kind) + "_started", OrderID: string(o.ID), Subject: string(a.ID), By: by, At: now,
			Data: map[string]any{"amount": whole.Decimal(), "currency": whole.Currency().Code(), "transaction": string(t.ID)}}); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, a)
	})
	if err != nil {
		return Attempt{}, fmt.Errorf("%s of transaction %s: %w", op.kind, transactionID, err)
	}
	return a, nil
}

// amountOf reads the amount that was asked for; zero for none.
func (op operation) amountOf(c money.Currency, limits gateway.Limits) (money.Amount, error) {
	if op.amount == "" {
		return money.New(0, c), nil
	}
	wrong := func(code, text string) error {
		return ErrAmountInvalid.With(fault.Field{Pointer: "/amount", Code: code, Public: text})
	}
	amount, err := money.Parse(op.amount, c)
	switch {
	case err != nil, !amount.IsPositive():
		return amount, wrong("amount", "Use an amount of the transaction's currency above zero, with a dot and no more decimals than it has.")
	case limits.Step > 1 && amount.Minor()%limits.Step != 0:
		return amount, wrong("amount_not_payable", "The payment provider cannot move this amount.")
	}
	return amount, nil
}

// permitted is the amount that may be moved, or the fault that forbids it.
func (op operation) permitted(o order.Order, p Payment, t Transaction, amount money.Amount, done []Attempt, can gateway.Capabilities) (money.Amount, error) {
	booked := t.State == Approved && !t.Surplus && t.PaymentID == p.ID
	if op.kind == KindRefund {
		if !booked || t.Type != gateway.Debit && t.Type != gateway.Capture {
			return amount, ErrNotRefundable
		}
		return p.mayRefund(t, amount, done)
	}
	if !booked || t.Type != gateway.PreAuthorisation || p.Kind != Initial {
		return amount, ErrNotCapturable
	}
	if err := p.holds(); err != nil {
		return amount, err
	}
	command := order.Capture
	if op.kind == KindReversal {
		command = order.Reverse
	}
	if err := o.May(command); err != nil {
		return amount, err
	}
	if op.kind == KindCapture {
		return p.mayCapture(amount, done, can)
	}
	if !amount.IsZero() && amount != p.Authorised {
		return amount, ErrReversalPart
	}
	return p.Authorised, p.mayReverse(done)
}

// startCall commits the attempt of something done with a transaction, and wakes up its
// sending.
func (s *Service) startCall(ctx context.Context, tx Tx, p Payment, t Transaction, kind AttemptKind, typ gateway.Type, amount money.Amount) (Attempt, error) {
	wall := s.clock.Wall()
	a := newAttempt(p, t.AccountID, kind, typ, amount, wall)
	a.ParentID, a.ParentGatewayID, a.NextAttemptAt = t.ID, t.GatewayID, wall
	if err := tx.InsertAttempt(ctx, a); err != nil {
		return Attempt{}, err
	}
	return a, tx.Enqueue(ctx, Send{a.ProfileID, a.ID})
}

// lockTransaction locks what a transaction belongs to, in the order of design.md
// §4.9, and reads it again.
func lockTransaction(ctx context.Context, tx Tx, known Transaction) (o order.Order, p Payment, t Transaction, err error) {
	if o, err = tx.OrderForUpdate(ctx, known.ProfileID, known.OrderID); err != nil {
		return o, p, t, err
	}
	if p, err = tx.PaymentForUpdate(ctx, known.ProfileID, known.PaymentID); err != nil {
		return o, p, t, err
	}
	t, err = tx.Transaction(ctx, known.ProfileID, known.ID)
	return o, p, t, err
}
