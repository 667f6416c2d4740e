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
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/user"
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
	Users     *user.Service
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
	Events    Events
	Endpoints *endpoint.Service
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
// What the operation does is an action that a role allows or forbids.
type route struct {
	method, pattern string
	action          user.Action
	handle          handler
}

// public is the action of routes that need no key.
const public user.Action = "public"

func (h *handlers) routes() []route {
	return []route{
		{http.MethodGet, "/customers", user.SeeCustomers, h.listCustomers},
		{http.MethodPost, "/customers", user.CreateCustomers, known(h.createCustomer)},
		{http.MethodGet, "/customers/:id", user.SeeCustomers, known(h.showCustomer)},
		{http.MethodPut, "/customers/:id", user.ChangeCustomers, known(h.changeCustomer)},
		{http.MethodGet, "/products", user.SeeProducts, h.listProducts},
		{http.MethodPost, "/products", user.ChangeProducts, known(h.createProduct)},
		{http.MethodGet, "/products/:id", user.SeeProducts, known(h.showProduct)},
		{http.MethodPut, "/products/:id", user.ChangeProducts, known(h.changeProduct)},
		{http.MethodGet, "/orders", user.SeeOrders, h.listOrders},
		{http.MethodPost, "/orders/create_single_order", user.CreateOrders, known(h.createOrder(catalog.SinglePayment))},
		{http.MethodPost, "/orders/create_instalment_order", user.CreateOrders, known(h.createOrder(catalog.Instalment))},
		{http.MethodPost, "/orders/create_subscription_order", user.CreateOrders, known(h.createOrder(catalog.Subscription))},
		{http.MethodPost, "/orders/create_metered_order", user.CreateOrders, known(h.createOrder(catalog.Metered))},
		{http.MethodGet, "/orders/:id", user.SeeOrders, known(h.showOrder)},
		{http.MethodPost, "/order_checkouts/:id", user.ChangeOrders, known(h.renewCheckout)},
		{http.MethodPost, "/orders/:id/send_payment_link", user.SendLinks, known(h.sendMail(mail.OrderReady))},
		{http.MethodPost, "/orders/:id/send_reminder", user.SendLinks, known(h.sendMail(mail.OrderReminder))},
		{http.MethodPost, "/orders/:id/send_card_update", user.SendLinks, known(h.sendMail(mail.CardDetailsUpdate))},
		{http.MethodPut, "/orders/:id/pause_order", user.ChangeOrders, known(h.turnOrder(h.Course.Pause))},
		{http.MethodPut, "/orders/:id/resume_order", user.ChangeOrders, known(h.turnOrder(h.Course.Resume))},
		{http.MethodPut, "/orders/:id/cancel_order", user.ChangeOrders, known(h.turnOrder(h.Course.Cancel))},
		{http.MethodGet, "/orders/:id/scheduled_payments", user.SeeOrders, h.listScheduled},
		{http.MethodPost, "/orders/:id/payments", user.ChangeOrders, known(h.requestPayment)},
		{http.MethodGet, "/scheduled_payments/:id", user.SeeOrders, known(h.showScheduled)},
		{http.MethodPut, "/scheduled_payments/:id", user.ChangeOrders, known(h.changeScheduled)},
		{http.MethodGet, "/orders/:id/documents", user.SeeOrders, h.listDocuments},
		{http.MethodGet, "/documents/:" + fileParameter, user.SeeOrders, known(h.showPaper)},
		{http.MethodGet, "/sandbox/clock", user.SeeClock, known(h.showClock)},
		{http.MethodPost, "/sandbox/clock/advance", user.MoveClock, known(h.advanceClock)},
		{http.MethodPut, "/orders/:id/resume_collecting", user.ChangeOrders, known(h.turnOrder(h.Payments.ResumeCollecting))},
		{http.MethodGet, "/orders/:id/transactions", user.SeeOrders, h.listTransactions},
		{http.MethodGet, "/transactions/:id", user.SeeOrders, known(h.showTransaction)},
		{http.MethodPost, "/transactions/:id/capture", user.ReturnMoney, known(h.operate(h.Payments.Capture))},
		{http.MethodPost, "/transactions/:id/reverse", user.ReturnMoney, known(h.operate(h.Payments.Reverse))},
		{http.MethodPost, "/transactions/:id/refund", user.ReturnMoney, known(h.operate(h.Payments.Refund))},
		{http.MethodGet, "/events", user.SeeEvents, h.listEvents},
		{http.MethodGet, "/events/:id", user.SeeEvents, known(h.showEvent)},
		{http.MethodGet, "/events/:id/deliveries", user.KeepWebhooks, h.listEventDeliveries},
		{http.MethodGet, "/webhook_endpoints", user.KeepWebhooks, h.listEndpoints},
		{http.MethodPost, "/webhook_endpoints", user.KeepWebhooks, known(h.createEndpoint)},
		{http.MethodGet, "/webhook_endpoints/:id", user.KeepWebhooks, known(h.showEndpoint)},
		{http.MethodPut, "/webhook_endpoints/:id", user.KeepWebhooks, known(h.changeEndpoint)},
		{http.MethodDelete, "/webhook_endpoints/:id", user.KeepWebhooks, known(h.removeEndpoint)},
		{http.MethodPost, "/webhook_endpoints/:id/rotate_secret", user.KeepWebhooks, known(h.rotateSecret)},
		{http.MethodGet, "/webhook_endpoints/:id/deliveries", user.KeepWebhooks, h.listDeliveries},
		{http.MethodPost, "/webhook_endpoints/:id/deliveries/:delivery/redeliver", user.KeepWebhooks, known(h.redeliver)},
		{http.MethodGet, "/openapi.yaml", public, open(showDocument)},
		{http.MethodGet, "/docs", public, open(showReference(h.BaseURL))},
		{http.MethodGet, "/docs/embed", public, open(showGuide(h.BaseURL))},
	}
}

// Register adds the API's routes to g. Everything below g answers in problem
// documents, unknown routes and panics included.
func Register(g *echo.Group, d Deps) {
	h := &handlers{d, newLimiter(d.Rate)}
	for _, r := range h.routes() {
		g.Add(r.method, r.pattern, h.answered(h.serve(r)))
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
