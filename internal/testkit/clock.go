// Package testkit starts the whole application for a test: real SQL, the real
// gateway driver against the sandbox over HTTP, real pages. Only the clock is
// moved by hand.
package testkit

import (
	"context"
	"sync"
	"time"

	"github.com/quittance/quittance/internal/id"
)

// Clock stands still until it is moved. Wall and billing time are the same.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock stands at the present, in whole milliseconds.
func NewClock() *Clock { return &Clock{t: time.Now().UTC().Truncate(time.Millisecond)} }

// Wall is where the clock stands.
func (c *Clock) Wall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Now is the same.
func (c *Clock) Now(context.Context, id.Profile) (time.Time, error) { return c.Wall(), nil }

// Advance moves it forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
