package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
)

// Record keeps an event for the end of the transaction.
func (t *tx) Record(_ context.Context, e event.Event) error {
	t.events = append(t.events, e)
	return nil
}

// writeEvents numbers the kept events in their profiles' sequences and writes
// them. It is the last thing a transaction does: the sequence's row is locked
// until the end.
func (t *tx) writeEvents(ctx context.Context) error {
	slices.SortStableFunc(t.events, func(a, b event.Event) int {
		switch {
		case a.ProfileID < b.ProfileID:
			return -1
		case a.ProfileID > b.ProfileID:
			return 1
		}
		return 0
	})
	for rest := t.events; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(e event.Event) bool { return e.ProfileID != rest[0].ProfileID })
		if n < 0 {
			n = len(rest)
		}
		if err := t.writeProfileEvents(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func (t *tx) writeProfileEvents(ctx context.Context, events []event.Event) error {
	var last int64
	err := t.QueryRowContext(ctx, `
INSERT INTO event_series (profile_id, last) VALUES ($1, $2)
    ON CONFLICT (profile_id) DO UPDATE SET last = event_series.last + $2
RETURNING last`, string(events[0].ProfileID), len(events)).Scan(&last)
	if err != nil {
		return fmt.Errorf("number events: %w", err)
	}
	for i, e := range events {
		data, err := json.Marshal(e.Data)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		if e.Data == nil {
			data = []byte("{}")
		}
		if err := t.exec(ctx, "insert event", `
INSERT INTO events (profile_id, seq, id, type, order_id, subject, actor, occurred_at, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			string(e.ProfileID), last-int64(len(events)-1-i), id.New("evt"), e.Type, e.OrderID, e.Subject, e.By.String(), ms(e.At), string(data)); err != nil {
			return err
		}
	}
	return nil
}

// Audit writes who did what to the audit trail.
func (t *tx) Audit(ctx context.Context, profileID profile.ID, by actor.Actor, action, subject string) error {
	key := id.New("aud")
	return t.exec(ctx, "insert audit entry", `
INSERT INTO audit_log (profile_id, id, actor, action, subject, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(profileID), key, by.String(), action, subject, ms(id.Time(key)))
}
