package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

const scheduledColumns = `s.profile_id, s.id, s.order_id, s.position, s.origin, s.status, s.due_on, s.rhythm_on, s.unit, s.units, s.description, s.currency, s.amount_minor, s.collect_at, s.lease_until,
       COALESCE(s.held_by, ''), COALESCE(s.merged_into, ''), s.tries, s.declined_at, s.decline_class, s.not_before, s.refusal, s.settled_at, s.created_at, s.row_version`

func scanScheduled(row scanner) (schedule.Payment, error) {
	var s schedule.Payment
	var amount amountColumns
	err := row.Scan(&s.ProfileID, &s.ID, &s.OrderID, &s.Position, &s.Origin, &s.Status, &s.DueOn, &s.RhythmOn, &s.Unit, &s.Interval, &s.Description, &amount.code, &amount.minor,
		at(&s.CollectAt), at(&s.LeaseUntil), &s.HeldBy, &s.MergedInto, &s.Tries, at(&s.DeclinedAt), &s.Class, at(&s.NotBefore), &s.Refusal, at(&s.SettledAt), at(&s.CreatedAt), &s.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return schedule.Payment{}, schedule.ErrNotFound
	case err != nil:
		return schedule.Payment{}, fmt.Errorf("scan scheduled payment: %w", err)
	}
	s.Amount, err = amount.value()
	return s, err
}

// Scheduled finds a scheduled payment of a profile.
func (d *DB) Scheduled(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error) {
	return scanScheduled(d.reader.QueryRowContext(ctx, `SELECT `+scheduledColumns+` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.id = $2`,
		string(profileID), string(scheduledID)))
}

// ScheduledOf is a page of an order's scheduled payments, by position.
func (d *DB) ScheduledOf(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[schedule.Payment], error) {
	after := ""
	if w.After != nil {
		after = w.After.Key
	}
	rows, err := d.readers.QueryContext(ctx, `
SELECT `+scheduledColumns+` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.order_id = $2
   AND s.position > COALESCE((SELECT b.position FROM scheduled_payments b WHERE b.profile_id = $1 AND b.id = $3), 0)
 ORDER BY s.position LIMIT $4 OFFSET $5`, string(profileID), string(orderID), after, w.Limit+1, w.Skip)
	all, err := collect(rows, err, scanScheduled)
	if err != nil {
		return paging.Page[schedule.Payment]{}, fmt.Errorf("read scheduled payments: %w", err)
	}
	return paging.Cut(all, w, func(s schedule.Payment) paging.Place { return paging.Place{At: s.CreatedAt, Key: string(s.ID)} }), nil
}

// ScheduledForUpdate locks a scheduled payment.
func (t *tx) ScheduledForUpdate(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error) {
	return scanScheduled(t.QueryRowContext(ctx, `SELECT `+scheduledColumns+` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.id = $2`+t.db.dialect.ForUpdate,
		string(profileID), string(scheduledID)))
}

// PartsForUpdate locks what was merged into a scheduled payment, by position.
func (t *tx) PartsForUpdate(ctx context.Context, profileID profile.ID, into schedule.ID) ([]schedule.Payment, error) {
	rows, err := t.QueryContext(ctx, `
SELECT `+scheduledColumns+` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.merged_into = $2 ORDER BY s.position`+t.db.dialect.ForUpdate,
		string(profileID), string(into))
	return collect(rows, err, scanScheduled)
}

// InsertScheduled adds a scheduled payment.
func (t *tx) InsertScheduled(ctx context.Context, s schedule.Payment) error {
	return t.exec(ctx, "insert scheduled payment", `
INSERT INTO scheduled_payments (profile_id, id, order_id, position, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor,
       collect_at, held_by, tries, decline_class, refusal, announced, created_at, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, '', '',
       (SELECT o.type <> 'subscription' FROM orders o WHERE o.profile_id = $1 AND o.id = $3), $16, 1)`,
		string(s.ProfileID), string(s.ID), string(s.OrderID), s.Position, string(s.Origin), string(s.Status), s.DueOn, s.RhythmOn, string(s.Unit), s.Interval, s.Description,
		s.Amount.Currency().Code(), s.Amount.Minor(), ms(s.CollectAt), null(s.HeldBy), ms(s.CreatedAt))
}

// SaveScheduled changes a scheduled payment. One is saved once in a transaction:
// its version is the one that was read.
func (t *tx) SaveScheduled(ctx context.Context, s schedule.Payment) error {
	return t.exec(ctx, "update scheduled payment", `
UPDATE scheduled_payments SET status = $4, due_on = $5, amount_minor = $6, collect_at = $7, lease_until = $8, held_by = $9, merged_into = $10, tries = $11,
       declined_at = $12, decline_class = $13, not_before = $14, refusal = $15, settled_at = $16, rhythm_on = $17, unit = $18, units = $19, announced = (announced AND due_on = $5), row_version = row_version + 1
 WHERE profile_id = $1 AND id = $2 AND row_version = $3`,
		string(s.ProfileID), string(s.ID), s.Version, string(s.Status), s.DueOn, s.Amount.Minor(), ms(s.CollectAt), ms(s.LeaseUntil), null(s.HeldBy), null(s.MergedInto), s.Tries,
		ms(s.DeclinedAt), string(s.Class), ms(s.NotBefore), string(s.Refusal), ms(s.SettledAt), s.RhythmOn, string(s.Unit), s.Interval)
}

// BeingCharged are the scheduled payments of an order of which a charge is open.
func (t *tx) BeingCharged(ctx context.Context, profileID profile.ID, orderID order.ID) (map[schedule.ID]bool, error) {
	return beingCharged(ctx, t, profileID, orderID)
}

func beingCharged(ctx context.Context, q querier, profileID profile.ID, orderID order.ID) (map[schedule.ID]bool, error) {
	rows, err := q.QueryContext(ctx, `
SELECT scheduled_id FROM attempts
 WHERE profile_id = $1 AND order_id = $2 AND kind = 'charge' AND state IN ('created', 'open', 'pending', 'unknown', 'held')`,
		string(profileID), string(orderID))
	list, err := collect(rows, err, func(row scanner) (id schedule.ID, err error) { return id, row.Scan(&id) })
	charged := make(map[schedule.ID]bool, len(list))
	for _, id := range list {
		charged[id] = true
	}
	return charged, err
}

// BeingCharged are the scheduled payments of an order of which a charge is open.
func (d *DB) BeingCharged(ctx context.Context, profileID profile.ID, orderID order.ID) (map[schedule.ID]bool, error) {
	return beingCharged(ctx, d.reader, profileID, orderID)
}

// OpenSchedule are an order's scheduled payments that can still be collected and were
// declined or are due by a day, and all that came from an update of its card.
func (d *DB) OpenSchedule(ctx context.Context, profileID profile.ID, orderID order.ID, by string) ([]schedule.Payment, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+scheduledColumns+` FROM scheduled_payments s
 WHERE s.profile_id = $1 AND s.order_id = $2
   AND (s.status IN ('soft_declined', 'hard_declined') OR s.status IN ('scheduled', 'paused', 'review') AND s.due_on <= $3 OR s.origin = 'update')
 ORDER BY s.position`, string(profileID), string(orderID), by)
	return collect(rows, err, scanScheduled)
}
