package collect

import (
	"time"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/profile"
)

// Faults of a test clock.
var (
	ErrClockLive   = fault.New(fault.Conflict, "clock_live", "A live profile has no test clock. Its time is the real one.")
	ErrClockMoving = fault.New(fault.Conflict, "clock_moving", "The test clock is being moved to another time. Ask for it again until it has arrived.")
	ErrUnanswered  = fault.New(fault.Unavailable, "charge_unanswered", "The gateway has not said what came of a charge. The test clock stands where it fell due, and goes on by itself once that is known.")
	ErrClockTo     = fault.New(fault.Invalid, "clock_invalid", "The test clock cannot be moved to that time.")
)

// MaxAdvanceYears is how far ahead one advance may go.
const MaxAdvanceYears = 5

// TestClock is where the billing time of a sandbox profile stands. A profile that
// was never advanced follows wall time.
type TestClock struct {
	ProfileID  profile.ID
	At         time.Time
	Target     time.Time // where it is being moved to; zero: it stands
	LeaseUntil time.Time // wall time: somebody moves it until then
	Set        bool      // it stands, and no longer follows wall time
}

// Moving reports whether the clock has not yet arrived.
func (c TestClock) Moving() bool { return !c.Target.IsZero() }

// aim makes a moment the target. To aim again at the same one changes nothing.
func (c *TestClock) aim(to time.Time) error {
	wrong := func(code, public string) error {
		return ErrClockTo.With(fault.Field{Pointer: "/clock/to", Code: code, Public: public})
	}
	switch {
	case c.Moving() && !c.Target.Equal(to):
		return ErrClockMoving
	case to.Before(c.At):
		return wrong("clock_backwards", "A test clock goes forward only.")
	case to.After(c.At.AddDate(MaxAdvanceYears, 0, 0)):
		return wrong("clock_too_far", "Use a time at most five years ahead of the clock.")
	}
	c.Target = to
	return nil
}

// claim takes the moving for as long as a lease; false where somebody has it, or
// the clock has arrived.
func (c *TestClock) claim(wall time.Time) bool {
	if !c.Moving() || wall.Before(c.LeaseUntil) {
		return false
	}
	c.LeaseUntil = wall.Add(clockLease)
	return true
}

// step moves the clock to the next moment at which something falls due, or, where
// there is none, to its target.
func (c *TestClock) step(next time.Time) {
	if next.IsZero() {
		c.At, c.Target, c.LeaseUntil = c.Target, time.Time{}, time.Time{}
		return
	}
	c.At = next
}
