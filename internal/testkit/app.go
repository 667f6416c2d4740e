package testkit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/store"
)

// App is the whole application with a sandbox gateway beside it and two
// profiles, of which the second has no business with the first's rows.
type App struct {
	*app.App
	TB       testing.TB
	URL      string
	Gateway  *sandbox.Sandbox
	Outbox   *outbox.Outbox // the mail server's
	Clock    *Clock
	Log      *Log
	Profile  profile.Profile
	Account  gateway.Account
	Key      string
	Other    profile.Profile
	OtherKey string
	Database string
	// SecretKey is the keyring that seals what is secret in the database.
	SecretKey string

	gatewayURL   string
	gatewayTo    *http.Client
	gatewayHangs *atomic.Bool
}

// Options change what New starts.
type Options struct {
	Engine string         // "sqlite" (empty) or "postgres"
	Limits payment.Limits // zero: payment.DefaultLimits
	// APIRate is how many calls an API key may make in a minute; zero for no limit.
	APIRate int
	// Profile changes the first profile before it is made.
	Profile func(*profile.Profile)
	// OnGatewayCall sees each request of our server to the gateway before it is sent.
	OnGatewayCall func(*http.Request)
	// SQL stands before the database's driver.
	SQL store.Through
	// SMTP takes the mail instead of Outbox.
	SMTP smtp.Backend
	// NoSMTP leaves the mail server out.
	NoSMTP bool
	// AlertMail is the operator's address.
	AlertMail string
	// Webhooks are hosts and networks that webhooks may be sent to, beside the internet.
	Webhooks []string
}

// New starts an App on SQLite with documents switched on.
func New(tb testing.TB) *App { return Start(tb, Options{}) }

// Start starts an App; it ends with the test. Jobs do not run by themselves:
// RunJobs is the sweep that finds what their rows say is due.
func Start(tb testing.TB, o Options) *App {
	tb.Helper()
	if o.Engine == "" {
		o.Engine = "sqlite"
	}
	a := &App{TB: tb, Clock: NewClock(), Log: &Log{}, gatewayHangs: &atomic.Bool{}, Database: Database(tb, o.Engine), SecretKey: secret.Generate("test")}
	front := &swap{}
	site := httptest.NewServer(front)
	tb.Cleanup(site.Close)
	a.URL = site.URL
	a.startGateway(o.OnGatewayCall)
	cfg := config.Config{Database: a.Database, Listen: "127.0.0.1:0", BaseURL: a.URL, SecretKey: a.SecretKey,
		Poll: 50 * time.Millisecond, SweepEvery: time.Hour, Workers: 2, APIRate: o.APIRate, WebhookAllow: o.Webhooks, AlertMail: o.AlertMail}
	if !o.NoSMTP {
		cfg.SMTPURL, cfg.MailFrom = a.startMail(o.SMTP), MailFrom
	}
	var err error
	a.App, err = app.New(tb.Context(), cfg, a.Logger(), app.Options{Clock: a.Clock, Limits: o.Limits, HTTP: a.gatewayTo, SQL: o.SQL})
	if err != nil {
		tb.Fatalf("start app: %v", err)
	}
	tb.Cleanup(func() {
		site.Close()
		a.wantKnownEvents()
		if err := a.Close(); err != nil {
			tb.Errorf("close app: %v", err)
		}
	})
	a.Clock.times = a.DB
	front.set(a.Handler)
	a.seed(o)
	return a
}

