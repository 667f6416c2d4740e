package payment

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/profile"
)

// Waiting times of the daily question, of wall time: it goes to a gateway.
const (
	// MayChange is how long after an attempt the gateway's books of it may change:
	// chargebacks, disputes that are won, reversals.
	MayChange = 180 * 24 * time.Hour
	// MayAppear is how long a checkout is asked about that ended without a payment:
	// nobody can pay it any more, but a gateway may book late what was paid.
	MayAppear = 7 * 24 * time.Hour
	// askedEvery lies between two daily questions about an attempt.
	askedEvery = 24 * time.Hour
	// silentFor is when a question is asked again that a gateway did not answer.
	silentFor = time.Hour
	// dailyBatch are claimed in one transaction, dailyRound asked in one sweep: what
	// is due beyond that waits for the next minute.
	dailyBatch = 20
	dailyRound = 100
)

// DailyRepo is what the daily question needs from storage, apart from a booking's.
type DailyRepo interface {
	// ClaimDaily takes attempts whose daily question is due, the longest due first, and
	// plans the next of each: one day later or, after days without a question, at the
	// same time of the next day to come; none after DailyUntil. The question counts
	// against the budget of the attempt.
	ClaimDaily(ctx context.Context, q DailyClaim) ([]Claimed, error)
	// AskDailyAt moves the next daily question of an attempt.
	AskDailyAt(ctx context.Context, profileID profile.ID, attemptID AttemptID, at time.Time) error
}

// DailyClaim is a claim of daily questions.
type DailyClaim struct {
	Now    time.Time     // what is due by now, in wall time
	Every  time.Duration // between two questions about an attempt
	Budget time.Time     // an attempt that was asked about twice since then is passed over
	Limit  int
}

// AskDaily asks again about what the gateway may have changed its mind about: once
// a day about every attempt that is over, by query, for as long as MayChange and
// MayAppear say. What it hears is booked by Apply, as if a notification had come:
// a chargeback, a dispute that was won, a reversal, an approval nobody told us of. An
// answer that is known already writes nothing.
//
// Each attempt has its own second of the day, so that the questions spread over it
// however many payments were collected at once. A sweep asks a bounded number, one
// after the other. A claim takes the question: who is killed before asking asks
// tomorrow. Of an account that does not answer a sweep asks one question, which is
// asked again in an hour; its others wait for tomorrow, so that however many they
// are they keep no other account's waiting. Any number of sweeps may run at once; it
// goes on after an error and returns all of them joined, and when ctx ends it
// finishes the question it is at.
func (s *Service) AskDaily(ctx context.Context) error {
	var errs []error
	silent := map[string]bool{} // accounts
	for asked := 0; asked < dailyRound && ctx.Err() == nil; {
		now := s.clock.Wall()
		few, err := s.repo.ClaimDaily(ctx, DailyClaim{Now: now, Every: askedEvery, Budget: now.Add(-statusWindow), Limit: dailyBatch})
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("claim daily questions: %w", err))...)
		}
		if len(few) == 0 {
			break
		}
		asked += len(few)
		for _, c := range few {
			if err := s.askAgain(ctx, c, silent); err != nil {
				errs = append(errs, fmt.Errorf("ask again about %s: %w", c.ID, err))
			}
		}
	}
	return errors.Join(errs...)
}

// askAgain asks about one attempt, unless its account is silent or the sweep is
// being stopped.
func (s *Service) askAgain(stopping context.Context, c Claimed, silent map[string]bool) error {
	ctx := context.WithoutCancel(stopping)
	if stopping.Err() != nil {
		return s.repo.AskDailyAt(ctx, c.ProfileID, AttemptID(c.ID), s.clock.Wall())
	}
	a, err := s.repo.Attempt(ctx, c.ProfileID, AttemptID(c.ID))
	if err != nil {
		return err
	}
	if silent[a.AccountID] {
		return nil
	}
	err = s.query(ctx, a)
	if err == nil || errors.Is(err, gateway.ErrNotFound) {
		return nil
	}
	if !unanswered(err) {
		return err
	}
	silent[a.AccountID] = true
	return s.repo.AskDailyAt(ctx, a.ProfileID, a.ID, s.clock.Wall().Add(silentFor))
}

// askDaily plans the daily questions about an attempt that is over. There are none
// about one that the gateway never took, and about a card that was only stored: no
// money moved.
func (a *Attempt) askDaily(now time.Time) {
	a.DailyAt, a.DailyUntil = time.Time{}, time.Time{}
	var long time.Duration
	switch a.State {
	case AttemptApproved, AttemptDeclined, AttemptHeld:
		long = MayChange
	case AttemptSuperseded, AttemptExpired:
		long = MayAppear
	case AttemptCreated, AttemptOpen, AttemptPending, AttemptUnknown, AttemptRefused:
	}
	if long == 0 || a.Type == gateway.Registration || a.Kind == KindCheckout && a.CheckoutID == "" {
		return
	}
	a.DailyAt, a.DailyUntil = a.ownTime(now.Add(time.Hour)), now.Add(long)
}

// ownTime is the first moment from now on at the attempt's own time of the day.
func (a Attempt) ownTime(now time.Time) time.Time {
	h := fnv.New32a()
	_, _ = h.Write([]byte(a.ID))
	at := now.UTC().Truncate(askedEvery).Add(time.Duration(h.Sum32()%uint32(askedEvery/time.Second)) * time.Second)
	if at.Before(now) {
		at = at.Add(askedEvery)
	}
	return at
}
