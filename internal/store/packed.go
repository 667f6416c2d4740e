package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// A page of an order has short lists. To read each in a statement of its own
// costs more than the reading: so they come in the order's own row, each list as
// one JSON text with an array for every row of it.

// list packs the rows of a table expression, which has the alias that columns
// and order use.
func (d Dialect) list(columns, from, order string) string {
	return `(SELECT ` + d.JSONRows + `(` + d.JSONRow + `(` + columns + `) ORDER BY ` + order + `) FROM ` + from + `)`
}

// packedRow is one row of a packed list; it scans like any other row.
type packedRow json.RawMessage

// Scan fills dest in the order of the columns.
func (r packedRow) Scan(dest ...any) error {
	want := len(dest)
	if err := json.Unmarshal(r, &dest); err != nil {
		return fmt.Errorf("store: unpack: %w", err)
	}
	if len(dest) != want {
		return fmt.Errorf("store: unpack: %d columns, want %d", len(dest), want)
	}
	return nil
}

// unpack scans all rows of a packed list; one without rows may be NULL.
func unpack[T any](list []byte, scan func(scanner) (T, error)) ([]T, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var rows []json.RawMessage
	if err := json.Unmarshal(list, &rows); err != nil {
		return nil, fmt.Errorf("store: unpack: %w", err)
	}
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		v, err := scan(packedRow(r))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// UnmarshalJSON is Scan for a packed row.
func (i *instant) UnmarshalJSON(b []byte) error {
	var ms *int64
	if err := json.Unmarshal(b, &ms); err != nil {
		return err
	}
	*i.t = time.Time{}
	if ms != nil {
		*i.t = time.UnixMilli(*ms).UTC()
	}
	return nil
}

// flag is a BOOLEAN column of a packed row: true to PostgreSQL, 1 to SQLite.
type flag struct{ b *bool }
