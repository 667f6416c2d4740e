package collect

import (
	"context"
	"errors"
	"slices"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/schedule"
)

// merge makes one payment of p and the others that are named, on a day of its own.
func (w *work) merge(ctx context.Context, p *schedule.Payment, in Change) error {
	if err := w.changeable(ctx, *p); err != nil {
		return err
	}
	var bad mistakes
	w.readDay(in.Date, &bad)
	parts := []*schedule.Payment{p}
	for _, id := range in.MergeWith {
		part, err := w.find(ctx, id)
		switch {
		case err != nil && !errors.Is(err, schedule.ErrNotFound):
			return err
		case err != nil:
			bad.refuse("merge_with", "scheduled_payment_not_found", "Use ids of scheduled payments of the same order.")
		case slices.Contains(parts, part):
			bad.refuse("merge_with", "repeated", "Tell each payment once.")
		default:
			parts = append(parts, part)
		}
	}
	if err := bad.err(); err != nil {
		return err
	}
	for _, part := range parts[1:] {
		if err := w.idle(ctx, *part); err != nil {
			return err
		}
	}
	sum, err := schedule.Combine(w.order, parts, w.nextPosition(), in.Date, w.loc, w.now)
	if errors.Is(err, money.ErrOverflow) || err == nil && !w.payable(sum.Amount) {
		bad.refuse("merge_with", "amount_not_payable", "This amount cannot be collected: it is too large, or finer than the payment account can handle.")
		return bad.err()
	}
	if err != nil {
		return err
	}
	if err := w.tx.InsertScheduled(ctx, sum); err != nil {
		return err
	}
	for _, part := range parts {
		if err := w.tx.SaveScheduled(ctx, *part); err != nil {
			return err
		}
		if err := w.record(ctx, "merged", *part, map[string]any{"into": string(sum.ID)}); err != nil {
			return err
		}
	}
	if err := mail.Tell(ctx, w.tx, w.order, mail.About{Kind: mail.PaymentMerged, Subject: string(sum.ID)}, w.wall); err != nil {
		return err
	}
	return w.goOn(ctx)
}
