package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Cancel ends an order at once, also one that its customer has ended for later:
// one that has not begun is cancelled, a live one is complete, and what it has not
// collected never is. What a charge under way or a checkout brings afterwards is
// surplus, which goes back. Money that is only held is given back first: the order
// stays as it is until the gateway has said so, see payment.Service.Release. It
// returns order.ErrNotFound, order.ErrEnded, or payment.ErrHoldDeciding while held
// money is being captured.
func (c *Course) Cancel(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, call *idem.Call) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, call, func(ctx context.Context, t *turn) (string, error) {
		if err := t.order.May(order.Cancel); err != nil {
			return "", err
		}
		pending, err := c.payments.Release(ctx, t.tx, by, t.order)
		if pending {
			return "order.cancel_requested", err
		}
		if err != nil {
			return "", err
		}
		return t.end(ctx, t.now)
	})
}

// CancelLater ends a subscription at its customer's wish when the period that is
// paid for is over; at once where that is today. What is due by then is still
// collected. The customer gets a confirmation. It returns order.ErrNotFound,
// order.ErrNotCancellable or order.ErrEnded.
func (c *Course) CancelLater(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, nil, func(ctx context.Context, t *turn) (string, error) {
		if err := t.order.May(order.EndPeriod); err != nil {
			return "", err
		}
		day, given, err := t.periodEnd(ctx)
		if err != nil {
			return "", err
		}
		if err := t.tell(ctx, mail.SubscriptionCancelled); err != nil {
			return "", err
		}
		if t.data["on"] = day; day <= t.today() {
			return t.end(ctx, t.now)
		}
		if given != nil {
			if err := given.Cancel(); err != nil {
				return "", err
			}
			if err := t.save(ctx, *given, "cancelled"); err != nil {
				return "", err
			}
		}
		return "order.cancellation_received", t.order.EndOn(day)
	})
}

// PeriodEnd is the day on which CancelLater would end a subscription, today or
// later; it changes nothing, and returns the same errors.
func (c *Course) PeriodEnd(ctx context.Context, profileID profile.ID, orderID order.ID) (day string, err error) {
	merchant, err := c.profiles.Profile(ctx, profileID)
	if err != nil {
		return "", err
	}
	now, err := c.clock.Now(ctx, profileID)
	if err != nil {
		return "", fmt.Errorf("billing time: %w", err)
	}
	err = c.repo.InCourseTx(ctx, func(tx CourseTx) error {
		t := &turn{tx: tx, loc: merchant.Location(), now: now}
		if t.order, err = tx.OrderForUpdate(ctx, profileID, orderID); err != nil {
			return err
		}
		if err := t.order.May(order.EndPeriod); err != nil {
			return err
		}
		day, _, err = t.periodEnd(ctx)
		return err
	})
	return day, err
}

// periodEnd is the day on which the paid period ends, and the payment of the next
// one, which is given up; nil while that is being charged, or where there is none.
func (t *turn) periodEnd(ctx context.Context) (day string, given *schedule.Payment, err error) {
	all, err := t.schedule(ctx)
	if err != nil {
		return "", nil, err
	}
	newest, _ := schedule.Newest(all)
	underWay, err := payment.UnderWay(ctx, t.tx, newest)
	if err != nil {
		return "", nil, err
	}
	if newest.Status == schedule.Scheduled && !underWay {
		given = &newest
	}
	day, err = schedule.PeriodEnd(t.order, all, underWay, t.loc, t.now)
	return day, given, err
}

// UndoCancel takes CancelLater back before its day has come: the next payment falls
// due on the day that it would have had, and nothing is charged before. The customer
// gets a confirmation, where the profile wants it. It returns order.ErrNotFound,
// order.ErrNotCancelling or order.ErrEnded.
func (c *Course) UndoCancel(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, nil, func(ctx context.Context, t *turn) (string, error) {
		over := t.order.CancelsOn != "" && t.order.CancelsOn <= t.today()
		if err := t.order.UndoEnd(); err != nil {
			return "", err
		}
		if over { // no sweep has been here yet
			return "", order.ErrEnded
		}
		if err := t.tell(ctx, mail.SubscriptionKept); err != nil {
			return "", err
		}
		all, err := t.schedule(ctx)
		if err != nil {
			return "", err
		}
		if newest, ok := schedule.Newest(all); ok && newest.Status == schedule.Cancelled {
			if err := newest.Restore(t.loc); err != nil {
				return "", err
			}
			return "order.cancellation_undone", t.save(ctx, newest, "restored")
		}
		next, ok, err := schedule.Following(t.order, all, t.loc, t.now)
		if err == nil && ok {
			err = t.tx.InsertScheduled(ctx, next)
		}
		return "order.cancellation_undone", err
	})
}

// end ends the order as of a moment of billing time, with all that hangs on it.
func (t *turn) end(ctx context.Context, at time.Time) (typ string, err error) {
	if err := t.order.Cancel(at); err != nil {
		return "", err
	}
	all, err := t.schedule(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if !p.End() {
			continue
		}
		if err := t.save(ctx, p, "cancelled"); err != nil {
			return "", err
		}
	}
	return "order." + string(t.order.Status), payment.GiveUp(ctx, t.tx, t.order, t.wall)
}
