package v1_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/user"
	v1 "github.com/quittance/quittance/web/api/v1"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

// nobodys are ids that nobody has, by the first part of a path.
var nobodys = map[string]string{
	"customers": "cus_00000000000000000000000000", "products": "prd_00000000000000000000000000", "orders": "ord_00000000000000000000000000",
	"order_checkouts": "ord_00000000000000000000000000", "scheduled_payments": "spm_00000000000000000000000000", "documents": "doc_00000000000000000000000000.pdf", "transactions": "trn_00000000000000000000000000",
	"events": "evt_00000000000000000000000000", "webhook_endpoints": "whe_00000000000000000000000000",
}

// address is a route's path with an id in it that nobody has.
func address(t *testing.T, o v1.Operation) string {
	t.Helper()
	parts := strings.Split(o.Pattern, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, ":") {
			if parts[i] = nobodys[parts[1]]; parts[i] == "" {
				t.Fatalf("%s: nobodys has no id for it", o.Pattern)
			}
		}
	}
	return strings.Join(parts, "/")
}

func TestEveryRouteHasAnAction(t *testing.T) {
	t.Parallel()
	for _, o := range v1.Operations() {
		route := o.Method + " " + o.Pattern
		if o.Public != slices.Contains([]string{"GET /openapi.yaml", "GET /docs", "GET /docs/embed"}, route) {
			t.Errorf("%s: public is %t", route, o.Public)
		}
		if !o.Public && !o.Action.Known() {
			t.Errorf("%s: the roles' table has no action %q", route, o.Action)
		}
		if strings.Contains(o.Pattern, ":") && user.Restricted.May(o.Action) == user.Own && !o.Owned {
			t.Errorf("%s: nothing tells who made what its path names", route)
		}
	}
}

// TestRolesAreHeldOnEveryRoute walks the whole table of role and action over every
// route.
func TestRolesAreHeldOnEveryRoute(t *testing.T) {
	t.Parallel()
	a := start(t)
	refused := 0
	for _, role := range user.Roles {
		_, key := a.NewUser(role)
		for _, o := range v1.Operations() {
			if o.Public {
				continue
			}
			c := call{method: o.Method, path: address(t, o), key: key, invalid: true}
			if o.Method != http.MethodGet {
				c.body = "{}"
			}
			before := ""
			if may := role.May(o.Action) != user.None; !may {
				refused++
				before = a.Dump()
			}
			got := a.do(t, c)
			switch {
			case before != "":
				if got.status != http.StatusForbidden || got.problem.Code != "forbidden_role" || !strings.Contains(got.problem.Detail, string(o.Action)) {
					t.Errorf("%s %s %s: %d %s, want 403 that names what may not be done\n%s", role, o.Method, o.Pattern, got.status, got.problem.Code, got.body)
				}
				if diff := cmp.Diff(before, a.Dump()); diff != "" {
					t.Errorf("%s %s %s: the refusal changed the database:\n%s", role, o.Method, o.Pattern, diff)
				}
			case got.status == http.StatusForbidden || got.status == http.StatusUnauthorized || got.status >= http.StatusInternalServerError:
				t.Errorf("%s %s %s: %d %s, want it let through", role, o.Method, o.Pattern, got.status, got.problem.Code)
			}
		}
	}
	if refused < 10 {
		t.Errorf("%d refusals only", refused)
	}
}

func TestTheDocumentHasTheTableOfRoles(t *testing.T) {
	t.Parallel()
	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	seen := map[user.Action]bool{}
	for _, o := range v1.Operations() {
		if o.Public || seen[o.Action] {
			continue
		}
		seen[o.Action] = true
		row := "| " + string(o.Action) + " |"
		for _, role := range user.Roles {
			row += " " + map[user.Grant]string{user.All: "yes", user.Own: "own", user.None: "no"}[role.May(o.Action)] + " |"
		}
		want = append(want, row)
	}
	for line := range strings.Lines(doc.Components.SecuritySchemes["apiKey"].Value.Description) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "|") {
			got = append(got, line)
		}
	}
	if len(got) < 3 {
		t.Fatalf("the document has no table of roles")
	}
	got = got[2:] // below the head
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table of roles (-roles +document):\n%s", diff)
	}
}

