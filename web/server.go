// Package web is the server: its routes, what happens around each request, and
// how an error becomes an answer. The pages and machine endpoints are the
// packages below it.
package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/tamper"
	"github.com/quittance/quittance/internal/user"
	"github.com/quittance/quittance/static"
	v1 "github.com/quittance/quittance/web/api/v1"
	"github.com/quittance/quittance/web/checkout"
	"github.com/quittance/quittance/web/embed"
	"github.com/quittance/quittance/web/page"
	"github.com/quittance/quittance/web/portal"
	"github.com/quittance/quittance/web/report"
	"github.com/quittance/quittance/web/session"
	"github.com/quittance/quittance/web/urls"
	"github.com/quittance/quittance/web/webhook"
)

// Deps are what the server needs.
type Deps struct {
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
	Calls     v1.Calls
	Events    v1.Events
	Endpoints *endpoint.Service
	Reports   *tamper.Reports
	Drivers   payment.Drivers
	Ring      *secret.Ring
	Clock     clock.Clock
	Log       *slog.Logger
	Metrics   *prometheus.Registry
	// PrivateMetrics keeps /metrics off this server: Operations serves it elsewhere.
	PrivateMetrics bool
	Ready          func(context.Context) error // nil when the server can do its work
	Proxies        []netip.Prefix              // whose word on a client's address is believed
	APIRate        int                         // calls of one API key in a minute; zero for no limit
	BaseURL        string                      // "https://pay.example.com", no slash at its end; cookies are Secure when it is https
}

// New is the whole server. It starts nothing. The client's address is the
// connection's own; a header that claims another is believed only from a trusted
// proxy.
func New(d Deps) (http.Handler, error) {
	site := urls.Site(d.BaseURL)
	sessions, err := session.New(d.Ring, site.Secure())
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	measured, err := measure(d.Metrics)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	e := echo.New()
	e.Logger.SetOutput(io.Discard) // errors come to handleError
	e.IPExtractor = addressFrom(d.Proxies)
	e.HTTPErrorHandler = handleError(d.Log)
	e.Use(requestID, logged(d.Log), measured, answered, recovered, headers(site.Secure()), page.Sessions(sessions))

	machines(e, d)
	pages(e, d, site, sessions)
	return e, nil
}

// addressFrom reads a client's address: the connection's own, or, where that is a
// trusted proxy, the last one in X-Forwarded-For that no trusted proxy added.
func addressFrom(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// machines are the routes for programs.
func machines(e *echo.Echo, d Deps) {
	read(e, "/healthz", echo.WrapHandler(healthy()))
	read(e, "/readyz", echo.WrapHandler(readiness(d.Ready, d.Log)))
	if !d.PrivateMetrics {
		read(e, "/metrics", echo.WrapHandler(scraped(d.Metrics)))
	}
	read(e, "/logos/:file", logo(d.Profiles))
	read(e, static.Prefix+"*", echo.WrapHandler(static.Handler()))
	read(e, urls.EmbedScript, echo.WrapHandler(static.Pinned(urls.EmbedFile)))
	v1.Register(e.Group(urls.API), v1.Deps{Profiles: d.Profiles, Users: d.Users, Customers: d.Customers, Products: d.Products, Orders: d.Orders, Collect: d.Collect, Course: d.Course, Payments: d.Payments, Clocks: d.Clocks,
		Mails: d.Mails, Papers: d.Papers, Calls: d.Calls, Events: d.Events, Endpoints: d.Endpoints, Ring: d.Ring, Clock: d.Clock, Log: d.Log, BaseURL: d.BaseURL, Rate: d.APIRate})
	e.POST(urls.Reports, (&report.Handlers{Reports: d.Reports, Ring: d.Ring, Clock: d.Clock}).Receive)
	hooks := &webhook.Handlers{Profiles: d.Profiles, Payments: d.Payments}
	e.POST(urls.Webhooks+"/:driver/:account", hooks.Receive)
}

// pages are the routes for people.
func pages(e *echo.Echo, d Deps, site urls.Site, sessions *session.Store) {
	checkouts := &checkout.Handlers{Profiles: d.Profiles, Orders: d.Orders, Payments: d.Payments, Drivers: d.Drivers, Ring: d.Ring, Clock: d.Clock, Site: site}
	orders := &portal.Handlers{Orders: d.Orders, Payments: d.Payments, Course: d.Course, Papers: d.Papers, Sessions: sessions, Checkout: checkouts}

	read(e, "/pay/:token", orders.OpenLink)
	read(e, "/orders/:id", orders.Show)
	e.POST("/orders/:id/pay", orders.Pay, csrf)
	read(e, "/orders/:id/card", orders.Cards)
	e.POST("/orders/:id/card", orders.StoreCard, csrf)
	e.POST("/orders/:id/card/choose", orders.ChooseCard, csrf)
	e.POST("/orders/:id/card/remove", orders.RemoveCard, csrf)
	e.POST("/orders/:id/card/try", orders.TryCard, csrf)
	read(e, "/orders/:id/cancel", orders.AskCancel)
	e.POST("/orders/:id/cancel", orders.Cancel, csrf)
	e.POST("/orders/:id/keep", orders.Keep, csrf)
	read(e, "/orders/:id/order-summary.pdf", orders.Summary)
	for _, kind := range []document.Kind{document.Invoice, document.Receipt, document.CreditNote} {
		read(e, "/orders/:id/"+urls.DocumentFolder(kind)+"/:file", orders.Document(kind))
	}
	read(e, "/checkout/:id", checkouts.Show)
	e.POST("/checkout/:id", checkouts.Renew, csrf)
	read(e, "/checkout/:id/return", checkouts.Back)
	read(e, urls.Probes+":profile", checkouts.Probe)
	frames := &embed.Handlers{Checkout: checkouts}
	read(e, urls.Embeds+":id", frames.Show)
	e.POST(urls.Embeds+":id", frames.Agree)
	read(e, urls.Embeds+":id/return", frames.Back)
}

// read registers an address that may be read: GET, and HEAD without the body.
func read(e *echo.Echo, path string, h echo.HandlerFunc) {
	e.GET(path, h)
	e.HEAD(path, h)
}

// Route is one address pattern of the server with one method.
type Route struct{ Method, Path string }

// Routes are all routes of a handler that New made; nil for any other handler.
func Routes(h http.Handler) []Route {
	e, ok := h.(*echo.Echo)
	if !ok {
		return nil
	}
	var out []Route
	for _, r := range e.Routes() {
		if r.Method != echo.RouteNotFound {
			out = append(out, Route{r.Method, r.Path})
		}
	}
	return out
}
