package store

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/tamper"
)

// InCheckTx runs fn in one transaction.
func (d *DB) InCheckTx(ctx context.Context, fn func(tamper.CheckTx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// ClaimPageChecks takes checks that are due; a profile without one gets it first.
func (d *DB) ClaimPageChecks(ctx context.Context, now, until time.Time, limit int) (claimed []profile.ID, err error) {
	err = d.inTx(ctx, func(t *tx) error {
		if _, err := t.ExecContext(ctx, `
INSERT INTO page_checks (profile_id, next_at, found)
SELECT p.id, $1, '' FROM profiles p
 WHERE NOT EXISTS (SELECT 1 FROM page_checks c WHERE c.profile_id = p.id)
   AND EXISTS (SELECT 1 FROM gateway_accounts a WHERE a.profile_id = p.id)
    ON CONFLICT DO NOTHING`, now.UnixMilli()); err != nil {
			return err
		}
		rows, err := t.QueryContext(ctx, `
UPDATE page_checks SET next_at = $2
 WHERE page_checks.profile_id IN (SELECT c.profile_id FROM page_checks c WHERE c.next_at <= $1 ORDER BY c.next_at LIMIT $3`+d.dialect.SkipLocked+`)
RETURNING profile_id`, now.UnixMilli(), until.UnixMilli(), limit)
		claimed, err = collect(rows, err, func(row scanner) (profileID profile.ID, err error) { return profileID, row.Scan(&profileID) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim page checks: %w", err)
	}
	return claimed, nil
}

// PostponePageCheck plans a profile's next check.
func (d *DB) PostponePageCheck(ctx context.Context, profileID profile.ID, next time.Time) error {
	return d.inTx(ctx, func(t *tx) error {
		return t.exec(ctx, "postpone page check", `UPDATE page_checks SET next_at = $2 WHERE profile_id = $1`, string(profileID), ms(next))
	})
}

// EndPageCheck plans a profile's next check and keeps what this one found.
func (t *tx) EndPageCheck(ctx context.Context, profileID profile.ID, found string, next time.Time) (isNew bool, err error) {
	done, err := t.ExecContext(ctx, `UPDATE page_checks SET found = $2 WHERE profile_id = $1 AND found <> $2`, string(profileID), found)
	if err != nil {
		return false, fmt.Errorf("keep page check: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("keep page check: %w", err)
	}
	return n > 0, t.exec(ctx, "plan page check", `UPDATE page_checks SET next_at = $2 WHERE profile_id = $1`, string(profileID), ms(next))
}
