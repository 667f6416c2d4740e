package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

// purposeWebhook seals the secrets of webhook endpoints.
const purposeWebhook = secret.Purpose("webhook-secret")

const endpointColumns = `w.profile_id, w.id, w.url, w.description, w.types, w.status, w.reason, w.disabled_at, w.secret, w.old_secret, w.old_until,
       w.seen_seq, w.failures, w.failing_since, w.slow, w.rest_until, w.lease_until, w.turn, w.served_at, w.created_at, w.row_version`

func (d *DB) scanEndpoint(row scanner) (endpoint.Endpoint, error) {
	var e endpoint.Endpoint
	var types string
	var sealed, old []byte
	err := row.Scan(&e.ProfileID, &e.ID, &e.URL, &e.Description, &types, &e.Status, &e.Reason, at(&e.DisabledAt), &sealed, &old, at(&e.OldUntil),
		&e.SeenSequence, &e.Failures, at(&e.FailingSince), &e.Slow, at(&e.RestUntil), at(&e.LeaseUntil), &e.Turn, at(&e.ServedAt), at(&e.CreatedAt), &e.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return e, endpoint.ErrNotFound
	case err != nil:
		return e, fmt.Errorf("scan webhook endpoint: %w", err)
	}
	e.Types = strings.Fields(types)
	if e.Secret, err = d.openSecret(e, sealed); err != nil || len(old) == 0 {
		return e, err
	}
	e.OldSecret, err = d.openSecret(e, old)
	return e, err
}

func (d *DB) openSecret(e endpoint.Endpoint, sealed []byte) (string, error) {
	plain, err := d.ring.Open(purposeWebhook, string(e.ID), sealed)
	if err != nil {
		return "", fmt.Errorf("open secret of %s: %w", e.ID, err)
	}
	return string(plain), nil
}

