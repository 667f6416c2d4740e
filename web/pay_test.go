package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

func TestOrderPageAsksAndTellsWhatHappens(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)

	v.get(o.Link).wantLeadsTo(orderPath(o))
	page := v.get(orderPath(o)).wantStatus(http.StatusOK)

	page.wantText("h1", app.Profile.Name).wantText("[data-testid=order-total]", "€124.00").wantText("table.lines", "Overhaul").wantText("table.lines", "€123.00").
		wantText("button", "Continue to payment").wantText("footer", app.Profile.Details.LegalName)
	if strings.Contains(page.body, o.Token) {
		t.Error("the page has the link's token in it")
	}
	if got, want := page.Header.Get("Cache-Control"), "no-store"; got != want {
		t.Errorf("Cache-Control = %q, want %q", got, want)
	}
}

func TestWithoutConsentNothingBegins(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)

	again := v.submit(v.follow(o.Link)).wantStatus(http.StatusUnprocessableEntity)

	again.wantText("[role=alert]", "Please accept the terms").wantText("#consent_terms-error", "Please accept the terms")
	if got := again.doc.Find("#consent_terms").AttrOr("aria-invalid", ""); got != "true" {
		t.Errorf("aria-invalid = %q", got)
	}
	if n := app.Strings(`SELECT id FROM attempts`); len(n) != 0 {
		t.Errorf("%d attempts, want none", len(n))
	}
	if n := app.Strings(`SELECT id FROM consents`); len(n) != 0 {
		t.Errorf("%d consents kept, want none", len(n))
	}
	v.submit(again, "consent_terms", "1").wantStatus(http.StatusSeeOther)
}

func TestLinkIsPaidAndBecomesThePortal(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)

	widget := v.startPaying(o).wantStatus(http.StatusOK)
	widget.wantText("[data-testid=order-total]", "€124.00").wantNone("[role=alert]:not(noscript *)")
	if got := app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved}); got != "approved" {
		t.Fatalf("card = %s", got)
	}
	v.get(widget.returnURL() + "&id=ours&resourcePath=%2Fv1%2Fcheckouts%2Felse%2Fpayment").wantLeadsTo(orderPath(o))

	app.WantPaid(o)
	for _, address := range []string{orderPath(o), o.Link, widget.Request.URL.Path, widget.returnURL()} {
		portal := v.follow(address).wantStatus(http.StatusOK)
		portal.wantText("[data-testid=order-status]", "Paid on ").wantText("[data-testid=order-paid]", "€124.00").
			wantText("[data-testid=payment-method]", "Visa ending in 0000").wantText("[data-testid=history-row]", "€124.00").
			wantText("[data-testid=download-receipt]", "Receipt").wantNone("form")
	}
	consents := app.Strings(`SELECT language || ': ' || text || ' ' || ip FROM consents WHERE order_id = $1`, string(o.ID))
	if want := "en: I accept the terms and have read the privacy notice. 127.0.0.1"; len(consents) != 1 || consents[0] != want {
		t.Errorf("consents = %q, want %q", consents, want)
	}
}

func TestPapersAreForWhoCameByTheLink(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	portal := v.follow(widget.returnURL())

	for _, kind := range []string{"summary", "invoice", "receipt"} {
		address := portal.doc.Find("[data-testid=download-"+kind+"]").AttrOr("href", "")
		file := v.get(address).wantStatus(http.StatusOK)
		if !strings.HasPrefix(file.body, "%PDF-") || file.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s is %q", address, file.Header.Get("Content-Type"))
		}
		if got := file.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=") || !strings.HasSuffix(got, ".pdf") {
			t.Errorf("%s: Content-Disposition = %q", address, got)
		}
		if got := file.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control = %q", address, got)
		}
		newVisitor(t, app).get(address).wantStatus(http.StatusNotFound)
	}
	for _, kind := range []string{"invoice", "receipt"} {
		address := portal.doc.Find("[data-testid=download-"+kind+"]").AttrOr("href", "")
		if first, second := v.get(address).body, v.get(address).body; first != second {
			t.Errorf("the bytes of %s changed between two downloads", address)
		}
	}
	receipt := portal.doc.Find("[data-testid=download-receipt]").AttrOr("href", "")
	for _, address := range []string{"/receipts/R-1999-00001.pdf", "/invoices/INV-1999-00001.pdf", "/credit-notes/CN-2026-00001.pdf", strings.TrimSuffix(receipt[strings.Index(receipt, "/receipts"):], ".pdf")} {
		v.get(orderPath(o) + address).wantStatus(http.StatusNotFound)
	}
}

