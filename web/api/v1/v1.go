// Package v1 is the JSON API for merchants' developers: its routes, its strict
// reading of bodies, its problem documents and its OpenAPI document. It holds no
// rule of its own; services decide, this package reads and answers.
package v1

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

// Calls keeps the claims behind Idempotency-Key; internal/store provides it.
type Calls interface {
	// ClaimCall begins a call: its claim has the kept answer, or a lease to work
	// under. It returns idem.ErrInWork or idem.ErrReused.
	ClaimCall(ctx context.Context, s idem.Scope, bodyHash []byte, now time.Time) (idem.Claim, error)
	// KeepAnswer keeps the answer of a call whose work was committed before.
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
	// ReleaseCall gives a claim up whose call kept no answer.
	ReleaseCall(ctx context.Context, s idem.Scope, leaseID string) error
}

// Deps are what the API needs.
type Deps struct {
	Profiles  *profile.Service
	Customers *customer.Service
	Products  *catalog.Service
	Orders    *order.Service
	Course    *collect.Course
	Clocks    *collect.Clocks
	Payments  *payment.Service
	Collect   *collect.Service
	Mails     *mail.Service
	Papers    *paper.Service
	Calls     Calls
	Ring      *secret.Ring // seals kept answers
	Clock     clock.Clock
	Log       *slog.Logger
	BaseURL   string // of payment links and Location, without a slash at the end
	// Rate is how many calls one key may make in a minute; zero for no limit.
	Rate int
}

type handlers struct {
	Deps
	limit *limiter
}

// route is one operation; pattern is relative to the group, in echo's notation.
type route struct {
	method, pattern string
	handle          echo.HandlerFunc
}

func (h *handlers) routes() []route {
	return []route{
		{http.MethodGet, "/customers", h.asked(h.listCustomers)},
		{http.MethodPost, "/customers", h.known(h.createCustomer)},
		{http.MethodGet, "/customers/:id", h.known(h.showCustomer)},
		{http.MethodPut, "/customers/:id", h.known(h.changeCustomer)},
		{http.MethodGet, "/products", h.asked(h.listProducts)},
		{http.MethodPost, "/products", h.known(h.createProduct)},
		{http.MethodGet, "/products/:id", h.known(h.showProduct)},
		{http.MethodPut, "/products/:id", h.known(h.changeProduct)},
		{http.MethodGet, "/orders", h.asked(h.listOrders)},
		{http.MethodPost, "/orders/create_single_order", h.known(h.createOrder(catalog.SinglePayment))},
		{http.MethodPost, "/orders/create_instalment_order", h.known(h.createOrder(catalog.Instalment))},
		{http.MethodPost, "/orders/create_subscription_order", h.known(h.createOrder(catalog.Subscription))},
		{http.MethodPost, "/orders/create_metered_order", h.known(h.createOrder(catalog.Metered))},
		{http.MethodGet, "/orders/:id", h.known(h.showOrder)},
		{http.MethodPost, "/order_checkouts/:id", h.known(h.renewCheckout)},
		{http.MethodPost, "/orders/:id/send_payment_link", h.known(h.sendMail(mail.OrderReady))},
		{http.MethodPost, "/orders/:id/send_reminder", h.known(h.sendMail(mail.OrderReminder))},
		{http.MethodPost, "/orders/:id/send_card_update", h.known(h.sendMail(mail.CardDetailsUpdate))},
		{http.MethodPut, "/orders/:id/pause_order", h.known(h.turnOrder(h.Course.Pause))},
		{http.MethodPut, "/orders/:id/resume_order", h.known(h.turnOrder(h.Course.Resume))},
		{http.MethodPut, "/orders/:id/cancel_order", h.known(h.turnOrder(h.Course.Cancel))},
		{http.MethodGet, "/orders/:id/scheduled_payments", h.asked(h.listScheduled)},
		{http.MethodPost, "/orders/:id/payments", h.known(h.requestPayment)},
		{http.MethodGet, "/scheduled_payments/:id", h.known(h.showScheduled)},
		{http.MethodPut, "/scheduled_payments/:id", h.known(h.changeScheduled)},
		{http.MethodGet, "/orders/:id/documents", h.asked(h.listDocuments)},
		{http.MethodGet, "/documents/:" + fileParameter, h.known(h.showPaper)},
		{http.MethodGet, "/sandbox/clock", h.known(h.showClock)},
		{http.MethodPost, "/sandbox/clock/advance", h.known(h.advanceClock)},
		{http.MethodPut, "/orders/:id/resume_collecting", h.known(h.turnOrder(h.Payments.ResumeCollecting))},
		{http.MethodGet, "/orders/:id/transactions", h.asked(h.listTransactions)},
		{http.MethodGet, "/transactions/:id", h.known(h.showTransaction)},
		{http.MethodPost, "/transactions/:id/capture", h.known(h.operate(h.Payments.Capture))},
		{http.MethodPost, "/transactions/:id/reverse", h.known(h.operate(h.Payments.Reverse))},
		{http.MethodPost, "/transactions/:id/refund", h.known(h.operate(h.Payments.Refund))},
		{http.MethodGet, "/openapi.yaml", showDocument},
		{http.MethodGet, "/docs", showReference(h.BaseURL)},
		{http.MethodGet, "/docs/embed", showGuide(h.BaseURL)},
	}
}

// Register adds the API's routes to g. Everything below g answers in problem
// documents, unknown routes and panics included.
func Register(g *echo.Group, d Deps) {
	h := &handlers{d, newLimiter(d.Rate)}
	for _, r := range h.routes() {
		g.Add(r.method, r.pattern, h.answered(r.handle))
	}
	unmatched := h.answered(h.unmatched)
	g.RouteNotFound("", unmatched)
	g.RouteNotFound("/*", unmatched)
}

// unmatched answers paths that are no route, and methods that a path lacks.
func (h *handlers) unmatched(c echo.Context) error {
	var allowed, exactly []string
	for _, r := range h.routes() {
		if path := "/" + c.Param("*"); r.pattern == path {
			exactly = append(exactly, r.method)
		} else if matches(r.pattern, path) {
			allowed = append(allowed, r.method)
		}
	}
	if len(exactly) > 0 {
		allowed = exactly // a name of its own is not an id
	}
	if len(allowed) == 0 {
		return &problem{Status: http.StatusNotFound, Code: "route_not_found", Detail: "There is no such route."}
	}
	c.Response().Header().Set(echo.HeaderAllow, strings.Join(allowed, ", "))
	return &problem{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Detail: "This route does not take that method."}
}

// matches reports whether path fits pattern, segment by segment.
func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && (!strings.HasPrefix(segment, ":") || got[i] == "") {
			return false
		}
	}
	return true
}
