package store

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// ClaimDaily takes daily questions that are due, along an index that has only
// attempts of which one will be asked.
func (d *DB) ClaimDaily(ctx context.Context, q payment.DailyClaim) (claimed []payment.Claimed, err error) {
	err = d.inTx(ctx, func(t *tx) (err error) {
		rows, err := t.QueryContext(ctx, `
UPDATE attempts SET asked_before_at = asked_at, asked_at = $1,
       daily_at = CASE WHEN daily_at + $2 * (1 + ($1 - daily_at) / $2) <= daily_until THEN daily_at + $2 * (1 + ($1 - daily_at) / $2) END
 WHERE attempts.id IN (SELECT d.id FROM attempts d
                 WHERE d.daily_at <= $1 AND (d.asked_before_at IS NULL OR d.asked_before_at <= $3)
                 ORDER BY d.daily_at LIMIT $4`+d.dialect.SkipLocked+`)
RETURNING profile_id, id`, q.Now.UnixMilli(), q.Every.Milliseconds(), q.Budget.UnixMilli(), q.Limit)
		claimed, err = collect(rows, err, func(row scanner) (c payment.Claimed, err error) { return c, row.Scan(&c.ProfileID, &c.ID) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim daily questions: %w", err)
	}
	return claimed, nil
}

// AskDailyAt moves the next daily question of an attempt.
func (d *DB) AskDailyAt(ctx context.Context, profileID profile.ID, attemptID payment.AttemptID, at time.Time) error {
	return d.inTx(ctx, func(t *tx) error {
		return t.exec(ctx, "move daily question", `UPDATE attempts SET daily_at = $3 WHERE profile_id = $1 AND id = $2`,
			string(profileID), string(attemptID), ms(at))
	})
}