func TestAUsersKeyFollowsTheUserAtOnce(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			u, key := a.NewUser(user.Normal)
			o := a.NewOrder(2000)
			for _, step := range []struct {
				what     string
				change   func(*user.Details)
				path     string
				body     string
				want     int
				wantCode string
			}{
				{"sees customers", nil, "/customers", "", 200, ""},
				{"sends links", nil, "/orders/" + string(o.ID) + "/send_payment_link", "{}", 202, ""},
				{"sends no links", func(d *user.Details) { d.PaymentLink = false }, "/orders/" + string(o.ID) + "/send_payment_link", "{}", 403, "payment_link_forbidden"},
				{"sends no reminders", nil, "/orders/" + string(o.ID) + "/send_reminder", "{}", 403, "payment_link_forbidden"},
				{"makes no products", nil, "/products", "{}", 403, "forbidden_role"},
				{"makes products", func(d *user.Details) { d.Role = user.Admin }, "/products", "{}", 422, "body_invalid"},
				{"not of the other profile", nil, "/customers?profile_id=2", "", 404, "profile_not_found"},
				{"of both profiles, unnamed", func(d *user.Details) { d.Profiles = append(d.Profiles, a.Other.ID) }, "/customers", "", 400, "profile_id_required"},
				{"of both profiles, named", nil, "/customers?profile_id=2", "", 200, ""},
				{"of the other alone", func(d *user.Details) { d.Profiles = []profile.ID{a.Other.ID} }, "/customers?profile_id=1", "", 404, "profile_not_found"},
				{"has no access", func(d *user.Details) { d.APIAccess = false }, "/customers", "", 401, "api_key_invalid"},
				{"has access again", func(d *user.Details) { d.APIAccess = true }, "/customers", "", 200, ""},
				{"is deactivated", func(d *user.Details) { d.Active = false }, "/customers", "", 401, "api_key_invalid"},
			} {
				if step.change != nil {
					a.ChangeUser(u, step.change)
				}
				if got := a.do(t, call{path: step.path, body: step.body, key: key, invalid: step.want >= 400}); got.status != step.want || got.problem.Code != step.wantCode {
					t.Errorf("%s: %d %s, want %d %s", step.what, got.status, got.problem.Code, step.want, step.wantCode)
				}
			}
		})
	}
}

func TestACallForNoProfileIsToldWhichThereAre(t *testing.T) {
	t.Parallel()
	a := start(t)
	u, key := a.NewUser(user.Accountant)
	a.ChangeUser(u, func(d *user.Details) { d.Profiles = append(d.Profiles, a.Other.ID) })
	got := a.do(t, call{path: "/orders", key: key})
	want := fmt.Sprintf("It is one of 1 (%s), 2 (%s).", a.Profile.ID, a.Other.ID)
	if got.status != http.StatusBadRequest || !strings.HasSuffix(got.problem.Detail, want) {
		t.Errorf("%d %q, want it to end in %q", got.status, got.problem.Detail, want)
	}
}

// TestRestrictedUsersHaveTheirOwn lets two restricted users and a key of the
// profile work beside each other.
func TestRestrictedUsersHaveTheirOwn(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			startOn(t, engine).restricted(t)
		})
	}
}

