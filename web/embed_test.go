package web_test

import (
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/web/urls"
)

const shopHost = "https://shop.example"

// mayEmbed lets pages of these hosts frame the first profile's checkouts.
func mayEmbed(t *testing.T, app *testkit.App, hosts ...string) {
	t.Helper()
	p := app.Profile
	p.Details.EmbedHosts = hosts
	if _, err := app.Profiles.Apply(t.Context(), actor.TheSystem, p, nil); err != nil {
		t.Fatal(err)
	}
}

// embedded is what the API tells of an order's checkout.
type embedded struct {
	ID        string
	GatewayID string `json:"gateway_id"`
	EmbedURL  string `json:"embed_url"`
	Script    struct {
		URL, Integrity string
	} `json:"embed_script"`
}

// embed opens the checkout of an order for a frame in a host's page.
func embed(t *testing.T, app *testkit.App, o testkit.Order, host string) embedded {
	t.Helper()
	body, err := json.Marshal(map[string]any{"checkout": map[string]string{"embed_host": host}})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app.URL+"/api/v1/order_checkouts/"+string(o.ID), strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+app.Key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var made struct{ Checkout embedded }
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("renew: %s, %v", resp.Status, err)
	}
	return made.Checkout
}

// tells is what a framed page tells the page around it.
func (a answer) tells() string {
	return a.doc.Find("script[data-host]").AttrOr("data-say", "nothing")
}

// wantFramedBy wants a page that pages of one host may frame, and that keeps no
// cookie.
func (a answer) wantFramedBy(host string) answer {
	a.t.Helper()
	if got := a.Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "; frame-ancestors "+host) {
		a.t.Errorf("%s: policy %q", a.Request.URL.Path, got)
	}
	if a.Header.Get("X-Frame-Options") != "" || len(a.Header.Values("Set-Cookie")) != 0 {
		a.t.Errorf("%s: X-Frame-Options %q, cookies %q", a.Request.URL.Path, a.Header.Get("X-Frame-Options"), a.Header.Values("Set-Cookie"))
	}
	if got := a.doc.Find("script[data-host]").AttrOr("data-host", ""); got != host {
		a.t.Errorf("%s tells %q", a.Request.URL.Path, got)
	}
	return a
}

func TestFrameAsksForConsentThenForTheCardAndTellsWhatWasPaid(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, "https://other.example", shopHost)
	o := onward(app)
	made := embed(t, app, o, shopHost)
	v := newVisitor(t, app)

	asks := v.get(made.EmbedURL).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("[data-testid=order-total]", "€124.00").wantText("main", "Overhaul").wantNone("header, footer, form.paymentWidgets")
	if asks.tells() != "ready" {
		t.Errorf("tells %s", asks.tells())
	}
	v.submit(asks).wantStatus(http.StatusUnprocessableEntity).wantFramedBy(shopHost).wantText("[role=alert]", "accept the terms")
	to := v.submit(asks, "consent_terms", "1").wantStatus(http.StatusSeeOther).Header.Get("Location")
	widget := v.get(to).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("[data-testid=order-total]", "€124.00").wantText("main", "Overhaul")
	if got := widget.Header.Get("Content-Security-Policy"); !strings.Contains(got, "; frame-src "+app.Account.PublicBase+" https: ") {
		t.Errorf("policy %q lets no issuer ask", got)
	}
	if n := app.Strings(`SELECT text FROM consents WHERE order_id = $1`, string(o.ID)); len(n) != 1 {
		t.Errorf("%d consents are kept", len(n))
	}
	if widget.gatewayID() != made.GatewayID || widget.tells() != "ready" {
		t.Errorf("widget of %s, told %s", widget.gatewayID(), widget.tells())
	}

	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	again := v.follow(widget.returnURL()).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("[role=alert]", "No money was taken.")
	if again.tells() != "declined" {
		t.Errorf("declined, it tells %s", again.tells())
	}
	app.Advance(payment.CheckoutLife / 2)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	paid := v.get(again.returnURL()).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("h1", "Payment received")
	if paid.tells() != "approved" {
		t.Errorf("approved, it tells %s", paid.tells())
	}
	said := paid.doc.Find("script[data-host]")
	redirect, err := url.Parse(said.AttrOr("data-redirect", ""))
	if err != nil || redirect.Path != "/thanks" || !signed(t, app, redirect) || said.AttrOr("data-signature", "") != redirect.Query().Get("signature") || said.AttrOr("data-order-id", "") != string(o.ID) {
		t.Errorf("told %s, %v", redirect, err)
	}
	v.get(made.EmbedURL).wantStatus(http.StatusOK).wantText("h1", "Payment received")
}

