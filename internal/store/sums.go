package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// nextScheduled are the payments of an order that can still be collected, the next due
// first, at most payment.ScheduleLimit.
func (d *DB) nextScheduled(ctx context.Context, profileID profile.ID, orderID order.ID) ([]schedule.Payment, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+scheduledColumns+` FROM scheduled_payments s
 WHERE s.profile_id = $1 AND s.order_id = $2 AND s.status IN ('scheduled', 'soft_declined', 'hard_declined', 'paused', 'review')
 ORDER BY s.due_on, s.position LIMIT `+strconv.Itoa(payment.ScheduleLimit), string(profileID), string(orderID))
	return collect(rows, err, scanScheduled)
}

// lastScheduled is the newest scheduled payment of an order; zero when it has none.
func (d *DB) lastScheduled(ctx context.Context, profileID profile.ID, orderID order.ID) (schedule.Payment, error) {
	p, err := scanScheduled(d.reader.QueryRowContext(ctx, `
SELECT `+scheduledColumns+` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.order_id = $2 ORDER BY s.position DESC LIMIT 1`,
		string(profileID), string(orderID)))
	if errors.Is(err, schedule.ErrNotFound) {
		return schedule.Payment{}, nil
	}
	return p, err
}

// sums are what the money of an order with several payments adds up to, in one
// statement.
func (d *DB) sums(ctx context.Context, o order.Order) (payment.Sums, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT '', COUNT(*), CAST(COALESCE(SUM(y.captured_minor), 0) AS BIGINT), CAST(COALESCE(SUM(y.refunded_minor), 0) AS BIGINT),
       CAST(COALESCE(SUM(CASE WHEN y.disputed_minor > 0 THEN y.disputed_minor ELSE 0 END), 0) AS BIGINT), ''
  FROM payments y WHERE y.profile_id = $1 AND y.order_id = $2
 UNION ALL
SELECT s.status, COUNT(*), CAST(SUM(s.amount_minor) AS BIGINT), 0, 0, MAX(s.due_on)
  FROM scheduled_payments s WHERE s.profile_id = $1 AND s.order_id = $2 GROUP BY s.status`, string(o.ProfileID), string(o.ID))
	if err != nil {
		return payment.Sums{}, fmt.Errorf("add up order %s: %w", o.ID, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	var paid, refunded, returned, declined, skipped, waiting int64
	var out payment.Sums
	for rows.Next() {
		var status, until string
		var n int
		var a, b, c int64
		if err := rows.Scan(&status, &n, &a, &b, &c, &until); err != nil {
			return out, fmt.Errorf("add up order %s: %w", o.ID, err)
		}
		switch p := (schedule.Payment{Status: schedule.Status(status)}); {
		case status == "":
			paid, refunded, returned = a, b, c
		case p.Takes():
			waiting, out.Waiting.Count, out.Waiting.Until = waiting+a, out.Waiting.Count+n, max(out.Waiting.Until, until)
			if p.Status == schedule.SoftDeclined || p.Status == schedule.HardDeclined {
				declined += a
			}
		case p.Status == schedule.Skipped:
			skipped = a
		case p.Status == schedule.Cancelled:
			out.GivenUp = n
		}
	}
	of := func(minor int64) money.Amount { return money.New(minor, o.Total.Currency()) }
	out.Paid, out.Refunded, out.Returned, out.Declined, out.Skipped, out.Waiting.Sum = of(paid), of(refunded), of(returned), of(declined), of(skipped), of(waiting)
	return out, rows.Err()
}
