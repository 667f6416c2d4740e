// Package collect owns the moment at which something falls due: the sweep that
// puts scheduled payments that are due to the workers, and the test clocks under
// which a sandbox profile's future happens at once. It also steers the course of
// orders that go on by themselves: they pause, go on and end. What a charge does is
// package payment's to say.
package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Due is a scheduled payment that is due.
type Due struct {
	ID        schedule.ID
	CollectAt time.Time
	Tries     int64
	Version   int64
}

// DueProfile is a profile with something due, and its billing time.
type DueProfile struct {
	ID  profile.ID
	Now time.Time
}

// DueRepo is what the sweep needs from storage.
type DueRepo interface {
	// DueProfiles are the profiles with a scheduled payment that is due and not
	// leased, at wall time, or where their test clock stands. Those whose clock is
	// being moved are left out. One statement finds them, however many there are.
	DueProfiles(ctx context.Context, wall time.Time) ([]DueProfile, error)
	InDueTx(ctx context.Context, fn func(DueTx) error) error
}

// DueTx is one unit of work of the sweep.
type DueTx interface {
	// LeaseDue leases up to limit scheduled payments of a profile that are due
	// behind a place, the longest due first. What others hold is passed over, and
	// so is what is leased, held by its customer, or of an order that does not
	// collect.
	LeaseDue(ctx context.Context, p DueProfile, behind Due, l Lease, limit int) ([]Due, error)
	EnqueueAll(ctx context.Context, all []jobs.Args) error
}

// Lease is how long others leave a row alone, in wall time.
type Lease struct{ From, Until time.Time }

// leaseFor is how long a charge may wait in the queue before the sweep looks at it
// again: one that is still waiting then is not put into the queue twice.
const leaseFor = 10 * time.Minute

// batch is how many payments one transaction puts into the queue.
const batch = 100

// Sweep finds scheduled payments that are due.
type Sweep struct {
	repo  DueRepo
	clock clock.Clock
}

// NewSweep returns a Sweep.
func NewSweep(repo DueRepo, c clock.Clock) *Sweep { return &Sweep{repo, c} }

// Run puts every scheduled payment that is due into the queue, a batch of each
// profile in turn, so that a large one keeps no other waiting. Any number of sweeps
// may run at once. It goes on after an error and returns all of them joined.
func (s *Sweep) Run(ctx context.Context) error {
	profiles, err := s.repo.DueProfiles(ctx, s.clock.Wall())
	if err != nil {
		return fmt.Errorf("find profiles with due payments: %w", err)
	}
	behind := make([]Due, len(profiles))
	done := make([]bool, len(profiles))
	var errs []error
	for left := len(profiles); left > 0 && ctx.Err() == nil; {
		for i, p := range profiles {
			if done[i] {
				continue
			}
			last, n, err := s.put(ctx, p, behind[i])
			errs = append(errs, err)
			if behind[i] = last; err != nil || n < batch {
				done[i] = true
				left--
			}
		}
	}
	return errors.Join(errs...)
}

// put leases the next batch of a profile together with its wake-ups. It returns the
// last of the batch, and how many it has.
func (s *Sweep) put(ctx context.Context, p DueProfile, behind Due) (last Due, n int, err error) {
	err = s.repo.InDueTx(ctx, func(tx DueTx) error {
		last, n = behind, 0
		wall := s.clock.Wall()
		due, err := tx.LeaseDue(ctx, p, behind, Lease{wall, wall.Add(leaseFor)}, batch)
		if err != nil || len(due) == 0 {
			return err
		}
		all := make([]jobs.Args, len(due))
		for i, d := range due {
			all[i] = payment.Charge{ProfileID: p.ID, ScheduledID: d.ID, Tries: d.Tries}
		}
		last, n = due[len(due)-1], len(due)
		return tx.EnqueueAll(ctx, all)
	})
	if err != nil {
		return behind, 0, fmt.Errorf("put due payments of %s into the queue: %w", p.ID, err)
	}
	return last, n, nil
}
