// Package webhooks sends events to merchants' endpoints: signed by Standard
// Webhooks, at least once, in the order of their sequence as far as repetitions
// allow. What is due is in rows of package endpoint; nothing that must last is in
// memory. An endpoint is sent one event at a time, by one process, and those that
// lag may use half of the slots at most: a slow or dead one never slows others.
package webhooks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/id"
)

// Repo is what this package needs from storage.
type Repo interface {
	InEndpointTx(ctx context.Context, fn func(endpoint.Tx) error) error
	// DueEndpoints are endpoints with something to do that nobody is at, by key, those
	// served least recently first. Lagging chooses those that lag, see
	// endpoint.Health, or the others.
	DueEndpoints(ctx context.Context, now time.Time, lagging bool, limit int) ([]endpoint.Endpoint, error)
	// ForgetDeliveries deletes some deliveries that were done before a time, or whose
	// endpoint was removed.
	ForgetDeliveries(ctx context.Context, before time.Time, limit int) (int64, error)
}

// How much goes on at once in a process, and in one turn of an endpoint.
const (
	slots      = 64 // endpoints at once; half of them lagging ones at most
	turnEvents = 25 // sent in a turn
	turnLook   = 200
	turnTime   = 20 * time.Second // begun within; with a request's time shorter than endpoint.Lease
	savedAfter = 10               // answers are kept together, so many at most
	failedRest = time.Minute      // until a turn is begun again that failed on our side
)

// kept is how long the log keeps what was done.
const kept = 30 * 24 * time.Hour

// Deps are what the service works with.
type Deps struct {
	Repo    Repo
	Clock   clock.Clock
	Allow   endpoint.Allow
	Every   time.Duration // how often it looks for what is due; zero is a second
	Slots   int           // endpoints at once; zero is 64
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Service sends events.
type Service struct {
	Deps
	client *http.Client
	nudge  chan struct{}
	sent   *prometheus.CounterVec
}

// New returns a Service that sends nothing until Run or Drain.
func New(d Deps) (*Service, error) {
	sent := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "quittance_webhooks_total",
		Help: "Attempts to send an event to an endpoint, by what came of it: delivered, or the trouble.",
	}, []string{"outcome"})
	if err := d.Metrics.Register(sent); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	if d.Every == 0 {
		d.Every = time.Second
	}
	if d.Slots == 0 {
		d.Slots = slots
	}
	return &Service{d, newClient(d.Allow), make(chan struct{}, 1), sent}, nil
}

// Nudge says that something happened, so that Run looks at once.
func (s *Service) Nudge() {
	select {
	case s.nudge <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Forget deletes what the log has kept for 30 days, and logs of removed endpoints, up
// to limit of each, and reports how many deliveries.
func (s *Service) Forget(ctx context.Context, limit int) (int64, error) {
	return s.Repo.ForgetDeliveries(ctx, s.Clock.Wall().Add(-kept), limit)
}

// Run sends what is due until ctx ends, and then waits for the requests under way.
// Any number of processes may run it.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	w := newWorkers(s.Slots)
	defer w.Wait()
	for {
		if err := s.start(ctx, w); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "looking for webhooks failed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.nudge:
		case <-w.ended:
		}
	}
}

// Drain sends all that is due, and returns when nothing is. It is for tests and
// measurements.
func (s *Service) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		w := newWorkers(s.Slots)
		err := errors.Join(s.start(ctx, w), w.wait())
		if err != nil || w.begun == 0 {
			return err
		}
	}
	return ctx.Err()
}

// workers are the turns under way in this process.
type workers struct {
	sync.WaitGroup
	mu      sync.Mutex
	free    int
	lagging int // how many more lagging endpoints may be served
	begun   int
	busy    map[endpoint.ID]bool
	broken  map[endpoint.ID]time.Time // whose turn failed on our side, until when they rest
	err     error                     // of the last such turn
	ended   chan struct{}             // a turn ended, and there may be more to do
}

func newWorkers(n int) *workers {
	return &workers{free: n, lagging: max(1, n/2), busy: map[endpoint.ID]bool{}, broken: map[endpoint.ID]time.Time{}, ended: make(chan struct{}, 1)}
}

// wait waits for the turns under way, and tells whether one failed on our side.
func (w *workers) wait() error {
	w.Wait()
	return w.err
}

// take takes a slot for an endpoint unless it has one, or rests.
func (w *workers) take(e endpoint.ID, lagging bool, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free == 0 || w.busy[e] || lagging && w.lagging == 0 || now.Before(w.broken[e]) {
		return false
	}
	delete(w.broken, e)
	if w.free--; lagging {
		w.lagging--
	}
	w.begun++
	w.busy[e] = true
	return true
}

// give gives a slot back. A turn that failed leaves its endpoint due, which is then
// not begun again at once, for ever.
func (w *workers) give(e endpoint.ID, lagging bool, now time.Time, err error) {
	w.mu.Lock()
	if w.free++; lagging {
		w.lagging++
	}
	delete(w.busy, e)
	if err != nil {
		w.broken[e], w.err = now.Add(failedRest), err
	}
	w.mu.Unlock()
	select {
	case w.ended <- struct{}{}:
	default:
	}
}

// start begins a turn of every endpoint that is due, as far as there are slots:
// those that do well first.
func (s *Service) start(ctx context.Context, w *workers) error {
	for _, lagging := range []bool{false, true} {
		w.mu.Lock()
		room := w.free
		if lagging {
			room = min(room, w.lagging)
		}
		w.mu.Unlock()
		if room == 0 {
			continue
		}
		due, err := s.Repo.DueEndpoints(ctx, s.Clock.Wall(), lagging, room)
		if err != nil {
			return err
		}
		for _, e := range due {
			if !w.take(e.ID, lagging, s.Clock.Wall()) {
				continue
			}
			w.Go(func() {
				err := s.turn(ctx, e)
				if err != nil && !errors.Is(err, context.Canceled) {
					s.Log.ErrorContext(ctx, "sending webhooks failed", "endpoint", e.ID, "err", err)
				}
				w.give(e.ID, lagging, s.Clock.Wall(), err)
			})
		}
	}
	return nil
}

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
	var answered []endpoint.Delivery
	for _, d := range due {
		if stopped.Err() != nil || s.Clock.Wall().Sub(begun) > turnTime {
			break
		}
		a, err := s.post(ctx, e, d)
		if err != nil {
			return errors.Join(err, s.keep(ctx, e, answered, true))
		}
		now := s.Clock.Wall()
		d.Settle(a, now, rand.Float64()) //nolint:gosec // spreads load, hides nothing
		e.Answered(a.Answer, now)
		s.count(a.Answer)
		if answered = append(answered, d); a.Trouble != "" || e.Lags() != lagged {
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
// than its lease, so that another one began, only tells what was delivered.
func (s *Service) keep(ctx context.Context, e endpoint.Endpoint, answered []endpoint.Delivery, over bool) error {
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
		ours := current.Turn == e.Turn
		for _, d := range answered {
			if ours || d.State == endpoint.Delivered {
				if err := tx.SaveDelivery(ctx, d); err != nil {
					return err
				}
			}
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
