package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// ChargeRepo is what Charges need from storage.
type ChargeRepo interface {
	// DueOf are up to limit scheduled payments of a profile that are due at now
	// behind a place, leased or not, the longest due first.
	DueOf(ctx context.Context, profileID profile.ID, now time.Time, behind Due, limit int) ([]Due, error)
	// NextCollection is the first moment at which one of a profile falls due, after
	// one moment and not after another; zero when none does.
	NextCollection(ctx context.Context, profileID profile.ID, after, until time.Time) (time.Time, error)
	// ChargesUnderWay counts the charges of a profile of which the gateway has not said
	// what came, and those of them that were sent and that nobody is at at wall time.
	ChargesUnderWay(ctx context.Context, profileID profile.ID, wall time.Time) (all, unanswered int, err error)
}

// Charges are the scheduled payments of a profile under its test clock: they are
// charged one after the other, as they fall due.
type Charges struct {
	repo     ChargeRepo
	payments *payment.Service
	clock    clock.Clock
}

// NewCharges returns Charges.
func NewCharges(repo ChargeRepo, payments *payment.Service, c clock.Clock) *Charges {
	return &Charges{repo, payments, c}
}

// Next is the next moment at which a scheduled payment falls due.
func (s *Charges) Next(ctx context.Context, profileID profile.ID, after, until time.Time) (time.Time, error) {
	return s.repo.NextCollection(ctx, profileID, after, until)
}

// rounds bounds how often what a charge left behind is due again at the same
// moment.
const rounds = 20

// errUnderWay says that somebody is sending a charge, or about to.
var errUnderWay = errors.New("collect: a charge is under way")

// Happen charges what is due, and what that makes due at the same moment, and wants
// to know what came of each charge: what follows from it has its date from here. It
// returns ErrUnanswered where the gateway does not tell.
func (s *Charges) Happen(ctx context.Context, profileID profile.ID, now time.Time) error {
	if err := s.charge(ctx, profileID, now); err != nil {
		return err
	}
	all, unanswered, err := s.repo.ChargesUnderWay(context.WithoutCancel(ctx), profileID, s.clock.Wall())
	switch {
	case err != nil || all == 0:
		return err
	case unanswered > 0:
		return ErrUnanswered
	}
	return errUnderWay
}

// charge charges. A payment that is left as it was is not tried again; when that
// was for an error, the error is returned in the end.
func (s *Charges) charge(ctx context.Context, profileID profile.ID, now time.Time) error {
	tried := map[schedule.ID]int64{} // the version of each
	failed := map[schedule.ID]error{}
	for range rounds {
		due, err := s.due(context.WithoutCancel(ctx), profileID, now)
		if err != nil {
			return fmt.Errorf("find due payments: %w", err)
		}
		again := slices.DeleteFunc(slices.Clone(due), func(d Due) bool { return tried[d.ID] == d.Version })
		if len(again) == 0 {
			var errs []error
			for _, d := range due {
				errs = append(errs, failed[d.ID])
			}
			return errors.Join(errs...)
		}
		for _, d := range again {
			if ctx.Err() != nil {
				return nil
			}
			tried[d.ID], failed[d.ID] = d.Version, s.payments.Charge(context.WithoutCancel(ctx), profileID, d.ID)
		}
	}
	return fmt.Errorf("collect: payments of %s are due again and again at %s", profileID, now.Format(time.RFC3339))
}

// due is all that is due, the longest due first.
func (s *Charges) due(ctx context.Context, profileID profile.ID, now time.Time) (all []Due, err error) {
	for behind := (Due{}); ; {
		some, err := s.repo.DueOf(ctx, profileID, now, behind, batch)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < batch {
			return all, nil
		}
		behind = some[len(some)-1]
	}
}
