package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// How often and how many times the customer of an order that waits for its first
// payment is reminded (facts/billpro.md §1.12).
const (
	ReminderGap  = 48 * time.Hour
	MaxReminders = 3
)

// FirstReminder is when the customer of a new order is reminded of it; zero for
// one that asks for nothing yet.
func FirstReminder(o order.Order) time.Time {
	if o.Status != order.Pending {
		return time.Time{}
	}
	return o.CreatedAt.Add(ReminderGap)
}

// Reminders are where the reminders of an order stand. Times are billing time.
type Reminders struct {
	NextAt time.Time // zero: there are no more
	Count  int64     // that fell due so far
}

// due takes the next step at now; ok is false when none is due. One that comes
// late moves those after it, so that two never come at once.
func (r *Reminders) due(now time.Time) (ok bool) {
	if r.NextAt.IsZero() || now.Before(r.NextAt) {
		return false
	}
	r.Count++
	if r.NextAt = now.Add(ReminderGap); r.Count >= MaxReminders {
		r.NextAt = time.Time{}
	}
	return true
}

// remind takes the next step of an order's reminders, with its mail, in one
// transaction.
func (s *Service) remind(ctx context.Context, profileID profile.ID, orderID order.ID, now time.Time) error {
	err := s.repo.InMailTx(ctx, func(tx Tx) error {
		o, err := tx.OrderForUpdate(ctx, profileID, orderID)
		if err != nil || o.Status != order.Pending {
			return err
		}
		r, err := tx.Reminders(ctx, profileID, orderID)
		if err != nil || !r.due(now) {
			return err
		}
		if err := tx.SaveReminders(ctx, profileID, orderID, r); err != nil {
			return err
		}
		return Tell(ctx, tx, o, About{Kind: OrderReminder, Step: r.Count}, s.clock.Wall())
	})
	if err != nil {
		return fmt.Errorf("remind of order %s: %w", orderID, err)
	}
	return nil
}
