package store

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/payment"
)

// queues are where rows of each kind wait: their table, the key by which a claim
// finds them there, and the column that has their time.
var queues = map[payment.Queue]struct{ table, key, due string }{
	payment.DueAttempts:      {"attempts", "id", "next_attempt_at"},
	payment.DueNotifications: {"inbound_notifications", "profile_id, id", "next_attempt_at"},
	payment.DueMethods:       {"payment_methods", "profile_id, id", "forget_at"},
}

// ClaimDue leases what is due and nobody else is at. It reads nothing else of it: a
// row that cannot be read is claimed like any other.
func (t *tx) ClaimDue(ctx context.Context, q payment.Queue, now, leaseUntil time.Time, limit int) ([]payment.Claimed, error) {
	of := queues[q]
	rows, err := t.QueryContext(ctx, `
UPDATE `+of.table+` SET lease_until = $2
 WHERE (`+of.key+`) IN (SELECT `+of.key+` FROM `+of.table+` d
                 WHERE d.`+of.due+` <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)
                 ORDER BY d.`+of.due+` LIMIT $3`+t.db.dialect.SkipLocked+`)
RETURNING profile_id, id, `+of.due, ms(now), ms(leaseUntil), limit)
	return collect(rows, err, func(row scanner) (c payment.Claimed, err error) {
		return c, row.Scan(&c.ProfileID, &c.ID, at(&c.Since))
	})
}

// SetAside leaves a claimed row alone for longer.
func (t *tx) SetAside(ctx context.Context, q payment.Queue, c payment.Claimed, until time.Time) error {
	return t.exec(ctx, "set aside", `UPDATE `+queues[q].table+` SET lease_until = $3 WHERE profile_id = $1 AND id = $2`, string(c.ProfileID), c.ID, ms(until))
}

// unreadable says of a row that it is there and cannot be read.
func unreadable(what, id string, why error) error {
	return fmt.Errorf("read %s %s: %w: %w", what, id, payment.ErrUnreadable, why)
}
