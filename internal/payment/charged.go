package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// collected is an approved charge of a scheduled payment.
func (b *booking) collected(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	b.scheduled.Book(schedule.Approved, b.now)
	if err := b.tx.SaveScheduled(ctx, b.scheduled); err != nil {
		return err
	}
	b.payment.Status, b.payment.Captured, b.payment.PaidAt = Paid, b.txn.Amount, b.now
	if err := b.tx.SavePayment(ctx, b.payment); err != nil {
		return err
	}
	if err := b.finishPaying(ctx); err != nil {
		return err
	}
	if err := b.tx.RemoveChargeTry(ctx, b.attempt.ProfileID, b.attempt.ID); err != nil {
		return err
	}
	if err := standMethod(ctx, b.tx, b.attempt, schedule.Approved, false, b.by, b.now); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.approved", nil); err != nil {
		return err
	}
	if err := b.inform(ctx, mail.PaymentApproved); err != nil {
		return err
	}
	if err := b.service.goOn(ctx, b.tx, &b.order, schedule.Approved, b.by, b.now); err != nil {
		return err
	}
	return b.issueDocuments(ctx)
}

// chargeDeclined is a charge that bank or gateway did not approve.
func (b *booking) chargeDeclined(ctx context.Context) error {
	b.attempt.close(AttemptDeclined, b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	if err := b.record(ctx, "payment.declined", map[string]any{"reason": string(b.txn.Reason)}); err != nil {
		return err
	}
	return b.service.decline(ctx, b.tx, &b.rows, b.fact.Result.Retry, b.by, b.now)
}

// decline lets a charge that brought nothing do its work on schedule, card and
// order. What may follow is the retry engine's to say.
func (s *Service) decline(ctx context.Context, tx Tx, r *rows, retry gateway.Retry, by actor.Actor, now time.Time) error {
	merchant, err := tx.Profile(ctx, r.order.ProfileID)
	if err != nil {
		return err
	}
	tries, err := cardTries(ctx, tx, r.attempt, now)
	if err != nil {
		return err
	}
	if r.scheduled.Origin == schedule.Update {
		return s.declineSettlement(ctx, tx, r, retry, s.policyOf(merchant), tries, by, now)
	}
	d, own := r.scheduled.Declined(retry, s.policyOf(merchant), tries, now)
	if !own {
		return nil
	}
	if err := tx.SaveScheduled(ctx, r.scheduled); err != nil {
		return err
	}
	fact := schedule.FactOf(retry)
	if err := standMethod(ctx, tx, r.attempt, fact, retry.Stop, by, now); err != nil {
		return err
	}
	if fact == schedule.Operator {
		if err := tx.InsertTask(ctx, newTask(r.order.ProfileID, TaskRefused, r.order.ID, string(r.attempt.ID), now)); err != nil {
			return err
		}
	}
	if err := tellDecision(ctx, tx, r, d, by, now); err != nil {
		return err
	}
	if err := tellDecline(ctx, tx, r, fact); err != nil {
		return err
	}
	return s.goOn(ctx, tx, &r.order, fact, by, now)
}

// tellDecision records what the retry engine decided, each refusal with its rule.
func tellDecision(ctx context.Context, tx Tx, r *rows, d schedule.Decision, by actor.Actor, now time.Time) error {
	data := map[string]any{"rule": string(d.Rule)}
	typ := "scheduled_payment.retry_refused"
	if !d.At.IsZero() {
		typ = "scheduled_payment.retry_planned"
		data["at"] = d.At.Format(time.RFC3339)
	}
	return tx.Record(ctx, event.Event{ProfileID: r.order.ProfileID, Type: typ, OrderID: string(r.order.ID), Subject: string(r.scheduled.ID), By: by, At: now, Data: data})
}

// tellDecline owes the customer a mail about a declined charge; where our request
// or account is at fault there is nothing that they could do.
func tellDecline(ctx context.Context, tx Tx, r *rows, f schedule.Fact) error {
	about := mail.About{Subject: string(r.scheduled.ID), Step: r.scheduled.Tries}
	switch {
	case f == schedule.Operator:
		return nil
	case r.scheduled.Status == schedule.SoftDeclined:
		about.Kind = mail.PaymentRejected
	case r.scheduled.Status == schedule.HardDeclined:
		about.Kind = mail.PaymentDeclined
	default:
		return nil
	}
	return mail.Tell(ctx, tx, r.order, about, r.attempt.ClosedAt)
}

// cardTries are the counted charges of the card that an attempt goes to.
func cardTries(ctx context.Context, tx Tx, a Attempt, now time.Time) ([]schedule.Try, error) {
	m, err := tx.Method(ctx, a.ProfileID, a.MethodID)
	if err != nil {
		return nil, err
	}
	return tx.ChargeTries(ctx, a.ProfileID, m.Card, now.Add(-schedule.TriesWindow))
}

// standMethod says what a charge showed about its card.
func standMethod(ctx context.Context, tx Tx, a Attempt, f schedule.Fact, stop bool, by actor.Actor, now time.Time) error {
	m, err := tx.Method(ctx, a.ProfileID, a.MethodID)
	if errors.Is(err, ErrMethodNotFound) || err != nil {
		return err
	}
	was := m.Standing
	switch f {
	case schedule.Approved:
		m.Standing = Good
	case schedule.SoftDecline, schedule.Authenticate, schedule.Mend:
		m.Standing = SoftDeclined
	case schedule.HardDecline:
		m.Standing = HardDeclined
	case schedule.Operator, schedule.Unknown, schedule.Held, schedule.None:
	}
	switch {
	case stop || was == Stopped:
		m.Standing = Stopped
	case was == Disputed:
		m.Standing = Disputed
	}
	if m.Standing == was {
		return nil
	}
	return saveStanding(ctx, tx, m, by, now)
}

// saveStanding saves a card whose standing changed, and says so.
func saveStanding(ctx context.Context, tx Tx, m StoredMethod, by actor.Actor, now time.Time) error {
	if err := tx.SaveMethod(ctx, m); err != nil {
		return err
	}
	return tellMethod(ctx, tx, m, "standing_changed", map[string]any{"standing": string(m.Standing)}, by, now)
}

// tellMethod records what happened to a stored card.
func tellMethod(ctx context.Context, tx Tx, m StoredMethod, what string, data map[string]any, by actor.Actor, now time.Time) error {
	return tx.Record(ctx, event.Event{ProfileID: m.ProfileID, Type: "payment_method." + what, OrderID: string(m.OrderID), Subject: string(m.ID), By: by, At: now, Data: data})
}

// goOn makes what follows a change of an order's schedule: the next payment of a
// subscription, and the order's status. The order is not to be saved again in the
// same transaction.
func (s *Service) goOn(ctx context.Context, tx Tx, o *order.Order, f schedule.Fact, by actor.Actor, now time.Time) error {
	return s.goOnAs(ctx, tx, o, schedule.Standing, f, by, now)
}

// standing is a rule of package schedule for the status of an order.
type standing func(o order.Order, all []schedule.Payment, f schedule.Fact, autoSuspend bool) order.Status

// goOnAs is goOn by another rule than schedule.Standing.
func (s *Service) goOnAs(ctx context.Context, tx Tx, o *order.Order, rule standing, f schedule.Fact, by actor.Actor, now time.Time) error {
	merchant, err := tx.Profile(ctx, o.ProfileID)
	if err != nil {
		return err
	}
	all, err := tx.ScheduleForUpdate(ctx, *o)
	if err != nil {
		return err
	}
	moved := o.Stand(rule(*o, all, f, s.policyOf(merchant).AutoSuspend), now)
	next, ok, err := schedule.Following(*o, all, merchant.Location(), now)
	if err != nil {
		return err
	}
	if ok {
		if err := tx.InsertScheduled(ctx, next); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	if err := tx.SaveOrder(ctx, *o); err != nil {
		return err
	}
	return recordStatus(ctx, tx, *o, by, now)
}

// notCharged is a charge that the gateway would not take: its card is gone there,
// or our request or account is at fault. Nothing was charged.
func (s *Service) notCharged(ctx context.Context, tx Tx, r *rows, cardGone bool) error {
	now, err := s.clock.Now(ctx, r.order.ProfileID)
	if err != nil {
		return err
	}
	retry := gateway.Retry{Class: gateway.RetryOperator}
	if cardGone {
		retry.Class = gateway.RetryHard
	}
	if err := s.closeUnsent(ctx, tx, r); err != nil {
		return err
	}
	return s.decline(ctx, tx, r, retry, actor.TheSystem, now)
}

// withdraw ends a charge that was committed and never sent, because its order or
// its scheduled payment changed meanwhile. What can still be collected is due
// again, as soon as its order collects; a paused payment is due when it is resumed.
func (s *Service) withdraw(ctx context.Context, tx Tx, r *rows) error {
	if err := s.closeUnsent(ctx, tx, r); err != nil {
		return err
	}
	if !r.scheduled.Takes() || r.scheduled.Status == schedule.Paused || r.payment.Status != Open {
		return nil
	}
	now, err := s.clock.Now(ctx, r.order.ProfileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	r.scheduled.CollectAt = now
	return tx.SaveScheduled(ctx, r.scheduled)
}

func (s *Service) closeUnsent(ctx context.Context, tx Tx, r *rows) error {
	r.attempt.close(AttemptRefused, s.clock.Wall())
	if err := tx.SaveAttempt(ctx, r.attempt); err != nil {
		return err
	}
	return tx.RemoveChargeTry(ctx, r.attempt.ProfileID, r.attempt.ID)
}

// policyOf is how a merchant's declined payments are tried again.
func (s *Service) policyOf(merchant profile.Profile) schedule.Policy {
	return schedule.PolicyOf(merchant, s.limits.Charges)
}
