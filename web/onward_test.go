package web_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

const (
	thanks = "https://shop.example/thanks?basket=7%2F1&lang=de#top"
	sorry  = "https://shop.example/sorry"
)

// onward is an order whose merchant has pages of its own for what follows.
func onward(app *testkit.App) testkit.Order {
	o := app.NewOrder(12400)
	app.Exec(`UPDATE orders SET redirect_url = $2, failed_redirect_url = $3 WHERE id = $1`, string(o.ID), thanks, sorry)
	return o
}

// signed reports whether an address bears a profile's signature, as a merchant
// would find out.
func signed(t *testing.T, app *testkit.App, address *url.URL) bool {
	t.Helper()
	key, err := app.Orders.OnwardKey(app.Profile.ID)
	if err != nil {
		t.Fatal(err)
	}
	q := address.Query()
	mac := hmac.New(sha256.New, []byte(key.Text))
	mac.Write([]byte(q.Get("order_id") + "." + q.Get("status") + "." + q.Get("timestamp")))
	want := hex.EncodeToString(mac.Sum(nil))
	return q.Get("key_id") == key.ID && hmac.Equal([]byte(q.Get("signature")), []byte(want))
}

func leadsAway(t *testing.T, a answer) *url.URL {
	t.Helper()
	a.wantStatus(http.StatusSeeOther)
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil || to.Host != "shop.example" {
		t.Fatalf("leads to %q", a.Header.Get("Location"))
	}
	return to
}

func TestApprovedPaymentLeadsOnToTheMerchantsPageSigned(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := onward(app)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})

	back := v.get(widget.returnURL())
	to := leadsAway(t, back)
	q := to.Query()
	if !strings.HasPrefix(to.String(), "https://shop.example/thanks?basket=7%2F1&lang=de&order_id="+string(o.ID)+"&status=approved&timestamp=") || to.Fragment != "top" {
		t.Errorf("leads to %s", to)
	}
	if at, err := strconv.ParseInt(q.Get("timestamp"), 10, 64); err != nil || at != app.Clock.Wall().Unix() {
		t.Errorf("timestamp = %q", q.Get("timestamp"))
	}
	if !signed(t, app, to) {
		t.Error("the signature does not verify")
	}
	for name, value := range map[string]string{"order_id": "ord_other", "status": "declined", "timestamp": "1"} {
		forged := *to
		changed := to.Query()
		changed.Set(name, value)
		forged.RawQuery = changed.Encode()
		if signed(t, app, &forged) {
			t.Errorf("a changed %s verifies", name)
		}
	}
	token, _ := url.Parse(widget.returnURL())
	for _, secret := range []string{o.Token, token.Query().Get("t"), widget.Request.URL.Path} {
		if strings.Contains(to.String(), secret) {
			t.Errorf("the address tells %q", secret)
		}
	}
	if got := back.Header.Get("Referrer-Policy"); got != "no-referrer" {
		t.Errorf("Referrer-Policy = %q", got)
	}
	v.follow(o.Link).wantText("[data-testid=order-status]", "Paid on ")
	v.follow(widget.Request.URL.Path).wantText("[data-testid=order-status]", "Paid on ")
}

func TestDeclinedPaymentLeadsOnAndTheLinkStillPays(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := onward(app)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})

	to := leadsAway(t, v.get(widget.returnURL()))
	if !strings.HasPrefix(to.String(), sorry+"?order_id="+string(o.ID)+"&status=declined&") || !signed(t, app, to) {
		t.Errorf("leads to %s", to)
	}
	v.startPaying(o).wantStatus(http.StatusOK).wantText("[role=alert]", "No money was taken.")
}

func TestOnlyTheBrowserThatPaidIsLedOn(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := onward(app)
	v := newVisitor(t, app)
	widget := v.startPaying(o)

	v.get(widget.returnURL()).wantStatus(http.StatusOK).wantText("h1", "Checking your payment")
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	stranger := newVisitor(t, app).get(widget.returnURL()+"&redirect_url=https%3A%2F%2Fevil.example").wantStatus(http.StatusOK).wantText("h1", "Payment received")
	if strings.Contains(stranger.body, "shop.example") || strings.Contains(stranger.body, "evil.example") {
		t.Error("a stranger is shown an address to go on to")
	}
	leadsAway(t, v.get(widget.returnURL()+"&redirect_url=https%3A%2F%2Fevil.example"))
}

func TestAddressThatIsNoWebAddressLeadsToThePortal(t *testing.T) {
	t.Parallel()

	for _, address := range []string{"javascript:alert(1)", "//evil.example", "/local", "https://", "ftp://shop.example/x", ":"} {
		o := order.Order{RedirectURL: address, FailedRedirectURL: address}
		if got := o.OnwardOrigins(); got != nil {
			t.Errorf("%q leads to %q", address, got)
		}
	}
}

func TestPolicyOfTheWidgetLetsTheBrowserGoOn(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	widget := newVisitor(t, app).startPaying(onward(app))

	want := "; form-action 'self' " + app.Account.PublicBase + " https://shop.example;"
	if got := widget.Header.Get("Content-Security-Policy"); !strings.Contains(got, want) {
		t.Errorf("policy %q lacks %q", got, want)
	}
}
