package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web"
)

func TestOpeningALinkChangesNothing(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	before := app.Dump()

	scanner := newVisitor(t, app)
	head := scanner.do(http.MethodHead, o.Link, nil).wantLeadsTo(orderPath(o))
	if got := head.Header.Values("Set-Cookie"); len(got) != 0 {
		t.Errorf("HEAD set a cookie: %q", got)
	}
	scanner.get(orderPath(o)).wantStatus(http.StatusNotFound)
	v := newVisitor(t, app)
	v.get(o.Link).wantLeadsTo(orderPath(o))
	v.get(orderPath(o)).wantStatus(http.StatusOK)
	v.do(http.MethodHead, orderPath(o), nil).wantStatus(http.StatusOK)
	v.get(orderPath(o) + "/order-summary.pdf").wantStatus(http.StatusOK)

	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the database changed (-before +after):\n%s", diff)
	}
}

func TestLookingAtACheckoutChangesNothing(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	before := app.Dump()

	v.get(widget.Request.URL.Path).wantStatus(http.StatusOK)
	v.do(http.MethodHead, widget.returnURL(), nil).wantStatus(http.StatusOK)

	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the database changed (-before +after):\n%s", diff)
	}
}

func TestRevokedLinkNamesTheMerchantAndNothingElse(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	unpaid := v.follow(o.Link)
	widget := v.startPaying(o)
	if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
		t.Fatal(err)
	}

	for _, address := range []string{o.Link, orderPath(o), orderPath(o) + "/order-summary.pdf", widget.Request.URL.Path} {
		page := v.get(address).wantStatus(http.StatusNotFound).wantText("h1", "This link no longer works")
		page.wantText("main", "Ask "+app.Profile.Name+" for a new one.").wantText("[data-testid=money]", "No money was taken")
		for _, secret := range []string{string(o.ID), o.InvoiceID, o.Token, "Overhaul", "124", "Ada"} {
			if strings.Contains(page.body, secret) {
				t.Errorf("%s tells %q", page.Request.URL.Path, secret)
			}
		}
	}
	v.submit(unpaid, "consent_terms", "1").wantStatus(http.StatusNotFound)
}

func TestUnknownLinkNamesNobody(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)

	for _, address := range []string{tampered(o.Link), "/pay/short", "/pay/" + strings.Repeat("a", 32)} {
		page := v.get(address).wantStatus(http.StatusNotFound).wantText("h1", "This link no longer works").wantText("[data-testid=money]", "No money was taken")
		if strings.Contains(page.body, app.Profile.Name) {
			t.Errorf("%s names the merchant", page.Request.URL.Path)
		}
	}
}

func TestForeignOrdersLookLikeUnknownOnes(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mine, foreign := app.NewOrder(12400), app.OrderOf(app.Other, 5000)
	theirs := newVisitor(t, app).startPaying(foreign)
	v := newVisitor(t, app)
	page := v.follow(mine.Link)
	token := page.doc.Find("input[name=_csrf]").AttrOr("value", "")
	before := app.Dump()

	unknown := v.get("/orders/ord_00000000000000000000000000").wantStatus(http.StatusNotFound)
	strip := regexp.MustCompile(`nonce="[^"]*"`)
	for _, address := range []string{orderPath(foreign), orderPath(foreign) + "/order-summary.pdf", orderPath(foreign) + "/receipts/R-2026-00001.pdf", theirs.Request.URL.Path} {
		got := v.get(address).wantStatus(http.StatusNotFound)
		if strip.ReplaceAllString(got.body, "") != strip.ReplaceAllString(unknown.body, "") {
			t.Errorf("%s does not look like an unknown order", address)
		}
	}
	for _, address := range []string{orderPath(foreign) + "/pay", theirs.Request.URL.Path} {
		v.do(http.MethodPost, address, url.Values{"_csrf": {token}, "consent_terms": {"1"}}).wantStatus(http.StatusNotFound)
	}
	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the database changed (-before +after):\n%s", diff)
	}
}

func TestFormsOfOthersAreRefused(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v, other := newVisitor(t, app), newVisitor(t, app)
	v.follow(o.Link)
	theirs := other.follow(o.Link).doc.Find("input[name=_csrf]").AttrOr("value", "")

	for name, token := range map[string]string{"none": "", "of another browser": theirs} {
		page := v.do(http.MethodPost, orderPath(o)+"/pay", url.Values{"_csrf": {token}, "consent_terms": {"1"}})
		page.wantStatus(http.StatusForbidden).wantText("[role=alert]", "Load it again")
		if n := len(app.Strings(`SELECT id FROM attempts`)); n != 0 {
			t.Errorf("token %s: %d attempts", name, n)
		}
	}
	newVisitor(t, app).do(http.MethodPost, orderPath(o)+"/pay", url.Values{}).wantStatus(http.StatusForbidden)
	v.do(http.MethodPost, orderPath(o)+"/pay", url.Values{"x": {strings.Repeat("a", 70_000)}}).wantStatus(http.StatusRequestEntityTooLarge)
}