func TestFrameIsRefusedToEveryOtherHostAndTicket(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	made, other := embed(t, app, app.NewOrder(12400), shopHost), embed(t, app, app.NewOrder(5000), shopHost)
	v := newVisitor(t, app)
	asks := v.get(made.EmbedURL).wantStatus(http.StatusOK)
	address, _ := url.Parse(made.EmbedURL)
	token := address.Query().Get("t")
	parts := strings.SplitN(token, ".", 4)
	forged := strings.Join([]string{parts[0], parts[1], base64.RawURLEncoding.EncodeToString([]byte("https://evil.example")), parts[3]}, ".")
	for name, to := range map[string]string{
		"no ticket": "/embed/" + made.ID, "another's ticket": "/embed/" + other.ID + "?t=" + token, "another host": "/embed/" + made.ID + "?t=" + forged,
		"as a return": "/embed/" + made.ID + "/return?t=" + token, "nobody's": "/embed/att_00000000000000000000000000?t=" + token,
	} {
		refused := v.get(to).wantStatus(http.StatusForbidden).wantText("[role=alert]", "cannot be shown here.")
		if got := refused.Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", name, got)
		}
	}
	mayEmbed(t, app, "https://other.example")
	before := app.Dump()
	v.get(made.EmbedURL).wantStatus(http.StatusForbidden)
	v.submit(asks, "consent_terms", "1").wantStatus(http.StatusForbidden)
	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the database changed (-before +after):\n%s", diff)
	}
}

func TestFrameSaysThatItIsOver(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	o := app.NewOrder(12400)
	made := embed(t, app, o, shopHost)
	v := newVisitor(t, app)
	if got := v.get(made.EmbedURL).Header.Get("Refresh"); got != "1500" {
		t.Errorf("the page is loaded again after %s s", got)
	}
	v.submit(v.get(made.EmbedURL), "consent_terms", "1")
	if fields := v.get(made.EmbedURL).wantText("script[data-over='1500']", ""); fields.Header.Get("Refresh") != "" {
		t.Errorf("the card fields are loaded again after %s s, whether or not the bank asks in them", fields.Header.Get("Refresh"))
	}
	app.Advance(checkoutOver)
	over := v.get(made.EmbedURL).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("h1", "expired").wantText("[data-testid=money]", "You will not be charged twice").wantText("#reload", "Load this page again").wantText("#renew[hidden]", "Start again").wantNone("form, [data-testid=alert] ~ [role=alert]")
	if over.tells() != "expired" {
		t.Errorf("tells %s", over.tells())
	}
	v.get(made.EmbedURL+"&said=unrenewed").wantStatus(http.StatusOK).wantText("[data-testid=alert] ~ [role=alert]", "could not be opened")
	if renewed := embed(t, app, o, shopHost); renewed.ID == made.ID {
		t.Error("renewing gives the same")
	}
	app.Advance(returnOver)
	v.get(made.EmbedURL).wantStatus(http.StatusForbidden)
}

