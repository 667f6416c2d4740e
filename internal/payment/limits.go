package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Limits stop card testing: how many declined tries there may be before pages
// ask to come back later (design.md §4.13); zero means no limit. Charges bind what
// is charged without the customer.
type Limits struct {
	PerOrder   int // in 24 hours
	PerIP      int // in 24 hours
	PerBIN     int // in one hour, of cards that begin alike
	PerProfile int // in one hour
	// Charges are the tries of a stored card, within the schemes' own limits.
	Charges schedule.Limits
}

// DefaultLimits leave room for a family behind one address and for a shop's busy
// hour.
var DefaultLimits = Limits{PerOrder: 10, PerIP: 30, PerBIN: 100, PerProfile: 1000, Charges: schedule.SchemeLimits}

// TriesSince are the beginnings of the windows that tries are counted in.
type TriesSince struct{ Day, Hour time.Time }

// Tries is how many declined tries there were. BIN is the count of the BIN that
// the order was last declined with. The times are the oldest counted of each.
type Tries struct {
	Order, IP, BIN, Profile                         int
	OldestOrder, OldestIP, OldestBIN, OldestProfile time.Time
}

// coolDown is when tries may go on; the zero time when they may go on now.
func (l Limits) coolDown(t Tries) time.Time {
	var until time.Time
	later := func(count, most int, oldest time.Time, window time.Duration) {
		if end := oldest.Add(window); most > 0 && count >= most && end.After(until) {
			until = end
		}
	}
	later(t.Order, l.PerOrder, t.OldestOrder, 24*time.Hour)
	later(t.IP, l.PerIP, t.OldestIP, 24*time.Hour)
	later(t.BIN, l.PerBIN, t.OldestBIN, time.Hour)
	later(t.Profile, l.PerProfile, t.OldestProfile, time.Hour)
	return until
}

// reachedBy reports whether the newest try was the one that reached a limit.
func (l Limits) reachedBy(t Tries) bool {
	hit := func(count, most int) bool { return most > 0 && count == most }
	return hit(t.Order, l.PerOrder) || hit(t.IP, l.PerIP) || hit(t.BIN, l.PerBIN) || hit(t.Profile, l.PerProfile)
}

func sinceOf(wall time.Time) TriesSince {
	return TriesSince{Day: wall.Add(-24 * time.Hour), Hour: wall.Add(-time.Hour)}
}

// CoolDown is until when an order offers no new try to a browser at this
// address; the zero time when it offers one now.
func (s *Service) CoolDown(ctx context.Context, profileID profile.ID, orderID order.ID, ipHash string) (time.Time, error) {
	tries, err := s.repo.Tries(ctx, profileID, orderID, ipHash, sinceOf(s.clock.Wall()))
	if err != nil {
		return time.Time{}, fmt.Errorf("count tries: %w", err)
	}
	return s.limits.coolDown(tries), nil
}

// LiftLimits forgets an order's declined tries, so that its customer may try on.
func (s *Service) LiftLimits(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID) error {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if _, err := tx.OrderForUpdate(ctx, profileID, orderID); err != nil {
			return err
		}
		if err := tx.LiftTries(ctx, profileID, orderID, s.clock.Wall()); err != nil {
			return err
		}
		return tx.Record(ctx, event.Event{ProfileID: profileID, Type: "payment.limits_lifted", OrderID: string(orderID), Subject: string(orderID), By: by, At: now})
	})
	if err != nil {
		return fmt.Errorf("lift limits of %s: %w", orderID, err)
	}
	return nil
}
