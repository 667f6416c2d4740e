package store

import (
	"context"
	"fmt"

	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

// Notifications carry names, so their content is sealed.
const purposeNotification = secret.Purpose("inbound-notification")

const notificationColumns = `profile_id, id, gateway_account_id, digest, content, state, received_at, next_attempt_at, lease_until, tries, done_at`

func (d *DB) scanNotification(row scanner) (payment.Notification, error) {
	var n payment.Notification
	var sealed []byte
	err := row.Scan(&n.ProfileID, &n.ID, &n.AccountID, &n.Digest, &sealed, &n.State, at(&n.ReceivedAt), at(&n.NextAttemptAt), at(&n.LeaseUntil), &n.Tries, at(&n.DoneAt))
	if err != nil {
		return n, fmt.Errorf("scan notification: %w", err)
	}
	if n.Plain, err = d.ring.Open(purposeNotification, n.ID, sealed); err != nil {
		return n, unreadable("notification", n.ID, err)
	}
	return n, nil
}

// Notification finds a stored notification.
func (d *DB) Notification(ctx context.Context, profileID profile.ID, notificationID string) (payment.Notification, error) {
	return d.scanNotification(d.reader.QueryRowContext(ctx, `
SELECT `+notificationColumns+` FROM inbound_notifications WHERE profile_id = $1 AND id = $2`, string(profileID), notificationID))
}

// InsertNotification stores a notification once per account and content.
func (t *tx) InsertNotification(ctx context.Context, n payment.Notification) (bool, error) {
	sealed, err := t.db.ring.Seal(purposeNotification, n.ID, n.Plain)
	if err != nil {
		return false, fmt.Errorf("seal notification: %w", err)
	}
	res, err := t.ExecContext(ctx, `
INSERT INTO inbound_notifications (profile_id, id, gateway_account_id, digest, content, state, received_at, next_attempt_at, tries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
    ON CONFLICT (profile_id, gateway_account_id, digest) DO NOTHING`,
		string(n.ProfileID), n.ID, n.AccountID, n.Digest, sealed, string(n.State), ms(n.ReceivedAt), ms(n.NextAttemptAt))
	if err != nil {
		return false, fmt.Errorf("insert notification: %w", err)
	}
	rows, err := res.RowsAffected()
	if rows == 1 {
		t.measure(MeasuredNotification, string(n.State))
	}
	return rows == 1, err
}

// SaveNotification changes where a notification stands.
func (t *tx) SaveNotification(ctx context.Context, n payment.Notification) error {
	if !n.DoneAt.IsZero() {
		t.measure(MeasuredNotification, string(n.State))
	}
	return t.exec(ctx, "update notification", `
UPDATE inbound_notifications SET state = $3, next_attempt_at = $4, lease_until = $5, tries = $6, done_at = $7 WHERE profile_id = $1 AND id = $2`,
		string(n.ProfileID), n.ID, string(n.State), ms(n.NextAttemptAt), ms(n.LeaseUntil), n.Tries, ms(n.DoneAt))
}
