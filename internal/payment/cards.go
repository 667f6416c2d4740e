package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// ChooseMethod makes another stored card of an order the one that is charged. It
// returns ErrMethodNotFound, ErrMustUpdate where only an update of the card may
// follow, ErrCardUnusable, or why the order's card stays as it is.
func (s *Service) ChooseMethod(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, methodID MethodID) error {
	return s.changeCard(ctx, by, profileID, orderID, methodID, "payment_method.chosen", func(_ Tx, m *StoredMethod, now time.Time) error {
		if m.State(now) == CardExpired || m.State(now) == CardDeclined {
			return ErrCardUnusable
		}
		m.Main = true
		return nil
	})
}

// RemoveMethod takes a stored card away that is not in use, and lets the gateway
// forget it. It returns ErrMethodNotFound, ErrCardInUse for the main card,
// ErrMustUpdate, or why the order's card stays as it is.
func (s *Service) RemoveMethod(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, methodID MethodID) error {
	return s.changeCard(ctx, by, profileID, orderID, methodID, "payment_method.removed", func(tx Tx, m *StoredMethod, now time.Time) error {
		if m.Main {
			return ErrCardInUse
		}
		m.RemovedAt, m.ForgetAt = now, s.clock.Wall()
		return tx.Enqueue(ctx, Forget{m.ProfileID, m.ID})
	})
}

func (s *Service) changeCard(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, methodID MethodID, typ string,
	change func(Tx, *StoredMethod, time.Time) error,
) error {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		o, err := tx.OrderForUpdate(ctx, profileID, orderID)
		if err != nil {
			return err
		}
		m, err := tx.Method(ctx, profileID, methodID)
		if err != nil {
			return err
		}
		if m.OrderID != orderID || !m.RemovedAt.IsZero() {
			return ErrMethodNotFound
		}
		w, err := owedOf(ctx, tx, o, now)
		if err != nil {
			return err
		}
		if err := o.May(order.ChangeCard); err != nil {
			return err
		}
		if w.command() != order.ChangeCard {
			return ErrMustUpdate
		}
		if err := change(tx, &m, now); err != nil {
			return err
		}
		if err := tx.SaveMethod(ctx, m); err != nil {
			return err
		}
		return tx.Record(ctx, event.Event{ProfileID: profileID, Type: typ, OrderID: string(orderID), Subject: string(methodID), By: by, At: now})
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", typ, methodID, err)
	}
	return nil
}

// TryAgain charges what is outstanding to the main card once more, at its
// customer's wish. It returns ErrOutstandingChanged as StartRegistration does, and
// ErrCardUnusable unless MayTryAgain says that the card may be charged.
func (s *Service) TryAgain(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, shown money.Amount) error {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		o, err := tx.OrderForUpdate(ctx, profileID, orderID)
		if err != nil {
			return err
		}
		w, err := owedOf(ctx, tx, o, now)
		if err != nil {
			return err
		}
		if err := o.May(order.UpdateCard); err != nil {
			return err
		}
		if w.sum != shown {
			return ErrOutstandingChanged
		}
		if !MayTryAgain(w.cards, w.all, now) || len(w.parts) == 0 {
			return ErrCardUnusable
		}
		tries, err := tx.ChargeTries(ctx, profileID, w.cards[0].Card, now.Add(-schedule.TriesWindow))
		if err != nil {
			return err
		}
		if d := s.limits.Charges.MayCharge(schedule.Payment{Amount: w.sum}, tries, now); !d.Now(now) {
			return ErrCardUnusable
		}
		return w.again(ctx, tx, by, s.clock.Wall())
	})
	if err != nil {
		return fmt.Errorf("try again for %s: %w", orderID, err)
	}
	return nil
}

// again charges what is owed to the main card. A registration that holds it ends:
// its customer went back to the card before.
func (w owed) again(ctx context.Context, tx Tx, by actor.Actor, wall time.Time) error {
	o := w.order
	changed := map[int]bool{}
	running, err := tx.OpenRegistrationForUpdate(ctx, o.ProfileID, o.ID)
	switch {
	case errors.Is(err, ErrPaymentNotFound):
	case err != nil:
		return err
	default:
		if err := leaveCheckout(ctx, tx, running, wall); err != nil {
			return err
		}
		changed = w.release(running.ID)
	}
	merchant, err := tx.Profile(ctx, o.ProfileID)
	if err != nil {
		return err
	}
	var parts []*schedule.Payment
	for _, i := range w.parts {
		parts, changed[i] = append(parts, &w.all[i]), true
	}
	if err := settle(ctx, tx, o, w.all, parts, merchant, by, w.now); err != nil {
		return err
	}
	return w.save(ctx, tx, changed)
}

