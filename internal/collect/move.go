package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/profile"
)

// errOvertaken ends the moving of a clock whose lease somebody else has by now.
var errOvertaken = errors.New("collect: the test clock is moved by another")

// move brings a clock from moment to moment towards its target, for as long as the
// budget lasts. At each, what is due happens to its end before the clock goes on,
// so a process that dies leaves the clock where what it was at is still due.
func (s *Clocks) move(ctx context.Context, profileID profile.ID) error {
	c, claimed, err := s.claim(ctx, profileID)
	if err != nil || !claimed {
		return err
	}
	working, stop := context.WithTimeout(ctx, s.budget)
	defer stop()
	finishing := context.WithoutCancel(ctx)
	for err == nil && c.Moving() {
		err = s.happen(working, c)
		if errors.Is(err, errUnderWay) {
			err = nil
			pause(working)
			continue
		}
		if err != nil || working.Err() != nil {
			break
		}
		var next time.Time
		if next, err = s.next(finishing, c); err != nil {
			break
		}
		if err = s.save(finishing, &c, func(c *TestClock) { c.step(next) }); errors.Is(err, errOvertaken) {
			return nil
		}
	}
	if !c.Moving() {
		return err
	}
	if rerr := s.save(finishing, &c, func(c *TestClock) { c.LeaseUntil = time.Time{} }); !errors.Is(rerr, errOvertaken) {
		err = errors.Join(err, rerr)
	}
	return err
}

func (s *Clocks) claim(ctx context.Context, profileID profile.ID) (c TestClock, claimed bool, err error) {
	err = s.repo.InClockTx(ctx, func(tx ClockTx) (err error) {
		if c, err = tx.TestClockForUpdate(ctx, profileID); err != nil {
			return err
		}
		if claimed = c.claim(s.clock.Wall()); !claimed {
			return nil
		}
		return tx.SaveTestClock(ctx, c)
	})
	return c, claimed, err
}

// pause gives who is sending a charge the time to hear the answer.
func pause(ctx context.Context) {
	soon := time.NewTimer(20 * time.Millisecond)
	defer soon.Stop()
	select {
	case <-soon.C:
	case <-ctx.Done():
	}
}

// happen does what is due where the clock stands. Once ctx has ended, the rest is
// left where it is, still due, and what fails was cut off, or fails again next time;
// but that the gateway does not answer is told.
func (s *Clocks) happen(ctx context.Context, c TestClock) error {
	for _, t := range s.timed {
		err := t.Happen(ctx, c.ProfileID, c.At)
		if ctx.Err() != nil && !errors.Is(err, ErrUnanswered) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("at %s: %w", c.At.Format(time.RFC3339), err)
		}
	}
	return nil
}

// next is the first moment on the way at which anything falls due; zero when
// nothing does any more.
func (s *Clocks) next(ctx context.Context, c TestClock) (first time.Time, err error) {
	for _, t := range s.timed {
		at, err := t.Next(ctx, c.ProfileID, c.At, c.Target)
		if err != nil {
			return time.Time{}, err
		}
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, nil
}

// save changes the clock while its lease is ours; errOvertaken when it is not.
func (s *Clocks) save(ctx context.Context, c *TestClock, change func(*TestClock)) error {
	return s.repo.InClockTx(ctx, func(tx ClockTx) error {
		now, err := tx.TestClockForUpdate(ctx, c.ProfileID)
		if err != nil {
			return err
		}
		if !now.LeaseUntil.Equal(c.LeaseUntil) {
			return errOvertaken
		}
		change(&now)
		if err := tx.SaveTestClock(ctx, now); err != nil {
			return err
		}
		*c = now
		if now.Moving() {
			return nil
		}
		return tx.Record(ctx, event.Event{ProfileID: now.ProfileID, Type: "test_clock.arrived", Subject: string(now.ProfileID), By: actor.TheSystem, At: now.At})
	})
}
