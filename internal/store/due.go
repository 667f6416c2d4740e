package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	collector "github.com/quittance/quittance/internal/collect" // collect reads rows here
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// InDueTx runs fn in one transaction.
func (d *DB) InDueTx(ctx context.Context, fn func(collector.DueTx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// collectable is what of a scheduled payment s allows it to be charged when its
// time has come: nobody holds it, and its order collects, or its customer settles it
// with another card. The order is looked up
// for each, so that no engine begins with the orders, which are many.
var collectable = `s.held_by IS NULL AND (s.origin = 'update' OR (SELECT o.status FROM orders o WHERE o.profile_id = s.profile_id AND o.id = s.order_id) IN (` + collecting() + `))`

// collecting are the statuses of orders that collect, as a list in SQL.
func collecting() string {
	var list []string
	for _, s := range slices.Sorted(slices.Values(order.Statuses)) {
		if s.Collects() {
			list = append(list, "'"+string(s)+"'")
		}
	}
	return strings.Join(list, ", ")
}

// DueProfiles finds the profiles with a scheduled payment that is due and not
// leased, by one look into the index of each.
func (d *DB) DueProfiles(ctx context.Context, wall time.Time) ([]collector.DueProfile, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT p.id, COALESCE(c.at, $1) FROM profiles p LEFT JOIN test_clocks c ON c.profile_id = p.id
 WHERE c.target IS NULL AND (SELECT s.id FROM scheduled_payments s
    WHERE s.profile_id = p.id AND s.collect_at <= COALESCE(c.at, $1) AND (s.lease_until IS NULL OR s.lease_until <= $1) AND `+collectable+`
    ORDER BY s.collect_at, s.id LIMIT 1) IS NOT NULL`, ms(wall))
	return collect(rows, err, func(row scanner) (collector.DueProfile, error) {
		var p collector.DueProfile
		return p, row.Scan(&p.ID, at(&p.Now))
	})
}

// LeaseDue leases scheduled payments of a profile that are due, the longest due
// first. Their versions stay: a lease changes nothing that anybody reads.
func (t *tx) LeaseDue(ctx context.Context, p collector.DueProfile, behind collector.Due, l collector.Lease, limit int) ([]collector.Due, error) {
	rows, err := t.QueryContext(ctx, `
SELECT s.id, s.collect_at, s.tries, s.row_version FROM scheduled_payments s
 WHERE s.profile_id = $1 AND s.collect_at <= $2 AND (s.collect_at, s.id) > ($3, $4) AND (s.lease_until IS NULL OR s.lease_until <= $5) AND `+collectable+`
 ORDER BY s.collect_at, s.id LIMIT $6`+t.db.dialect.SkipLocked, string(p.ID), ms(p.Now), place(behind.CollectAt), string(behind.ID), ms(l.From), limit)
	due, err := collect(rows, err, scanDue)
	if err != nil {
		return nil, fmt.Errorf("find due payments: %w", err)
	}
	if len(due) == 0 {
		return nil, nil
	}
	args := []any{string(p.ID), ms(l.Until)}
	for _, one := range due {
		args = append(args, string(one.ID))
	}
	if _, err := t.ExecContext(ctx, `UPDATE scheduled_payments SET lease_until = $2 WHERE profile_id = $1 AND id IN (`+places(3, len(due))+`)`, args...); err != nil {
		return nil, fmt.Errorf("lease due payments: %w", err)
	}
	return due, nil
}

// places are n placeholders from a number on.
func places(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(from+i)
	}
	return strings.Join(all, ", ")
}

func scanDue(row scanner) (collector.Due, error) {
	var due collector.Due
	return due, row.Scan(&due.ID, at(&due.CollectAt), &due.Tries, &due.Version)
}

// place is an instant to begin behind; the zero time is before all.
func place(t time.Time) int64 {
	if t.IsZero() {
		return -1 << 62
	}
	return t.UnixMilli()
}

// DueOf are up to limit scheduled payments of a profile that are due at now behind
// a place, leased or not, the longest due first.
func (d *DB) DueOf(ctx context.Context, profileID profile.ID, now time.Time, behind collector.Due, limit int) ([]collector.Due, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT s.id, s.collect_at, s.tries, s.row_version FROM scheduled_payments s
 WHERE s.profile_id = $1 AND s.collect_at <= $2 AND (s.collect_at, s.id) > ($3, $4) AND `+collectable+`
 ORDER BY s.collect_at, s.id LIMIT $5`, string(profileID), ms(now), place(behind.CollectAt), string(behind.ID), limit)
	return collect(rows, err, scanDue)
}

// NextCollection is the first moment at which a scheduled payment of a profile
// falls due, after one moment and not after another; zero when none does.
func (d *DB) NextCollection(ctx context.Context, profileID profile.ID, after, until time.Time) (next time.Time, err error) {
	err = d.reader.QueryRowContext(ctx, `
SELECT s.collect_at FROM scheduled_payments s WHERE s.profile_id = $1 AND s.collect_at > $2 AND s.collect_at <= $3 AND `+collectable+`
 ORDER BY s.collect_at, s.id LIMIT 1`, string(profileID), ms(after), ms(until)).Scan(at(&next))
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("find next collection: %w", err)
	}
	return next, nil
}

// ChargesUnderWay counts the charges of a profile that the gateway has said nothing
// about, and those of them that nobody is at. They are few, and that an order is
// named leads SQLite, without statistics, to the index that has only them.
func (d *DB) ChargesUnderWay(ctx context.Context, profileID profile.ID, wall time.Time) (all, unanswered int, err error) {
	err = d.reader.QueryRowContext(ctx, `
SELECT COUNT(*), COUNT(CASE WHEN a.state = 'unknown' AND COALESCE(a.lease_until, 0) <= $2 THEN 1 END) FROM attempts a
 WHERE a.profile_id = $1 AND a.order_id > '' AND a.kind = 'charge' AND a.state IN ('created', 'open', 'pending', 'unknown', 'held') AND a.state IN ('created', 'unknown')`, string(profileID), ms(wall)).Scan(&all, &unanswered)
	if err != nil {
		return 0, 0, fmt.Errorf("count charges under way: %w", err)
	}
	return all, unanswered, nil
}

// InCollectTx runs fn in one transaction.
func (d *DB) InCollectTx(ctx context.Context, fn func(collector.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}
