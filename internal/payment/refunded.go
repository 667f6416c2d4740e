package payment

import (
	"context"

	"github.com/quittance/quittance/internal/mail"
)

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
	if back.Minor() > b.payment.Captured.Minor() {
		if err := b.task(ctx, TaskContradiction); err != nil {
			return err
		}
	}
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	if err := b.closeApproved(ctx); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.refunded", nil); err != nil {
		return err
	}
	if err := b.inform(ctx, mail.RefundConfirmation); err != nil {
		return err
	}
	return b.creditNote(ctx)
}
