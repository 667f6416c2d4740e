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

// renewalDays is how long before a payment of a subscription its customer is told.
const renewalDays = 7

// Renewal is a payment of a subscription that its customer is to be told of.
type Renewal struct {
	OrderID     order.ID
	ScheduledID schedule.ID
}

// announcedUntil is the last moment at which a payment falls due that is told of
// at now: the beginning of the day a week from today in the zone.
func announcedUntil(now time.Time, loc *time.Location) (time.Time, error) {
	today := now.In(loc)
	return startOf(today.Year(), today.Month(), today.Day()+renewalDays, loc)
}

// announces reports whether a subscription's payments are told of before they are
// collected: its rhythm is longer than the notice, else the mail of one payment
// already names the next.
func announces(o order.Order) bool {
	days := map[catalog.Unit]int64{catalog.Day: 1, catalog.Week: 7, catalog.Month: 28, catalog.Year: 365}[o.Plan.Unit]
	return o.Type == catalog.Subscription && o.Status.Collects() && o.CancelsOn == "" && days*o.Plan.Interval > renewalDays
}

// announce tells once of the day of a payment.
func (s *Service) announce(ctx context.Context, p profile.Profile, r Renewal, now time.Time) error {
	until, err := announcedUntil(now, p.Location())
	if err != nil {
		return err
	}
	err = s.repo.InMailTx(ctx, func(tx Tx) error {
		o, err := tx.OrderForUpdate(ctx, p.ID, r.OrderID)
		if err != nil {
			return err
		}
		due, err := tx.ScheduledForUpdate(ctx, p.ID, r.ScheduledID)
		if err != nil || due.Status != schedule.Scheduled || due.CollectAt.IsZero() || due.CollectAt.After(until) {
			return err
		}
		if isNew, err := tx.MarkAnnounced(ctx, p.ID, r.ScheduledID); err != nil || !isNew {
			return err
		}
		if !announces(o) || !now.Before(due.CollectAt) {
			return nil
		}
		return Tell(ctx, tx, o, About{SubscriptionRenews, string(due.ID), DayStep(due.DueOn)}, s.clock.Wall())
	})
	if err != nil {
		return fmt.Errorf("announce scheduled payment %s: %w", r.ScheduledID, err)
	}
	return nil
}
