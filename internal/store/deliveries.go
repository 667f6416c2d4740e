package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

const deliveryColumns = eventColumns + `, d.id, d.endpoint_id, d.state, d.attempts, d.tried, d.next_attempt_at, d.created_at, d.done_at`

const deliveryTables = `webhook_deliveries d JOIN events e ON e.profile_id = d.profile_id AND e.seq = d.seq`

// scanDelivery reads a delivery. A log of attempts that cannot be read begins anew:
// it is no reason to send nothing.
func (d *DB) scanDelivery(row scanner) (endpoint.Delivery, error) {
	var v endpoint.Delivery
	var data []byte
	var tried string
	e := &v.Event
	err := row.Scan(&e.ProfileID, &e.Sequence, &e.ID, &e.Type, &e.OrderID, &e.Subject, &e.Actor, at(&e.At), &data,
		&v.ID, &v.EndpointID, &v.State, &v.Attempts, &tried, at(&v.NextAttemptAt), at(&v.CreatedAt), at(&v.DoneAt))
	if err != nil {
		return v, err
	}
	v.ProfileID, e.Data = e.ProfileID, data
	if v.Tried, err = readTried(tried); err != nil {
		d.log.Error("a log of attempts begins anew", "delivery", v.ID, "err", err)
	}
	return v, nil
}

// storedAttempt is one attempt in the column of its delivery; times are in
// milliseconds.
type storedAttempt struct {
	At      int64            `json:"at"`
	Took    int64            `json:"took"`
	Status  int              `json:"status,omitzero"`
	Trouble endpoint.Trouble `json:"trouble,omitzero"`
	Excerpt string           `json:"excerpt,omitzero"`
}

// writeTried is a delivery's attempts as text; empty for none.
func writeTried(all []endpoint.Attempt) (string, error) {
	if len(all) == 0 {
		return "", nil
	}
	stored := make([]storedAttempt, len(all))
	for i, a := range all {
		stored[i] = storedAttempt{a.At.UnixMilli(), a.Took.Milliseconds(), a.Status, a.Trouble, a.Excerpt}
	}
	text, err := json.Marshal(stored)
	if err != nil {
		return "", fmt.Errorf("write attempts: %w", err)
	}
	return string(text), nil
}

func readTried(text string) ([]endpoint.Attempt, error) {
	if text == "" {
		return nil, nil
	}
	var stored []storedAttempt
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	all := make([]endpoint.Attempt, len(stored))
	for i, s := range stored {
		all[i] = endpoint.Attempt{At: time.UnixMilli(s.At).UTC(),
			Answer: endpoint.Answer{Status: s.Status, Trouble: s.Trouble, Excerpt: s.Excerpt, Took: time.Duration(s.Took) * time.Millisecond}}
	}
	return all, nil
}

// Deliveries are a page of what was and is to be sent to a webhook endpoint.
func (d *DB) Deliveries(ctx context.Context, profileID profile.ID, endpointID endpoint.ID, s endpoint.State, w paging.Window) (paging.Page[endpoint.Delivery], error) {
	l := listOf(profileID, deliveryColumns, deliveryTables, "d")
	l.equal("d.endpoint_id", string(endpointID))
	l.equal("d.state", string(s))
	l.behind(w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), d.scanDelivery, placeOfDelivery)
}

// EventDeliveries are a page of an event's ways to endpoints that were not removed.
// It looks for each of the endpoints: SQLite, without statistics, would go through
// all deliveries of the profile.
func (d *DB) EventDeliveries(ctx context.Context, v event.Recorded, w paging.Window) (paging.Page[endpoint.Delivery], error) {
	l := listOf(v.ProfileID, deliveryColumns, "webhook_endpoints w CROSS JOIN "+deliveryTables, "w")
	l.at, l.key = "d.created_at", "d.id"
	l.where = append(l.where, "w.removed_at IS NULL", "d.profile_id = w.profile_id", "d.endpoint_id = w.id", "d.seq = "+l.arg(v.Sequence))
	l.behind(w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), d.scanDelivery, placeOfDelivery)
}