// leaveCheckout ends an open registration and supersedes its checkout, unless the
// bank or staff must say what became of that.
func leaveCheckout(ctx context.Context, tx Tx, p Payment, wall time.Time) error {
	live, err := tx.OpenAttemptForUpdate(ctx, p.ProfileID, p.ID)
	switch {
	case errors.Is(err, ErrAttemptNotFound):
	case err != nil:
		return err
	case live.State == AttemptHeld:
		return ErrHeld
	case live.State == AttemptPending || live.State == AttemptUnknown:
		return ErrInProgress
	default:
		live.supersede(wall)
		if err := tx.SaveAttempt(ctx, live); err != nil {
			return err
		}
	}
	p.Status = Ended
	return tx.SavePayment(ctx, p)
}

// MayTryAgain reports whether a customer may have what is outstanding charged to
// the main card once more: it was stored to settle something and the bank declined
// that, in a way that time may heal.
func MayTryAgain(cards []StoredMethod, all []schedule.Payment, now time.Time) bool {
	if len(cards) == 0 || !cards[0].chargeable() || cards[0].State(now) == CardExpired {
		return false
	}
	tried := false
	for _, p := range all {
		if p.Origin == schedule.Update && p.Status == schedule.Cancelled && !p.CreatedAt.Before(cards[0].CreatedAt) {
			tried = true
		}
		if p.Outstanding(time.UTC, now) && p.Refusal.OfCard() {
			return false
		}
	}
	return tried
}

// ForgetMethod lets the gateway forget a removed card. It waits until no charge of
// it is open, and asks again after an answer that it did not get: to forget twice
// does no harm.
func (s *Service) ForgetMethod(ctx context.Context, profileID profile.ID, methodID MethodID) error {
	m, err := s.repo.Method(ctx, profileID, methodID)
	if err != nil || m.ForgetAt.IsZero() {
		return err
	}
	return s.forget(ctx, m)
}

// SweepMethods lets gateways forget what a lost wake-up left behind.
func (s *Service) SweepMethods(ctx context.Context) error {
	if err := sweep(ctx, s, DueMethods, func(ctx context.Context, c Claimed) error { return s.ForgetMethod(ctx, c.ProfileID, MethodID(c.ID)) }); err != nil {
		return fmt.Errorf("sweep payment methods: %w", err)
	}
	return nil
}

func (s *Service) forget(ctx context.Context, m StoredMethod) error {
	used := false
	err := s.changeMethod(ctx, m, func(tx Tx, m *StoredMethod) (err error) {
		if used, err = tx.UsedByOpenAttempt(ctx, *m); used {
			m.forgetLater(s.clock.Wall())
		}
		return err
	})
	if err != nil || used {
		return err
	}
	answer := s.tellToForget(ctx, m)
	return s.changeMethod(ctx, m, func(tx Tx, m *StoredMethod) error {
		if answer == nil {
			m.ForgetAt = time.Time{}
			return nil
		}
		m.forgetLater(s.clock.Wall())
		if m.ForgetTries == 1 && errors.Is(answer, gateway.ErrRefused) {
			return tx.InsertTask(ctx, newTask(m.ProfileID, TaskRefused, m.OrderID, string(m.ID), s.clock.Wall()))
		}
		return nil
	})
}

func (s *Service) tellToForget(ctx context.Context, m StoredMethod) error {
	account, err := s.profiles.AccountByID(ctx, m.AccountID)
	if err != nil {
		return err
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return err
	}
	return driver.Forget(ctx, account, m.Token)
}

// forgetLater plans the next call: ever more rarely, at most a day apart.
func (m *StoredMethod) forgetLater(wall time.Time) {
	gap := time.Minute << min(m.ForgetTries, 11)
	m.ForgetTries++
	m.ForgetAt, m.LeaseUntil = wall.Add(min(gap, 24*time.Hour)), wall
}

// changeMethod changes a payment method under its order's lock; one that has been
// forgotten meanwhile stays as it is.
func (s *Service) changeMethod(ctx context.Context, m StoredMethod, change func(Tx, *StoredMethod) error) error {
	err := s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if _, err := tx.OrderForUpdate(ctx, m.ProfileID, m.OrderID); err != nil {
			return err
		}
		now, err := tx.Method(ctx, m.ProfileID, m.ID)
		if err != nil || now.ForgetAt.IsZero() {
			return err
		}
		if err := change(tx, &now); err != nil {
			return err
		}
		return tx.SaveMethod(ctx, now)
	})
	if err != nil {
		return fmt.Errorf("change payment method %s: %w", m.ID, err)
	}
	return nil
}
