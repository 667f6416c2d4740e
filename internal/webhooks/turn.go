package webhooks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/id"
)

// How much goes on in one turn of an endpoint.
const (
	turnEvents = 25 // sent
	turnLook   = 200
	turnTime   = 20 * time.Second // begun within; with a request's time shorter than endpoint.Lease
	savedAfter = 10               // answers are kept together, so many at most
)

// turn sends an endpoint what is due, in order, until one attempt fails, or until it
// begins or ceases to lag.
func (s *Service) turn(ctx context.Context, key endpoint.Endpoint) error {
	begun := s.Clock.Wall()
	e, due, err := s.claim(ctx, key, begun)
	if err != nil || e.LeaseUntil.IsZero() {
		return err
	}
	// What was sent is written down, also by a process that is told to stop.
	ctx, stopped := context.WithoutCancel(ctx), ctx
	lagged := e.Lags()
	var answered []attempted
	for _, claimed := range due {
		if stopped.Err() != nil || s.Clock.Wall().Sub(begun) > turnTime {
			break
		}
		a, err := s.post(ctx, e, claimed)
		if err != nil {
			return errors.Join(err, s.keep(ctx, e, answered, true))
		}
		now, d := s.Clock.Wall(), claimed
		d.Settle(a, now, rand.Float64()) //nolint:gosec // spreads load, hides nothing
		e.Answered(a.Answer, now)
		s.count(a.Answer)
		if answered = append(answered, attempted{claimed, d}); a.Trouble != "" || e.Lags() != lagged {
			break
		}
		if len(answered) == savedAfter {
			if err := s.keep(ctx, e, answered, false); err != nil {
				return err
			}
			answered = nil
		}
	}
	return s.keep(ctx, e, answered, true)
}

// attempted is a delivery before and after its attempt.
type attempted struct{ claimed, settled endpoint.Delivery }

func (s *Service) count(a endpoint.Answer) {
	outcome := "delivered"
	if a.Trouble != "" {
		outcome = string(a.Trouble)
	}
	s.sent.WithLabelValues(outcome).Inc()
}

// claim begins a turn: it looks at events that nobody looked at for the endpoint
// and answers what is to be sent. An endpoint that is not claimed has no lease.
func (s *Service) claim(ctx context.Context, key endpoint.Endpoint, now time.Time) (e endpoint.Endpoint, due []endpoint.Delivery, err error) {
	err = s.Repo.InEndpointTx(ctx, func(tx endpoint.Tx) error {
		e, err = tx.EndpointForUpdate(ctx, key.ProfileID, key.ID)
		if errors.Is(err, endpoint.ErrNotFound) || err == nil && !e.Claim(now) {
			e, due = endpoint.Endpoint{}, nil
			return nil
		}
		if err != nil {
			return err
		}
		if due, err = tx.DueDeliveries(ctx, e.ProfileID, e.ID, now, turnEvents); err != nil {
			return err
		}
		fresh, err := look(ctx, tx, &e, turnEvents-len(due), now)
		if err != nil {
			return err
		}
		due = append(due, fresh...)
		return tx.SaveHealth(ctx, e)
	})
	if err != nil {
		return endpoint.Endpoint{}, nil, fmt.Errorf("claim %s: %w", key.ID, err)
	}
	return e, due, nil
}

// look makes deliveries of the next events that the endpoint wants, so many at
// most.
func look(ctx context.Context, tx endpoint.Tx, e *endpoint.Endpoint, most int, now time.Time) ([]endpoint.Delivery, error) {
	if most <= 0 {
		return nil, nil
	}
	behind, err := tx.EventsBehind(ctx, e.ProfileID, e.SeenSequence, turnLook)
	if err != nil {
		return nil, err
	}
	var fresh []endpoint.Delivery
	for _, v := range behind {
		if len(fresh) == most {
			break
		}
		e.SeenSequence = v.Sequence
		if e.Wants(v.Type) {
			fresh = append(fresh, endpoint.Delivery{ID: endpoint.DeliveryID(id.New("whd")), ProfileID: e.ProfileID, EndpointID: e.ID, Event: v,
				State: endpoint.Due, NextAttemptAt: now, CreatedAt: now})
		}
	}
	return fresh, tx.InsertDeliveries(ctx, fresh)
}

// keep writes down what was answered, and ends the turn. A turn that took longer
// than its lease, so that another one began, only tells what was delivered. What
// somebody asked for during a failing attempt is due at once.
func (s *Service) keep(ctx context.Context, e endpoint.Endpoint, answered []attempted, over bool) error {
	now, err := s.Clock.Now(ctx, e.ProfileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	givenUp := false
	err = s.Repo.InEndpointTx(ctx, func(tx endpoint.Tx) error {
		current, err := tx.EndpointForUpdate(ctx, e.ProfileID, e.ID)
		if errors.Is(err, endpoint.ErrNotFound) {
			return nil // removed, and its log goes with it
		}
		if err != nil {
			return err
		}
		ours, asked := current.Turn == e.Turn, false
		for _, a := range answered {
			if !ours && a.settled.State != endpoint.Delivered {
				continue
			}
			again, err := keepAttempt(ctx, tx, a)
			if err != nil {
				return err
			}
			asked = asked || again
		}
		if !ours {
			return nil
		}
		if current.URL == e.URL { // of another address it says nothing
			current.Health = e.Health
			if givenUp = current.Status == endpoint.Enabled && e.Status == endpoint.Disabled; givenUp {
				current.Status, current.Reason, current.DisabledAt = e.Status, e.Reason, e.DisabledAt
			}
		}
		if asked {
			current.RestUntil = time.Time{}
		}
		if over {
			current.LeaseUntil = time.Time{}
		}
		if givenUp {
			if err := endpoint.TellGivenUp(ctx, tx, current, now); err != nil {
				return err
			}
		}
		return tx.SaveHealth(ctx, current)
	})
	if err != nil {
		return fmt.Errorf("keep what %s answered: %w", e.ID, err)
	}
	if givenUp {
		s.Log.WarnContext(ctx, "webhook endpoint disabled", "endpoint", e.ID, "reason", e.Reason)
	}
	return nil
}

// keepAttempt writes down what came of one attempt, and reports whether somebody has
// asked for the next one meanwhile.
func keepAttempt(ctx context.Context, tx endpoint.Tx, a attempted) (asked bool, err error) {
	d := a.settled
	if d.State != endpoint.Delivered {
		current, err := tx.DeliveryForUpdate(ctx, d.ProfileID, d.EndpointID, d.ID)
		if err != nil {
			return false, err
		}
		asked = d.AskedSince(a.claimed, current)
	}
	return asked, tx.SaveDelivery(ctx, d)
}
