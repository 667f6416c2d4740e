// Package sandbox is a simulated payment gateway that speaks the Open Payment
// Platform protocol (COPYandPAY): checkouts, a card widget on a site of its own,
// status and query calls, captures, refunds and reversals, and encrypted
// notifications. It keeps its own books in its own SQLite file, runs on a clock
// of its own and fails on demand. It knows nothing of the software that calls it.
//
// No card number and no security code is ever stored or logged here, and only
// the published test cards are taken.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a sandbox is made of. DataFile is required; the rest has good
// zero values, but without Entities nobody can pay.
type Config struct {
	DataFile   string        // SQLite file of the books, created when missing
	PublicURL  string        // the site that browsers load the widget from; see SetPublicURL
	IssuerURL  string        // the site where card issuers ask their cardholders; empty: the public one
	Entities   []Entity      // the merchants' channels; see SetEntity
	AdminToken string        // bearer secret of /admin/; the admin endpoints are off without one
	Seed       uint64        // of the generator that decides about random faults
	Logger     *slog.Logger  // nil is silence
	Settle     time.Duration // after which a pending payment is approved, on the sandbox's clock; 0: only by admin
	// Retry is the pacing of notifications that were not answered with 2xx, on
	// the sandbox's clock. The last pause repeats until a notification is 30
	// days old. Nil is the documented pacing: 1, 2, 4, 8, 15, 30 minutes, 1 hour, daily.
	Retry []time.Duration
}

// Sandbox is a running gateway. Its methods may be called at once by many.
type Sandbox struct {
	log      *slog.Logger
	books    *books
	clock    *clock
	faults   *faultBook
	entities *entityBook
	admin    string
	settle   time.Duration
	retry    []time.Duration
	client   *http.Client
	handler  http.Handler
	public   atomic.Pointer[string]
	issuer   string

	wake     chan struct{} // asks the delivery loop to look again
	flights  flights
	stop     context.CancelFunc
	running  sync.WaitGroup
	stopOnce sync.Once
}

// New opens the books and starts nothing.
func New(cfg Config) (*Sandbox, error) {
	if cfg.DataFile == "" {
		return nil, errors.New("sandbox: no data file")
	}
	log := cfg.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	retry := cfg.Retry
	if len(retry) == 0 {
		retry = documentedRetry()
	}
	s := &Sandbox{
		log:      log,
		faults:   newFaultBook(cfg.Seed),
		entities: newEntityBook(),
		admin:    cfg.AdminToken,
		settle:   cfg.Settle,
		retry:    retry,
		client:   notificationClient(),
		wake:     make(chan struct{}, 1),
	}
	for _, e := range cfg.Entities {
		if err := s.entities.set(e); err != nil {
			return nil, err
		}
	}
	if err := s.SetPublicURL(cfg.PublicURL); err != nil {
		return nil, err
	}
	if s.issuer = strings.TrimRight(cfg.IssuerURL, "/"); s.issuer != "" && !isSite(s.issuer) {
		return nil, errors.New("sandbox: issuer URL must be like https://acs.example")
	}
	b, err := openBooks(cfg.DataFile)
	if err != nil {
		return nil, err
	}
	s.books = b
	if s.clock, err = newClock(b); err != nil {
		return nil, errors.Join(err, b.close())
	}
	s.handler = s.routes()
	return s, nil
}

// Handler answers the gateway's API, its widget and its admin endpoints.
func (s *Sandbox) Handler() http.Handler { return s.handler }

// SetPublicURL says which site browsers reach the sandbox at, for a listener
// whose address was not known to Config. Empty means the address of each request.
func (s *Sandbox) SetPublicURL(raw string) error {
	raw = strings.TrimRight(raw, "/")
	if raw != "" && !isSite(raw) {
		return errors.New("sandbox: public URL must be like https://gateway.example")
	}
	s.public.Store(&raw)
	return nil
}

// isSite says whether raw is a scheme and a host, and no more.
func isSite(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && u.Path == "" && u.RawQuery == ""
}

// SetEntity adds a channel or replaces the one of the same id. It is kept in
// memory only: after a restart Config rules again.
func (s *Sandbox) SetEntity(e Entity) error { return s.entities.set(e) }

// Start delivers notifications in the background and settles what is due, until
// ctx ends or Close is called. Channels whose notification address was never
// probed get the setup call first.
func (s *Sandbox) Start(ctx context.Context) error {
	for _, e := range s.entities.all() {
		if err := s.probeOnce(ctx, e); err != nil {
			return err
		}
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.running.Go(func() { s.deliverLoop(ctx) })
	return nil
}

// Close ends the background work, waits for it and closes the books. Calls to
// the handler after it fail.
func (s *Sandbox) Close() error {
	var err error
	s.stopOnce.Do(func() {
		if s.stop != nil {
			s.stop()
		}
		s.running.Wait()
		s.flights.wait()
		err = s.books.close()
	})
	return err
}

// Now is the time on the sandbox's clock.
func (s *Sandbox) Now() time.Time { return s.clock.now() }

// Advance moves the sandbox's clock forward; checkouts age, throttles open,
// pending payments settle and notifications fall due accordingly.
func (s *Sandbox) Advance(ctx context.Context, by time.Duration) error {
	if by < 0 {
		return errors.New("sandbox: the clock only moves forward")
	}
	if err := s.clock.advance(ctx, by); err != nil {
		return fmt.Errorf("sandbox: move the clock: %w", err)
	}
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	s.nudge()
	return nil
}

func (s *Sandbox) publicURL() string { return *s.public.Load() }

// nudge wakes the delivery loop; one waiting nudge is enough.
func (s *Sandbox) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
