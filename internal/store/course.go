package store

import (
	"context"
	"fmt"

	collector "github.com/quittance/quittance/internal/collect" // collect reads rows here
	"github.com/quittance/quittance/internal/profile"
)

// InCourseTx runs fn in one transaction.
func (d *DB) InCourseTx(ctx context.Context, fn func(collector.CourseTx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// ProfilesWithEndings finds the profiles with orders that are to end, by one look
// into the index of each.
func (d *DB) ProfilesWithEndings(ctx context.Context) ([]profile.ID, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT p.id FROM profiles p
 WHERE EXISTS (SELECT 1 FROM orders o WHERE o.profile_id = p.id AND o.cancels_on <> '' LIMIT 1)`)
	return collect(rows, err, func(row scanner) (profile.ID, error) {
		var id profile.ID
		err := row.Scan(&id)
		return id, err
	})
}

// EndingBy are orders that are to end on a day or before.
func (d *DB) EndingBy(ctx context.Context, profileID profile.ID, day string, limit int) ([]collector.EndingOrder, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT o.id, o.cancels_on FROM orders o WHERE o.profile_id = $1 AND o.cancels_on <> '' AND o.cancels_on <= $2
 ORDER BY o.cancels_on, o.id LIMIT $3`, string(profileID), day, limit)
	all, err := collect(rows, err, func(row scanner) (collector.EndingOrder, error) {
		var e collector.EndingOrder
		err := row.Scan(&e.ID, &e.On)
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("select ending orders: %w", err)
	}
	return all, nil
}
