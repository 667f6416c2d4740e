package web_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web"
	"github.com/quittance/quittance/web/urls"
)

// stranger holds all that one merchant and one of its customers may hold: an API
// key, a browser that came by one order's link, a form's token. foreign are the
// orders that are none of its business, of another profile and of its own, each
// paid and unpaid.
type stranger struct {
	app      *testkit.App
	v        *visitor
	own      testkit.Order
	ownBack  string // query of the return address of its own checkout
	csrf     string
	customer string // its own
	product  string
	endpoint string
	foreign  []foreignOrder
	// A scheduled payment of an order of its own, and what the other profile has.
	scheduled schedule.ID
	other     struct {
		customer, product, account string
		endpoint, delivery         string
		scheduled                  schedule.ID
	}
}

// foreignOrder is one with its checkout and the numbers of its documents by the
// folder of their kind; made up where it has none.
type foreignOrder struct {
	testkit.Order
	attempt string
	papers  map[string]string
}

// try is one use of somebody else's id. Its answer has to be that to an id which
// nobody has.
type try struct {
	address, unknown string // with the foreign id, and with nobody's
	body, nobody     string // the same of bodies
	want             int    // zero: 404
}

const (
	noOrder   = "ord_00000000000000000000000000"
	noAttempt = "att_00000000000000000000000000"
	noProfile = "prf_00000000"

	noCustomer = "cus_00000000000000000000000000"
	noProduct  = "prd_00000000000000000000000000"

	noScheduled = "spm_00000000000000000000000000"

	noEndpoint = "whe_00000000000000000000000000"
	noDelivery = "whd_00000000000000000000000000"
)

// mails asks for a mail of an order.
func mails(command string) func(stranger) []try {
	return func(s stranger) []try {
		of := func(id string) string { return "/orders/" + id + "/" + command }
		all := s.profiles(of(string(s.own.ID)), "{}")
		return append(all, try{address: "/api/v1" + of(string(s.foreign[1].ID)), unknown: "/api/v1" + of(noOrder), body: "{}", nobody: "{}"})
	}
}

