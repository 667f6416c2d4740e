package testkit

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/quittance/quittance/internal/event"
)

// wantKnownEvents fails the test when something was recorded that event.Types does
// not tell: another type, another field, or a field that is missing.
func (a *App) wantKnownEvents() {
	a.TB.Helper()
	pool, _ := a.DB.SQL()
	rows, err := pool.QueryContext(context.Background(), `SELECT type, data FROM events LIMIT 5000`)
	if err != nil {
		a.TB.Errorf("read events: %v", err)
		return
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			a.TB.Error(err)
			return
		}
		var data map[string]any
		if err := json.Unmarshal([]byte(text), &data); err != nil {
			a.TB.Errorf("%s has data %q: %v", name, text, err)
			continue
		}
		t, ok := event.Named(name)
		if !ok {
			a.TB.Errorf("the event %s is not among event.Types", name)
			continue
		}
		for _, field := range t.Data {
			if _, ok := data[field]; !ok {
				a.TB.Errorf("%s lacks %s: %s", name, field, text)
			}
		}
		for _, field := range slices.Sorted(maps.Keys(data)) {
			if !slices.Contains(t.Data, field) && !slices.Contains(t.Maybe, field) {
				a.TB.Errorf("%s has %s, which event.Types does not tell: %s", name, field, text)
			}
		}
	}
	if err := rows.Err(); err != nil {
		a.TB.Error(err)
	}
}
