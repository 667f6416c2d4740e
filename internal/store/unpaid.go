package store

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// UnpaidOrders are pending orders that have waited since until or longer, behind
// one of them, the oldest first.
func (d *DB) UnpaidOrders(ctx context.Context, profileID profile.ID, until time.Time, behind payment.Unpaid, limit int) ([]payment.Unpaid, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT o.id, o.pending_since FROM orders o
 WHERE o.profile_id = $1 AND o.status = 'pending' AND o.pending_since <= $2 AND (o.pending_since, o.id) > ($3, $4)
 ORDER BY o.pending_since, o.id LIMIT $5`, string(profileID), until.UnixMilli(), max(0, behind.Since.UnixMilli()), string(behind.OrderID), limit)
	found, err := collect(rows, err, func(row scanner) (u payment.Unpaid, err error) { return u, row.Scan(&u.OrderID, at(&u.Since)) })
	if err != nil {
		return nil, fmt.Errorf("find unpaid orders: %w", err)
	}
	return found, nil
}

// PendingSince is when a locked order was made, or its last try was declined.
func (t *tx) PendingSince(ctx context.Context, profileID profile.ID, orderID order.ID) (time.Time, error) {
	var since time.Time
	err := t.QueryRowContext(ctx, `SELECT o.pending_since FROM orders o WHERE o.profile_id = $1 AND o.id = $2`, string(profileID), string(orderID)).Scan(at(&since))
	if err != nil {
		return time.Time{}, fmt.Errorf("read since when %s is pending: %w", orderID, err)
	}
	return since, nil
}

// RestartPending lets a locked order wait anew: its customer has just tried to pay.
// The next of the reminders that are left comes a whole gap later. The order's
// version stays: it is about what others change.
func (t *tx) RestartPending(ctx context.Context, profileID profile.ID, orderID order.ID, now time.Time) error {
	return t.exec(ctx, "restart pending order", `
UPDATE orders SET pending_since = $3, remind_at = CASE WHEN remind_at IS NULL THEN remind_at ELSE $4 END WHERE profile_id = $1 AND id = $2`,
		string(profileID), string(orderID), ms(now), ms(now.Add(mail.ReminderGap)))
}
