package v1_test

import (
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

func renew(o order.ID) call {
	return call{method: http.MethodPost, path: "/order_checkouts/" + string(o)}
}

// checkoutBody is a good order that asks for a checkout, with more fields.
func (a *api) checkoutBody(t *testing.T, more string) string {
	t.Helper()
	return strings.Replace(a.orderBody(t, ""), `"currency"`, `"create_checkout":true,`+more+`"currency"`, 1)
}

// visit opens an address in a browser without our cookie.
func (a *api) visit(t *testing.T, address string) (status int, to *url.URL, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	to, _ = resp.Location()
	return resp.StatusCode, to, string(raw)
}

func TestOrderComesWithTheCheckoutForAPageOfTheMerchantsOwn(t *testing.T) {
	t.Parallel()
	a := start(t)

	made := a.do(t, call{path: ordersPath, body: a.checkoutBody(t, `"redirect_url":"https://shop.example/thanks?basket=7","failed_redirect_url":"https://shop.example/sorry",`)})
	if made.status != http.StatusCreated {
		t.Fatalf("%d %s", made.status, made.body)
	}
	id := order.ID(made.field(t, "order.id"))
	_, _, script := a.visit(t, made.field(t, "order.checkout.script_url"))
	sum := sha512.Sum384([]byte(script))
	if got, want := made.field(t, "order.checkout.integrity"), "sha384-"+base64.StdEncoding.EncodeToString(sum[:]); got != want {
		t.Errorf("integrity is %s, the script's %s", got, want)
	}
	if read := a.do(t, call{path: "/orders/" + string(id)}); read.body != made.body {
		t.Errorf("made as %s, then it reads %s", made.body, read.body)
	}

	checkout, back := made.field(t, "order.checkout.gateway_id"), made.field(t, "order.checkout.result_url")
	if status, _, body := a.visit(t, back); status != http.StatusOK || !strings.Contains(body, "Checking your payment") {
		t.Errorf("before anything was paid: %d", status)
	}
	a.Advance(time.Minute)
	a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155", Return: back})
	if status, to, _ := a.visit(t, back); status != http.StatusSeeOther || to == nil || to.Path != "/sorry" || to.Query().Get("status") != "declined" {
		t.Errorf("declined: %d to %v", status, to)
	}
	a.Advance(time.Minute)
	a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved, Return: back})
	status, to, _ := a.visit(t, back)
	if status != http.StatusSeeOther || to == nil || to.Path != "/thanks" {
		t.Fatalf("approved: %d to %v", status, to)
	}
	if q := to.Query(); q.Get("basket") != "7" || q.Get("order_id") != string(id) || q.Get("status") != "approved" || q.Get("signature") == "" {
		t.Errorf("leads on to %s", to)
	}
	if paid := a.do(t, call{path: "/orders/" + string(id)}); paid.field(t, "order.status") != "complete" || !strings.Contains(paid.body, `"checkout":null`) {
		t.Errorf("paid, the order reads %s", paid.body)
	}
}

func TestWithoutPagesOfTheMerchantsTheOutcomeIsToldAndNoMore(t *testing.T) {
	t.Parallel()
	a := start(t)

	made := a.do(t, call{path: ordersPath, body: a.checkoutBody(t, "")})
	checkout, back := made.field(t, "order.checkout.gateway_id"), made.field(t, "order.checkout.result_url")
	a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved, Return: back})
	status, _, body := a.visit(t, back)
	if status != http.StatusOK || !strings.Contains(body, "Payment received") || strings.Contains(body, "Ticket") {
		t.Errorf("%d %s", status, body)
	}
}

func TestRenewingGivesTheLiveCheckoutAndAfterItsTimeAnother(t *testing.T) {
	t.Parallel()
	a := start(t)

	o := a.NewOrder(12400)
	first := a.do(t, renew(o.ID))
	if again := a.do(t, renew(o.ID)); first.status != http.StatusOK || again.body != first.body {
		t.Fatalf("%d %s, then %s", first.status, first.body, again.body)
	}
	if at := a.StartCheckout(o); string(at.ID) != first.field(t, "checkout.id") {
		t.Errorf("the payment link pays in %s, the merchant's page in %s", at.ID, first.field(t, "checkout.id"))
	}
	a.Advance(26 * time.Minute)
	kept := a.do(t, call{path: renew(o.ID).path, body: `{}`, repeat: "k"})
	if kept.field(t, "checkout.id") == first.field(t, "checkout.id") || kept.field(t, "checkout.integrity") == first.field(t, "checkout.integrity") {
		t.Errorf("after its time the checkout is %s", kept.body)
	}
	a.Advance(26 * time.Minute)
	if again := a.do(t, call{path: renew(o.ID).path, body: `{}`, repeat: "k"}); again.body != kept.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the repetition answers %s, want %s", again.body, kept.body)
	}
}

