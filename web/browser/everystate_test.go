package browser_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// state is a page in one of its states, as a browser comes to it.
type state struct {
	Name string `json:"name"`
	Link string `json:"link,omitempty"` // opened first; without one the browser is a stranger
	Path string `json:"path"`
	Do   string `json:"do,omitempty"` // what is done there: "refuse", "agree"
	H1   string `json:"h1"`           // what its heading says, in English
	Code int    `json:"code"`         // its status
}

// TestEveryStateCanBeReadByEveryone looks at every page in every state: WCAG 2.2
// AA by axe on a phone and on a desk, in light and dark, nothing lost at 320 px
// and with text at 200 %, targets of 44 px.
func TestEveryStateCanBeReadByEveryone(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Limits: payment.Limits{PerOrder: 10}})
			giveLogo(t, app)
			for some := range slices.Chunk(states(t, app), 9) { // a journey has its time
				t.Run(some[0].Name, func(t *testing.T) { lookAt(t, app, width, some) })
			}
		})
	}
}

func lookAt(t *testing.T, app *testkit.App, width int, states []state) {
	t.Helper()
	journey(t, "everystate", map[string]any{"base": app.URL, "merchant": app.Profile.Name, "states": states, "width": width,
		"pictures": os.Getenv("QUITTANCE_SHOTS") != ""}, asks{"gatewayAway": func() any {
		if err := app.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteCheckoutCreate, Next: 1}); err != nil {
			t.Error(err)
		}
		return nil
	}}, nil)
}

// decline is what a holder's name makes of a card.
const decline = "800.100.155"

// states brings an order into each state that its customer can meet.
func states(t *testing.T, app *testkit.App) []state {
	t.Helper()
	all := []state{
		{Name: "unknown-link", Path: "/pay/abcdefghijkmnpqrstuvwxyz23456789", H1: "This link no longer works", Code: 404},
		{Name: "not-found", Path: "/nowhere", H1: "Page not found", Code: 404},
		{Name: "closed", Path: "/orders/ord_00000000000000000000000000", H1: "Open your payment link", Code: 404},
	}
	add := func(name string, o testkit.Order, path, h1 string, code int) {
		all = append(all, state{Name: name, Link: o.Link, Path: path, H1: h1, Code: code})
	}
	page := func(o testkit.Order) string { return "/orders/" + string(o.ID) }
	tried := func(o testkit.Order, holders ...string) payment.Attempt {
		at := app.StartCheckout(o)
		for _, h := range holders {
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: h})
		}
		app.Deliver()
		return at
	}
	set := func(o testkit.Order, column, value string) {
		app.Exec(`UPDATE orders SET `+column+` = $2 WHERE id = $1`, string(o.ID), value)
	}

	old := app.NewOrder(12400)
	replaced, overdue := app.StartCheckout(old), app.NewOrder(12400)
	over := app.StartCheckout(overdue)
	app.Advance(payment.CheckoutLife + time.Minute)
	app.StartCheckout(old)
	add("superseded", old, "/checkout/"+string(replaced.ID), "This payment page was replaced", 200)
	add("expired", overdue, "/checkout/"+string(over.ID), "This payment page has expired", 200)

	o := rich(t, app)
	add("order", o, page(o), "Harbour Bicycles asks you for a payment", 200)
	all = append(all, state{Name: "order-no-consent", Link: o.Link, Path: page(o), Do: "refuse", H1: "Harbour Bicycles asks you for a payment", Code: 422},
		state{Name: "gateway-away", Link: o.Link, Path: page(o), Do: "agree", H1: "This did not work", Code: 503})

	o = rich(t, app)
	add("checkout", o, "/checkout/"+string(tried(o).ID), "Pay Harbour Bicycles", 200)
	o = rich(t, app)
	at := tried(o, decline)
	add("checkout-declined", o, "/checkout/"+string(at.ID), "Pay Harbour Bicycles", 200)
	all = append(all, state{Name: "return-declined", Path: returnOf(t, app, o, at), H1: "Payment not made", Code: 200})

	o = app.NewOrder(12400)
	at = app.StartCheckout(o)
	back := returnOf(t, app, o, at)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	app.Deliver()
	add("checking", o, page(o), "Checking your payment", 200)
	all = append(all, state{Name: "return-checking", Path: back, H1: "Checking your payment", Code: 200})

	o = app.NewOrder(12400)
	at = tried(o)
	app.Exec(`UPDATE attempts SET state = 'created' WHERE id = $1`, string(at.ID))
	add("opening", o, "/checkout/"+string(at.ID), "Opening the payment page", 200)

	o = app.NewOrder(12400)
	if err := app.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1}); err != nil {
		t.Fatal(err)
	}
	tried(o, "Ada Winter")
	add("held", o, page(o), "Your payment is being checked", 200)

	o = app.NewOrder(12400)
	tried(o, decline, decline, decline, decline, decline, decline, decline, decline, decline, decline)
	add("too-many-tries", o, page(o), "Too many tries", 429)

	o = rich(t, app)
	set(o, "status", string(order.Cancelled))
	app.Exec(`UPDATE orders SET ended_at = created_at WHERE id = $1`, string(o.ID))
	add("cancelled", o, page(o), "This order was cancelled on ", 200)
	o = app.NewOrder(12400)
	set(o, "status", string(order.Complete))
	add("not-payable", o, page(o), "This order can no longer be paid", 200)

	o = app.NewOrder(12400)
	if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
		t.Fatal(err)
	}
	all = append(all, state{Name: "revoked-link", Path: o.Link[len(app.URL):], H1: "This link no longer works", Code: 404})

	o = rich(t, app)
	at = app.StartCheckout(o)
	back = returnOf(t, app, o, at)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Deliver()
	add("portal", o, page(o), "Paid on ", 200)
	all = append(all, state{Name: "return-approved", Path: back, H1: "Payment received", Code: 200})

	o = busy(t, app)
	add("portal-busy", o, page(o), "Paid on ", 200)
	add("portal-filtered", o, page(o)+"?kind=payment&status=declined", "Paid on ", 200)
	add("portal-filter-empty", o, page(o)+"?kind=dispute", "Paid on ", 200)
	o = busy(t, app)
	app.Exec(`UPDATE transactions SET type = 'CB', state = 'approved' WHERE order_id = $1 AND id = (SELECT MIN(x.id) FROM transactions x WHERE x.order_id = $1)`, string(o.ID))
	add("portal-disputed", o, page(o), "Your bank disputed this payment on ", 200)

	for _, s := range courseStates(t, app) {
		s.Name = "portal-" + s.Name
		all = append(all, s)
	}

	o = app.NewOrder(12400)
	set(o, "currency", "ZZZ")
	add("server-failure", o, page(o), "This did not work", 500)
	return all
}