// isolated has a row for every route of the server: how somebody else's id may
// come in by it. Rows of routes that take no id are nil.
func isolated() map[string]func(stranger) []try {
	table := map[string]func(stranger) []try{
		"GET /healthz": nil, "GET /readyz": nil, "GET /metrics": nil, "GET /static/*": nil, "GET /api/v1/openapi.yaml": nil,

		"POST /api/v1/customers": func(s stranger) []try {
			return s.profiles("/customers", `{"customer":{"email":"a@example.com","given_name":"A"}}`)
		},
		"GET /api/v1/customers": func(s stranger) []try { return s.profiles("/customers", "") },
		"GET /api/v1/customers/:id": func(s stranger) []try {
			return s.read("/customers/", s.customer, s.other.customer, noCustomer)
		},
		"PUT /api/v1/customers/:id": func(s stranger) []try {
			return s.change("/customers/", s.customer, s.other.customer, noCustomer, `{"customer":{"city":"Rome"}}`)
		},
		"POST /api/v1/products": func(s stranger) []try {
			return s.profiles("/products", `{"product":{"type":"metered","name":"P","currency":"EUR","price":"1"}}`)
		},
		"GET /api/v1/products": func(s stranger) []try { return s.profiles("/products", "") },
		"GET /api/v1/products/:id": func(s stranger) []try {
			return s.read("/products/", s.product, s.other.product, noProduct)
		},
		"PUT /api/v1/products/:id": func(s stranger) []try {
			return s.change("/products/", s.product, s.other.product, noProduct, `{"product":{"price":"1"}}`)
		},
		"GET /api/v1/orders":                            stranger.search,
		"POST /api/v1/orders/create_single_order":       selling("create_single_order"),
		"POST /api/v1/orders/create_instalment_order":   selling("create_instalment_order"),
		"POST /api/v1/orders/create_subscription_order": selling("create_subscription_order"),
		"POST /api/v1/orders/create_metered_order":      selling("create_metered_order"),
		"GET /api/v1/orders/:id":                        func(s stranger) []try { return s.read("/orders/", string(s.own.ID), string(s.foreign[0].ID), noOrder) },
		"POST /webhooks/:driver/:account":               stranger.notify,
		"POST /api/v1/order_checkouts/:id": func(s stranger) []try {
			return s.change("/order_checkouts/", string(s.own.ID), string(s.foreign[1].ID), noOrder, "{}")
		},
		"POST /api/v1/orders/:id/send_payment_link": mails("send_payment_link"),
		"POST /api/v1/orders/:id/send_reminder":     mails("send_reminder"),
		"POST /api/v1/orders/:id/send_card_update":  mails("send_card_update"),

		"PUT /api/v1/orders/:id/pause_order":  turned("pause_order"),
		"PUT /api/v1/orders/:id/resume_order": turned("resume_order"),
		"PUT /api/v1/orders/:id/cancel_order": turned("cancel_order"),

		"GET /api/v1/orders/:id/scheduled_payments": func(s stranger) []try {
			of := func(id string) string { return "/orders/" + id + "/scheduled_payments" }
			return append(s.profiles(of(string(s.own.ID)), ""), try{address: "/api/v1" + of(string(s.foreign[0].ID)), unknown: "/api/v1" + of(noOrder)})
		},
		"POST /api/v1/orders/:id/payments": func(s stranger) []try {
			of, body := func(id string) string { return "/orders/" + id + "/payments" }, `{"scheduled_payment":{"amount":"1"}}`
			all := s.profiles(of(string(s.own.ID)), body)
			return append(all, try{address: "/api/v1" + of(string(s.foreign[0].ID)), unknown: "/api/v1" + of(noOrder), body: body, nobody: body})
		},
		"GET /api/v1/scheduled_payments/:id": func(s stranger) []try {
			return s.read("/scheduled_payments/", string(s.scheduled), string(s.other.scheduled), noScheduled)
		},
		"PUT /api/v1/scheduled_payments/:id": func(s stranger) []try {
			path := "/scheduled_payments/"
			all := s.change(path, string(s.scheduled), string(s.other.scheduled), noScheduled, `{"scheduled_payment":{"status":"skipped"}}`)
			merge := func(id string) string {
				return `{"scheduled_payment":{"merge_with":["` + id + `"],"date":"` + time.Now().AddDate(1, 0, 0).Format(time.DateOnly) + `"}}`
			}
			own := "/api/v1" + path + string(s.scheduled)
			return append(all, try{address: own, unknown: own, body: merge(string(s.other.scheduled)), nobody: merge(noScheduled), want: http.StatusUnprocessableEntity})
		},
		"GET /api/v1/orders/:id/documents": func(s stranger) []try {
			of := func(id string) string { return "/api/v1/orders/" + id + "/documents" }
			all := s.profiles("/orders/"+string(s.own.ID)+"/documents", "")
			return append(all, try{address: of(string(s.foreign[0].ID)), unknown: of(noOrder)})
		},
		"GET /api/v1/documents/:id.pdf": func(s stranger) []try {
			var all []try
			for _, id := range s.app.Strings(`SELECT id FROM documents WHERE profile_id = $1`, string(s.app.Other.ID)) {
				all = append(all, try{address: "/api/v1/documents/" + id + ".pdf", unknown: "/api/v1/documents/doc_00000000000000000000000000.pdf"})
			}
			return all
		},

		"GET /api/v1/events": func(s stranger) []try {
			ask := "/api/v1/events?order_id="
			return append(s.profiles("/events", ""), try{address: ask + string(s.foreign[0].ID), unknown: ask + noOrder, want: http.StatusOK})
		},
		"GET /api/v1/events/:id": func(s stranger) []try {
			first := func(p profile.ID) string {
				return s.app.Strings(`SELECT id FROM events WHERE profile_id = $1 ORDER BY seq`, string(p))[0]
			}
			return s.read("/events/", first(s.app.Profile.ID), first(s.app.Other.ID), "evt_00000000000000000000000000")
		},

		"GET /api/v1/webhook_endpoints": func(s stranger) []try { return s.profiles("/webhook_endpoints", "") },
		"POST /api/v1/webhook_endpoints": func(s stranger) []try {
			return s.profiles("/webhook_endpoints", `{"webhook_endpoint":{"url":"https://shop.example/","event_types":["*"]}}`)
		},
		"GET /api/v1/webhook_endpoints/:id": func(s stranger) []try {
			return s.read("/webhook_endpoints/", s.endpoint, s.other.endpoint, noEndpoint)
		},
		"PUT /api/v1/webhook_endpoints/:id": func(s stranger) []try {
			return s.change("/webhook_endpoints/", s.endpoint, s.other.endpoint, noEndpoint, `{"webhook_endpoint":{"status":"disabled"}}`)
		},
		"DELETE /api/v1/webhook_endpoints/:id": func(s stranger) []try {
			return s.change("/webhook_endpoints/", s.endpoint, s.other.endpoint, noEndpoint, `{}`)
		},
		"POST /api/v1/webhook_endpoints/:id/rotate_secret": func(s stranger) []try { return s.endpoints("/rotate_secret", "{}") },
		"GET /api/v1/webhook_endpoints/:id/deliveries":     func(s stranger) []try { return s.endpoints("/deliveries", "") },
		"POST /api/v1/webhook_endpoints/:id/deliveries/:delivery/redeliver": func(s stranger) []try {
			of := func(endpoint string) string { return "/api/v1/webhook_endpoints/" + endpoint + "/deliveries/" }
			return append(s.endpoints("/deliveries/"+noDelivery+"/redeliver", "{}"),
				try{address: of(s.endpoint) + s.other.delivery + "/redeliver", unknown: of(s.endpoint) + noDelivery + "/redeliver", body: "{}", nobody: "{}"},
				try{address: of(s.other.endpoint) + s.other.delivery + "/redeliver", unknown: of(noEndpoint) + noDelivery + "/redeliver", body: "{}", nobody: "{}"})
		},

		"GET /api/v1/sandbox/clock": func(s stranger) []try { return s.profiles("/sandbox/clock", "") },
		"POST /api/v1/sandbox/clock/advance": func(s stranger) []try {
			return s.profiles("/sandbox/clock/advance", `{"clock":{"to":"2030-01-01T00:00:00Z"}}`)
		},
		"PUT /api/v1/orders/:id/resume_collecting": turned("resume_collecting"),
		"GET /api/v1/orders/:id/transactions": func(s stranger) []try {
			of := func(id string) string { return "/api/v1/orders/" + id + "/transactions" }
			all := s.profiles("/orders/"+string(s.own.ID)+"/transactions", "")
			return append(all, try{address: of(string(s.foreign[0].ID)), unknown: of(noOrder)})
		},
		"POST /api/v1/transactions/:id/capture": transactions("capture"),
		"POST /api/v1/transactions/:id/reverse": transactions("reverse"),
		"POST /api/v1/transactions/:id/refund":  transactions("refund"),

		"GET /pay/:token": func(s stranger) []try {
			return s.each(func(o foreignOrder) try { return try{address: "/pay/" + string(o.ID), unknown: "/pay/" + noOrder} })
		},
		"GET /logos/:file": func(s stranger) []try {
			return []try{{address: "/logos/" + string(s.app.Other.ID) + ".png", unknown: "/logos/" + noProfile + ".png"}}
		},
		"GET /orders/:id":                    orders(""),
		"GET /orders/:id/order-summary.pdf":  orders("/order-summary.pdf"),
		"POST /orders/:id/pay":               orders("/pay"),
		"GET /orders/:id/card":               orders("/card"),
		"POST /orders/:id/card":              orders("/card"),
		"POST /orders/:id/card/choose":       orders("/card/choose"),
		"POST /orders/:id/card/remove":       orders("/card/remove"),
		"POST /orders/:id/card/try":          orders("/card/try"),
		"GET /orders/:id/cancel":             orders("/cancel"),
		"POST /orders/:id/cancel":            orders("/cancel"),
		"POST /orders/:id/keep":              orders("/keep"),
		"GET /orders/:id/invoices/:file":     papers("invoices"),
		"GET /orders/:id/receipts/:file":     papers("receipts"),
		"GET /orders/:id/credit-notes/:file": papers("credit-notes"),
		"GET /embed/v1/quittance.js":         nil,
		"POST /csp-reports": func(stranger) []try {
			return []try{{address: "/csp-reports", unknown: "/csp-reports", body: "{}", nobody: "{}", want: http.StatusNoContent}}
		},
		"GET /embed/:id":           frames(""),
		"POST /embed/:id":          frames(""),
		"GET /embed/:id/return":    frames("/return"),
		"GET /checkout/:id":        checkouts(func(stranger) string { return "" }),
		"POST /checkout/:id":       checkouts(func(stranger) string { return "" }),
		"GET /checkout/:id/return": checkouts(func(s stranger) string { return "/return?" + s.ownBack }),
	}
	for route, row := range table {
		if path, ok := strings.CutPrefix(route, "GET "); ok && !strings.HasPrefix(path, "/api/") {
			table["HEAD "+path] = row
		}
	}
	return table
}