// Logger writes to Log.
func (a *App) Logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(a.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// GatewayHTTPTimeout is how long the driver waits in tests.
const GatewayHTTPTimeout = 20 * time.Second

func (a *App) startGateway(watch func(*http.Request)) {
	front := &swap{}
	site := httptest.NewServer(front)
	var err error
	a.Gateway, err = sandbox.New(sandbox.Config{DataFile: filepath.Join(a.TB.TempDir(), "gateway.db"), PublicURL: site.URL, Seed: 1})
	if err != nil {
		a.TB.Fatalf("start gateway: %v", err)
	}
	front.set(a.Gateway.Handler())
	a.gatewayURL = site.URL
	a.gatewayTo = &http.Client{Timeout: GatewayHTTPTimeout, Transport: watched{&http.Transport{}, watch, a.gatewayHangs}}
	a.TB.Cleanup(func() {
		a.gatewayTo.CloseIdleConnections()
		site.Close()
		if err := a.Gateway.Close(); err != nil {
			a.TB.Errorf("close gateway: %v", err)
		}
	})
}

var tester = actor.Actor{Kind: actor.User, ID: "test"}

func (a *App) seed(o Options) {
	a.TB.Helper()
	p := app.DemoProfile()
	if o.Profile != nil {
		o.Profile(&p)
	}
	a.Profile, a.Account, a.Key = a.merchant(p, "channel-1")
	other := app.DemoProfile()
	other.Name = "Other Merchant"
	a.Other, _, a.OtherKey = a.merchant(other, "channel-2")
}

// merchant makes a profile with a gateway account and an API key.
func (a *App) merchant(p profile.Profile, channel string) (profile.Profile, gateway.Account, string) {
	a.TB.Helper()
	ctx := a.TB.Context()
	sum := sha256.Sum256([]byte(channel)) // each channel has a key of its own
	key := sum[:]
	account := gateway.Account{Driver: "opp", EntityID: channel, Token: "token-of-" + channel, WebhookKey: key, APIBase: a.gatewayURL, PublicBase: a.gatewayURL, TestMode: "EXTERNAL",
		Brands: []string{"VISA", "MASTER", "AMEX", "APPLEPAY"}}
	p, err := a.Profiles.Apply(ctx, tester, p, &account)
	if err != nil {
		a.TB.Fatalf("make profile: %v", err)
	}
	_, text, err := a.Users.CreateKey(ctx, tester, "test", p.ID)
	if err != nil {
		a.TB.Fatalf("make key: %v", err)
	}
	a.tellGateway(account, "/webhooks/opp/"+account.ID)
	return p, account, text
}

// Takes sets the first profile's gateway account up for these currencies only.
func (a *App) Takes(currencies ...money.Currency) {
	a.TB.Helper()
	a.Account.Currencies = currencies
	if _, err := a.Profiles.Apply(a.TB.Context(), tester, a.Profile, &a.Account); err != nil {
		a.TB.Fatalf("change gateway account: %v", err)
	}
}

// NotifyAt lets the gateway send the first profile's notifications to another
// path of ours.
func (a *App) NotifyAt(path string) { a.tellGateway(a.Account, path) }

// OnNotification lets a test see what the gateway posts for the first profile,
// on its way to a path of ours.
func (a *App) OnNotification(path string, seen func(r *http.Request, body []byte)) {
	a.TB.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			a.TB.Errorf("read notification: %v", err)
		}
		seen(r, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		a.Handler.ServeHTTP(w, r)
	}))
	a.TB.Cleanup(site.Close)
	a.tellGatewayURL(a.Account, site.URL+path)
}

func (a *App) tellGateway(account gateway.Account, path string) {
	a.TB.Helper()
	a.tellGatewayURL(account, a.URL+path)
}

func (a *App) tellGatewayURL(account gateway.Account, address string) {
	a.TB.Helper()
	if err := a.Gateway.SetEntity(sandbox.Entity{EntityID: account.EntityID, Token: account.Token, WebhookKey: hex.EncodeToString(account.WebhookKey),
		WebhookURL: address, MerchantName: a.Profile.Name, Brands: account.Brands}); err != nil {
		a.TB.Fatalf("tell gateway of the channel: %v", err)
	}
}

// RunJobs does everything whose time has come. A sweep that fails fails the test.
func (a *App) RunJobs() {
	a.TB.Helper()
	a.Sweeper.Sweep(a.TB.Context())
	for line := range strings.Lines(a.Log.String()) {
		if strings.Contains(line, `"msg":"sweep failed"`) {
			a.TB.Fatalf("%s", line)
		}
	}
}

// Deliver lets the gateway deliver the notifications that are due, and books them.
func (a *App) Deliver() {
	a.TB.Helper()
	if err := a.Gateway.Flush(a.TB.Context()); err != nil {
		a.TB.Fatalf("deliver notifications: %v", err)
	}
	a.RunJobs()
}

// Advance moves our clock and the gateway's forward together.
func (a *App) Advance(d time.Duration) {
	a.TB.Helper()
	a.Clock.Advance(d)
	if err := a.Gateway.Advance(context.WithoutCancel(a.TB.Context()), d); err != nil {
		a.TB.Fatalf("move gateway's clock: %v", err)
	}
}

// Log keeps what was logged.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write keeps b.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

// String is all of it.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// watched lets a test look at requests before they are sent, and does not wait long
// while the gateway hangs.
type watched struct {
	*http.Transport
	watch func(*http.Request)
	hangs *atomic.Bool
}

func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.watch != nil {
		w.watch(r)
	}
	if w.hangs.Load() {
		ctx, cancel := context.WithCancel(r.Context())
		time.AfterFunc(patience, cancel)
		r = r.WithContext(ctx)
	}
	return w.Transport.RoundTrip(r)
}

// swap is a handler that is known only after its address.
type swap struct {
	mu sync.RWMutex
	h  http.Handler
}

func (s *swap) set(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.h = h
}

func (s *swap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	h := s.h
	s.mu.RUnlock()
	if h == nil {
		http.Error(w, "not yet", http.StatusServiceUnavailable)
		return
	}
	h.ServeHTTP(w, r)
}
