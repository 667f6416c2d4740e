// Package app puts the parts together: it is the only place that knows all of
// them. Each command of the program is one function here.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/opp"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/notify"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/store"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/internal/user"
	"github.com/quittance/quittance/internal/webhooks"
	"github.com/quittance/quittance/internal/work"
	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/web"
	"github.com/quittance/quittance/web/checkout"
	"github.com/quittance/quittance/web/urls"
)

// App is everything, open and wired, with nothing started.
type App struct {
	DB        *store.DB
	Clock     clock.Clock
	Profiles  *profile.Service
	Users     *user.Service
	Customers *customer.Service
	Products  *catalog.Service
	Orders    *order.Service
	Collect   *collect.Service
	Payments  *payment.Service
	Course    *collect.Course
	Clocks    *collect.Clocks
	Papers    *paper.Service
	Mails     *mail.Service
	Letters   *notify.Service
	Endpoints *endpoint.Service
	Webhooks  *webhooks.Service
	Tamper    *tamper.Service
	Reports   *tamper.Reports
	Queue     *work.Queue
	Sweeper   *work.Sweeper
	Handler   http.Handler
	// Operations are health and metrics alone, for a listener that only the operator reaches.
	Operations http.Handler

	log *slog.Logger
}

// Options are what tests change about an App.
type Options struct {
	Clock  clock.Clock    // nil is the system's, with the configured skew
	Limits payment.Limits // zero is payment.DefaultLimits
	HTTP   *http.Client   // for gateways; nil is the driver's own
	SQL    store.Through  // before the database's driver; nil is nothing

	beside bool // a process that serves: nothing is changed
}

// drivers are the gateways this program speaks to, by the name in the account.
type drivers map[string]gateway.Driver

// Driver finds an account's driver.
func (d drivers) Driver(account gateway.Account) (gateway.Driver, error) {
	if driver, ok := d[account.Driver]; ok {
		return driver, nil
	}
	return nil, fmt.Errorf("no driver for gateway %q of account %s", account.Driver, account.ID)
}

// openStore opens the database with its keyring; beside another process if asked to.
func openStore(cfg config.Config, log *slog.Logger, through store.Through, beside bool) (*store.DB, *secret.Ring, error) {
	ring, err := secret.Parse(cfg.SecretKey)
	if err != nil {
		return nil, nil, err
	}
	if beside {
		db, err := store.OpenBeside(cfg.Database, ring, log)
		return db, ring, err
	}
	db, err := store.OpenThrough(through, cfg.Database, ring, log)
	return db, ring, err
}

// New opens the database and wires the parts. SQLite is migrated by itself;
// PostgreSQL must be (store.ErrSchemaOld), and a newer schema is always refused.
func New(ctx context.Context, cfg config.Config, log *slog.Logger, o Options) (_ *App, err error) {
	db, ring, err := openStore(cfg, log, o.SQL, o.beside)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	if cfg.SQLite() && !o.beside {
		err = db.Migrate(ctx)
	} else {
		err = db.CheckSchema(ctx)
	}
	if err != nil {
		return nil, err
	}
	a := &App{DB: db, Clock: o.Clock, log: log}
	if a.Clock == nil {
		a.Clock = clock.System{Times: db, Skew: cfg.ClockSkew}
	}
	if o.Limits == (payment.Limits{}) {
		o.Limits = payment.DefaultLimits
		if cfg.ChargeTries > 0 {
			o.Limits.Charges.SameAmount = cfg.ChargeTries
		}
	}
	gateways := drivers{"opp": opp.New(opp.Config{HTTP: o.HTTP, Log: log})}
	a.Profiles = profile.NewService(db, a.Clock)
	a.Users = user.NewService(db, a.Clock)
	a.Customers = customer.NewService(db, a.Clock)
	a.Products = catalog.NewService(db, a.Clock)
	a.Orders = order.NewService(db, a.Profiles, a.Customers, a.Products, gateways, ring, a.Clock)
	a.Payments = payment.NewService(db, a.Profiles, gateways, a.Clock, o.Limits)
	a.Course = collect.NewCourse(db, a.Profiles, a.Payments, a.Clock)
	a.Collect = collect.NewService(db, a.Profiles, a.Orders, a.Payments, gateways, a.Clock)
	a.Papers = paper.NewService(db, a.Clock, a.log)
	registry := prometheus.NewRegistry()
	m := newMeters(registry, db, a.Clock, log)
	a.Operations = web.Operations(registry, db.Ping, log)
	a.Mails = mail.NewService(db, a.Profiles, a.Orders, a.Clock)
	a.Clocks = collect.NewClocks(db, a.Profiles, a.Clock, collect.Endings{Course: a.Course}, collect.NewCharges(db, a.Payments, a.Clock),
		collect.Swept{Profiles: a.Profiles, First: a.Payments.NextUnpaid, Sweep: a.Payments.CancelUnpaid},
		collect.Swept{Profiles: a.Profiles, First: a.Payments.NextHold, Sweep: a.Payments.WatchHolds},
		collect.Swept{Profiles: a.Profiles, First: a.Mails.NextTimed, Sweep: a.Mails.SweepProfile})
	if a.Letters, err = notify.New(notify.Deps{Repo: db, Profiles: a.Profiles, Orders: a.Orders, Papers: a.Papers, Clock: a.Clock,
		Server: mailServer(cfg), BaseURL: cfg.BaseURL, Alerts: cfg.AlertMail, Log: log, Metrics: registry}); err != nil {
		return nil, err
	}
	if err := a.openWebhooks(cfg, registry); err != nil {
		return nil, err
	}
	db.UseMeter(m.committed)
	db.UseListener(a.Webhooks.Nudge)
	pool, engine := db.SQL()
	if a.Queue, err = work.New(work.Config{DB: pool, Engine: engine, Poll: cfg.Poll, Workers: cfg.Workers, Log: log, Observe: observe(m.jobs)}, a.Payments, a.Papers, a.Letters); err != nil {
		return nil, err
	}
	db.UseQueue(a.Queue.Enqueue)
	a.Sweeper = &work.Sweeper{Payments: a.Payments, Course: a.Course, Due: collect.NewSweep(db, a.Clock), Clocks: a.Clocks, Papers: a.Papers, Letters: a.Letters, Mails: a.Mails, Webhooks: a.Webhooks, Calls: db, Clock: a.Clock, Every: cfg.SweepEvery, Log: log, Observe: observe(m.sweeps)}
	a.Reports = &tamper.Reports{Repo: db, Clock: a.Clock, Log: log}
	proxies, err := cfg.Proxies()
	if err != nil {
		return nil, err
	}
	a.Handler, err = web.New(web.Deps{Profiles: a.Profiles, Users: a.Users, Customers: a.Customers, Products: a.Products, Orders: a.Orders, Collect: a.Collect, Payments: a.Payments, Course: a.Course, Clocks: a.Clocks,
		Papers: a.Papers, Mails: a.Mails, Calls: db, Events: db, Endpoints: a.Endpoints, Reports: a.Reports, Drivers: gateways, Ring: ring, Clock: a.Clock, Log: log, Metrics: registry, PrivateMetrics: cfg.MetricsListen != "", Ready: db.Ping, BaseURL: cfg.BaseURL, Proxies: proxies, APIRate: cfg.APIRate})
	if err != nil {
		return nil, err
	}
	a.Tamper = &tamper.Service{Repo: db, Clock: a.Clock, Site: a.Handler, BaseURL: cfg.BaseURL, Scripts: append(static.Scripts(), urls.EmbedScript), Every: cfg.SweepEvery, Log: log,
		Probe: func(profileID profile.ID) (string, error) { return checkout.ProbePath(ring, profileID) }}
	return a, a.refuseSkewedLive(ctx, cfg)
}

