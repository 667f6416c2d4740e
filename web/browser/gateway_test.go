package browser_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

// gateway is the sandbox gateway's own door: its clock, its faults, its books.
type gateway struct{ base, token string }

// booking is one transaction of the gateway's books.
type booking struct {
	Type   string `json:"type"`
	Amount string `json:"amount"`
	State  string `json:"state"`
}

// books are all transactions, oldest first.
func (g gateway) books(t *testing.T) []booking {
	t.Helper()
	lines := json.NewDecoder(bytes.NewReader(call(t, http.MethodGet, g.base+"/admin/books", g.token, nil)))
	var all []booking
	for {
		var b booking
		switch err := lines.Decode(&b); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("the gateway's books: %v", err)
		}
		all = append(all, b)
	}
}

// wantCharges wants as many approved charges of 124.00 as told, and nothing sent
// back.
func (g gateway) wantCharges(t *testing.T, want int) {
	t.Helper()
	got := 0
	for _, b := range g.books(t) {
		switch {
		case b.State == "declined":
		case b.Type == "DB" && b.State == "approved" && b.Amount == "124.00":
			got++
		default:
			t.Errorf("the gateway's books have %+v", b)
		}
	}
	if got != want {
		t.Errorf("the gateway charged %d times, want %d", got, want)
	}
}

// waitFor waits until the books have so many approved transactions, and gives
// their number.
func (g gateway) waitFor(t *testing.T, want int) int {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		got := 0
		for _, b := range g.books(t) {
			if b.State == "approved" {
				got++
			}
		}
		if got >= want {
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("the gateway's books have %d approved transactions, want %d", got, want)
		}
	}
}

// fail orders a fault for the next call at a route.
func (g gateway) fail(t *testing.T, kind, route string, delay time.Duration) {
	t.Helper()
	call(t, http.MethodPost, g.base+"/admin/faults", g.token,
		map[string]any{"kind": kind, "route": route, "next": 1, "delayMs": delay.Milliseconds()})
}

// advance moves the gateway's clock.
func (g gateway) advance(t *testing.T, by time.Duration) {
	t.Helper()
	call(t, http.MethodPost, g.base+"/admin/clock", g.token, map[string]string{"advance": by.String()})
}