// transactions tries to do something with the transactions of another profile.
func transactions(what string) func(stranger) []try {
	return func(s stranger) []try {
		of := func(id string) string { return "/api/v1/transactions/" + id + "/" + what }
		var all []try
		for _, id := range s.app.Strings(`SELECT id FROM transactions WHERE profile_id = $1`, string(s.app.Other.ID)) {
			all = append(all, try{address: of(id), unknown: of("trn_00000000000000000000000000"), body: "{}", nobody: "{}"})
		}
		return all
	}
}

// each is a try per foreign order.
func (s stranger) each(of func(foreignOrder) try) []try {
	var all []try
	for _, o := range s.foreign {
		all = append(all, of(o))
	}
	return all
}

func orders(below string) func(stranger) []try {
	return func(s stranger) []try {
		return s.each(func(o foreignOrder) try {
			return try{address: "/orders/" + string(o.ID) + below, unknown: "/orders/" + noOrder + below}
		})
	}
}

// papers are those of foreign orders, and asked for by their number on the own order.
func papers(folder string) func(stranger) []try {
	return func(s stranger) []try {
		var all []try
		for _, o := range s.foreign {
			file := "/" + folder + "/" + o.papers[folder] + ".pdf"
			all = append(all, try{address: "/orders/" + string(o.ID) + file, unknown: "/orders/" + noOrder + file},
				try{address: orderPath(s.own) + file, unknown: orderPath(s.own) + "/" + folder + "/none.pdf"})
		}
		return all
	}
}

