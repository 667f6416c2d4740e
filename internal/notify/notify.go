// Package notify sends what package mail says is due: it writes each mail in the
// customer's language, text and HTML with the documents of the payment, and
// hands it to an SMTP server. A mail is sent at least once: it may be repeated
// under the same Message-ID, never lost.
package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/tamper"
)

// Repo is what this package needs from storage.
type Repo interface {
	InMailTx(ctx context.Context, fn func(mail.Tx) error) error
	// WakeMails puts mails that are due at now, and that nobody is at, into the queue.
	WakeMails(ctx context.Context, now time.Time, limit int) error
	Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error)
	Transaction(ctx context.Context, profileID profile.ID, transactionID payment.TransactionID) (payment.Transaction, error)
	// DocumentsOfTransaction are an order's documents that a transaction caused or paid.
	DocumentsOfTransaction(ctx context.Context, profileID profile.ID, orderID order.ID, transactionID payment.TransactionID) ([]document.Document, error)
	// Scheduled finds a scheduled payment of a profile; schedule.ErrNotFound.
	Scheduled(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error)
	// ScheduleOf are all scheduled payments of an order, by position.
	ScheduleOf(ctx context.Context, profileID profile.ID, orderID order.ID) ([]schedule.Payment, error)
	// Method finds a payment method, also one that was removed; payment.ErrMethodNotFound.
	Method(ctx context.Context, profileID profile.ID, methodID payment.MethodID) (payment.StoredMethod, error)
	// Endpoint finds a webhook endpoint of a profile; endpoint.ErrNotFound.
	Endpoint(ctx context.Context, profileID profile.ID, endpointID endpoint.ID) (endpoint.Endpoint, error)
	// BlockedSources are those that a profile's payment pages blocked and that were
	// reported first after a time, the newest first.
	BlockedSources(ctx context.Context, profileID profile.ID, after time.Time, limit int) ([]tamper.Sighting, error)
	// Methods are an order's payment methods that were not removed, the main one first.
	Methods(ctx context.Context, profileID profile.ID, orderID order.ID) ([]payment.StoredMethod, error)
}

// Deps are what the service works with.
type Deps struct {
	Repo     Repo
	Profiles *profile.Service
	Orders   *order.Service
	Papers   *paper.Service
	Clock    clock.Clock
	Server   *Server // nil: mail stays due until there is one
	BaseURL  string  // of links, without a slash at the end
	Alerts   string  // address that alarms go to; empty: the profile's
	Log      *slog.Logger
	Metrics  prometheus.Registerer
}

// Service sends mail.
type Service struct {
	Deps
	mails *prometheus.CounterVec
}

// New returns a Service.
func New(d Deps) (*Service, error) {
	mails := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "quittance_mails_total",
		Help: "Attempts to send a mail, by its kind and by what came of it: sent, retried, failed or withdrawn.",
	}, []string{"kind", "outcome"})
	if err := d.Metrics.Register(mails); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return &Service{d, mails}, nil
}

// sweepBatch is how many mails one sweep wakes up.
const sweepBatch = 500

// WakeDue wakes up mails whose time has come: attempts to be repeated, and those
// whose wake-up was lost. Without a server there is nothing to wake up for.
func (s *Service) WakeDue(ctx context.Context) error {
	if s.Server == nil {
		return nil
	}
	return s.Repo.WakeMails(ctx, s.Clock.Wall(), sweepBatch)
}

// Send makes one attempt to send a mail that is due. It may run twice and at
// once. A mail that could not be sent is no error: its row says when to try
// again.
func (s *Service) Send(ctx context.Context, profileID profile.ID, mailID mail.ID) error {
	if s.Server == nil {
		return nil
	}
	m, claimed, err := s.claim(ctx, profileID, mailID)
	if err != nil || !claimed {
		return err
	}
	return s.finish(ctx, m, s.try(ctx, m))
}

