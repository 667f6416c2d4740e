package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// selectSchedule is all that an order has scheduled, selectOpen what of it can still
// be collected, along an index that has nothing else.
const (
	selectSchedule = `
SELECT ` + scheduledColumns + ` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.order_id = $2`
	selectOpen = selectSchedule + ` AND s.status IN ('scheduled', 'soft_declined', 'hard_declined', 'paused', 'review')`
)

// The few others that say where an order stands, each found by one search: the last
// one, and the one of the latest day that was tried.
const (
	oneOfOrder = `(SELECT x.id FROM scheduled_payments x WHERE x.profile_id = $1 AND x.order_id = $2`
	marks      = oneOfOrder + ` ORDER BY x.position DESC LIMIT 1), ` +
		oneOfOrder + ` AND x.status IN ('complete', 'recovered', 'soft_declined', 'hard_declined', 'review') ORDER BY x.due_on DESC, x.position DESC LIMIT 1)`
	// rhythmMarks are those that a rhythm is read from: the first planned one, the
	// newest, and the newest with which another rhythm began.
	rhythmMarks = `, ` + oneOfOrder + ` AND x.origin = 'plan' ORDER BY x.position LIMIT 1), ` +
		oneOfOrder + ` AND x.origin = 'plan' ORDER BY x.position DESC LIMIT 1), ` +
		oneOfOrder + ` AND x.unit <> '' ORDER BY x.position DESC LIMIT 1)`
	selectMarks = `
SELECT ` + scheduledColumns + ` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.id IN (` + marks
)

// ScheduleForUpdate locks the open part of a locked order's schedule and reads what
// else says where the order stands. What was collected long ago is not read, however
// much it is. An instalment order, whose parts are few and must sum up, is read whole.
func (t *tx) ScheduleForUpdate(ctx context.Context, o order.Order) ([]schedule.Payment, error) {
	query := selectOpen
	if o.Type == catalog.Instalment {
		query = selectSchedule
	}
	rows, err := t.QueryContext(ctx, query+t.db.dialect.ForUpdate, string(o.ProfileID), string(o.ID))
	all, err := collect(rows, err, scanScheduled)
	if err != nil {
		return nil, fmt.Errorf("read open schedule of %s: %w", o.ID, err)
	}
	if o.Type != catalog.Instalment {
		if all, err = t.withMarks(ctx, o, all); err != nil {
			return nil, fmt.Errorf("read where the schedule of %s stands: %w", o.ID, err)
		}
	}
	slices.SortFunc(all, func(a, b schedule.Payment) int { return cmp.Compare(a.Position, b.Position) })
	return all, nil
}

func (t *tx) withMarks(ctx context.Context, o order.Order, open []schedule.Payment) ([]schedule.Payment, error) {
	query := selectMarks
	if o.Type == catalog.Subscription {
		query += rhythmMarks
	}
	rows, err := t.QueryContext(ctx, query+`)`, string(o.ProfileID), string(o.ID))
	marked, err := collect(rows, err, scanScheduled)
	for _, m := range marked {
		if !slices.ContainsFunc(open, func(p schedule.Payment) bool { return p.ID == m.ID }) {
			open = append(open, m)
		}
	}
	return open, err
}
