package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Faults of this package.
var (
	ErrInvalid    = fault.New(fault.Invalid, "scheduled_payment_invalid", "Some details of the scheduled payment are missing or wrong.")
	ErrInProgress = fault.New(fault.Conflict, "scheduled_payment_in_progress", "This payment is being collected right now. Try again when its outcome is known.")
	ErrNotAllowed = fault.New(fault.Conflict, "charge_not_allowed", "The card may not be charged now.")
)

// Repo is what this package needs from storage.
type Repo interface {
	// Scheduled finds one of a profile; schedule.ErrNotFound.
	Scheduled(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error)
	// ScheduledOf is a page of an order's, by position.
	ScheduledOf(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[schedule.Payment], error)
	InCollectTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on an order's schedule and what becomes of it.
type Tx interface {
	payment.Tx
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
}

// Service changes schedules.
type Service struct {
	repo     Repo
	profiles *profile.Service
	orders   *order.Service
	payments *payment.Service
	drivers  payment.Drivers
	clock    clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, profiles *profile.Service, orders *order.Service, payments *payment.Service, drivers payment.Drivers, c clock.Clock) *Service {
	return &Service{repo, profiles, orders, payments, drivers, c}
}

// Scheduled finds a scheduled payment of a profile; schedule.ErrNotFound.
func (s *Service) Scheduled(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error) {
	return s.repo.Scheduled(ctx, profileID, scheduledID)
}

// ScheduledOf lists an order's scheduled payments by position; order.ErrNotFound.
func (s *Service) ScheduledOf(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[schedule.Payment], error) {
	if _, err := s.orders.Order(ctx, profileID, orderID); err != nil {
		return paging.Page[schedule.Payment]{}, err
	}
	return s.repo.ScheduledOf(ctx, profileID, orderID, w)
}

// work is one command on an order's schedule: its rows, locked, and what it is done
// with.
type work struct {
	*Service
	tx     Tx
	by     actor.Actor
	now    time.Time // billing time
	wall   time.Time
	loc    *time.Location
	limits gateway.Limits
	order  order.Order
	all    []schedule.Payment                // by position, as ScheduleForUpdate has them
	closed map[schedule.ID]*schedule.Payment // others that were asked for: nothing more can be done to them
}

// begin reads what a command needs from outside its transaction.
func (s *Service) begin(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID) (work, error) {
	w := work{Service: s, by: by, wall: s.clock.Wall()}
	var err error
	if w.now, err = s.clock.Now(ctx, profileID); err != nil {
		return w, fmt.Errorf("billing time: %w", err)
	}
	merchant, err := s.profiles.Profile(ctx, profileID)
	if err != nil {
		return w, err
	}
	w.loc = merchant.Location()
	o, err := s.orders.Order(ctx, profileID, orderID)
	if err != nil {
		return w, err
	}
	account, err := s.profiles.Account(ctx, profileID)
	if err != nil {
		return w, err
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return w, err
	}
	w.limits, _ = driver.Limits(o.Total.Currency())
	w.order = o
	return w, nil
}

// within does a command in one transaction, under the locks of its order and its
// order's schedule.
func (s *Service) within(ctx context.Context, w work, do func(*work) error) error {
	return s.repo.InCollectTx(ctx, func(tx Tx) error {
		w := w
		w.tx = tx
		var err error
		if w.order, err = tx.OrderForUpdate(ctx, w.order.ProfileID, w.order.ID); err != nil {
			return err
		}
		if w.all, err = tx.ScheduleForUpdate(ctx, w.order); err != nil {
			return err
		}
		w.closed = map[schedule.ID]*schedule.Payment{}
		return do(&w)
	})
}

// find is a scheduled payment of the order; schedule.ErrNotFound.
func (w *work) find(ctx context.Context, scheduledID schedule.ID) (*schedule.Payment, error) {
	for i := range w.all {
		if w.all[i].ID == scheduledID {
			return &w.all[i], nil
		}
	}
	if p, known := w.closed[scheduledID]; known {
		return p, nil
	}
	p, err := w.tx.ScheduledForUpdate(ctx, w.order.ProfileID, scheduledID)
	if err != nil {
		return nil, err
	}
	if p.OrderID != w.order.ID {
		return nil, schedule.ErrNotFound
	}
	w.closed[scheduledID] = &p
	return &p, nil
}

// idle returns ErrInProgress while a charge of the payment is under way or its
// outcome is unknown.
func (w *work) idle(ctx context.Context, p schedule.Payment) error {
	own, err := w.tx.PaymentOfScheduledForUpdate(ctx, p.ProfileID, p.ID)
	if errors.Is(err, payment.ErrPaymentNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	switch _, err := w.tx.OpenAttemptForUpdate(ctx, p.ProfileID, own.ID); {
	case errors.Is(err, payment.ErrAttemptNotFound):
		return nil
	case err != nil:
		return err
	}
	return ErrInProgress
}

// record writes an event about a scheduled payment.
func (w *work) record(ctx context.Context, typ string, p schedule.Payment, data map[string]any) error {
	return w.tx.Record(ctx, event.Event{ProfileID: p.ProfileID, Type: "scheduled_payment." + typ, OrderID: string(p.OrderID), Subject: string(p.ID), By: w.by, At: w.now, Data: data})
}

// today is the day at the merchant's.
func (w *work) today() string { return schedule.DayOf(w.now, w.loc) }

// nextPosition is the first free one of the order.
func (w *work) nextPosition() int64 {
	var last int64
	for _, p := range w.all {
		last = max(last, p.Position)
	}
	return last + 1
}
