package payment

import (
	"context"
	"slices"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

// dispute books money that a cardholder took back by way of the bank, and money
// that a dispute gave back to the merchant. What is disputed cannot be refunded
// too; the card is charged no more until staff say so (ResumeCollecting). Surplus
// money is nobody's sale, so a dispute about it changes no payment. A gateway that
// tells it under the id of the payment itself is booked beside that payment.
func (b *booking) dispute(ctx context.Context) error {
	typ := disputeType(b.fact)
	if b.known && b.txn.Type != typ {
		own := b.fact.ID + "/" + string(typ)
		var err error
		if b.txn, b.known, err = b.tx.TransactionByGatewayID(ctx, b.attempt.ProfileID, b.attempt.AccountID, own); err != nil || b.known {
			return err
		}
		referenced := b.fact.ReferencedID
		b.txn = b.fresh()
		if b.txn.GatewayID = own; referenced == "" {
			b.txn.ReferencedID = b.fact.ID
		}
	}
	if b.known {
		return nil
	}
	disputed, err := b.disputed(ctx)
	if err != nil {
		return err
	}
	b.txn.Type, b.txn.State, b.txn.BookedAt, b.txn.ResultCode, b.txn.Surplus = typ, Approved, b.now, b.fact.Result.Code, disputed.Surplus
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if err := b.countDispute(ctx); err != nil {
		return err
	}
	if typ == gateway.ChargebackReversal {
		if err := b.task(ctx, TaskDisputeWon); err != nil {
			return err
		}
		return b.record(ctx, "payment.dispute_won", nil)
	}
	if err := b.stopCharging(ctx, disputed); err != nil {
		return err
	}
	if err := b.task(ctx, TaskChargeback); err != nil {
		return err
	}
	return b.record(ctx, "payment.disputed", nil)
}

// disputeType is what a fact about a dispute is booked as, whatever the gateway
// calls it.
func disputeType(f gateway.Fact) gateway.Type {
	switch {
	case f.Result.Outcome == gateway.Won:
		return gateway.ChargebackReversal
	case f.Type == gateway.RapidResolution:
		return gateway.RapidResolution
	}
	return gateway.Chargeback
}

// disputed is the transaction that a dispute is about; zero where it is not known.
func (b *booking) disputed(ctx context.Context) (Transaction, error) {
	for id := b.txn.ReferencedID; id != ""; {
		t, found, err := b.tx.TransactionByGatewayID(ctx, b.attempt.ProfileID, b.attempt.AccountID, id)
		if err != nil || !found {
			return Transaction{}, err
		}
		if !t.Type.Dispute() || t.ReferencedID == id {
			return t, nil
		}
		id = t.ReferencedID // a dispute that was won refers to the one that was opened
	}
	return Transaction{}, nil
}

// countDispute moves what of the payment is charged back. It may fall below zero
// while a dispute is heard to be won before it is heard of.
func (b *booking) countDispute(ctx context.Context) error {
	amount := b.txn.Amount
	if b.txn.Surplus {
		return nil
	}
	if amount.Currency() != b.payment.Amount.Currency() {
		return b.task(ctx, TaskContradiction)
	}
	if b.txn.Type == gateway.ChargebackReversal {
		amount = amount.Neg()
	}
	var err error
	if b.payment.Disputed, err = b.payment.Disputed.Add(amount); err != nil {
		return err
	}
	return b.tx.SavePayment(ctx, b.payment)
}

// stopCharging takes the card that was charged back out of collecting; all cards of
// the order where nobody knows which it was.
func (b *booking) stopCharging(ctx context.Context, disputed Transaction) error {
	methods, err := b.tx.Methods(ctx, b.order.ProfileID, b.order.ID)
	if err != nil {
		return err
	}
	card := CardKey(b.order.ProfileID, disputed.Method)
	if disputed.Method == (Method{}) || !slices.ContainsFunc(methods, func(m StoredMethod) bool { return m.Card == card }) {
		card = ""
	}
	for _, m := range methods {
		if m.Standing == Stopped || m.Standing == Disputed || card != "" && m.Card != card {
			continue
		}
		m.Standing = Disputed
		if err := saveStanding(ctx, b.tx, m, b.by, b.now); err != nil {
			return err
		}
	}
	return nil
}

// disputedNow is what is charged back and was not won.
func (p Payment) disputedNow() money.Amount {
	return money.New(max(0, p.Disputed.Minor()), p.Amount.Currency())
}
