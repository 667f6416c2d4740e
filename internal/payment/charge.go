package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Charge collects a scheduled payment that is due from the main card of its order,
// without the customer. The attempt is committed first, with the payment's next
// wake-up taken away, so that of any number of workers one charges. What is not
// due, held by its customer, or under way already is left alone; what may not be
// charged says why in the schedule.
func (s *Service) Charge(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) error {
	due, err := s.repo.Scheduled(ctx, profileID, scheduledID)
	if err != nil {
		return fmt.Errorf("charge %s: %w", scheduledID, err)
	}
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	var a Attempt
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		a = Attempt{}
		o, err := tx.OrderForUpdate(ctx, profileID, due.OrderID)
		if err != nil {
			return err
		}
		r := rows{order: o}
		if r.scheduled, err = tx.ScheduledForUpdate(ctx, profileID, scheduledID); err != nil {
			return err
		}
		if !r.dueAt(now) {
			return nil
		}
		c := charging{service: s, tx: tx, rows: &r, now: now, wall: s.clock.Wall()}
		a, err = c.prepare(ctx)
		return err
	})
	if err != nil || a.ID == "" {
		return err
	}
	return s.Send(ctx, profileID, a.ID)
}

// dueAt reports whether a scheduled payment is to be charged now.
func (r *rows) dueAt(now time.Time) bool {
	p := r.scheduled
	return r.collects() && p.Takes() && p.Status != schedule.Paused && p.HeldBy == "" && !p.CollectAt.IsZero() && !p.CollectAt.After(now)
}

// wantsCharge reports whether a charge that was committed is still to be sent.
func (r *rows) wantsCharge() bool {
	return r.collects() && r.scheduled.Takes() && r.scheduled.Status != schedule.Paused && r.payment.Status == Open
}

// collects reports whether the order lets the scheduled payment be collected: also
// a suspended one, from the card by which its customer ends that.
func (r *rows) collects() bool {
	return r.order.Status.Collects() || r.scheduled.Origin == schedule.Update && r.order.May(order.UpdateCard) == nil
}

// charging is one scheduled payment on its way to a stored card.
type charging struct {
	service *Service
	tx      Tx
	*rows
	now  time.Time // billing time
	wall time.Time
}

// prepare commits the attempt, or changes the schedule so that it says why there
// is none; the zero Attempt then.
func (c *charging) prepare(ctx context.Context) (Attempt, error) {
	methods, err := c.tx.Methods(ctx, c.order.ProfileID, c.order.ID)
	if err != nil {
		return Attempt{}, err
	}
	if len(methods) == 0 || !methods[0].chargeable() {
		if c.scheduled.Origin == schedule.Update && len(methods) > 0 {
			return Attempt{}, c.withholdSettlement(ctx, methods[0], schedule.Decision{Rule: schedule.RuleTokenGone})
		}
		return Attempt{}, c.noCard(ctx, methods)
	}
	card := methods[0]
	if err := c.ownPayment(ctx); err != nil {
		return Attempt{}, err
	}
	switch _, err := c.tx.OpenAttemptForUpdate(ctx, c.order.ProfileID, c.payment.ID); {
	case err == nil, c.payment.Status != Open:
		return Attempt{}, c.sleep(ctx)
	case !errors.Is(err, ErrAttemptNotFound):
		return Attempt{}, err
	}
	tries, err := c.tx.ChargeTries(ctx, c.order.ProfileID, card.Card, c.now.Add(-schedule.TriesWindow))
	if err != nil {
		return Attempt{}, err
	}
	if d := c.service.limits.Charges.MayCharge(c.scheduled, tries, c.now); !d.Now(c.now) {
		if c.scheduled.Origin == schedule.Update {
			return Attempt{}, c.withholdSettlement(ctx, card, d)
		}
		return Attempt{}, c.withhold(ctx, d)
	}
	a := newAttempt(c.payment, card.AccountID, KindCharge, gateway.Debit, c.scheduled.Amount, c.wall)
	a.MethodID, a.NextAttemptAt = card.ID, c.wall
	if err := c.tx.InsertAttempt(ctx, a); err != nil {
		return Attempt{}, err
	}
	if err := c.tx.InsertChargeTry(ctx, a, card.Card, c.now); err != nil {
		return Attempt{}, err
	}
	c.scheduled.Tries++
	c.scheduled.CollectAt = time.Time{}
	return a, c.tx.SaveScheduled(ctx, c.scheduled)
}

// ownPayment locks the payment of the scheduled one, which the first charge makes.
func (c *charging) ownPayment(ctx context.Context) error {
	p, err := c.tx.PaymentOfScheduledForUpdate(ctx, c.order.ProfileID, c.scheduled.ID)
	switch {
	case errors.Is(err, ErrPaymentNotFound):
		c.payment = New(c.order.ProfileID, c.order.ID, Scheduled, c.scheduled.Amount, c.now)
		c.payment.ScheduledID = c.scheduled.ID
		return c.tx.InsertPayment(ctx, c.payment)
	case err != nil:
		return err
	}
	c.payment = p
	if p.Status == Open && p.Amount != c.scheduled.Amount { // rescheduled with another amount
		c.payment.Amount = c.scheduled.Amount
		return c.tx.SavePayment(ctx, c.payment)
	}
	return nil
}

// sleep takes the wake-up away: something else is under way.
func (c *charging) sleep(ctx context.Context) error {
	c.scheduled.CollectAt = time.Time{}
	return c.tx.SaveScheduled(ctx, c.scheduled)
}

// withhold keeps a payment from a card that may not be charged, until the
// decision's time or until the customer has acted.
func (c *charging) withhold(ctx context.Context, d schedule.Decision) error {
	c.scheduled.Withheld(d)
	if err := c.tx.SaveScheduled(ctx, c.scheduled); err != nil {
		return err
	}
	if err := tellDecision(ctx, c.tx, c.rows, d, actor.TheSystem, c.now); err != nil || !d.At.IsZero() {
		return err
	}
	fact := schedule.SoftDecline
	if c.scheduled.Status == schedule.HardDeclined {
		fact = schedule.HardDecline
	}
	return c.service.goOn(ctx, c.tx, &c.order, fact, actor.TheSystem, c.now)
}

// noCard is a payment that fell due when there was no card to charge: only the
// customer can go on.
func (c *charging) noCard(ctx context.Context, methods []StoredMethod) error {
	rule := schedule.RuleTokenGone
	if len(methods) > 0 {
		switch methods[0].Standing {
		case Stopped:
			rule = schedule.RuleStopped
		case Disputed:
			rule = schedule.RuleDisputed
		case Good, SoftDeclined, HardDeclined:
		}
	}
	c.scheduled.Book(schedule.HardDecline, c.now)
	c.scheduled.Refusal = rule
	if err := c.tx.SaveScheduled(ctx, c.scheduled); err != nil {
		return err
	}
	if err := tellDecision(ctx, c.tx, c.rows, schedule.Decision{Rule: rule}, actor.TheSystem, c.now); err != nil {
		return err
	}
	return c.service.goOn(ctx, c.tx, &c.order, schedule.HardDecline, actor.TheSystem, c.now)
}

// chargeable reports whether a card may be charged without its customer.
func (m StoredMethod) chargeable() bool {
	return m.RemovedAt.IsZero() && (m.Standing == Good || m.Standing == SoftDeclined)
}