func placeOfDelivery(d endpoint.Delivery) paging.Place {
	return paging.Place{At: d.CreatedAt, Key: string(d.ID)}
}

// EventsBehind are a profile's events behind a sequence.
func (t *tx) EventsBehind(ctx context.Context, profileID profile.ID, sequence int64, limit int) ([]event.Recorded, error) {
	rows, err := t.QueryContext(ctx, `
SELECT `+eventColumns+` FROM events e WHERE e.profile_id = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $3`, string(profileID), sequence, limit)
	found, err := collect(rows, err, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return found, nil
}

// InsertDeliveries adds deliveries that are due at once.
func (t *tx) InsertDeliveries(ctx context.Context, all []endpoint.Delivery) error {
	if len(all) == 0 {
		return nil
	}
	var text strings.Builder
	var args []any
	for i, d := range all {
		if i > 0 {
			text.WriteString(", ")
		}
		n := len(args)
		fmt.Fprintf(&text, "($%d, $%d, $%d, $%d, 'due', 0, '', $%d, $%d)", n+1, n+2, n+3, n+4, n+5, n+5)
		args = append(args, string(d.ProfileID), string(d.ID), string(d.EndpointID), d.Event.Sequence, ms(d.CreatedAt))
	}
	_, err := t.ExecContext(ctx, `
INSERT INTO webhook_deliveries (profile_id, id, endpoint_id, seq, state, attempts, tried, next_attempt_at, created_at)
VALUES `+text.String(), args...)
	if err != nil {
		return fmt.Errorf("insert deliveries: %w", err)
	}
	return nil
}

// DueDeliveries are an endpoint's that are due at now, in the order of their events.
func (t *tx) DueDeliveries(ctx context.Context, profileID profile.ID, endpointID endpoint.ID, now time.Time, limit int) ([]endpoint.Delivery, error) {
	rows, err := t.QueryContext(ctx, `
SELECT `+deliveryColumns+` FROM `+deliveryTables+`
 WHERE d.profile_id = $1 AND d.endpoint_id = $2 AND d.next_attempt_at <= $3 ORDER BY d.seq LIMIT $4`, string(profileID), string(endpointID), ms(now), limit)
	found, err := collect(rows, err, t.db.scanDelivery)
	if err != nil {
		return nil, fmt.Errorf("read due deliveries: %w", err)
	}
	return found, nil
}

// DeliveryForUpdate finds a delivery of a locked endpoint.
func (t *tx) DeliveryForUpdate(ctx context.Context, profileID profile.ID, endpointID endpoint.ID, deliveryID endpoint.DeliveryID) (endpoint.Delivery, error) {
	d, err := t.db.scanDelivery(t.QueryRowContext(ctx, `
SELECT `+deliveryColumns+` FROM `+deliveryTables+` WHERE d.profile_id = $1 AND d.id = $2 AND d.endpoint_id = $3`, string(profileID), string(deliveryID), string(endpointID)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return d, endpoint.ErrDeliveryNotFound
	case err != nil:
		return d, fmt.Errorf("read delivery: %w", err)
	}
	return d, nil
}

// SaveDelivery changes where a delivery stands.
func (t *tx) SaveDelivery(ctx context.Context, d endpoint.Delivery) error {
	tried, err := writeTried(d.Tried)
	if err != nil {
		return err
	}
	return t.exec(ctx, "save delivery", `
UPDATE webhook_deliveries SET state = $3, attempts = $4, tried = $5, next_attempt_at = $6, done_at = $7
 WHERE profile_id = $1 AND id = $2`, string(d.ProfileID), string(d.ID), string(d.State), d.Attempts, tried, ms(d.NextAttemptAt), ms(d.DoneAt))
}

// dueEndpoint says that a webhook endpoint is enabled, that nobody is at it, and that it
// has something to be sent at $2, or events that were not looked at. $1 chooses those
// that lag, or the others.
const dueEndpoint = `w.status = 'enabled' AND (w.failures > 0 OR w.slow) = $1 AND (w.seen_seq < s.last OR w.due_at <= $2)
   AND (w.lease_until IS NULL OR w.lease_until <= $2) AND (w.rest_until IS NULL OR w.rest_until <= $2)`

const dueEndpointsOfAll = `
SELECT w.profile_id, w.id FROM webhook_endpoints w JOIN event_series s ON s.profile_id = w.profile_id
 WHERE ` + dueEndpoint + `
 ORDER BY w.served_at, w.profile_id LIMIT $3`

var dueEndpointsOf = `
SELECT w.profile_id, w.id FROM webhook_endpoints w CROSS JOIN event_series s
 WHERE w.profile_id IN (` + places(4, endpoint.MostNamed) + `) AND s.profile_id = w.profile_id AND ` + dueEndpoint + `
 ORDER BY w.served_at, w.profile_id LIMIT $3`

// DueEndpoints are enabled endpoints that nobody is at and that have something to
// be sent at now, or events that were not looked at: those that were served least
// recently first. Lagging chooses those that lag, see endpoint.Health, or the others.
func (d *DB) DueEndpoints(ctx context.Context, now time.Time, lagging bool, limit int) ([]endpoint.Endpoint, error) {
	rows, err := d.reader.QueryContext(ctx, dueEndpointsOfAll, lagging, ms(now), limit)
	return scanDueEndpoints(rows, err)
}

// DueEndpointsOf are the DueEndpoints of some profiles, endpoint.MostNamed at most.
func (d *DB) DueEndpointsOf(ctx context.Context, of []profile.ID, now time.Time, lagging bool, limit int) ([]endpoint.Endpoint, error) {
	args := []any{lagging, ms(now), limit}
	for i := range endpoint.MostNamed { // one text, however many they are
		args = append(args, string(of[min(i, len(of)-1)]))
	}
	rows, err := d.reader.QueryContext(ctx, dueEndpointsOf, args...)
	return scanDueEndpoints(rows, err)
}

func scanDueEndpoints(rows *sql.Rows, err error) ([]endpoint.Endpoint, error) {
	found, err := collect(rows, err, func(row scanner) (e endpoint.Endpoint, err error) { return e, row.Scan(&e.ProfileID, &e.ID) })
	if err != nil {
		return nil, fmt.Errorf("find due webhook endpoints: %w", err)
	}
	return found, nil
}

// ForgetDeliveries deletes up to limit deliveries that were done before a time, and
// as many whose endpoint was removed, and then removed endpoints that have none left.
// It reports how many deliveries.
func (d *DB) ForgetDeliveries(ctx context.Context, before time.Time, limit int) (forgotten int64, err error) {
	err = d.inTx(ctx, func(t *tx) error {
		old, err := t.ExecContext(ctx, `
DELETE FROM webhook_deliveries WHERE (profile_id, id) IN (
SELECT d.profile_id, d.id FROM webhook_deliveries d WHERE d.done_at < $1 ORDER BY d.done_at LIMIT $2)`, ms(before), limit)
		if err != nil {
			return fmt.Errorf("forget deliveries: %w", err)
		}
		removed, err := t.ExecContext(ctx, `
DELETE FROM webhook_deliveries WHERE (profile_id, id) IN (
SELECT d.profile_id, d.id FROM webhook_endpoints w JOIN webhook_deliveries d ON d.profile_id = w.profile_id AND d.endpoint_id = w.id
 WHERE w.removed_at IS NOT NULL LIMIT $1)`, limit)
		if err != nil {
			return fmt.Errorf("forget deliveries of removed endpoints: %w", err)
		}
		if _, err := t.ExecContext(ctx, `
DELETE FROM webhook_endpoints WHERE removed_at IS NOT NULL AND NOT EXISTS (
SELECT 1 FROM webhook_deliveries d WHERE d.profile_id = webhook_endpoints.profile_id AND d.endpoint_id = webhook_endpoints.id)`); err != nil {
			return fmt.Errorf("forget webhook endpoints: %w", err)
		}
		few, ferr := old.RowsAffected()
		more, merr := removed.RowsAffected()
		forgotten = few + more
		return errors.Join(ferr, merr)
	})
	return forgotten, err
}