func checkouts(below func(stranger) string) func(stranger) []try {
	return func(s stranger) []try {
		return s.each(func(o foreignOrder) try {
			return try{address: "/checkout/" + o.attempt + below(s), unknown: "/checkout/" + noAttempt + below(s)}
		})
	}
}

// frames uses the ticket of the own checkout for foreign ones.
func frames(below string) func(stranger) []try {
	return func(s stranger) []try {
		return s.each(func(o foreignOrder) try {
			of := func(id string) string { return "/embed/" + id + below + "?" + s.ownBack }
			return try{address: of(o.attempt), unknown: of(noAttempt), want: http.StatusForbidden}
		})
	}
}

// profiles asks as the other profile, with a body where there is one.
func (s stranger) profiles(path, body string) []try {
	named := "/api/v1" + path + "?profile_id="
	return []try{
		{address: named + string(s.app.Other.ID), unknown: named + noProfile, body: body, nobody: body},
		{address: named + "2", unknown: named + "99", body: body, nobody: body},
	}
}

// read asks for what the other profile has, and for the own as the other profile.
func (s stranger) read(path, own, foreign, nobody string) []try {
	all := s.profiles(path+own, "")
	all = append(all, s.profiles(path+foreign, "")...)
	return append(all, try{address: "/api/v1" + path + foreign, unknown: "/api/v1" + path + nobody})
}

// endpoints are the routes below an endpoint.
func (s stranger) endpoints(below, body string) []try {
	of := func(id string) string { return "/webhook_endpoints/" + id + below }
	return append(s.profiles(of(s.endpoint), body), try{address: "/api/v1" + of(s.other.endpoint), unknown: "/api/v1" + of(noEndpoint), body: body, nobody: body})
}

// change changes what the other profile has, and the own as the other profile.
func (s stranger) change(path, own, foreign, nobody, body string) []try {
	return append(s.profiles(path+own, body), try{address: "/api/v1" + path + foreign, unknown: "/api/v1" + path + nobody, body: body, nobody: body})
}

// turn gives a command to orders of the other profile, and to the own as that.
func (s stranger) turn(command string) []try {
	of := func(id string) string { return "/orders/" + id + "/" + command }
	all := s.profiles(of(string(s.own.ID)), "{}")
	for _, o := range s.foreign {
		if o.ProfileID == s.app.Other.ID {
			all = append(all, try{address: "/api/v1" + of(string(o.ID)), unknown: "/api/v1" + of(noOrder), body: "{}", nobody: "{}"})
		}
	}
	return all
}

// turned is turn as a row.
func turned(command string) func(stranger) []try {
	return func(s stranger) []try { return s.turn(command) }
}

