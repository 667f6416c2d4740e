package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// CourseRepo is what the course of orders needs from storage.
type CourseRepo interface {
	// Order finds an order with its lines and tags; order.ErrNotFound.
	Order(ctx context.Context, profileID profile.ID, orderID order.ID) (order.Order, error)
	InCourseTx(ctx context.Context, fn func(CourseTx) error) error
	// ProfilesWithEndings are those with an order that is to end, some day.
	ProfilesWithEndings(ctx context.Context) ([]profile.ID, error)
	// EndingBy are up to limit orders of a profile that are to end on a day or
	// before, by day and key.
	EndingBy(ctx context.Context, profileID profile.ID, day string, limit int) ([]EndingOrder, error)
}

// CourseTx is one unit of work on an order's course.
type CourseTx interface {
	payment.Tx
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
}

// Course pauses orders, lets them go on, and ends them.
type Course struct {
	repo     CourseRepo
	profiles *profile.Service
	payments *payment.Service
	clock    clock.Clock
}

// NewCourse returns a Course.
func NewCourse(repo CourseRepo, profiles *profile.Service, payments *payment.Service, c clock.Clock) *Course {
	return &Course{repo, profiles, payments, c}
}

// turn is one command on one order, its row locked.
type turn struct {
	tx    CourseTx
	order order.Order
	by    actor.Actor
	loc   *time.Location
	now   time.Time // billing time
	wall  time.Time
	data  map[string]any // of the event
}

// today is the profile's.
func (t *turn) today() string { return schedule.DayOf(t.now, t.loc) }

// do runs a command in one transaction: change moves the order and what hangs on
// it, typ says what happened, and the order is saved with its event and the answer
// that call gets again. A change that says no changes nothing.
func (c *Course) do(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, call *idem.Call,
	change func(context.Context, *turn) (typ string, err error),
) (order.Order, error) {
	merchant, err := c.profiles.Profile(ctx, profileID)
	if err != nil {
		return order.Order{}, err
	}
	known, err := c.repo.Order(ctx, profileID, orderID)
	if err != nil {
		return order.Order{}, err
	}
	now, err := c.clock.Now(ctx, profileID)
	if err != nil {
		return order.Order{}, fmt.Errorf("billing time: %w", err)
	}
	var o order.Order
	err = c.repo.InCourseTx(ctx, func(tx CourseTx) error {
		t := &turn{tx: tx, by: by, loc: merchant.Location(), now: now, wall: c.clock.Wall(), data: map[string]any{}}
		if t.order, err = tx.OrderForUpdate(ctx, profileID, orderID); err != nil {
			return err
		}
		typ, err := change(ctx, t)
		if err != nil {
			return err
		}
		if err := tx.SaveOrder(ctx, t.order); err != nil {
			return err
		}
		t.order.Version++
		t.data["status"] = string(t.order.Status)
		if err := t.record(ctx, typ, string(orderID), t.data); err != nil {
			return err
		}
		o = t.order
		o.Lines, o.Tags = known.Lines, known.Tags
		return tx.KeepAnswer(ctx, call, o)
	})
	if err != nil {
		return order.Order{}, fmt.Errorf("order %s: %w", orderID, err)
	}
	return o, nil
}

func (t *turn) record(ctx context.Context, typ, subject string, data map[string]any) error {
	return t.tx.Record(ctx, event.Event{ProfileID: t.order.ProfileID, Type: typ, OrderID: string(t.order.ID), Subject: subject, By: t.by, At: t.now, Data: data})
}

// tell owes the customer a mail about this very change of the order.
func (t *turn) tell(ctx context.Context, kind mail.Kind) error {
	return mail.Tell(ctx, t.tx, t.order, mail.About{Kind: kind, Subject: string(t.order.ID), Step: t.order.Version + 1}, t.wall)
}

// schedule locks the order's scheduled payments.
func (t *turn) schedule(ctx context.Context) ([]schedule.Payment, error) {
	return t.tx.ScheduleForUpdate(ctx, t.order)
}

// save keeps a scheduled payment as it is now, and says so.
func (t *turn) save(ctx context.Context, p schedule.Payment, typ string) error {
	if err := t.tx.SaveScheduled(ctx, p); err != nil {
		return err
	}
	return t.record(ctx, "scheduled_payment."+typ, string(p.ID), map[string]any{"due_on": p.DueOn})
}
