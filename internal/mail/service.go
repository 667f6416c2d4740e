package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Faults of a mail that is asked for.
var (
	ErrNoLink  = fault.New(fault.Conflict, "payment_link_revoked", "Every payment link of this order was revoked, so there is none to send.")
	ErrTooMany = fault.New(fault.TooMany, "too_many_mails", "This mail of an order is sent at most once a minute and ten times in 24 hours.")
)

// How often a mail of one kind is sent when somebody asks for it.
const (
	askedGap   = time.Minute
	askedCount = 10
	askedSpan  = 24 * time.Hour
)

// askable are the kinds that may be asked for, each with what the order must permit.
var askable = map[Kind]order.Command{OrderReady: order.SendLink, OrderReminder: order.SendLink, CardDetailsUpdate: order.UpdateCard}

// Repo is what this package needs from storage.
type Repo interface {
	Timed
	InMailTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on mails.
type Tx interface {
	Queue
	OrderForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (order.Order, error)
	// RecentMails are an order's mails of a kind that somebody asked for since a time
	// or that are still due, oldest first, locked.
	RecentMails(ctx context.Context, profileID profile.ID, orderID order.ID, kind Kind, since time.Time) ([]Mail, error)
	// Reminders are where an order's reminders stand; the order is locked.
	Reminders(ctx context.Context, profileID profile.ID, orderID order.ID) (Reminders, error)
	SaveReminders(ctx context.Context, profileID profile.ID, orderID order.ID, r Reminders) error
	// ScheduledForUpdate locks a scheduled payment; schedule.ErrNotFound.
	ScheduledForUpdate(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error)
	// MarkAnnounced says that the day of a scheduled payment was told; isNew is false
	// where it had been.
	MarkAnnounced(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (isNew bool, err error)
	// MainCard finds a card by its key; found is false when it is not, or no longer,
	// the main one. The order is locked.
	MainCard(ctx context.Context, profileID profile.ID, methodID string) (c Card, found bool, err error)
	SaveExpiryTold(ctx context.Context, profileID profile.ID, methodID string, told ExpiryTold) error
	MailForUpdate(ctx context.Context, profileID profile.ID, mailID ID) (Mail, error)
	SaveMail(ctx context.Context, m Mail) error
	// AskStaff leaves the staff a task: m could not be sent, its customer has to be
	// reached in another way. at is billing time.
	AskStaff(ctx context.Context, m Mail, at time.Time) error
	Record(ctx context.Context, e event.Event) error
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
}

// Service takes requests for mail.
type Service struct {
	repo     Repo
	profiles *profile.Service
	orders   *order.Service
	clock    clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, profiles *profile.Service, orders *order.Service, c clock.Clock) *Service {
	return &Service{repo, profiles, orders, c}
}

// Ask owes the customer a mail that somebody asks for: OrderReady, OrderReminder or
// CardDetailsUpdate. While one of the kind is waiting to be sent, that one is it,
// and its next attempt is now. It returns order.ErrNotFound, the fault of what the
// order does not permit, ErrNoLink or ErrTooMany.
func (s *Service) Ask(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, kind Kind, call *idem.Call) (Mail, error) {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return Mail{}, fmt.Errorf("billing time: %w", err)
	}
	_, noLink := s.orders.LinkToken(ctx, profileID, orderID)
	if noLink != nil && !errors.Is(noLink, order.ErrLinkUnknown) {
		return Mail{}, fmt.Errorf("find payment link of %s: %w", orderID, noLink)
	}
	var m Mail
	err = s.repo.InMailTx(ctx, func(tx Tx) error {
		wall := s.clock.Wall()
		o, err := tx.OrderForUpdate(ctx, profileID, orderID)
		if err != nil {
			return err
		}
		if err := o.May(askable[kind]); err != nil {
			return err
		}
		if noLink != nil {
			return ErrNoLink.Because(noLink)
		}
		recent, err := tx.RecentMails(ctx, profileID, orderID, kind, wall.Add(-askedSpan))
		if err != nil {
			return err
		}
		if m, err = oweAsked(ctx, tx, o, kind, recent, wall); err != nil {
			return err
		}
		if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "mail.requested", OrderID: string(orderID), Subject: string(m.ID), By: by, At: now,
			Data: map[string]any{"kind": string(m.Kind)}}); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, m)
	})
	if err != nil {
		return Mail{}, fmt.Errorf("send %s of %s: %w", kind, orderID, err)
	}
	return m, nil
}

func oweAsked(ctx context.Context, tx Tx, o order.Order, kind Kind, recent []Mail, wall time.Time) (Mail, error) {
	if n := len(recent); n > 0 && (wall.Before(recent[n-1].CreatedAt.Add(askedGap)) || n >= askedCount) {
		return Mail{}, ErrTooMany
	}
	for _, m := range recent {
		if m.State == Due {
			m.NextAttemptAt = wall
			if err := tx.SaveMail(ctx, m); err != nil {
				return Mail{}, err
			}
			return m, tx.Enqueue(ctx, m.wakeUp())
		}
	}
	return owe(ctx, tx, Mail{ProfileID: o.ProfileID, OrderID: o.ID, About: About{Kind: kind}, Asked: true, Language: o.Language}, wall)
}
