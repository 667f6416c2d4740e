// Package clock keeps the two kinds of time apart. Billing time rules what a
// merchant's books say (due days, documents, order ages) and can be moved on a
// sandbox profile; wall time rules machines (checkouts, sessions, leases,
// gateway calls). Nothing else in the program asks the system for the time.
package clock

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/id"
)

// Clock tells both. Times are UTC.
type Clock interface {
	// Now is billing time of a profile.
	Now(ctx context.Context, profileID id.Profile) (time.Time, error)
	// Wall is wall time.
	Wall() time.Time
}

// TestTimes answers where a sandbox profile's test clock stands; ok is false
// when the profile follows wall time. The store provides it.
type TestTimes interface {
	TestTime(ctx context.Context, profileID id.Profile) (at time.Time, ok bool, err error)
}

// System is the clock of a running server. Skew is added to wall time; it is
// zero but for rehearsals, and config refuses it beside live profiles.
type System struct {
	Times TestTimes
	Skew  time.Duration
}

// Wall is the machine's time, in UTC and whole milliseconds, which both
// database engines keep exactly.
func (s System) Wall() time.Time { return time.Now().Add(s.Skew).UTC().Truncate(time.Millisecond) }

// Now is the profile's test time if it has one, else wall time.
func (s System) Now(ctx context.Context, profileID id.Profile) (time.Time, error) {
	at, ok, err := s.Times.TestTime(ctx, profileID)
	if err != nil || ok {
		return at, err
	}
	return s.Wall(), nil
}

// Fixed stands still, for tests.
type Fixed time.Time

// Wall is the fixed time.
func (f Fixed) Wall() time.Time { return time.Time(f).UTC() }

// Now is the fixed time too.
func (f Fixed) Now(context.Context, id.Profile) (time.Time, error) { return f.Wall(), nil }