func TestFrameWaitsForWhatIsUndecided(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	v := newVisitor(t, app)
	pending := embed(t, app, app.NewOrder(4000), shopHost)
	v.submit(v.get(pending.EmbedURL), "consent_terms", "1")
	widget := v.get(pending.EmbedURL)
	app.SubmitCard(pending.GatewayID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	for _, address := range []string{widget.returnURL(), pending.EmbedURL} {
		waits := v.get(address).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("h1", "Checking your payment").wantNone("form.paymentWidgets")
		if waits.tells() != "" || waits.Header.Get("Refresh") == "" {
			t.Errorf("tells %q, loaded again after %q", waits.tells(), waits.Header.Get("Refresh"))
		}
	}
	held := embed(t, app, app.NewOrder(5000), shopHost)
	v.submit(v.get(held.EmbedURL), "consent_terms", "1")
	back := v.get(held.EmbedURL).returnURL()
	bookWrongAmount(t, app)
	app.SubmitCard(held.GatewayID, testkit.Card{Number: testkit.CardApproved})
	v.get(back).wantStatus(http.StatusOK).wantFramedBy(shopHost).wantText("[data-testid=order-status]", "being checked").wantNone("form")
	v.get(held.EmbedURL).wantStatus(http.StatusOK).wantNone("form")
}

func TestFrameAsksToComeBackAfterTooManyTries(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	made := embed(t, app, app.NewOrder(12400), shopHost)
	v := newVisitor(t, app)
	v.submit(v.get(made.EmbedURL), "consent_terms", "1")
	back := v.get(made.EmbedURL).returnURL()
	for range payment.DefaultLimits.PerOrder {
		app.SubmitCard(made.GatewayID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	}
	app.Deliver()
	told := v.follow(back)
	for _, page := range []answer{told, v.get(made.EmbedURL)} {
		page.wantStatus(http.StatusTooManyRequests).wantFramedBy(shopHost).wantText("[role=alert]", "No money was taken. Try again after ").wantNone("form")
	}
	if told.tells() != "declined" {
		t.Errorf("tells %s", told.tells())
	}
	app.Advance(checkoutOver)
	v.get(made.EmbedURL).wantStatus(http.StatusTooManyRequests).wantText("h1", "Too many tries")
}

func TestFrameSpeaksGermanWhereTheOrderDoes(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	o := app.NewOrder(12400)
	app.Exec(`UPDATE orders SET language = 'de' WHERE id = $1`, string(o.ID))
	newVisitor(t, app).get(embed(t, app, o, shopHost).EmbedURL).wantText("#close", "Schließen").wantText("main", "Weiter zur Zahlung")
}

// frozen is the hash of the loader that merchants' pages hold.
const frozen = "sha384-5J2nB0RA+qzu1xei72f0zlq6Dmf/cUra4qQW9c8eUyQSWmgS3Zpsx+c8IWAocxhM"

func TestLoaderIsFrozenSmallAndForEverybody(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mayEmbed(t, app, shopHost)
	made := embed(t, app, app.NewOrder(12400), shopHost)
	got := newVisitor(t, app).get(made.Script.URL).wantStatus(http.StatusOK)
	sum := sha512.Sum384([]byte(got.body))
	if hash := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); hash != frozen || made.Script.Integrity != frozen {
		t.Errorf("the loader's hash is %s, the API says %s: merchants' pages hold %s, so a change is a new version", hash, made.Script.Integrity, frozen)
	}
	for name, want := range map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Access-Control-Allow-Origin": "*",
		"Cross-Origin-Resource-Policy": "cross-origin", "Content-Type": "text/javascript; charset=utf-8", "X-Content-Type-Options": "nosniff"} {
		if got := got.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if len(got.body) > 8<<10 || static.Integrity(urls.EmbedFile) != frozen {
		t.Errorf("%d bytes", len(got.body))
	}
}

// framing is who may frame an answer.
var framing = regexp.MustCompile(`frame-ancestors ([^;]*)`)

// wantUnframed wants an answer that nobody may frame, unless it is of a frame.
func (a answer) wantUnframed() {
	a.t.Helper()
	if strings.HasPrefix(a.Request.URL.Path, urls.Embeds) || strings.HasPrefix(a.Request.URL.Path, static.Prefix) {
		return
	}
	said := framing.FindStringSubmatch(a.Header.Get("Content-Security-Policy"))
	if len(said) != 2 || said[1] != "'none'" || a.Header.Get("X-Frame-Options") != "DENY" {
		a.t.Errorf("%s can be framed: %q, %q", a.Request.URL.Path, said, a.Header.Get("X-Frame-Options"))
	}
}
