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
)

func TestDoctorLooksAtPaymentPages(t *testing.T) {
	t.Parallel()

	cfg := patient(t, "postgres")
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
