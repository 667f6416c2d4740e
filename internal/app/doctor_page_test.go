package app_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/internal/testkit"
)

func TestDoctorLooksAtPaymentPages(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			looksAtPaymentPages(t, engine)
		})
	}
}

// looksAtPaymentPages asks doctor beside a server.
func looksAtPaymentPages(t *testing.T, engine string) {
	t.Helper()
	cfg := patient(t, engine)
	var handler http.Handler
	var altered atomic.Bool
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if altered.Load() && strings.HasPrefix(r.URL.Path, "/static/js/") {
			_, _ = w.Write([]byte("steal()"))
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(site.Close)
	cfg.BaseURL = site.URL
	merchant(t, cfg, profile.Sandbox, gateway.Account{APIBase: "http://" + listening(t), PublicBase: "https://gateway.example"})
	serving, err := app.New(t.Context(), cfg, cfg.Logger(), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = serving.Close() })
	handler = serving.Handler

	var out bytes.Buffer
	if err := app.Doctor(t.Context(), cfg, &out); err != nil || !regexp.MustCompile(`(?m)^ok +profile prf_\w+: the payment page reaches browsers as it was sent$`).Match(out.Bytes()) {
		t.Errorf("%v\n%s", err, out.String())
	}
	altered.Store(true)
	out.Reset()
	if err := app.Doctor(t.Context(), cfg, &out); !errors.Is(err, app.ErrUnwell) || !regexp.MustCompile(`(?m)^fail +profile prf_\w+: the payment page reaches browsers altered: .*/static/js/wpwl\.`).Match(out.Bytes()) {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestDoctorShowsWhatPaymentPagesBlocked(t *testing.T) {
	t.Parallel()

	cfg := patient(t, "sqlite")
	merchant(t, cfg, profile.Sandbox, gateway.Account{APIBase: "http://" + listening(t), PublicBase: "https://gateway.example"})
	var out bytes.Buffer
	if err := app.Doctor(t.Context(), cfg, &out); err != nil || !regexp.MustCompile(`(?m)^ok +profile prf_\w+: no browser reported a blocked source`).Match(out.Bytes()) {
		t.Errorf("%v\n%s", err, out.String())
	}
	a, err := app.New(t.Context(), cfg, cfg.Logger(), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := a.Profiles.Profiles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Reports.Take(t.Context(), profiles[0].ID, tamper.Checkout, tamper.Report{Directive: "script-src-elem", Blocked: "https://skim.example/x.js"}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := app.Doctor(t.Context(), cfg, &out); err != nil || !regexp.MustCompile(`(?m)^warn +profile prf_\w+: .* blocked sources.*\n.*\n +https://skim\.example \(script-src-elem, checkout\), 1 times from [0-9-]+ to [0-9-]+$`).Match(out.Bytes()) {
		t.Errorf("%v\n%s", err, out.String())
	}
}
