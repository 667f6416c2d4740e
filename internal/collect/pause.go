package collect

import (
	"context"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Pause stops the collection of a subscription until Resume. A charge that was
// sent before goes its way: what it brings is booked. It returns order.ErrNotFound,
// order.ErrNotPausable, order.ErrEnded, or schedule.ErrHeld for the moment in which
// what its customer settles with another card is charged.
func (c *Course) Pause(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, call *idem.Call) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, call, func(ctx context.Context, t *turn) (string, error) {
		if err := t.order.Pause(); err != nil {
			return "", err
		}
		all, err := t.schedule(ctx)
		if err != nil {
			return "", err
		}
		for _, p := range all {
			if p.Status != schedule.Scheduled {
				continue
			}
			if err := p.Pause(); err != nil {
				return "", err
			}
			if err := t.save(ctx, p, "paused"); err != nil {
				return "", err
			}
		}
		return "order.paused", t.tell(ctx, mail.SubscriptionPaused)
	})
}

// Resume lets a paused subscription go on as it was. Days that passed meanwhile
// are not caught up with, see schedule.Afresh. It returns order.ErrNotFound,
// order.ErrNotPaused or order.ErrEnded.
func (c *Course) Resume(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, call *idem.Call) (order.Order, error) {
	return c.do(ctx, by, profileID, orderID, call, func(ctx context.Context, t *turn) (string, error) {
		if err := t.order.Resume(); err != nil {
			return "", err
		}
		all, err := t.schedule(ctx)
		if err != nil {
			return "", err
		}
		for _, p := range all {
			if p.Status != schedule.Paused {
				continue
			}
			day, err := schedule.Afresh(t.order, all, p, t.loc, t.now)
			if err != nil {
				return "", err
			}
			if err := p.Resume(day, t.loc); err != nil {
				return "", err
			}
			if err := t.save(ctx, p, "resumed"); err != nil {
				return "", err
			}
		}
		return "order.resumed", t.tell(ctx, mail.SubscriptionResumed)
	})
}