func (s *Service) claim(ctx context.Context, profileID profile.ID, mailID mail.ID) (m mail.Mail, claimed bool, err error) {
	err = s.Repo.InMailTx(ctx, func(tx mail.Tx) error {
		if m, err = tx.MailForUpdate(ctx, profileID, mailID); err != nil {
			return err
		}
		if claimed = m.Claim(s.Clock.Wall()); !claimed {
			return nil
		}
		if m.MessageID == "" {
			m.MessageID = string(m.ID) + "@" + s.Server.domain()
		}
		return tx.SaveMail(ctx, m)
	})
	if err != nil {
		return mail.Mail{}, false, fmt.Errorf("claim mail %s: %w", mailID, err)
	}
	return m, claimed, nil
}

// try writes and sends. No transaction is open meanwhile.
func (s *Service) try(ctx context.Context, m mail.Mail) error {
	l, err := s.letter(ctx, m)
	if err != nil {
		return err
	}
	msg, err := l.message(ctx)
	if err != nil {
		return err
	}
	return s.Server.send(ctx, msg)
}

// How a mail's attempt ended, for metrics and the log.
const (
	outcomeSent      = "sent"
	outcomeRetried   = "retried"
	outcomeFailed    = "failed"
	outcomeWithdrawn = "withdrawn"
)

// finish writes down what came of an attempt, also of one that was told to stop.
// Another attempt that has begun meanwhile is left alone, unless this one sent
// the mail.
func (s *Service) finish(ctx context.Context, m mail.Mail, result error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	now, err := s.Clock.Now(ctx, m.ProfileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	var outcome string
	err = s.Repo.InMailTx(ctx, func(tx mail.Tx) error {
		outcome = ""
		current, err := tx.MailForUpdate(ctx, m.ProfileID, m.ID)
		if err != nil {
			return err
		}
		if current.State != mail.Due || (result != nil && current.Attempts != m.Attempts) {
			return nil
		}
		outcome = s.settle(&current, result)
		if outcome == outcomeFailed {
			if err := tx.AskStaff(ctx, current, now); err != nil {
				return err
			}
		}
		if outcome != outcomeRetried {
			if err := tx.Record(ctx, event.Event{ProfileID: m.ProfileID, Type: "mail." + outcome, OrderID: string(m.OrderID), Subject: string(m.ID), By: actor.TheSystem, At: now,
				Data: map[string]any{"kind": string(m.Kind)}}); err != nil {
				return err
			}
		}
		return tx.SaveMail(ctx, current)
	})
	if err != nil {
		return fmt.Errorf("finish mail %s: %w", m.ID, err)
	}
	if outcome != "" {
		s.mails.WithLabelValues(string(m.Kind), outcome).Inc()
		level := slog.LevelInfo
		if outcome == outcomeRetried || outcome == outcomeFailed {
			level = slog.LevelWarn
		}
		s.Log.Log(ctx, level, "mail attempted", "outcome", outcome, "mail", m.ID, "kind", m.Kind, "attempt", m.Attempts, "err", result)
	}
	return nil
}

// settle moves a mail to where the result of its attempt brings it.
func (s *Service) settle(m *mail.Mail, result error) (outcome string) {
	now := s.Clock.Wall()
	m.LastError = ""
	if result == nil {
		m.Finish(mail.Sent, now)
		return outcomeSent
	}
	var r *refusal
	switch permanent := errors.As(result, &r) && r.permanent; {
	case errors.Is(result, errPointless):
		m.Finish(mail.Withdrawn, now)
		return outcomeWithdrawn
	case r != nil:
		m.LastError = r.Error()
		if !permanent && m.Retry(now) {
			return outcomeRetried
		}
	default:
		m.LastError = "could not be written" // the log has why
		if m.Retry(now) {
			return outcomeRetried
		}
	}
	m.Finish(mail.Failed, now)
	return outcomeFailed
}
