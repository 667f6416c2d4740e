package payment

import (
	"context"

	"github.com/quittance/quittance/internal/gateway"
)

// lapses reports whether the fact is the release of a hold that we did not ask for:
// the issuer, or the gateway, gave the whole of it back by itself. A part of it does
// not fit, and is held for staff.
func (b *booking) lapses() bool {
	a, f := b.attempt, b.fact
	approved := f.Result.Outcome == gateway.Approved || f.Result.Outcome == gateway.Review
	return approved && f.Type == gateway.Reversal && a.Kind == KindCheckout && a.Type == gateway.PreAuthorisation &&
		(f.Amount.IsZero() || f.Amount == a.Amount)
}

// lapsed books it beside the hold. That of an authorised order ends it; what was
// captured of it before stays taken. A hold that only stored a card, and one that is
// surplus, was to be given back anyway.
func (b *booking) lapsed(ctx context.Context) error {
	if b.known {
		return nil
	}
	hold, found, err := b.tx.TransactionByGatewayID(ctx, b.attempt.ProfileID, b.attempt.AccountID, b.fact.ReferencedID)
	if err != nil {
		return err
	}
	if !found || hold.AttemptID != b.attempt.ID || hold.State != Approved {
		return b.move(ctx, Held)
	}
	b.txn.State, b.txn.BookedAt, b.txn.ResultCode, b.txn.Surplus = Approved, b.now, b.fact.Result.Code, hold.Surplus
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if err := b.tell(ctx, b.tx, "payment.lapsed", b.by, b.now); err != nil {
		return err
	}
	switch {
	case hold.Surplus, b.registers(), b.payment.Status == Ended:
		return nil
	case b.payment.Status != Authorised: // captured, and given back all the same
		return b.task(ctx, TaskContradiction)
	case b.payment.Captured.IsPositive():
		return b.endHold(ctx, b.tx, Paid, b.by, b.now)
	}
	return b.endHold(ctx, b.tx, Ended, b.by, b.now)
}
