package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/profile"
)

// HoldWarning is how long before a hold is expected to lapse staff are told, in
// billing time.
const HoldWarning = 48 * time.Hour

const lapsingBatch = 100

// SweepLapsing tells staff, once each, of holds that are soon expected to lapse: a
// task and an event. Whether a hold has lapsed only the gateway can say, when it is
// to be captured or reversed. Any number of sweeps may run at once.
func (s *Service) SweepLapsing(ctx context.Context) error {
	return s.profiles.Each(ctx, func(p profile.Profile, now time.Time) error { return s.warnOfLapsing(ctx, p.ID, now) })
}

func (s *Service) warnOfLapsing(ctx context.Context, profileID profile.ID, now time.Time) error {
	for ctx.Err() == nil {
		few, err := s.repo.LapsingHolds(ctx, profileID, now.Add(HoldWarning), lapsingBatch)
		if err != nil {
			return err
		}
		for _, p := range few {
			if err := s.repo.InPaymentTx(ctx, func(tx Tx) error { return warn(ctx, tx, p, now) }); err != nil {
				return fmt.Errorf("warn of the hold of %s: %w", p.OrderID, err)
			}
		}
		if len(few) < lapsingBatch {
			return nil
		}
	}
	return nil
}

// warn tells of one hold, unless it is over or was told of meanwhile.
func warn(ctx context.Context, tx Tx, p Payment, now time.Time) error {
	if _, err := tx.OrderForUpdate(ctx, p.ProfileID, p.OrderID); err != nil {
		return err
	}
	first, err := tx.NoteHoldWarned(ctx, p.ProfileID, p.ID)
	if err != nil || !first {
		return err
	}
	if err := tx.InsertTask(ctx, newTask(p.ProfileID, TaskHoldLapses, p.OrderID, string(p.ID), now)); err != nil {
		return err
	}
	return tx.Record(ctx, event.Event{ProfileID: p.ProfileID, Type: "payment.hold_lapses_soon", OrderID: string(p.OrderID), Subject: string(p.ID), By: actor.TheSystem, At: now,
		Data: map[string]any{"until": p.HoldsUntil.Format(time.RFC3339)}})
}