func TestDocumentsThatAreSwitchedOffAreNotThere(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	portal := v.follow(widget.returnURL())
	var addresses []string
	for _, kind := range []string{"invoice", "receipt"} {
		addresses = append(addresses, portal.doc.Find("[data-testid=download-"+kind+"]").AttrOr("href", ""))
	}
	off := app.Profile
	off.Details.Documents = false
	if _, err := app.Profiles.Apply(t.Context(), actor.Actor{Kind: actor.User, ID: "test"}, off, nil); err != nil {
		t.Fatal(err)
	}

	for _, address := range addresses {
		v.get(address).wantStatus(http.StatusNotFound)
	}
	portal = v.get(orderPath(o)).wantStatus(http.StatusOK).wantNone("[data-testid=download-receipt]").wantNone("[data-testid=download-invoice]")
	v.get(portal.doc.Find("[data-testid=download-summary]").AttrOr("href", "")).wantStatus(http.StatusOK)
}

func TestFilesAreNamedInTheReadersLanguage(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	widget := v.startPaying(app.NewOrder(12400))
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	portal := v.follow(widget.returnURL())
	for kind, names := range map[string][2]string{"summary": {"order-summary-", "bestelluebersicht-"}, "invoice": {"invoice-", "rechnung-"}, "receipt": {"receipt-", "quittung-"}} {
		address := portal.doc.Find("[data-testid=download-"+kind+"]").AttrOr("href", "")
		for i, lang := range []string{"en", "de"} {
			if got := v.get(address + "?lang=" + lang).Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename="+names[i]) {
				t.Errorf("%s in %s: %q, want %s", kind, lang, got, names[i])
			}
		}
	}
}

func TestDocumentNumbersMayHoldSlashes(t *testing.T) {
	t.Parallel()

	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Details.Receipt = "R/{year}/{serial}" }})
	v := newVisitor(t, app)
	widget := v.startPaying(app.NewOrder(12400))
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})

	receipt := v.follow(widget.returnURL()).doc.Find("[data-testid=download-receipt]").AttrOr("href", "")
	file := v.get(receipt).wantStatus(http.StatusOK)
	if got := file.Header.Get("Content-Disposition"); strings.Contains(got, "/") || !strings.Contains(got, "receipt-R-") {
		t.Errorf("Content-Disposition = %q", got)
	}
}

func TestDeclineSaysWhyAndTheCheckoutGoesOn(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	if got := app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"}); got != "declined" {
		t.Fatalf("card = %s", got)
	}

	v.get(widget.returnURL()).wantLeadsTo(widget.Request.URL.Path)
	again := v.get(widget.Request.URL.Path).wantStatus(http.StatusOK)
	again.wantText("[role=alert]", "No money was taken.")
	if again.gatewayID() != widget.gatewayID() {
		t.Error("another checkout was opened")
	}
	stranger := newVisitor(t, app).get(widget.returnURL()).wantStatus(http.StatusOK)
	stranger.wantText("[role=alert]", "No money was taken.").wantNone("main a")

	app.SubmitCard(again.gatewayID(), testkit.Card{Number: testkit.CardSecond})
	v.follow(again.returnURL()).wantStatus(http.StatusOK)
	app.Deliver()
	v.follow(o.Link).wantText("[data-testid=order-status]", "Paid on ")
	app.WantPaid(o)
}

