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
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/endpoint"
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
	// ForgetOldSecrets deletes secrets that have ceased to sign by now.
	ForgetOldSecrets(ctx context.Context, now time.Time) error
}

// idle is how many times as long as a look for what is due took nothing is looked
// for: what happens often must not keep a process looking over many endpoints.
const idle = 2

// slots are how many endpoints are served at once in a process; half of them lagging
// ones at most.
const slots = 64

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
// to limit of each, and reports how many deliveries. With them go the secrets before
// those in use, when they have ceased to sign.
func (s *Service) Forget(ctx context.Context, limit int) (int64, error) {
	if err := s.Repo.ForgetOldSecrets(ctx, s.Clock.Wall()); err != nil {
		return 0, err
	}
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
		begun := time.Now()
		if err := s.start(ctx, w); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "looking for webhooks failed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(idle * time.Since(begun)):
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

// start begins a turn of every endpoint that is due, as far as there are slots:
// those that do well first.
func (s *Service) start(ctx context.Context, w *workers) error {
	for _, lagging := range []bool{false, true} {
		w.mu.Lock()
		room := w.free
		if lagging {
			room = min(room, w.lagging)
		}
		resting := len(w.broken)
		w.mu.Unlock()
		if room == 0 {
			continue
		}
		// Those that rest are found again and again, and must keep no others from being found.
		due, err := s.Repo.DueEndpoints(ctx, s.Clock.Wall(), lagging, room+resting)
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