func TestNoCheckoutIsRenewedWhereMoneyMayBeOnItsWay(t *testing.T) {
	t.Parallel()
	a := start(t)

	opened := func() (testkit.Order, string) {
		o := a.NewOrder(12400)
		return o, a.StartCheckout(o).CheckoutID
	}
	refused := func(what string, o testkit.Order, status int, code string) {
		t.Helper()
		if got := a.do(t, renew(o.ID)); got.status != status || got.problem.Code != code {
			t.Errorf("%s: %d %s, want %d %s", what, got.status, got.problem.Code, status, code)
		}
	}
	paid, checkout := opened()
	a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved})
	a.Advance(26 * time.Minute)
	refused("paid without our knowledge", paid, http.StatusConflict, "order_already_paid")

	pending, checkout := opened()
	a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	a.Deliver()
	refused("pending", pending, http.StatusConflict, "payment_in_progress")
	if got := a.do(t, call{path: "/orders/" + string(pending.ID)}); !strings.Contains(got.body, `"checkout":null`) {
		t.Errorf("pending, the order offers %s", got.body)
	}

	held, checkout := opened()
	if err := a.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1}); err != nil {
		t.Fatal(err)
	}
	a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved})
	a.Deliver()
	refused("held", held, http.StatusConflict, "payment_held")

	unknown, _ := opened()
	a.Advance(26 * time.Minute)
	if err := a.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteQuery, Next: 1}); err != nil {
		t.Fatal(err)
	}
	refused("the gateway does not say", unknown, http.StatusConflict, "payment_in_progress")

	cancelled := a.NewOrder(5000)
	if got := a.do(t, call{method: http.MethodPut, path: "/orders/" + string(cancelled.ID) + "/cancel_order"}); got.status != http.StatusOK {
		t.Fatal(got.body)
	}
	refused("cancelled", cancelled, http.StatusConflict, "order_not_payable")
	refused("nobody's", testkit.Order{Order: order.Order{ID: "ord_00000000000000000000000000"}}, http.StatusNotFound, "order_not_found")
	refused("nonsense", testkit.Order{Order: order.Order{ID: "nonsense"}}, http.StatusNotFound, "order_not_found")

	tested, checkout := opened()
	for range 10 {
		a.SubmitCard(checkout, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	}
	a.Deliver()
	refused("after ten declines", tested, http.StatusTooManyRequests, "too_many_tries")
}

func TestMistakesInARenewalAreNamed(t *testing.T) {
	t.Parallel()
	a := start(t)

	o := a.NewOrder(12400)
	a.refuses(t, post("/order_checkouts/{id}"), string(o.ID), nil, map[string]mistaken{
		"a field":             {`{"amount":"1"}`, "body_invalid", []string{"/amount unknown_field"}},
		"a list":              {`[]`, "body_invalid", []string{" wrong_type"}},
		"a host that may not": {`{"checkout":{"embed_host":"https://evil.example"}}`, "body_invalid", []string{"/checkout/embed_host embed_host"}},
		"no text":             {`{"checkout":{"embed_host":"\u0000"}}`, "body_invalid", []string{"/checkout/embed_host control_character"}},
	})
}

func TestAnOrderIsMadeOnceThoughItsCheckoutIsNotOpened(t *testing.T) {
	t.Parallel()
	a := start(t)

	body := a.checkoutBody(t, "")
	if err := a.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteCheckoutCreate, Next: 2}); err != nil {
		t.Fatal(err)
	}
	made := a.do(t, call{path: ordersPath, body: body, repeat: "k"})
	if made.status != http.StatusCreated || !strings.Contains(made.body, `"checkout":null`) {
		t.Fatalf("%d %s", made.status, made.body)
	}
	if again := a.do(t, call{path: ordersPath, body: body, repeat: "k"}); again.body != made.body || a.count(t, "orders") != 1 {
		t.Errorf("the repetition makes %d orders: %s", a.count(t, "orders"), again.body)
	}
	id := order.ID(made.field(t, "order.id"))
	if got := a.do(t, renew(id)); got.status != http.StatusServiceUnavailable && got.status != http.StatusConflict {
		t.Errorf("while the gateway fails: %d %s", got.status, got.body)
	}
	a.Advance(time.Minute) // the lease of the try before
	if got := a.do(t, renew(id)); got.status != http.StatusOK || got.field(t, "checkout.order_id") != string(id) {
		t.Errorf("renewed: %d %s", got.status, got.body)
	}
}

func TestACallKilledBetweenOrderAndCheckoutGoesOn(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			body := a.checkoutBody(t, "")
			first := a.do(t, call{path: ordersPath, body: body, repeat: "k"})
			a.exec(t, `UPDATE idempotency_keys SET status = NULL, answer = NULL`) // as a worker leaves it that was killed
			if got := a.do(t, call{path: ordersPath, body: body, repeat: "k"}); got.problem.Code != "idempotency_key_in_work" {
				t.Errorf("within the lease: %d %s", got.status, got.body)
			}
			a.Advance(2 * time.Minute)
			again := a.do(t, call{path: ordersPath, body: body, repeat: "k"})
			if again.body != first.body || a.count(t, "orders") != 1 || a.count(t, "attempts") != 1 {
				t.Errorf("%d orders, %d attempts; %s, want %s", a.count(t, "orders"), a.count(t, "attempts"), again.body, first.body)
			}
		})
	}
}

func TestTwinsMakeOneOrderWithOneCheckout(t *testing.T) {
	t.Parallel()
	a := start(t)

	c := call{path: ordersPath, body: a.checkoutBody(t, ""), repeat: "twins"}
	answers := make([]string, 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			got, err := a.try(t.Context(), c)
			answers[i] = fmt.Sprint(got.status, " ", got.problem.Code, " ", err)
		})
	}
	wg.Wait()
	for _, said := range answers {
		if said != "201  <nil>" && said != "409 idempotency_key_in_work <nil>" {
			t.Errorf("a twin got %s", said)
		}
	}
	if a.count(t, "orders") != 1 || a.count(t, "attempts") != 1 {
		t.Errorf("%d orders, %d attempts", a.count(t, "orders"), a.count(t, "attempts"))
	}
}