func TestReturnInAnotherBrowserTellsNothingOfTheOrder(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})

	stranger := newVisitor(t, app)
	page := stranger.get(widget.returnURL()).wantStatus(http.StatusOK)

	page.wantText("[data-testid=order-status]", "Payment received")
	for _, secret := range []string{string(o.ID), o.Token, "Overhaul", "Ada", "ada@example.com", "0000", "/orders/"} {
		if strings.Contains(page.body, secret) {
			t.Errorf("the page shows %q", secret)
		}
	}
	if got := page.Header.Values("Set-Cookie"); len(got) != 0 {
		t.Errorf("a stranger got a cookie: %q", got)
	}
	stranger.get(orderPath(o)).wantStatus(http.StatusNotFound)
	app.WantPaid(o)
}

func TestReturnTokenIsBoundToItsCheckoutAndItsTime(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	mine, other := app.NewOrder(12400), app.NewOrder(5000)
	first, second := newVisitor(t, app).startPaying(mine), newVisitor(t, app).startPaying(other)
	token := first.returnURL()[strings.Index(first.returnURL(), "?t="):]
	stranger := newVisitor(t, app)

	stranger.get(first.Request.URL.Path + "/return").wantStatus(http.StatusNotFound)
	stranger.get(second.Request.URL.Path + "/return" + token).wantStatus(http.StatusNotFound)
	stranger.get(first.returnURL() + "x").wantStatus(http.StatusNotFound)
	waiting := stranger.get(first.returnURL()).wantStatus(http.StatusOK)
	waiting.wantText("h1", "Checking your payment")
	if got := waiting.Header.Get("Refresh"); got != "5" {
		t.Errorf("Refresh = %q, want 5", got)
	}

	app.Advance(returnOver)
	stranger.get(first.returnURL()).wantStatus(http.StatusNotFound)
}

func TestReplacedCheckoutLeadsToTheOrder(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	old := v.startPaying(o)
	app.Advance(checkoutOver)

	expired := v.get(old.Request.URL.Path).wantStatus(http.StatusOK).wantText("h1", "expired").wantNone(".paymentWidgets")
	renewed := v.submit(expired).wantStatus(http.StatusSeeOther)
	if renewed.Header.Get("Location") == old.Request.URL.Path {
		t.Fatal("the expired checkout was offered again")
	}
	v.get(renewed.Header.Get("Location")).wantStatus(http.StatusOK).gatewayID()
	v.get(old.Request.URL.Path).wantStatus(http.StatusOK).wantText("h1", "replaced").wantNone(".paymentWidgets, form")
}

func TestPendingOffersNoSecondPayment(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	order := v.follow(o.Link)
	widget := v.startPaying(o)
	if got := app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"}); got != "pending" {
		t.Fatalf("card = %s", got)
	}

	for _, address := range []string{widget.returnURL(), widget.Request.URL.Path, orderPath(o), o.Link} {
		page := v.follow(address).wantStatus(http.StatusOK).wantText("h1", "Checking your payment").wantNone("form, .paymentWidgets")
		if !strings.HasPrefix(page.Header.Get("Refresh"), "5") {
			t.Errorf("%s: Refresh = %q", address, page.Header.Get("Refresh"))
		}
	}
	v.submit(order, "consent_terms", "1").wantLeadsTo(orderPath(o) + "?busy=1")
}

func TestUnknownOutcomeOffersNoSecondPayment(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	v.startPaying(o)
	app.Exec(`UPDATE attempts SET state = 'unknown'`)

	v.get(orderPath(o)).wantStatus(http.StatusOK).wantText("h1", "Checking your payment").wantNone("form")
}

