package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Month is one month of all, counted from the year 0.
type Month int64

// MonthOf is a month of a year.
func MonthOf(year int, month time.Month) Month { return Month(year*12 + int(month) - 1) }

// Split is its year and its month, 1 to 12.
func (m Month) Split() (year, month int64) { return int64(m) / 12, int64(m)%12 + 1 }

// day is the beginning of a day of the month in a zone.
func (m Month) day(day int, loc *time.Location) (time.Time, error) {
	return startOf(0, time.Month(int(m)+1), day, loc)
}

// startOf is the beginning of a day in a zone; what is beyond a month's end is in
// the next.
func startOf(year int, month time.Month, day int, loc *time.Location) (time.Time, error) {
	return schedule.Start(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), loc)
}

// warningDay is the day of the month before a card's last one on which its customer
// is told: about six weeks ahead (facts/billpro.md §1.12).
const warningDay = 15

// ExpiryTold is what the customer of a card was told of its expiry.
type ExpiryTold int64

// The steps, in their order.
const (
	ToldNothing ExpiryTold = iota
	ToldExpiring
	ToldExpired
)

// Card is the main card of an order, as far as its expiry goes.
type Card struct {
	ID      string
	OrderID order.ID
	Expires Month // its last one
	Told    ExpiryTold
}

// lastMonth is the latest last month of a card of which a step has come at now.
func lastMonth(step ExpiryTold, now time.Time, loc *time.Location) Month {
	today := now.In(loc)
	this := MonthOf(today.Year(), today.Month())
	switch {
	case step == ToldExpired:
		return this - 1
	case today.Day() >= warningDay:
		return this + 1
	}
	return this
}

// stepOf is the step that has come for a card at now.
func (c Card) stepOf(now time.Time, loc *time.Location) ExpiryTold {
	for _, step := range []ExpiryTold{ToldExpired, ToldExpiring} {
		if c.Expires <= lastMonth(step, now, loc) {
			return step
		}
	}
	return ToldNothing
}

// nextStep is when a card's next step comes.
func (c Card) nextStep(loc *time.Location) (time.Time, error) {
	if c.Told == ToldNothing {
		return (c.Expires - 1).day(warningDay, loc)
	}
	return (c.Expires + 1).day(1, loc)
}

// warn takes the next step of a card, with its mail.
func (s *Service) warn(ctx context.Context, p profile.Profile, c Card, now time.Time) error {
	err := s.repo.InMailTx(ctx, func(tx Tx) error {
		o, err := tx.OrderForUpdate(ctx, p.ID, c.OrderID)
		if err != nil {
			return err
		}
		card, ok, err := tx.MainCard(ctx, p.ID, c.ID)
		if err != nil || !ok {
			return err
		}
		step := card.stepOf(now, p.Location())
		if step <= card.Told {
			return nil
		}
		if err := tx.SaveExpiryTold(ctx, p.ID, c.ID, step); err != nil {
			return err
		}
		if !o.Status.Live() || o.Type == catalog.SinglePayment {
			return nil
		}
		about := About{Kind: CardExpiring, Subject: c.ID}
		if step == ToldExpired {
			about.Kind = CardExpired
		}
		return Tell(ctx, tx, o, about, s.clock.Wall())
	})
	if err != nil {
		return fmt.Errorf("warn of card %s: %w", c.ID, err)
	}
	return nil
}