// search looks for the other profile's orders among the own.
func (s stranger) search() []try {
	all := s.profiles("/orders", "")
	for _, x := range []struct{ filter, foreign, nobody string }{
		{"customer_id", s.other.customer, noCustomer},
		{"invoice_id", s.foreign[0].InvoiceID, "none"},
		{"tag", "tag of the other", "none"},
	} {
		ask := "/api/v1/orders?" + x.filter + "="
		all = append(all, try{address: ask + url.QueryEscape(x.foreign), unknown: ask + x.nobody, want: http.StatusOK})
	}
	return all
}

// selling uses the other profile's customer and product in an order. The own
// product is of a single payment: of other types nothing is made with it either.
func selling(route string) func(stranger) []try {
	return func(s stranger) []try {
		body := func(customer, product string) string {
			return `{"order":{"customer_id":"` + customer + `","currency":"EUR","order_products":[{"product_id":"` + product + `"}]}}`
		}
		path := "/orders/" + route
		own := body(s.customer, s.product)
		return append(s.profiles(path, own),
			try{address: "/api/v1" + path, unknown: "/api/v1" + path, body: body(s.other.customer, s.product), nobody: body("cus_0", s.product)},
			try{address: "/api/v1" + path, unknown: "/api/v1" + path, body: body(s.customer, s.other.product), nobody: body(s.customer, "prd_0")})
	}
}

// notify posts to the other profile's account what its key does not open. Who
// knows an account's id learns that it exists: it is no secret.
func (s stranger) notify() []try {
	return []try{
		{address: "/webhooks/elsewhere/" + s.other.account, unknown: "/webhooks/elsewhere/gwa_0", body: "x", nobody: "x"},
		{address: "/webhooks/opp/" + s.other.account, unknown: "/webhooks/opp/" + s.app.Account.ID, body: "x", nobody: "x", want: http.StatusUnauthorized},
	}
}

func TestEveryRouteHidesWhatIsForeign(t *testing.T) {
	t.Parallel()

	s := newStranger(t)
	table := isolated()
	if diff := uncovered(web.Routes(s.app.Handler), table); len(diff) > 0 {
		t.Fatalf("routes and table of isolation differ: %q", diff)
	}
	before := s.app.Dump()
	nonce := regexp.MustCompile(`nonce="[^"]*"`)
	for route, row := range table {
		method, path, _ := strings.Cut(route, " ")
		if row == nil {
			if strings.Contains(path, ":") || method == http.MethodPost {
				t.Errorf("%s takes an id, but nothing is tried", route)
			}
			continue
		}
		for _, x := range row(s) {
			if x.want == 0 {
				x.want = http.StatusNotFound
			}
			got, gotBody := s.send(t, method, x.address, x.body)
			unknown, unknownBody := s.send(t, method, x.unknown, x.nobody)
			if got != x.want || unknown != x.want {
				t.Errorf("%s %s: %d with a foreign id, %d with nobody's, want %d", method, x.address, got, unknown, x.want)
			}
			if diff := cmp.Diff(nonce.ReplaceAllString(unknownBody, ""), nonce.ReplaceAllString(gotBody, "")); diff != "" {
				t.Errorf("%s %s tells foreign from nobody's (-nobody's +foreign):\n%s", method, x.address, diff)
			}
			if diff := cmp.Diff(before, s.app.Dump()); diff != "" {
				t.Fatalf("%s %s changed the database (-before +after):\n%s", method, x.address, diff)
			}
		}
	}
}

func TestIsolationTableMissesNoRoute(t *testing.T) {
	t.Parallel()

	routes := web.Routes(testkit.New(t).Handler)
	for _, r := range routes {
		table, key := isolated(), r.Method+" "+r.Path
		if strings.HasPrefix(r.Path, urls.API+"/") {
			continue
		}
		delete(table, key)
		if got := uncovered(routes, table); !slices.Equal(got, []string{key}) {
			t.Errorf("without its row, %s is missed as %q", key, got)
		}
	}
	more := append(slices.Clone(routes), web.Route{Method: http.MethodDelete, Path: "/orders/:id"})
	if got := uncovered(more, isolated()); !slices.Equal(got, []string{"DELETE /orders/:id"}) {
		t.Errorf("a new route is missed as %q", got)
	}
}

