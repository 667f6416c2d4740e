package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// sweepBatch is how many rows are looked for at a time.
const sweepBatch = 200

// Timed is what the sweep of mail that time causes needs from storage: rows by
// index, the longest due first, however many there are that are not due.
type Timed interface {
	// OrdersToRemind are pending orders whose next reminder is due at now.
	OrdersToRemind(ctx context.Context, profileID profile.ID, now time.Time, limit int) ([]order.ID, error)
	// Unannounced are payments of subscriptions that fall due until then and that
	// nobody was told of.
	Unannounced(ctx context.Context, profileID profile.ID, until time.Time, limit int) ([]Renewal, error)
	// CardsExpiring are main cards of which this was told and whose last month is
	// one of those until then.
	CardsExpiring(ctx context.Context, profileID profile.ID, told ExpiryTold, until Month, limit int) ([]Card, error)
	// FirstTimed are the first reminder, the first payment to be told of and the
	// first card of each step, due or not; zero for none.
	FirstTimed(ctx context.Context, profileID profile.ID) (First, error)
}

// First is what comes first of all that waits for its time.
type First struct {
	Reminder time.Time
	Renewal  time.Time // of the payment itself
	Cards    []Card
}

// Sweep owes the mails whose time has come in the billing time of each profile:
// reminders, renewals, expiring and expired cards. Any number of sweeps may run:
// each step is claimed in the transaction that owes its mail. It goes on after an
// error and returns all of them joined.
func (s *Service) Sweep(ctx context.Context) error {
	return s.profiles.Each(ctx, func(p profile.Profile, now time.Time) error { return s.SweepProfile(ctx, p, now) })
}

// SweepProfile is Sweep for one profile at a billing time.
func (s *Service) SweepProfile(ctx context.Context, p profile.Profile, now time.Time) error {
	until, err := announcedUntil(now, p.Location())
	if err != nil {
		return err
	}
	errs := []error{
		drain(ctx, func() ([]order.ID, error) { return s.repo.OrdersToRemind(ctx, p.ID, now, sweepBatch) },
			func(o order.ID) error { return s.remind(ctx, p.ID, o, now) }),
		drain(ctx, func() ([]Renewal, error) { return s.repo.Unannounced(ctx, p.ID, until, sweepBatch) },
			func(r Renewal) error { return s.announce(ctx, p, r, now) }),
	}
	for _, told := range []ExpiryTold{ToldNothing, ToldExpiring} {
		last := lastMonth(told+1, now, p.Location())
		errs = append(errs, drain(ctx, func() ([]Card, error) { return s.repo.CardsExpiring(ctx, p.ID, told, last, sweepBatch) },
			func(c Card) error { return s.warn(ctx, p, c, now) }))
	}
	return errors.Join(errs...)
}

// drain works on what is found until nothing is left. What fails is found again by
// the next sweep, not by this one.
func drain[Row any](ctx context.Context, find func() ([]Row, error), work func(Row) error) error {
	for ctx.Err() == nil {
		few, err := find()
		if err != nil {
			return err
		}
		var errs []error
		for _, row := range few {
			if ctx.Err() != nil {
				break
			}
			errs = append(errs, work(row))
		}
		if err := errors.Join(errs...); err != nil || len(few) < sweepBatch {
			return err
		}
	}
	return nil
}

// NextTimed is the billing time of a profile at which SweepProfile has something
// to do next, perhaps a past one; zero when nothing waits.
func (s *Service) NextTimed(ctx context.Context, p profile.Profile) (time.Time, error) {
	first, err := s.repo.FirstTimed(ctx, p.ID)
	if err != nil {
		return time.Time{}, fmt.Errorf("find what comes first: %w", err)
	}
	loc := p.Location()
	times := []time.Time{first.Reminder}
	if !first.Renewal.IsZero() {
		due := first.Renewal.In(loc)
		at, err := startOf(due.Year(), due.Month(), due.Day()-renewalDays, loc)
		if err != nil {
			return time.Time{}, err
		}
		times = append(times, at)
	}
	for _, c := range first.Cards {
		at, err := c.nextStep(loc)
		if err != nil {
			return time.Time{}, err
		}
		times = append(times, at)
	}
	var next time.Time
	for _, t := range times {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t.UTC()
		}
	}
	return next, nil
}
