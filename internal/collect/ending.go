package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// EndingOrder is a subscription that its customer has ended, with its day.
type EndingOrder struct {
	ID order.ID
	On string
	At time.Time // when that day begins in the profile's zone
}

// endings is how many ending orders are read at once.
const endings = 100

// Ending are orders of a profile whose day has come at a moment of billing time,
// in the order of their days, at most a batch of them: those that End would end.
func (c *Course) Ending(ctx context.Context, profileID profile.ID, by time.Time) ([]EndingOrder, error) {
	merchant, err := c.profiles.Profile(ctx, profileID)
	if err != nil {
		return nil, err
	}
	loc := merchant.Location()
	due, err := c.repo.EndingBy(ctx, profileID, schedule.DayOf(by, loc), endings)
	if err != nil {
		return nil, fmt.Errorf("orders of %s that end: %w", profileID, err)
	}
	for i := range due {
		if due[i].At, err = schedule.Start(due[i].On, loc); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// errNotYet rolls an End back that came too soon or twice.
var errNotYet = errors.New("collect: the order does not end yet")

// End completes a subscription whose customer has ended it, as of the beginning of
// its day. One whose day has not come, or that has ended already, is left alone.
func (c *Course) End(ctx context.Context, profileID profile.ID, orderID order.ID) error {
	_, err := c.do(ctx, actor.TheSystem, profileID, orderID, nil, func(ctx context.Context, t *turn) (string, error) {
		if t.order.CancelsOn == "" || t.order.CancelsOn > t.today() {
			return "", errNotYet
		}
		at, err := schedule.Start(t.order.CancelsOn, t.loc)
		if err != nil {
			return "", err
		}
		return t.end(ctx, at)
	})
	if errors.Is(err, errNotYet) {
		return nil
	}
	return err
}

// SweepEnding ends every order whose day has come, in each profile's billing time.
// Any number of sweeps may run at once. It goes on after an error and returns all
// of them joined.
func (c *Course) SweepEnding(ctx context.Context) error {
	profiles, err := c.repo.ProfilesWithEndings(ctx)
	if err != nil {
		return fmt.Errorf("find profiles with orders that end: %w", err)
	}
	var errs []error
	for _, p := range profiles {
		errs = append(errs, c.sweepEndings(ctx, p))
	}
	return errors.Join(errs...)
}

func (c *Course) sweepEndings(ctx context.Context, profileID profile.ID) error {
	now, err := c.clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	for ctx.Err() == nil {
		due, err := c.Ending(ctx, profileID, now)
		if err != nil {
			return err
		}
		var errs []error
		for _, e := range due {
			errs = append(errs, c.End(ctx, profileID, e.ID))
		}
		if err := errors.Join(errs...); err != nil || len(due) < endings {
			return err
		}
	}
	return nil
}