// InEndpointTx runs fn in one transaction.
func (d *DB) InEndpointTx(ctx context.Context, fn func(endpoint.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

const selectEndpoint = `SELECT ` + endpointColumns + ` FROM webhook_endpoints w WHERE w.profile_id = $1 AND w.id = $2 AND w.removed_at IS NULL`

// Endpoint finds a webhook endpoint of a profile.
func (d *DB) Endpoint(ctx context.Context, profileID profile.ID, endpointID endpoint.ID) (endpoint.Endpoint, error) {
	return d.scanEndpoint(d.reader.QueryRowContext(ctx, selectEndpoint, string(profileID), string(endpointID)))
}

// EndpointForUpdate locks a webhook endpoint.
func (t *tx) EndpointForUpdate(ctx context.Context, profileID profile.ID, endpointID endpoint.ID) (endpoint.Endpoint, error) {
	return t.db.scanEndpoint(t.QueryRowContext(ctx, selectEndpoint+t.db.dialect.ForUpdate, string(profileID), string(endpointID)))
}

// Endpoints are a page of a profile's webhook endpoints.
func (d *DB) Endpoints(ctx context.Context, profileID profile.ID, w paging.Window) (paging.Page[endpoint.Endpoint], error) {
	l := listOf(profileID, endpointColumns, "webhook_endpoints w", "w")
	l.where = append(l.where, "w.removed_at IS NULL")
	l.behind(w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), d.scanEndpoint, func(e endpoint.Endpoint) paging.Place {
		return paging.Place{At: e.CreatedAt, Key: string(e.ID)}
	})
}

// InsertEndpoint adds a webhook endpoint that has seen all that happened so far. Its
// profile is locked while they are counted, so that two at once count each other.
func (t *tx) InsertEndpoint(ctx context.Context, e endpoint.Endpoint) error {
	if _, err := selectProfile(ctx, t, e.ProfileID, t.db.dialect.ForUpdate); err != nil {
		return err
	}
	var n int
	if err := t.QueryRowContext(ctx, `SELECT COUNT(*) FROM webhook_endpoints w WHERE w.profile_id = $1 AND w.removed_at IS NULL`, string(e.ProfileID)).Scan(&n); err != nil {
		return fmt.Errorf("count webhook endpoints: %w", err)
	}
	if n >= endpoint.Most {
		return endpoint.ErrTooMany
	}
	sealed, old, err := t.sealSecrets(e)
	if err != nil {
		return err
	}
	return t.exec(ctx, "insert webhook endpoint", `
INSERT INTO webhook_endpoints (profile_id, id, url, description, types, status, reason, secret, old_secret, old_until, seen_seq, failures, slow, turn, served_at, created_at, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, COALESCE((SELECT s.last FROM event_series s WHERE s.profile_id = $1), 0), 0, FALSE, 0, 0, $11, $12)`,
		string(e.ProfileID), string(e.ID), e.URL, e.Description, strings.Join(e.Types, " "), string(e.Status), string(e.Reason), sealed, old, ms(e.OldUntil),
		ms(e.CreatedAt), e.Version)
}

// sealSecrets are both of an endpoint's secrets as they are kept.
func (t *tx) sealSecrets(e endpoint.Endpoint) (sealed, old []byte, err error) {
	if sealed, err = t.db.ring.Seal(purposeWebhook, string(e.ID), []byte(e.Secret)); err != nil || e.OldSecret == "" {
		return sealed, nil, err
	}
	old, err = t.db.ring.Seal(purposeWebhook, string(e.ID), []byte(e.OldSecret))
	return sealed, old, err
}

// SaveEndpoint writes the next version of a webhook endpoint; one that was enabled, or
// has another address, begins its health anew.
func (t *tx) SaveEndpoint(ctx context.Context, e endpoint.Endpoint) error {
	sealed, old, err := t.sealSecrets(e)
	if err != nil {
		return err
	}
	err = t.exec(ctx, "update webhook endpoint", `
UPDATE webhook_endpoints SET url = $3, description = $4, types = $5, reason = $7, secret = $8, old_secret = $9, old_until = $10, row_version = $11, disabled_at = $12,
       failures = CASE WHEN status = $6 AND url = $3 THEN failures ELSE 0 END, failing_since = CASE WHEN status = $6 AND url = $3 THEN failing_since END,
       rest_until = CASE WHEN status = $6 AND url = $3 THEN rest_until END, slow = slow AND url = $3, status = $6
 WHERE profile_id = $1 AND id = $2 AND row_version + 1 = $11 AND removed_at IS NULL`,
		string(e.ProfileID), string(e.ID), e.URL, e.Description, strings.Join(e.Types, " "), string(e.Status), string(e.Reason), sealed, old, ms(e.OldUntil), e.Version,
		ms(e.DisabledAt))
	if err != nil || e.Afresh.IsZero() {
		return lost(err, endpoint.ErrChanged)
	}
	return t.beginAfresh(ctx, e)
}

// ForgetOldSecrets deletes secrets whose time beside their successors is over.
func (d *DB) ForgetOldSecrets(ctx context.Context, now time.Time) error {
	return d.inTx(ctx, func(t *tx) error {
		if _, err := t.ExecContext(ctx, `UPDATE webhook_endpoints SET old_secret = NULL, old_until = NULL WHERE old_until <= $1`, ms(now)); err != nil {
			return fmt.Errorf("forget old webhook secrets: %w", err)
		}
		return nil
	})
}

// beginAfresh passes over all that waits for a webhook endpoint or happened before.
func (t *tx) beginAfresh(ctx context.Context, e endpoint.Endpoint) error {
	if _, err := t.ExecContext(ctx, `
UPDATE webhook_deliveries SET state = 'failed', next_attempt_at = NULL, done_at = $3
 WHERE profile_id = $1 AND endpoint_id = $2 AND next_attempt_at IS NOT NULL`, string(e.ProfileID), string(e.ID), ms(e.Afresh)); err != nil {
		return fmt.Errorf("give deliveries up: %w", err)
	}
	return t.exec(ctx, "begin webhook endpoint afresh", `
UPDATE webhook_endpoints SET due_at = NULL, seen_seq = COALESCE((SELECT s.last FROM event_series s WHERE s.profile_id = $1), 0)
 WHERE profile_id = $1 AND id = $2`, string(e.ProfileID), string(e.ID))
}

// RemoveEndpoint hides a webhook endpoint and ends what it waits for.
func (t *tx) RemoveEndpoint(ctx context.Context, e endpoint.Endpoint) error {
	err := t.exec(ctx, "remove webhook endpoint", `
UPDATE webhook_endpoints SET status = 'disabled', removed_at = $3, row_version = $4
 WHERE profile_id = $1 AND id = $2 AND row_version + 1 = $4 AND removed_at IS NULL`, string(e.ProfileID), string(e.ID), ms(e.DisabledAt), e.Version)
	return lost(err, endpoint.ErrChanged)
}

// SaveHealth writes how a locked webhook endpoint fares, and when its next delivery
// is due.
func (t *tx) SaveHealth(ctx context.Context, e endpoint.Endpoint) error {
	return t.exec(ctx, "save health of a webhook endpoint", `
UPDATE webhook_endpoints SET row_version = row_version + CASE WHEN status = $3 THEN 0 ELSE 1 END, status = $3, reason = $4, seen_seq = $5, failures = $6,
       failing_since = $7, rest_until = $8, lease_until = $9, turn = $10, served_at = $11, disabled_at = $12, slow = $13,
       due_at = (SELECT MIN(d.next_attempt_at) FROM webhook_deliveries d WHERE d.profile_id = $1 AND d.endpoint_id = $2 AND d.next_attempt_at IS NOT NULL)
 WHERE profile_id = $1 AND id = $2`, string(e.ProfileID), string(e.ID), string(e.Status), string(e.Reason), e.SeenSequence, e.Failures,
		ms(e.FailingSince), ms(e.RestUntil), ms(e.LeaseUntil), e.Turn, e.ServedAt.UnixMilli(), ms(e.DisabledAt), e.Slow)
}
