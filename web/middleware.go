package web

import (
	"cmp"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/fault"
	v1 "github.com/quittance/quittance/web/api/v1"
	"github.com/quittance/quittance/web/form"
	"github.com/quittance/quittance/web/page"
)

var errFormExpired = fault.New(fault.Forbidden, "form_expired", "This page was open for too long. Load it again and repeat the last step.")

// requestID gives every request a short name of its own, which the log carries
// and a page of a fault shows. One that the client claims is not taken over.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	letters := base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	return func(c echo.Context) error {
		raw := make([]byte, 10)
		_, _ = rand.Read(raw) // never fails, see crypto/rand
		c.Response().Header().Set(echo.HeaderXRequestID, letters.EncodeToString(raw))
		return next(c)
	}
}

// route is the pattern that a request matched. The path itself is never logged
// or counted: it may hold a payment link's token.
func route(c echo.Context) string {
	if p := c.Path(); p != "" {
		return p
	}
	return "unmatched"
}

// logged writes one line per request; that of a machine that only looks whether
// all is well is for who debugs.
func logged(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := time.Now()
			err := next(c)
			level := slog.LevelInfo
			switch route(c) {
			case "/healthz", "/readyz", "/metrics":
				level = slog.LevelDebug
			}
			line := []slog.Attr{slog.String("method", method(c)), slog.String("route", route(c)), slog.Int("status", c.Response().Status),
				slog.Int64("ms", time.Since(start).Milliseconds()), slog.String("request_id", c.Response().Header().Get(echo.HeaderXRequestID))}
			if id := cmp.Or(page.ProfileID(c), v1.ProfileID(c)); id != "" {
				line = append(line, slog.String("profile", string(id)))
			}
			log.LogAttrs(c.Request().Context(), level, "request", line...)
			return err
		}
	}
}

// measure is a histogram of answers per route pattern.
func measure(registry *prometheus.Registry) (echo.MiddlewareFunc, error) {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "quittance_http_request_duration_seconds",
		Help:    "Time to answer a request.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"method", "route", "status"})
	if err := registry.Register(seconds); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := time.Now()
			err := next(c)
			seconds.WithLabelValues(method(c), route(c), strconv.Itoa(c.Response().Status)).Observe(time.Since(start).Seconds())
			return err
		}
	}, nil
}

// method is the request's if it is one of ours: a stranger's would be a label of
// its own each.
func method(c echo.Context) string {
	switch m := c.Request().Method; m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// answered turns an error into its answer here, so that the log and the metrics
// around it see the status that was sent.
func answered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			c.Error(err)
		}
		return nil
	}
}

// recovered turns a panic into an error.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch r := recover(); r {
			case nil:
			case http.ErrAbortHandler:
				panic(r)
			default:
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// headers are on every answer; pages and files set more of their own.
func headers(secure bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", page.Policy)
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("X-Frame-Options", "DENY")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cache-Control", "no-store")
			if secure {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			return next(c)
		}
	}
}

// csrf lets a form through only with the token that this browser's pages carry.
func csrf(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		f, err := form.Read(c.Response().Writer, c.Request())
		if err != nil {
			return err
		}
		if !page.Session(c).Posted(f.Value(form.CSRFField)) {
			return errFormExpired
		}
		return next(c)
	}
}
