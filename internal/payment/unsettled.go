package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/schedule"
)

// sumOf adds up parts.
func sumOf(parts []*schedule.Payment, c money.Currency) (money.Amount, error) {
	list := make([]schedule.Payment, 0, len(parts))
	for _, p := range parts {
		list = append(list, *p)
	}
	return schedule.Sum(list, c)
}

// nextPosition is the first free one of an order's scheduled payments.
func nextPosition(all []schedule.Payment) int64 {
	var last int64
	for _, p := range all {
		last = max(last, p.Position)
	}
	return last + 1
}

// unsettle gives up a settlement that the new card did not pay, and gives its parts
// back. Of each part, each says what the card's answer means to it. It returns the
// parts.
func (r *rows) unsettle(ctx context.Context, tx Tx, card StoredMethod, each func(*schedule.Payment) error) ([]schedule.Payment, error) {
	merchant, err := tx.Profile(ctx, r.order.ProfileID)
	if err != nil {
		return nil, err
	}
	merged, err := tx.PartsForUpdate(ctx, r.order.ProfileID, r.scheduled.ID)
	if err != nil {
		return nil, err
	}
	parts := make([]*schedule.Payment, len(merged))
	for i := range merged {
		parts[i] = &merged[i]
	}
	if err := r.scheduled.Unsettled(parts, card.CreatedAt, merchant.Location()); err != nil {
		return nil, err
	}
	if err := tx.SaveScheduled(ctx, r.scheduled); err != nil {
		return nil, err
	}
	back := make([]schedule.Payment, 0, len(parts))
	for _, p := range parts {
		if err := each(p); err != nil {
			return nil, err
		}
		if err := tx.SaveScheduled(ctx, *p); err != nil {
			return nil, err
		}
		back = append(back, *p)
	}
	if r.payment.ID == "" || r.payment.Status != Open {
		return back, nil
	}
	r.payment.Status = Ended // a late approval is nobody's sale
	return back, tx.SavePayment(ctx, r.payment)
}

// declineSettlement is decline for the one charge by which a customer pays with
// another card what is outstanding: the card stays, and so does what is owed, each
// part declined as the card was.
func (s *Service) declineSettlement(ctx context.Context, tx Tx, r *rows, retry gateway.Retry, policy schedule.Policy, tries []schedule.Try, by actor.Actor, now time.Time) error {
	if !r.scheduled.Takes() {
		return nil
	}
	card, err := tx.Method(ctx, r.attempt.ProfileID, r.attempt.MethodID)
	if err != nil {
		return err
	}
	parts, err := r.unsettle(ctx, tx, card, func(p *schedule.Payment) error {
		d, _ := p.Declined(retry, policy, tries, now)
		of := rows{order: r.order, scheduled: *p}
		return tellDecision(ctx, tx, &of, d, by, now)
	})
	if err != nil {
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
	if len(parts) > 0 { // one letter, whatever the number of parts
		of := rows{order: r.order, scheduled: parts[0], attempt: r.attempt}
		if err := tellDecline(ctx, tx, &of, fact); err != nil {
			return err
		}
	}
	return s.goOnAs(ctx, tx, &r.order, schedule.StandingOfUpdate, fact, by, now)
}

// withholdSettlement gives a settlement back that may not be charged to its card.
func (c *charging) withholdSettlement(ctx context.Context, card StoredMethod, d schedule.Decision) error {
	_, err := c.unsettle(ctx, c.tx, card, func(p *schedule.Payment) error {
		p.Withheld(d)
		of := rows{order: c.order, scheduled: *p}
		return tellDecision(ctx, c.tx, &of, d, actor.TheSystem, c.now)
	})
	if err != nil {
		return err
	}
	return c.service.goOn(ctx, c.tx, &c.order, schedule.None, actor.TheSystem, c.now)
}