// rich is an order with all that its lines can have: a discount, a fee, two tax
// rates, long names, a note.
func rich(t *testing.T, app *testkit.App) testkit.Order {
	t.Helper()
	o := app.NewOrder(15200)
	app.Exec(`UPDATE order_lines SET name = 'City bicycle, overhaul with brakes, chain and lights', description = 'Parts included', quantity = 2, unit_minor = 7600, discount_minor = 600,
	  fee_minor = 150, tax_ppm = 190000, tax_minor = 2235, total_minor = 14300 WHERE order_id = $1 AND position = (SELECT MIN(position) FROM order_lines x WHERE x.order_id = $1)`, string(o.ID))
	app.Exec(`UPDATE order_lines SET name = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenhalter', tax_ppm = 70000, tax_minor = 59, quantity = 1, unit_minor = 900, discount_minor = 0, fee_minor = 0,
	  total_minor = 900 WHERE order_id = $1 AND position <> (SELECT MIN(position) FROM order_lines x WHERE x.order_id = $1)`, string(o.ID))
	app.Exec(`UPDATE orders SET note = 'Ready for pick-up on Friday after 3 pm.', invoice_id = 'HB-1024' WHERE id = $1`, string(o.ID))
	if o.Total != money.New(15200, money.EUR) {
		t.Fatalf("total = %v", o.Total)
	}
	return o
}

// busy is a paid order with a history of more than a page, and a second payment.
func busy(t *testing.T, app *testkit.App) testkit.Order {
	t.Helper()
	o := rich(t, app)
	at := app.StartCheckout(o)
	for range 9 {
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: decline})
	}
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	app.Deliver()
	app.Exec(`INSERT INTO transactions (id, profile_id, order_id, payment_id, attempt_id, gateway_account_id, gateway_id, referenced_id, type, state, surplus, currency,
	    amount_minor, result_code, reason, retry_class, brand, bin, last4, expiry_month, expiry_year, gateway_at, booked_at, created_at)
	  SELECT substr(x.id, 1, 28) || y.n, x.profile_id, x.order_id, x.payment_id, x.attempt_id, x.gateway_account_id, x.gateway_id || y.n, x.referenced_id, x.type, x.state,
	    x.state = 'approved', x.currency, x.amount_minor, x.result_code, x.reason, x.retry_class, x.brand, x.bin, x.last4, x.expiry_month, x.expiry_year, x.gateway_at, x.booked_at, x.created_at
	    FROM transactions x, (SELECT 'aa' AS n UNION ALL SELECT 'bb') y WHERE x.order_id = $1 AND (x.state = 'declined' OR y.n = 'aa')`, string(o.ID))
	return o
}

// returnOf is the return address that the widget of a checkout has.
func returnOf(t *testing.T, app *testkit.App, o testkit.Order, at payment.Attempt) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	var body []byte
	for _, address := range []string{o.Link, app.URL + "/checkout/" + string(at.ID)} {
		resp, err := client.Get(address) //nolint:noctx // our own server, a short answer
		if err != nil {
			t.Fatal(err)
		}
		body, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close() // read-only
		if err != nil {
			t.Fatal(err)
		}
	}
	m := regexp.MustCompile(`class="paymentWidgets" action="([^"]+)"`).FindSubmatch(body)
	if m == nil {
		t.Fatalf("no widget on\n%s", body)
	}
	return html.UnescapeString(string(m[1]))[len(app.URL):]
}

// giveLogo gives the merchant the demo's logo.
func giveLogo(t *testing.T, app *testkit.App) {
	t.Helper()
	content, err := os.ReadFile("../../internal/app/demo-logo.png")
	if err != nil {
		t.Fatal(err)
	}
	f, err := profile.ReadLogo(content)
	if err == nil {
		err = app.Profiles.SetLogo(t.Context(), actor.TheSystem, app.Profile.ID, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
}
