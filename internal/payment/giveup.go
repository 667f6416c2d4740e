package payment

import (
	"context"
	"errors"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// GiveUp ends what an order asks for and nobody has paid, since the order has
// ended. Its live checkouts are superseded, at wall time now; what is paid there
// all the same, what the bank has still to decide and what nobody can tell yet is
// surplus as soon as it is approved. Call it with the order locked, after its
// scheduled payments.
func GiveUp(ctx context.Context, tx Tx, o order.Order, now time.Time) error {
	open, err := tx.OpenPaymentsForUpdate(ctx, o.ProfileID, o.ID)
	if err != nil {
		return err
	}
	for _, p := range open {
		p.Status = Ended
		if err := tx.SavePayment(ctx, p); err != nil {
			return err
		}
		a, err := tx.OpenAttemptForUpdate(ctx, p.ProfileID, p.ID)
		switch {
		case errors.Is(err, ErrAttemptNotFound):
			continue
		case err != nil:
			return err
		}
		if a.Kind == KindCheckout && (a.State == AttemptCreated || a.State == AttemptOpen) {
			a.supersede(now)
			if err := tx.SaveAttempt(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// UnderWay reports whether a charge of a scheduled payment was begun and may still
// bring its money.
func UnderWay(ctx context.Context, tx Tx, s schedule.Payment) (bool, error) {
	p, err := tx.PaymentOfScheduledForUpdate(ctx, s.ProfileID, s.ID)
	if errors.Is(err, ErrPaymentNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	switch _, err := tx.OpenAttemptForUpdate(ctx, p.ProfileID, p.ID); {
	case errors.Is(err, ErrAttemptNotFound):
		return false, nil
	default:
		return err == nil, err
	}
}
