package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/profile"
)

// HoldWarning is how long before a hold is expected to lapse staff are told, in
// billing time.
const HoldWarning = 48 * time.Hour

const lapsingBatch = 100

// HoldTold is what staff were told of a hold that they leave alone.
type HoldTold int64

// The steps.
const (
	HoldToldNothing HoldTold = iota
	HoldToldSoon             // that it is expected to lapse soon
	HoldToldOver             // that its time is over, and the gateway does not say whether it lapsed
)

// SweepLapsing looks after the holds that nobody captures or reverses, in each
// profile's billing time; see WatchHolds. Any number of sweeps may run at once.
func (s *Service) SweepLapsing(ctx context.Context) error {
	return s.profiles.Each(ctx, func(p profile.Profile, now time.Time) error { return s.WatchHolds(ctx, p, now) })
}

// WatchHolds tells staff, once each, of holds that are soon expected to lapse, and
// asks the gateway about those whose time is over by now. Whether a hold has lapsed
// only the gateway can say: one that says so completes the order. Where it does not
// tell, nothing is guessed: staff get a task, the order stays as it is, and the answer
// to the capture or reversal that they ask for decides. So does whatever the gateway
// tells later, which is asked for daily.
func (s *Service) WatchHolds(ctx context.Context, p profile.Profile, now time.Time) error {
	err := s.eachHold(ctx, p.ID, HoldToldNothing, now.Add(HoldWarning), func(held Payment) (bool, error) {
		return true, s.repo.InPaymentTx(ctx, func(tx Tx) error { return warn(ctx, tx, held, now) })
	})
	return errors.Join(err, s.eachHold(ctx, p.ID, HoldToldSoon, now, func(held Payment) (bool, error) {
		answered, err := s.askOfHold(ctx, held)
		if err != nil || !answered {
			return false, err
		}
		return true, s.repo.InPaymentTx(ctx, func(tx Tx) error { return untold(ctx, tx, held, now) })
	}))
}

// NextHold is the billing time at which WatchHolds has something to do next, perhaps
// a past one; zero for never.
func (s *Service) NextHold(ctx context.Context, p profile.Profile) (time.Time, error) {
	var next time.Time
	for told, before := range map[HoldTold]time.Duration{HoldToldNothing: HoldWarning, HoldToldSoon: 0} {
		few, err := s.repo.LapsingHolds(ctx, p.ID, told, farAway, 1)
		if err != nil {
			return time.Time{}, err
		}
		if len(few) == 0 {
			continue
		}
		if at := few[0].HoldsUntil.Add(-before); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return next, nil
}

// eachHold does work for the holds that lapse by a time and of which so much was
// told, until work says that it cannot go on. Work takes a hold out of them, unless it
// fails: then the others come all the same, and all errors are returned joined.
func (s *Service) eachHold(ctx context.Context, profileID profile.ID, told HoldTold, by time.Time, work func(Payment) (goOn bool, err error)) error {
	for ctx.Err() == nil {
		few, err := s.repo.LapsingHolds(ctx, profileID, told, by, lapsingBatch)
		if err != nil {
			return err
		}
		var errs []error
		for _, p := range few {
			switch goOn, err := work(p); {
			case err != nil:
				errs = append(errs, fmt.Errorf("look after the hold of %s: %w", p.OrderID, err))
			case !goOn:
				return errors.Join(errs...)
			}
		}
		if len(few) < lapsingBatch || len(errs) > 0 {
			return errors.Join(errs...)
		}
	}
	return nil
}

// warn tells of one hold, unless it is over or was told of meanwhile.
func warn(ctx context.Context, tx Tx, p Payment, now time.Time) error {
	return tellOfHold(ctx, tx, p, HoldToldSoon, TaskHoldLapses, "payment.hold_lapses_soon", now)
}

// untold tells of a hold whose time is over and of which the gateway does not say
// whether it lapsed.
func untold(ctx context.Context, tx Tx, p Payment, now time.Time) error {
	return tellOfHold(ctx, tx, p, HoldToldOver, TaskHoldOver, "payment.hold_outcome_unknown", now)
}

func tellOfHold(ctx context.Context, tx Tx, p Payment, told HoldTold, task TaskKind, typ string, now time.Time) error {
	if _, err := tx.OrderForUpdate(ctx, p.ProfileID, p.OrderID); err != nil {
		return err
	}
	first, err := tx.NoteHold(ctx, p.ProfileID, p.ID, told)
	if err != nil || !first {
		return err
	}
	if err := tx.InsertTask(ctx, newTask(p.ProfileID, task, p.OrderID, string(p.ID), now)); err != nil {
		return err
	}
	return tx.Record(ctx, event.Event{ProfileID: p.ProfileID, Type: typ, OrderID: string(p.OrderID), Subject: string(p.ID), By: actor.TheSystem, At: now,
		Data: map[string]any{"until": p.HoldsUntil.Format(time.RFC3339)}})
}

// askOfHold asks what became of a hold and books what it hears; answered is false
// when nobody answered.
func (s *Service) askOfHold(ctx context.Context, p Payment) (answered bool, err error) {
	var hold Transaction
	err = s.repo.InPaymentTx(ctx, func(tx Tx) (err error) {
		hold, err = tx.HoldOf(ctx, p)
		return err
	})
	if err != nil {
		return false, err
	}
	a, err := s.repo.Attempt(ctx, hold.ProfileID, hold.AttemptID)
	if err != nil {
		return false, err
	}
	err = s.query(ctx, a)
	if err == nil || errors.Is(err, gateway.ErrNotFound) {
		return true, nil
	}
	if unanswered(err) {
		return false, nil
	}
	return false, err
}
