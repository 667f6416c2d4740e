package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

const eventColumns = `e.profile_id, e.seq, e.id, e.type, e.order_id, e.subject, e.actor, e.occurred_at, e.data`

func scanEvent(row scanner) (event.Recorded, error) {
	var e event.Recorded
	var data []byte
	err := row.Scan(&e.ProfileID, &e.Sequence, &e.ID, &e.Type, &e.OrderID, &e.Subject, &e.Actor, at(&e.At), &data)
	e.Data = data
	return e, err
}

// Events are a page of a profile's events, newest first by the time they occurred
// at and then by their sequence.
func (d *DB) Events(ctx context.Context, profileID profile.ID, f event.Filter, w paging.Window) (paging.Page[event.Recorded], error) {
	if w.After != nil {
		if _, err := strconv.ParseInt(w.After.Key, 10, 64); err != nil {
			return paging.Page[event.Recorded]{}, paging.ErrCursor
		}
	}
	l := listOf(profileID, eventColumns, "events e", "e")
	l.at, l.key, l.numbered = "e.occurred_at", "e.seq", true
	l.equal("e.order_id", f.OrderID)
	l.equal("e.type", f.Type)
	l.between(f.From, f.To, w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), scanEvent, func(e event.Recorded) paging.Place {
		return paging.Place{At: e.At, Key: strconv.FormatInt(e.Sequence, 10)}
	})
}

// Event finds an event of a profile; event.ErrNotFound.
func (d *DB) Event(ctx context.Context, profileID profile.ID, eventID string) (event.Recorded, error) {
	e, err := scanEvent(d.reader.QueryRowContext(ctx, `SELECT `+eventColumns+` FROM events e WHERE e.id = $1 AND e.profile_id = $2`, eventID, string(profileID)))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return event.Recorded{}, event.ErrNotFound
	case err != nil:
		return event.Recorded{}, fmt.Errorf("read event: %w", err)
	}
	return e, nil
}
