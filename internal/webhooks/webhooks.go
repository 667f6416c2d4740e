// Package webhooks sends events to merchants' endpoints: signed by Standard
// Webhooks, at least once, in the order of their sequence as far as repetitions
// allow. What is due is in rows of package endpoint; nothing that must last is in
// memory. An endpoint is sent one event at a time, by one process, and those that
// lag may use half of the slots at most: a slow or dead one never slows others.
package webhooks

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/profile"
)

// Repo is what this package needs from storage.
type Repo interface {
	InEndpointTx(ctx context.Context, fn func(endpoint.Tx) error) error
	// DueEndpoints are endpoints with something to do that nobody is at, by key, those
	// served least recently first. Lagging chooses those that lag, see
	// endpoint.Health, or the others.
	DueEndpoints(ctx context.Context, now time.Time, lagging bool, limit int) ([]endpoint.Endpoint, error)
	// DueEndpointsOf are those of some profiles, endpoint.MostNamed at most, and costs
	// nothing for the endpoints of others.
	DueEndpointsOf(ctx context.Context, of []profile.ID, now time.Time, lagging bool, limit int) ([]endpoint.Endpoint, error)
	// ForgetDeliveries deletes some deliveries that were done before a time, or whose
	// endpoint was removed.
	ForgetDeliveries(ctx context.Context, before time.Time, limit int) (int64, error)
	// ForgetOldSecrets deletes secrets that have ceased to sign by now.
	ForgetOldSecrets(ctx context.Context, now time.Time) error
}

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
	Every   time.Duration // how often it looks over all for what is due; zero is a second
	Slots   int           // endpoints at once; zero is 64
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Service sends events.
type Service struct {
	Deps
	client *http.Client
	nudged *nudges
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
	return &Service{d, newClient(d.Allow), newNudges(), sent}, nil
}

// Nudge says that something happened in a profile, so that Run looks at it at once.
func (s *Service) Nudge(of profile.ID) { s.nudged.add(of) }

// Forget deletes what the log has kept for 30 days, and logs of removed endpoints, up
// to limit of each, and reports how many deliveries. With them go the secrets before
// those in use, when they have ceased to sign.
func (s *Service) Forget(ctx context.Context, limit int) (int64, error) {
	if err := s.Repo.ForgetOldSecrets(ctx, s.Clock.Wall()); err != nil {
		return 0, err
	}
	return s.Repo.ForgetDeliveries(ctx, s.Clock.Wall().Add(-kept), limit)
}
