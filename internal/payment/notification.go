package payment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
)

// NotificationState is where an inbound notification stands.
type NotificationState string

// The states. Unmatched ones are authentic and belong to nothing we know; staff
// see them. Ignored ones tell of no payment and no card of ours.
const (
	NotificationReceived  NotificationState = "received"
	NotificationApplied   NotificationState = "applied"
	NotificationUnmatched NotificationState = "unmatched"
	NotificationIgnored   NotificationState = "ignored"
)

// Notification is one message of a gateway, kept as it came so that it can be
// applied again. All its times are wall time.
type Notification struct {
	ID            string
	ProfileID     profile.ID
	AccountID     string
	Digest        []byte // SHA-256 of Plain: the same content is kept once
	Plain         []byte
	State         NotificationState
	ReceivedAt    time.Time
	NextAttemptAt time.Time
	LeaseUntil    time.Time
	Tries         int64
	DoneAt        time.Time
}

// Receive checks and stores a notification and leaves the work to a job. It
// returns profile.ErrAccountUnknown or gateway.ErrNotAuthentic; nil means the
// gateway may forget it.
func (s *Service) Receive(ctx context.Context, accountID string, header http.Header, body []byte) error {
	account, err := s.profiles.AccountByID(ctx, accountID)
	if err != nil {
		return err
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return err
	}
	opened, err := driver.Open(account, header, body)
	if err != nil || opened.Probe {
		return err
	}
	digest := sha256.Sum256(opened.Plain)
	now := s.clock.Wall()
	n := Notification{ID: id.New("ntf"), ProfileID: account.ProfileID, AccountID: account.ID, Digest: digest[:], Plain: opened.Plain,
		State: NotificationReceived, ReceivedAt: now, NextAttemptAt: now}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		isNew, err := tx.InsertNotification(ctx, n)
		if err != nil || !isNew {
			return err
		}
		return tx.Enqueue(ctx, ApplyNotification{n.ProfileID, n.ID})
	})
	if err != nil {
		return fmt.Errorf("store notification: %w", err)
	}
	return nil
}

// ApplyNotification books a stored notification. It may run twice and at once:
// Apply is what makes that harmless.
func (s *Service) ApplyNotification(ctx context.Context, profileID profile.ID, notificationID string) error {
	n, err := s.repo.Notification(ctx, profileID, notificationID)
	if err != nil || n.State != NotificationReceived {
		return err
	}
	return s.applyNotification(ctx, n)
}

// SweepNotifications books notifications whose wake-up was lost.
func (s *Service) SweepNotifications(ctx context.Context) error {
	if err := sweep(ctx, s, DueNotifications, func(ctx context.Context, c Claimed) error { return s.ApplyNotification(ctx, c.ProfileID, c.ID) }); err != nil {
		return fmt.Errorf("sweep notifications: %w", err)
	}
	return nil
}

func (s *Service) applyNotification(ctx context.Context, n Notification) error {
	var err error
	if n.State, err = s.bookNotification(ctx, n); err != nil {
		n.State = NotificationReceived
		return s.retryNotification(ctx, n, err)
	}
	return s.finishNotification(ctx, n)
}

// bookNotification books what a notification tells, and answers where it stands then.
func (s *Service) bookNotification(ctx context.Context, n Notification) (NotificationState, error) {
	account, err := s.profiles.AccountByID(ctx, n.AccountID)
	if err != nil {
		return "", err
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return "", err
	}
	f, err := driver.Read(n.Plain)
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	case f.ID == "":
		return NotificationIgnored, nil
	}
	switch _, err := s.Apply(ctx, account, f); {
	case errors.Is(err, ErrUnmatched) && f.Type == gateway.Registration:
		return NotificationIgnored, nil // no money moved, and whoever stored it charges it
	case errors.Is(err, ErrUnmatched):
		return NotificationUnmatched, nil
	case err != nil:
		return "", err
	}
	return NotificationApplied, nil
}

func (s *Service) finishNotification(ctx context.Context, n Notification) error {
	n.DoneAt, n.NextAttemptAt = s.clock.Wall(), time.Time{}
	return s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if n.State == NotificationUnmatched {
			if err := tx.InsertTask(ctx, newTask(n.ProfileID, TaskUnmatched, "", n.ID, n.DoneAt)); err != nil {
				return err
			}
		}
		return tx.SaveNotification(ctx, n)
	})
}

// retryNotification plans another try and reports why this one failed.
func (s *Service) retryNotification(ctx context.Context, n Notification, why error) error {
	now := s.clock.Wall()
	n.Tries++
	n.NextAttemptAt, n.LeaseUntil = now.Add(min(time.Minute<<min(n.Tries, 6), time.Hour)), now
	err := s.repo.InPaymentTx(ctx, func(tx Tx) error { return tx.SaveNotification(ctx, n) })
	return errors.Join(fmt.Errorf("apply notification %s: %w", n.ID, why), err)
}
