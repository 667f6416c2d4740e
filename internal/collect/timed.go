package collect

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/profile"
)

// Endings are the subscriptions of a profile that end under its test clock.
type Endings struct{ Course *Course }

// Next is the beginning of the next day on which one ends.
func (e Endings) Next(ctx context.Context, profileID profile.ID, after, until time.Time) (time.Time, error) {
	ending, err := e.Course.Ending(ctx, profileID, until)
	if err != nil {
		return time.Time{}, err
	}
	for _, o := range ending {
		if o.At.After(after) && !o.At.After(until) {
			return o.At, nil
		}
	}
	return time.Time{}, nil
}

// Happen ends those whose day has come.
func (e Endings) Happen(ctx context.Context, profileID profile.ID, _ time.Time) error {
	return e.Course.sweepEndings(ctx, profileID)
}

// Swept is what a sweep does for one profile at a billing time, and knows when it
// has something to do next.
type Swept struct {
	Profiles *profile.Service
	First    func(ctx context.Context, p profile.Profile) (time.Time, error) // perhaps a past moment; zero for never
	Sweep    func(ctx context.Context, p profile.Profile, now time.Time) error
}

// Next is the first moment, or, where something waits that the sweep could not do,
// a day later.
func (s Swept) Next(ctx context.Context, profileID profile.ID, after, until time.Time) (time.Time, error) {
	p, err := s.Profiles.Profile(ctx, profileID)
	if err != nil {
		return time.Time{}, err
	}
	next, err := s.First(ctx, p)
	if err != nil || next.IsZero() {
		return time.Time{}, err
	}
	if !next.After(after) {
		next = after.Add(24 * time.Hour)
	}
	if next.After(until) {
		return time.Time{}, nil
	}
	return next, nil
}

// Happen sweeps.
func (s Swept) Happen(ctx context.Context, profileID profile.ID, now time.Time) error {
	p, err := s.Profiles.Profile(ctx, profileID)
	if err != nil {
		return err
	}
	return s.Sweep(ctx, p, now)
}