// openWebhooks wires merchants' endpoints and what sends to them.
func (a *App) openWebhooks(cfg config.Config, metrics prometheus.Registerer) error {
	hosts, networks, err := cfg.Webhooks()
	if err != nil {
		return err
	}
	allow := endpoint.Allow{Hosts: hosts, Networks: networks}
	a.Endpoints = endpoint.NewService(a.DB, a.Clock, allow)
	a.Webhooks, err = webhooks.New(webhooks.Deps{Repo: a.DB, Clock: a.Clock, Allow: allow, Every: cfg.Poll, Log: a.log, Metrics: metrics})
	return err
}

// refuseSkewedLive keeps a rehearsal's clock away from real money.
func (a *App) refuseSkewedLive(ctx context.Context, cfg config.Config) error {
	if cfg.ClockSkew == 0 {
		return nil
	}
	profiles, err := a.Profiles.Profiles(ctx)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		if p.Mode == profile.Live {
			return fmt.Errorf("%s_CLOCK_SKEW: refused, profile %s is live", config.Prefix, p.ID)
		}
	}
	return nil
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }

// How long a stopping process waits for requests and for jobs.
const (
	drainRequests = 15 * time.Second
	drainJobs     = 20 * time.Second
)

// Run serves on l (nil: serves nothing) and works jobs until ctx ends, then
// finishes what is under way: the requests, the jobs, what the sweep and the webhooks
// are at.
func (a *App) Run(ctx context.Context, l net.Listener) (err error) {
	background := context.WithoutCancel(ctx)
	sweeping, stopSweeping := context.WithCancel(ctx)
	var sweeper sync.WaitGroup
	sweeper.Go(func() { a.Sweeper.Run(sweeping) })
	sweeper.Go(func() { a.Webhooks.Run(sweeping) })
	sweeper.Go(func() { a.Tamper.Run(sweeping) })
	defer func() {
		stopSweeping()
		sweeper.Wait()
	}()
	if err := a.Queue.Start(background); err != nil {
		return err
	}
	defer func() {
		stop, cancel := context.WithTimeout(background, drainJobs)
		defer cancel()
		err = errors.Join(err, a.Queue.Stop(stop))
	}()
	if l == nil {
		<-ctx.Done()
		return nil
	}
	return serveHTTP(ctx, l, a.Handler, a.log)
}

// serveHTTP serves until ctx ends and then lets requests finish.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.InfoContext(ctx, "stopping, requests under way finish first")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainRequests)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return fmt.Errorf("drain requests: %w", err)
	}
	return nil
}