func TestEveryFormWantsItsToken(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	v.startPaying(o)
	before := app.Dump()
	forms := 0
	for _, r := range web.Routes(app.Handler) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || strings.HasPrefix(r.Path, "/api/") || strings.HasPrefix(r.Path, "/webhooks/") || r.Path == "/csp-reports" {
			continue
		}
		forms++
		v.do(r.Method, strings.Replace(r.Path, ":id", string(o.ID), 1), url.Values{"consent_terms": {"1"}}).wantStatus(http.StatusForbidden)
	}
	if forms < 2 {
		t.Errorf("%d forms found, want all there are", forms)
	}
	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the database changed (-before +after):\n%s", diff)
	}
}

func TestPoliciesAreExact(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	order := v.follow(o.Link)
	widget := v.startPaying(o)
	gateway := app.Account.PublicBase

	nonce := regexp.MustCompile(`nonce-[A-Za-z0-9+/=]+`)
	seen := map[string]bool{}
	for name, tt := range map[string]struct {
		page answer
		want string
	}{
		"order": {order, "default-src 'none'; style-src 'self' 'N'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
		"widget": {widget, "default-src 'none'; style-src 'self' 'N'; img-src 'self'; script-src 'N' " + gateway + "; frame-src " + gateway +
			"; connect-src " + gateway + "; form-action 'self' " + gateway + "; base-uri 'none'; report-uri " + reportsTo(t, widget) + "; frame-ancestors 'none'"},
		"file":    {v.get(orderPath(o) + "/order-summary.pdf"), "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"unknown": {v.get("/nowhere"), "default-src 'none'; style-src 'self' 'N'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
	} {
		policy := tt.page.Header.Get("Content-Security-Policy")
		if got := nonce.ReplaceAllString(policy, "N"); got != tt.want {
			t.Errorf("%s: policy\n %s, want\n %s", name, got, tt.want)
		}
		if n := nonce.FindString(policy); n != "" {
			if seen[n] {
				t.Errorf("%s: nonce used twice", name)
			}
			seen[n] = true
			for _, s := range tt.page.doc.Find("[nonce]").EachIter() {
				if "nonce-"+s.AttrOr("nonce", "") != n {
					t.Errorf("%s: nonce of the page is not the header's", name)
				}
			}
		}
		for header, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := tt.page.Header.Get(header); got != want {
				t.Errorf("%s: %s = %q, want %q", name, header, got, want)
			}
		}
	}
	for _, s := range widget.doc.Find("script").EachIter() {
		if !strings.HasPrefix(s.AttrOr("integrity", ""), "sha384-") || s.AttrOr("crossorigin", "") != "anonymous" {
			t.Errorf("script %s is not bound to its hash", s.AttrOr("src", ""))
		}
	}
}

func TestNoHashNoWidget(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.Exec(`UPDATE attempts SET integrity = ''`)

	v.get(widget.Request.URL.Path).wantStatus(http.StatusServiceUnavailable).wantNone("script, .paymentWidgets")
}

func TestLogsHoldNoTokenNameOrMail(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "Holder Zoe"})
	back := widget.returnURL()
	v.follow(back)
	app.Deliver()
	v.get(o.Link + "x")
	v.get("/nowhere/" + o.Token)
	v.do("BREW", o.Link, nil)
	v.do(http.MethodPost, o.Link, url.Values{})

	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	log := app.Log.String()
	for name, secret := range map[string]string{"link token": o.Token, "return token": u.Query().Get("t"), "mail": "ada@example.com", "name": "Winter",
		"holder": "Zoe", "card": testkit.CardApproved, "cookie": "quittance=", "gateway token": app.Account.Token} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds the %s", name)
		}
	}
	for _, want := range []string{`"profile":"` + string(app.Profile.ID) + `"`, `"route":"/pay/:token"`, `"route":"/checkout/:id/return"`, `"route":"unmatched"`, `"method":"other"`, `"request_id":"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}

func TestGermanReader(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(1240000)
	app.Exec(`UPDATE orders SET language = ''`)
	v := newVisitor(t, app)
	v.lang = "de-AT,en;q=0.5"

	page := v.follow(o.Link).wantText("button", "Weiter zur Zahlung").wantText("[data-testid=order-total]", "12.400,00 €")
	if got := page.doc.Find("html").AttrOr("lang", ""); got != "de" || page.Header.Get("Content-Language") != "de" {
		t.Errorf("lang = %q, Content-Language = %q", got, page.Header.Get("Content-Language"))
	}
	v.submit(page).wantStatus(http.StatusUnprocessableEntity).wantText("[role=alert]", "Bitte")

	english := page.doc.Find("nav a[lang=en]").AttrOr("href", "")
	v.get(orderPath(o)+english).wantText("button", "Continue to payment")
	v.get(orderPath(o)).wantText("button", "Continue to payment")
	v.get("/nowhere").wantText("h1", "Page not found")
	v.get("/nowhere?lang=de").wantText("h1", "Seite nicht gefunden")
	v.get(orderPath(o)+"?lang=xx").wantText("button", "Weiter zur Zahlung")
}

func TestOrdersLanguageComesBeforeTheBrowsers(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	app.Exec(`UPDATE orders SET language = 'de'`)
	v := newVisitor(t, app)

	v.follow(o.Link).wantText("button", "Weiter zur Zahlung")
	if len(o.Language) == 0 {
		t.Error("the order has no language of its own")
	}
}

func TestBrowserKeepsSeveralOrders(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	var orders []testkit.Order
	for i := range 3 {
		orders = append(orders, app.NewOrder(int64(1000*(i+1))))
		v.follow(orders[i].Link).wantStatus(http.StatusOK)
	}
	for i, want := range []string{"€10.00", "€20.00", "€30.00"} {
		v.get(orderPath(orders[i])).wantStatus(http.StatusOK).wantText("[data-testid=order-total]", want)
	}
}

func TestCancelledOrderIsNotPayable(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	page := v.follow(o.Link)
	app.Exec(`UPDATE orders SET status = $1`, string(order.Cancelled))

	v.submit(page, "consent_terms", "1").wantLeadsTo(orderPath(o))
	v.get(orderPath(o)).wantStatus(http.StatusOK).wantText("h1", "This order was cancelled").
		wantText("[data-testid=money]", "No money was taken for this order.").wantText("table.lines", "Overhaul").wantNone("form")
}

func TestOrderThatEndedOtherwiseIsNotPayable(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	page := v.follow(o.Link)
	app.Exec(`UPDATE orders SET status = $1`, string(order.Complete))

	v.submit(page, "consent_terms", "1").wantLeadsTo(orderPath(o))
	v.get(orderPath(o)).wantStatus(http.StatusOK).wantText("h1", "can no longer be paid").wantNone("form")
}

func TestMachinesGetNoPages(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	hook := "/webhooks/opp/" + app.Account.ID

	v.get("/healthz").wantStatus(http.StatusOK)
	v.get("/readyz").wantStatus(http.StatusOK)
	if body := v.get("/metrics").wantStatus(http.StatusOK).body; !strings.Contains(body, `quittance_http_request_duration_seconds_count{method="GET",route="/readyz",status="200"} 1`) {
		t.Error("the metrics lack the request before")
	}
	for _, tt := range []struct {
		method, address, body string
		want                  int
	}{
		{http.MethodPost, hook, "not ours", http.StatusUnauthorized},
		{http.MethodPost, "/webhooks/opp/gwa_unknown", "", http.StatusNotFound},
		{http.MethodPost, "/webhooks/elsewhere/" + app.Account.ID, "", http.StatusNotFound},
		{http.MethodPost, hook, strings.Repeat("a", 257<<10), http.StatusRequestEntityTooLarge},
		{http.MethodGet, hook, "", http.StatusMethodNotAllowed},
		{http.MethodGet, "/api/v1/nowhere", "", http.StatusNotFound},
	} {
		a := v.send(tt.method, tt.address, "text/plain", tt.body).wantStatus(tt.want)
		if strings.Contains(a.body, "<html") {
			t.Errorf("%s %s answers a page", tt.method, tt.address)
		}
	}
}

func TestAddressesTakeTheirMethodsOnly(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)

	for method, address := range map[string]string{http.MethodPost: "/orders/ord_1", http.MethodGet: "/orders/ord_1/pay", http.MethodDelete: "/checkout/att_1"} {
		v.do(method, address, nil).wantStatus(http.StatusMethodNotAllowed).wantText("[role=alert]", "does not take that method")
	}
}

func TestRoutesNameEveryAddress(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	got := map[web.Route]bool{}
	for _, r := range web.Routes(app.Handler) {
		if got[r] {
			t.Errorf("%v twice", r)
		}
		got[r] = true
	}
	for _, want := range []web.Route{{"GET", "/pay/:token"}, {"HEAD", "/pay/:token"}, {"GET", "/orders/:id"}, {"POST", "/orders/:id/pay"}, {"GET", "/checkout/:id"},
		{"POST", "/checkout/:id"}, {"GET", "/checkout/:id/return"}, {"GET", "/orders/:id/order-summary.pdf"}, {"GET", "/orders/:id/receipts/:file"},
		{"POST", "/webhooks/:driver/:account"}, {"POST", "/api/v1/orders/create_single_order"}, {"GET", "/static/*"}, {"GET", "/metrics"}} {
		if !got[want] {
			t.Errorf("no %v", want)
		}
	}
}
