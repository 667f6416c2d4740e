package collect

import (
	"context"
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
// surplus, which goes back. It returns order.ErrNotFound,
// order.ErrEnded, or order.ErrNotCancellable for one whose money is held.
func (c *Course) Cancel(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, call *idem.Call) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, call, func(ctx context.Context, t *turn) (string, error) {
		if t.order.Plan.PreAuthorise && t.order.Status.Live() { // its hold is to be reversed first
			return "", order.ErrNotCancellable
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
		all, err := t.schedule(ctx)
		if err != nil {
			return "", err
		}
		newest, _ := schedule.Newest(all)
		underWay, err := payment.UnderWay(ctx, t.tx, newest)
		if err != nil {
			return "", err
		}
		day, err := schedule.PeriodEnd(t.order, all, underWay, t.loc, t.now)
		if err != nil {
			return "", err
		}
		if err := t.tell(ctx, mail.SubscriptionCancelled); err != nil {
			return "", err
		}
		if t.data["on"] = day; day <= t.today() {
			return t.end(ctx, t.now)
		}
		if newest.Status == schedule.Scheduled && !underWay {
			if err := newest.Cancel(); err != nil {
				return "", err
			}
			if err := t.save(ctx, newest, "cancelled"); err != nil {
				return "", err
			}
		}
		return "order.cancellation_received", t.order.EndOn(day)
	})
}

// UndoCancel takes CancelLater back before its day has come: the next payment falls
// due on the day that it would have had, and nothing is charged before. It returns
// order.ErrNotFound, order.ErrNotCancelling or order.ErrEnded.
func (c *Course) UndoCancel(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, nil, func(ctx context.Context, t *turn) (string, error) {
		over := t.order.CancelsOn != "" && t.order.CancelsOn <= t.today()
		if err := t.order.UndoEnd(); err != nil {
			return "", err
		}
		if over { // no sweep has been here yet
			return "", order.ErrEnded
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