// uncovered are the routes without a row, and the rows without a route. The API's
// routes need none: its own test of isolation is made of its document.
func uncovered(routes []web.Route, table map[string]func(stranger) []try) []string {
	var diff []string
	there := map[string]bool{}
	for _, r := range routes {
		key := r.Method + " " + r.Path
		there[key] = true
		if _, ok := table[key]; !ok && !strings.HasPrefix(r.Path, urls.API+"/") {
			diff = append(diff, key)
		}
	}
	for key := range table {
		if !there[key] {
			diff = append(diff, key)
		}
	}
	return diff
}

func newStranger(t *testing.T) stranger {
	t.Helper()
	app := testkit.New(t)
	s := stranger{app: app, v: newVisitor(t, app), own: app.NewOrder(12400)}
	s.csrf = s.v.follow(s.own.Link).doc.Find("input[name=_csrf]").AttrOr("value", "")
	_, s.ownBack, _ = strings.Cut(s.v.startPaying(s.own).returnURL(), "?")
	s.customer, s.product = string(s.own.CustomerID), string(s.own.Lines[0].ProductID)
	for _, o := range []testkit.Order{app.OrderOf(app.Other, 5000), app.OrderOf(app.Other, 6000), app.NewOrder(7000), app.NewOrder(8000)} {
		at := app.StartCheckout(o)
		f := foreignOrder{Order: o, attempt: string(at.ID),
			papers: map[string]string{"invoices": "INV-2026-00001", "receipts": "R-2026-00001", "credit-notes": "CN-2026-00001"}}
		if len(s.foreign)%2 == 0 { // every second one is paid
			if got := app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved}); got != "approved" {
				t.Fatalf("pay %s: %s", o.ID, got)
			}
			app.Deliver()
			for _, d := range app.Overview(o).Documents {
				f.papers[urls.DocumentFolder(d.Kind)] = d.Number
			}
		}
		s.foreign = append(s.foreign, f)
	}
	split := app.Sell(testkit.Instalments, order.Sale{})
	app.PayWith(split, testkit.Card{Number: testkit.CardApproved})
	s.scheduled = app.Schedule(split)[0].ID
	o := s.foreign[0]
	s.other.customer, s.other.product = string(o.CustomerID), string(o.Lines[0].ProductID)
	account, err := app.Profiles.Account(t.Context(), app.Other.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.other.account = account.ID
	s.endpoint, s.other.endpoint = endpointOf(t, app, app.Profile.ID), endpointOf(t, app, app.Other.ID)
	s.other.delivery = id.New("whd")
	app.Exec(`INSERT INTO webhook_deliveries (profile_id, id, endpoint_id, seq, state, attempts, status, trouble, excerpt, took_ms, created_at, done_at)
VALUES ($1, $2, $3, 1, 'failed', 1, 0, 'timeout', '', 0, 1, 1)`, string(app.Other.ID), s.other.delivery, s.other.endpoint)
	s.other.scheduled = schedule.NewID()
	app.Exec(`INSERT INTO scheduled_payments (profile_id, id, order_id, position, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor, tries, decline_class, refusal, announced, created_at, row_version)
SELECT profile_id, $2, id, 1, 'request', 'scheduled', '2099-01-01', '', '', 0, '', currency, total_minor, 0, '', '', TRUE, created_at, 1 FROM orders WHERE profile_id = $1 AND id = $3`,
		string(app.Other.ID), string(s.other.scheduled), string(o.ID))
	app.Exec(`INSERT INTO order_tags (profile_id, order_id, tag, created_at) SELECT profile_id, id, 'tag of the other', created_at FROM orders WHERE profile_id = $1`, string(app.Other.ID))
	return s
}

// endpointOf makes a webhook endpoint of a profile.
func endpointOf(t *testing.T, app *testkit.App, p profile.ID) string {
	t.Helper()
	e, err := app.Endpoints.Create(t.Context(), actor.TheSystem, p, endpoint.Details{URL: "https://shop.example/hooks", Types: []string{"*"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(e.ID)
}

// send uses whatever the stranger has: the key for the API, the browser's cookie
// and a form's token for pages.
func (s stranger) send(t *testing.T, method, address, body string) (int, string) {
	t.Helper()
	media := "application/json"
	if method == http.MethodPost && body == "" {
		media, body = "application/x-www-form-urlencoded", "_csrf="+s.csrf+"&consent_terms=1"
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.app.URL+address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	if strings.HasPrefix(address, "/api/") {
		req.Header.Set("Authorization", "Bearer "+s.app.Key)
	}
	resp, err := s.v.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}
