package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/profile"
)

// Timed is something that happens at moments of billing time. Its own sweep finds
// them while time goes by; a test clock that is moved asks for them in order.
type Timed interface {
	// Next is the first moment after one and not after another at which something
	// of a profile falls due; zero when nothing does.
	Next(ctx context.Context, profileID profile.ID, after, until time.Time) (time.Time, error)
	// Happen does all of a profile that is due by its billing time now. When ctx
	// ends it finishes what it is at, and leaves the rest.
	Happen(ctx context.Context, profileID profile.ID, now time.Time) error
}

// ClockRepo is what test clocks need from storage.
type ClockRepo interface {
	InClockTx(ctx context.Context, fn func(ClockTx) error) error
	// TestClock is a profile's; Set is false where it has none yet.
	TestClock(ctx context.Context, profileID profile.ID) (TestClock, error)
	// MovingClocks are the profiles whose clock has not arrived and which nobody
	// moves.
	MovingClocks(ctx context.Context, wall time.Time) ([]profile.ID, error)
}

// ClockTx is one unit of work on a test clock.
type ClockTx interface {
	idem.Tx
	// ProfileForUpdate locks a profile, and with it the making of its clock.
	ProfileForUpdate(ctx context.Context, profileID profile.ID) (profile.Profile, error)
	// TestClockForUpdate locks a clock; Set is false where there is none yet.
	TestClockForUpdate(ctx context.Context, profileID profile.ID) (TestClock, error)
	SaveTestClock(ctx context.Context, c TestClock) error
}

// How long one call moves a clock, in real time, and how long its lease keeps
// others away: longer than the last thing it may be at takes.
const (
	clockBudget = 20 * time.Second
	clockLease  = 90 * time.Second
)

// Clocks moves the test clocks of sandbox profiles.
type Clocks struct {
	repo     ClockRepo
	profiles *profile.Service
	clock    clock.Clock
	timed    []Timed
	budget   time.Duration
}

// NewClocks returns Clocks under which timed happens, in that order where it falls
// due at the same moment.
func NewClocks(repo ClockRepo, profiles *profile.Service, c clock.Clock, timed ...Timed) *Clocks {
	return &Clocks{repo, profiles, c, timed, clockBudget}
}

// Clock is where a profile's test clock stands; ErrClockLive.
func (s *Clocks) Clock(ctx context.Context, profileID profile.ID) (TestClock, error) {
	p, err := s.profiles.Profile(ctx, profileID)
	if err != nil {
		return TestClock{}, err
	}
	if p.Mode != profile.Sandbox {
		return TestClock{}, ErrClockLive
	}
	c, err := s.repo.TestClock(ctx, profileID)
	if err == nil && !c.Set {
		c.At = s.clock.Wall()
	}
	return c, err
}

// Advance moves a profile's test clock forward to a moment. All that falls due on
// the way happens in order, each at its own moment. The target is kept first, and
// a call works for some seconds: a clock that has not arrived by then is moved on
// by the sweep, and by the same call again. Only one moves a clock at a time. It
// returns ErrClockLive, ErrClockTo, ErrClockMoving, or ErrUnanswered where the clock
// is on its way and the gateway does not say what came of a charge.
func (s *Clocks) Advance(ctx context.Context, by actor.Actor, profileID profile.ID, to time.Time, call *idem.Call) (TestClock, error) {
	if err := s.aim(ctx, by, profileID, to.UTC().Truncate(time.Millisecond)); err != nil {
		return TestClock{}, fmt.Errorf("advance test clock of %s: %w", profileID, err)
	}
	// What is under way is finished whether or not somebody waits for the answer.
	if err := s.move(context.WithoutCancel(ctx), profileID); err != nil {
		return TestClock{}, fmt.Errorf("advance test clock of %s: %w", profileID, err)
	}
	var c TestClock
	err := s.repo.InClockTx(ctx, func(tx ClockTx) (err error) {
		if c, err = tx.TestClockForUpdate(ctx, profileID); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, c)
	})
	return c, err
}

// Sweep moves on the clocks that nobody moves any more: those of a call whose time
// was over or whose process died.
func (s *Clocks) Sweep(ctx context.Context) error {
	moving, err := s.repo.MovingClocks(ctx, s.clock.Wall())
	if err != nil {
		return fmt.Errorf("find test clocks that move: %w", err)
	}
	var errs []error
	for _, profileID := range moving {
		if ctx.Err() != nil {
			break
		}
		if err := s.move(ctx, profileID); err != nil && !errors.Is(err, ErrUnanswered) {
			errs = append(errs, fmt.Errorf("move test clock of %s: %w", profileID, err))
		}
	}
	return errors.Join(errs...)
}

func (s *Clocks) aim(ctx context.Context, by actor.Actor, profileID profile.ID, to time.Time) error {
	return s.repo.InClockTx(ctx, func(tx ClockTx) error {
		p, err := tx.ProfileForUpdate(ctx, profileID)
		if err != nil {
			return err
		}
		if p.Mode != profile.Sandbox {
			return ErrClockLive
		}
		c, err := tx.TestClockForUpdate(ctx, profileID)
		if err != nil {
			return err
		}
		if !c.Set {
			c.At, c.Set = s.clock.Wall(), true
		}
		known := c.Moving()
		if err := c.aim(to); err != nil || known {
			return err
		}
		if err := tx.SaveTestClock(ctx, c); err != nil {
			return err
		}
		return tx.Record(ctx, event.Event{ProfileID: profileID, Type: "test_clock.advancing", Subject: string(profileID), By: by, At: c.At,
			Data: map[string]any{"to": to.Format(time.RFC3339Nano)}})
	})
}
