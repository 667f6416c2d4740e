// Package testkit starts the whole application for a test: real SQL, the real
// gateway driver against the sandbox over HTTP, real pages. Only the clock is
// moved by hand.
package testkit

import (
	"context"
	"sync"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/id"
)

// Clock stands still until it is moved. Billing time is wall time, but for a
// profile whose test clock was set.
type Clock struct {
	times clock.TestTimes
	mu    sync.Mutex
	t     time.Time
}

// NewClock stands at the present, in whole milliseconds.
func NewClock() *Clock { return &Clock{t: time.Now().UTC().Truncate(time.Millisecond)} }

// Wall is where the clock stands.
func (c *Clock) Wall() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Now is the profile's test time if it has one, else wall time.
func (c *Clock) Now(ctx context.Context, profileID id.Profile) (time.Time, error) {
	if c.times != nil {
		if at, ok, err := c.times.TestTime(ctx, profileID); err != nil || ok {
			return at, err
		}
	}
	return c.Wall(), nil
}

// Advance moves it forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