func (a *api) restricted(t *testing.T) {
	t.Helper()
	_, mine := a.NewUser(user.Restricted)
	_, hers := a.NewUser(user.Restricted)
	ticket := a.product(t, "", "20.00")
	sell := func(key, customer string) string {
		return a.create(t, call{path: ordersPath, key: key, body: `{"order":{"customer_id":"` + customer + `","currency":"EUR","order_products":[{"product_id":"` + ticket + `"}]}}`}, "order")
	}
	anybodys := a.customer(t, "")
	public := sell("", anybodys)
	customer, other := a.customer(t, mine), a.customer(t, hers)
	o, foreign := sell(mine, customer), sell(hers, other)
	byAdmin := sell("", customer) // of the customer that is mine, but not my order

	for path, want := range map[string][]string{
		"/customers": {customer}, "/customers?name=anna": {customer}, "/customers?email=anna@example.com": {customer},
		"/orders": {o}, "/orders?customer_email=anna@example.com": {o}, "/orders?status=pending,complete": {o}, "/orders?customer_id=" + customer: {o},
		"/orders?customer_id=" + other: {}, "/orders?amount=20&currency=EUR": {o}, "/orders?card_last4=0000": {}, "/products": {ticket},
	} {
		if diff := cmp.Diff(want, a.listAs(t, mine, path).ids()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	if got := a.list(t, "/orders").ids(); len(got) != 4 {
		t.Errorf("the profile's key sees %d orders, want 4", len(got))
	}
	for _, tt := range []struct {
		c    call
		want int
		code string
	}{
		{call{path: "/customers/" + customer}, 200, ""},
		{call{path: "/customers/" + customer, method: "PUT", body: `{"customer":{"city":"Rome"}}`}, 200, ""},
		{call{path: "/orders/" + o}, 200, ""},
		{call{path: "/orders/" + o + "/documents"}, 200, ""},
		{call{path: "/orders/" + o + "/send_payment_link", body: "{}"}, 202, ""},
		{call{path: "/customers/" + other}, 404, "customer_not_found"},
		{call{path: "/customers/" + anybodys, method: "PUT", body: `{"customer":{"city":"Rome"}}`}, 404, "customer_not_found"},
		{call{path: "/orders/" + foreign}, 404, "order_not_found"},
		{call{path: "/orders/" + public}, 404, "order_not_found"},
		{call{path: "/orders/" + byAdmin}, 404, "order_not_found"},
		{call{path: "/orders/" + public + "/transactions"}, 404, "order_not_found"},
		{call{path: "/orders/" + foreign + "/cancel_order", method: "PUT", body: "{}"}, 404, "order_not_found"},
		{call{path: "/orders/" + foreign + "/send_payment_link", body: "{}"}, 404, "order_not_found"},
		{call{path: ordersPath, body: `{"order":{"customer_id":"` + anybodys + `","currency":"EUR","order_products":[{"product_id":"` + ticket + `"}]}}`}, 404, "customer_not_found"},
		{call{path: "/orders/" + o + "/cancel_order", method: "PUT", body: "{}"}, 200, ""},
	} {
		tt.c.key = mine
		if got := a.do(t, tt.c); got.status != tt.want || got.problem.Code != tt.code {
			t.Errorf("%s %s: %d %s, want %d %s", tt.c.method, tt.c.path, got.status, got.problem.Code, tt.want, tt.code)
		}
	}
}

// TestRestrictedUsersSeeWhatHangsOnTheirOrders looks at an order's payments and papers.
func TestRestrictedUsersSeeWhatHangsOnTheirOrders(t *testing.T) {
	t.Parallel()
	a := start(t)
	u, key := a.NewUser(user.Restricted)
	o := a.Sell(testkit.Instalments, order.Sale{})
	a.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	paths := []string{"/scheduled_payments/" + string(a.Schedule(o)[0].ID), "/documents/" + string(a.Overview(o).Documents[0].ID) + ".pdf",
		"/orders/" + string(o.ID) + "/scheduled_payments", "/orders/" + string(o.ID) + "/documents", "/orders/" + string(o.ID) + "/transactions"}
	for _, path := range paths {
		if got := a.do(t, call{path: path, key: key}).status; got != http.StatusNotFound {
			t.Errorf("%s of somebody else: %d, want 404", path, got)
		}
	}
	a.Exec(`UPDATE orders SET created_by = $1 WHERE id = $2`, string(u.ID), string(o.ID))
	for _, path := range paths {
		if got := a.do(t, call{path: path, key: key}).status; got != http.StatusOK {
			t.Errorf("%s of an own order: %d, want 200", path, got)
		}
	}
}

// TestWhoMaySendNoLinkIsShownNone looks at every answer that tells an order.
func TestWhoMaySendNoLinkIsShownNone(t *testing.T) {
	t.Parallel()

	a := start(t)
	u, key := a.NewUser(user.Normal)
	a.ChangeUser(u, func(d *user.Details) { d.PaymentLink = false })
	made := call{path: ordersPath, body: a.orderBody(t, ""), repeat: "k", key: key}
	o := "/orders/" + a.create(t, made, "order")
	for _, c := range []call{made, {path: ordersPath, body: a.checkoutBody(t, "")}, {path: o}, {method: http.MethodPut, path: o + "/cancel_order", repeat: "k"}, {method: http.MethodPut, path: o + "/cancel_order", repeat: "k"}} {
		c.key = key
		if got := a.do(t, c); got.status >= 300 || !strings.Contains(got.body, `"payment_link":null`) || strings.Contains(got.body, "/pay/") {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.body)
		}
	}
	a.ChangeUser(u, func(d *user.Details) { d.PaymentLink = true })
	if got := a.do(t, call{path: o, key: key}); !strings.Contains(got.field(t, "order.payment_link"), "/pay/") {
		t.Errorf("with the switch on: %s", got.body)
	}
}