func TestHeldPaymentOffersNoSecondPayment(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	order := v.follow(o.Link)
	widget := v.startPaying(o)
	bookWrongAmount(t, app)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})

	v.get(widget.returnURL()).wantLeadsTo(orderPath(o))
	for _, address := range []string{orderPath(o), widget.Request.URL.Path} {
		v.get(address).wantStatus(http.StatusOK).wantText("h1", "is being checked").wantNone("form, .paymentWidgets")
	}
	newVisitor(t, app).get(widget.returnURL()).wantStatus(http.StatusOK).wantText("h1", "is being checked").wantNone("[data-testid=order-total]")
	v.submit(order, "consent_terms", "1").wantLeadsTo(orderPath(o))
}

func TestCheckoutThatIsBeingOpenedAsksForAMoment(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o)
	app.Exec(`UPDATE attempts SET state = 'created'`)

	page := v.get(widget.Request.URL.Path).wantStatus(http.StatusOK).wantText("h1", "Opening the payment page").wantNone(".paymentWidgets")
	if got := page.Header.Get("Refresh"); got != "5" {
		t.Errorf("Refresh = %q, want 5", got)
	}
}

func TestTooManyTriesCoolDown(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	order := v.follow(o.Link)
	widget := v.startPaying(o)
	for range 10 {
		app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	}
	app.Deliver()

	for _, page := range []answer{v.submit(order, "consent_terms", "1"), v.get(orderPath(o)), v.get(widget.Request.URL.Path)} {
		page.wantStatus(http.StatusTooManyRequests).wantText("[role=alert]", "No money was taken. Try again after ").wantNone("form")
		if got := page.Header.Get("Retry-After"); got == "" || got == "0" {
			t.Errorf("Retry-After = %q", got)
		}
	}
}

func TestGatewayThatIsAwayLosesNothing(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	order := v.follow(o.Link)
	refuseNextCheckout(t, app)

	away := v.submit(order, "consent_terms", "1").wantStatus(http.StatusServiceUnavailable)
	away.wantText("[role=alert]", "You will not be charged twice. Try again in a moment.")
	if got := away.doc.Find("main a.btn").AttrOr("href", ""); got != orderPath(o) {
		t.Errorf("leads back to %q", got)
	}
	v.submit(v.get(orderPath(o)), "consent_terms", "1").wantStatus(http.StatusSeeOther)
}

// TestAnExpiredPageClaimsThatNoMoneyWasTakenOnlyWhereTheBooksKnow: neither while a
// payment may have been made of which nobody has heard, nor before the gateway was
// asked when all its time was over.
func TestAnExpiredPageClaimsThatNoMoneyWasTakenOnlyWhereTheBooksKnow(t *testing.T) {
	t.Parallel()
	const known = "No money was taken"
	for language, careful := range map[string]string{"en": "when you start again, we first ask whether money was taken. You will not be charged twice.",
		"de": "Wenn Sie neu beginnen, fragen wir zuerst, ob Geld abgebucht wurde. Sie werden nicht doppelt belastet."} {
		t.Run("paid unheard of, "+language, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12400)
			v := newVisitor(t, app)
			app.Exec(`UPDATE orders SET language = $2 WHERE id = $1`, string(o.ID), language)
			widget := v.startPaying(o)
			app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
			app.Advance(checkoutOver)
			expired := v.get(widget.Request.URL.Path).wantStatus(http.StatusOK).wantText("[data-testid=money]", careful)
			v.submit(expired).wantStatus(http.StatusSeeOther)
			app.WantPaid(o)
		})
	}
	t.Run("not paid", func(t *testing.T) {
		t.Parallel()
		app := testkit.New(t)
		v := newVisitor(t, app)
		path := v.startPaying(app.NewOrder(12400)).Request.URL.Path
		app.Advance(checkoutOver)
		if got := v.get(path).doc.Find("[data-testid=money]").Text(); strings.Contains(got, known) {
			t.Errorf("before the gateway was asked the page says %q", got)
		}
		for range 4 {
			app.Advance(time.Hour)
			app.RunJobs()
		}
		v.get(path).wantStatus(http.StatusOK).wantText("h1", "expired").wantText("[data-testid=money]", known)
	})
}
