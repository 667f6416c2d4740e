package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/profile"
)

// Queue is a kind of row that waits for its time.
type Queue int

// The queues.
const (
	DueAttempts      Queue = iota // by NextAttemptAt
	DueNotifications              // by NextAttemptAt
	DueMethods                    // removed ones, by ForgetAt
)

// Claimed names a row of a queue that is leased.
type Claimed struct {
	ProfileID profile.ID
	ID        string
	Since     time.Time // when its time came
}

// ErrUnreadable means that a row is there and what it keeps cannot be read: the key
// that sealed it is gone, or it was damaged. Trying again does not help.
var ErrUnreadable = errors.New("payment: a row cannot be read")

// sweep works on due rows one after the other, so that a lease covers the one row
// that is being worked on: a kill delays no other, and a slow gateway does not let
// the leases of those behind it run out. When ctx ends it finishes the row it is
// at, since a call that is cut off leaves its outcome unknown. A row that cannot be
// read is set aside.
func sweep(ctx context.Context, s *Service, q Queue, work func(context.Context, Claimed) error) error {
	var errs []error
	for stopping := ctx; stopping.Err() == nil; {
		ctx := context.WithoutCancel(stopping)
		var due []Claimed
		err := s.repo.InPaymentTx(ctx, func(tx Tx) (err error) {
			now := s.clock.Wall()
			due, err = tx.ClaimDue(ctx, q, now, now.Add(attemptLease), 1)
			return err
		})
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("claim what is due: %w", err))...)
		}
		if len(due) == 0 {
			break
		}
		err = work(ctx, due[0])
		if errors.Is(err, ErrUnreadable) {
			err = errors.Join(err, s.setAside(ctx, q, due[0]))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// A row that cannot be read rests for as long as it has waited, within these.
const (
	shortestRest = time.Minute
	longestRest  = time.Hour
)

// setAside leaves a claimed row alone for a time that grows, and tells staff of it
// once.
func (s *Service) setAside(ctx context.Context, q Queue, c Claimed) error {
	now := s.clock.Wall()
	err := s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if err := tx.SetAside(ctx, q, c, now.Add(min(max(now.Sub(c.Since), shortestRest), longestRest))); err != nil {
			return err
		}
		if told, err := tx.HasTask(ctx, c.ProfileID, "", TaskUnreadable, c.ID); err != nil || told {
			return err
		}
		return tx.InsertTask(ctx, newTask(c.ProfileID, TaskUnreadable, "", c.ID, now))
	})
	if err != nil {
		return fmt.Errorf("set %s aside: %w", c.ID, err)
	}
	return nil
}
