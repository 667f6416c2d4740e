package payment

import "context"

// registered is another card of a live order that was stored: it becomes the main
// one. The small hold by which some gateways store a card is released.
func (b *booking) registered(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	b.payment.Status = Paid
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
	if err := b.record(ctx, "payment_method.stored", nil); err != nil {
		return err
	}
	return b.release(ctx)
}
