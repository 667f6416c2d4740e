package web_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web"
	"github.com/quittance/quittance/web/urls"
)

// stranger holds all that one merchant and one of its customers may hold: an API
// key, a browser that came by one order's link, a form's token. foreign are the
// orders that are none of its business, of another profile and of its own, each
// paid and unpaid.
type stranger struct {
	app     *testkit.App
	v       *visitor
	own     testkit.Order
	ownBack string // query of the return address of its own checkout
	csrf    string
	foreign []foreignOrder
	account string // the other profile's, at its gateway
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
)

// isolated has a row for every route of the server outside the API: how somebody
// else's id may come in by it. Rows of routes that take no id are nil. Of the API,
// whose own test is made of its document, it has what is looked for by other things
// than ids.
func isolated() map[string]func(stranger) []try {
	table := map[string]func(stranger) []try{
		"GET /healthz": nil, "GET /readyz": nil, "GET /metrics": nil, "GET /static/*": nil,
		"GET /api/v1/orders":              stranger.search,
		"POST /webhooks/:driver/:account": stranger.notify,
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
		"GET /embed/:id":        frames(""),
		"POST /embed/:id":       frames(""),
		"GET /embed/:id/return": frames("/return"),
		"GET /checkout/probe/:profile": func(s stranger) []try {
			return []try{{address: "/checkout/probe/" + string(s.app.Other.ID), unknown: "/checkout/probe/" + noProfile}}
		},
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

// search looks for the other profile's orders among the own, by what is no id.
func (s stranger) search() []try {
	var all []try
	for filter, foreign := range map[string]string{"invoice_id": s.foreign[0].InvoiceID, "tag": "tag of the other"} {
		ask := "/api/v1/orders?" + filter + "="
		all = append(all, try{address: ask + url.QueryEscape(foreign), unknown: ask + "none", want: http.StatusOK})
	}
	return all
}

// notify posts to the other profile's account what its key does not open. Who
// knows an account's id learns that it exists: it is no secret.
func (s stranger) notify() []try {
	return []try{
		{address: "/webhooks/elsewhere/" + s.account, unknown: "/webhooks/elsewhere/gwa_0", body: "x", nobody: "x"},
		{address: "/webhooks/opp/" + s.account, unknown: "/webhooks/opp/" + s.app.Account.ID, body: "x", nobody: "x", want: http.StatusUnauthorized},
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
	account, err := app.Profiles.Account(t.Context(), app.Other.ID)
	if err != nil {
		t.Fatal(err)
	}
	s.account = account.ID
	app.Exec(`INSERT INTO order_tags (profile_id, order_id, tag, created_at) SELECT profile_id, id, 'tag of the other', created_at FROM orders WHERE profile_id = $1`, string(app.Other.ID))
	return s
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
