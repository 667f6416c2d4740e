package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// OrdersToRemind are pending orders whose next reminder is due at now, the longest
// due first.
func (d *DB) OrdersToRemind(ctx context.Context, profileID profile.ID, now time.Time, limit int) ([]order.ID, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT o.id FROM orders o WHERE o.profile_id = $1 AND o.status = 'pending' AND o.remind_at <= $2
 ORDER BY o.remind_at, o.id LIMIT $3`, string(profileID), ms(now), limit)
	found, err := collect(rows, err, func(row scanner) (id order.ID, err error) { return id, row.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("find orders to remind of: %w", err)
	}
	return found, nil
}

// Reminders are where the reminders of a locked order stand.
func (t *tx) Reminders(ctx context.Context, profileID profile.ID, orderID order.ID) (mail.Reminders, error) {
	var r mail.Reminders
	err := t.QueryRowContext(ctx, `SELECT o.remind_at, o.reminders FROM orders o WHERE o.profile_id = $1 AND o.id = $2`, string(profileID), string(orderID)).Scan(at(&r.NextAt), &r.Count)
	if err != nil {
		return mail.Reminders{}, fmt.Errorf("read reminders of %s: %w", orderID, err)
	}
	return r, nil
}

// SaveReminders changes where the reminders of a locked order stand. The order's
// version stays: it is about what others change.
func (t *tx) SaveReminders(ctx context.Context, profileID profile.ID, orderID order.ID, r mail.Reminders) error {
	return t.exec(ctx, "save reminders", `UPDATE orders SET remind_at = $3, reminders = $4 WHERE profile_id = $1 AND id = $2`,
		string(profileID), string(orderID), ms(r.NextAt), r.Count)
}

// Unannounced are payments of subscriptions that fall due until then and that
// nobody was told of, the first due first.
func (d *DB) Unannounced(ctx context.Context, profileID profile.ID, until time.Time, limit int) ([]mail.Renewal, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT s.order_id, s.id FROM scheduled_payments s WHERE s.profile_id = $1 AND s.status = 'scheduled' AND s.announced = FALSE AND s.collect_at <= $2
 ORDER BY s.collect_at, s.id LIMIT $3`, string(profileID), ms(until), limit)
	found, err := collect(rows, err, func(row scanner) (r mail.Renewal, err error) { return r, row.Scan(&r.OrderID, &r.ScheduledID) })
	if err != nil {
		return nil, fmt.Errorf("find payments to announce: %w", err)
	}
	return found, nil
}

// MarkAnnounced says that the day of a scheduled payment was told.
func (t *tx) MarkAnnounced(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (bool, error) {
	res, err := t.ExecContext(ctx, `UPDATE scheduled_payments SET announced = TRUE WHERE profile_id = $1 AND id = $2 AND announced = FALSE`, string(profileID), string(scheduledID))
	if err != nil {
		return false, fmt.Errorf("mark %s announced: %w", scheduledID, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

const cardColumns = `m.id, m.order_id, m.expiry_year, m.expiry_month, m.expiry_told`

func scanCard(row scanner) (mail.Card, error) {
	var c mail.Card
	var year, month int
	err := row.Scan(&c.ID, &c.OrderID, &year, &month, &c.Told)
	c.Expires = mail.MonthOf(year, time.Month(month))
	return c, err
}

// CardsExpiring are main cards of which this was told and whose last month is one
// of those until then, the oldest first.
func (d *DB) CardsExpiring(ctx context.Context, profileID profile.ID, told mail.ExpiryTold, until mail.Month, limit int) ([]mail.Card, error) {
	year, month := until.Split()
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+cardColumns+` FROM payment_methods m
 WHERE m.profile_id = $1 AND m.expiry_told = $2 AND (m.expiry_year, m.expiry_month) <= ($3, $4)
   AND m.main = TRUE AND m.removed_at IS NULL AND m.expiry_told < 2 AND m.expiry_year > 0
 ORDER BY m.expiry_year, m.expiry_month, m.id LIMIT $5`, string(profileID), int64(told), year, month, limit)
	found, err := collect(rows, err, scanCard)
	if err != nil {
		return nil, fmt.Errorf("find expiring cards: %w", err)
	}
	return found, nil
}

// MainCard finds a card by its key, unless it is no longer the main one.
func (t *tx) MainCard(ctx context.Context, profileID profile.ID, methodID string) (mail.Card, bool, error) {
	c, err := scanCard(t.QueryRowContext(ctx, `
SELECT `+cardColumns+` FROM payment_methods m WHERE m.profile_id = $1 AND m.id = $2 AND m.main = TRUE AND m.removed_at IS NULL`, string(profileID), methodID))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return mail.Card{}, false, nil
	case err != nil:
		return mail.Card{}, false, fmt.Errorf("read card %s: %w", methodID, err)
	}
	return c, true, nil
}

// SaveExpiryTold says what the customer of a card was told of its expiry.
func (t *tx) SaveExpiryTold(ctx context.Context, profileID profile.ID, methodID string, told mail.ExpiryTold) error {
	return t.exec(ctx, "save what was told of a card", `UPDATE payment_methods SET expiry_told = $3 WHERE profile_id = $1 AND id = $2`, string(profileID), methodID, int64(told))
}

// FirstTimed are the first of each kind of row that waits for its time.
func (d *DB) FirstTimed(ctx context.Context, profileID profile.ID) (mail.First, error) {
	var f mail.First
	first := func(into *time.Time, query string) error {
		err := d.reader.QueryRowContext(ctx, query, string(profileID)).Scan(at(into))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("find what comes first: %w", err)
		}
		return nil
	}
	if err := errors.Join(first(&f.Reminder, `
SELECT o.remind_at FROM orders o WHERE o.profile_id = $1 AND o.status = 'pending' AND o.remind_at IS NOT NULL
 ORDER BY o.remind_at, o.id LIMIT 1`), first(&f.Renewal, `
SELECT s.collect_at FROM scheduled_payments s WHERE s.profile_id = $1 AND s.status = 'scheduled' AND s.announced = FALSE AND s.collect_at IS NOT NULL
 ORDER BY s.collect_at, s.id LIMIT 1`)); err != nil {
		return f, err
	}
	const never = mail.Month(10_000 * 12)
	for _, told := range []mail.ExpiryTold{mail.ToldNothing, mail.ToldExpiring} {
		first, err := d.CardsExpiring(ctx, profileID, told, never, 1)
		if err != nil {
			return f, err
		}
		f.Cards = append(f.Cards, first...)
	}
	return f, nil
}
