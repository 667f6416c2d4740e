package store

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// InsertChargeTry counts a charge of a card.
func (t *tx) InsertChargeTry(ctx context.Context, a payment.Attempt, card string, at time.Time) error {
	return t.exec(ctx, "count charge", `
INSERT INTO charge_tries (profile_id, attempt_id, card, currency, amount_minor, tried_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(a.ProfileID), string(a.ID), card, a.Amount.Currency().Code(), a.Amount.Minor(), ms(at))
}

// RemoveChargeTry takes the count of a charge back.
func (t *tx) RemoveChargeTry(ctx context.Context, profileID profile.ID, attemptID payment.AttemptID) error {
	if _, err := t.ExecContext(ctx, `DELETE FROM charge_tries WHERE profile_id = $1 AND attempt_id = $2`, string(profileID), string(attemptID)); err != nil {
		return fmt.Errorf("take count of charge back: %w", err)
	}
	return nil
}

// ChargeTries are a card's counted charges, oldest first.
func (t *tx) ChargeTries(ctx context.Context, profileID profile.ID, card string, since time.Time) ([]schedule.Try, error) {
	rows, err := t.QueryContext(ctx, `
SELECT c.currency, c.amount_minor, c.tried_at FROM charge_tries c WHERE c.profile_id = $1 AND c.card = $2 AND c.tried_at > $3 ORDER BY c.tried_at`,
		string(profileID), card, ms(since))
	return collect(rows, err, func(row scanner) (schedule.Try, error) {
		var c schedule.Try
		var amount amountColumns
		if err := row.Scan(&amount.code, &amount.minor, at(&c.At)); err != nil {
			return c, err
		}
		var err error
		c.Amount, err = amount.value()
		return c, err
	})
}
