package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	collector "github.com/quittance/quittance/internal/collect" // collect reads rows here
	"github.com/quittance/quittance/internal/profile"
)

// InClockTx runs fn in one transaction.
func (d *DB) InClockTx(ctx context.Context, fn func(collector.ClockTx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

func selectTestClock(ctx context.Context, q querier, profileID profile.ID, lock string) (collector.TestClock, error) {
	c := collector.TestClock{ProfileID: profileID}
	err := q.QueryRowContext(ctx, `SELECT at, target, lease_until FROM test_clocks WHERE profile_id = $1`+lock, string(profileID)).
		Scan(at(&c.At), at(&c.Target), at(&c.LeaseUntil))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, nil
	case err != nil:
		return c, fmt.Errorf("read test clock: %w", err)
	}
	c.Set = true
	return c, nil
}

// TestClock is a profile's test clock.
func (d *DB) TestClock(ctx context.Context, profileID profile.ID) (collector.TestClock, error) {
	return selectTestClock(ctx, d.reader, profileID, "")
}

// TestClockForUpdate locks a test clock.
func (t *tx) TestClockForUpdate(ctx context.Context, profileID profile.ID) (collector.TestClock, error) {
	return selectTestClock(ctx, t, profileID, t.db.dialect.ForUpdate)
}

// SaveTestClock makes or changes a test clock.
func (t *tx) SaveTestClock(ctx context.Context, c collector.TestClock) error {
	return t.exec(ctx, "save test clock", `
INSERT INTO test_clocks (profile_id, at, target, lease_until) VALUES ($1, $2, $3, $4)
    ON CONFLICT (profile_id) DO UPDATE SET at = excluded.at, target = excluded.target, lease_until = excluded.lease_until`,
		string(c.ProfileID), ms(c.At), ms(c.Target), ms(c.LeaseUntil))
}

// MovingClocks are the profiles whose clock is on its way and which nobody moves.
func (d *DB) MovingClocks(ctx context.Context, wall time.Time) ([]profile.ID, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT c.profile_id FROM test_clocks c WHERE c.target IS NOT NULL AND (c.lease_until IS NULL OR c.lease_until <= $1) ORDER BY c.profile_id`, ms(wall))
	return collect(rows, err, func(row scanner) (profile.ID, error) {
		var p profile.ID
		return p, row.Scan(&p)
	})
}
