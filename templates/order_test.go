package templates_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/quittance/quittance/static"
	"github.com/quittance/quittance/templates/checkout"
	"github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
)

func TestUnpaidFormPostsConsentWithToken(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, portal.UnpaidPage(page(marker{}), unpaid()))

	form := doc.Find("form[method=post][action='/orders/ord_1/checkout']")
	if form.Length() != 1 {
		t.Fatalf("%d forms, want 1", form.Length())
	}
	if got := form.Find("input[name=_csrf]").AttrOr("value", ""); got != "csrf-token" {
		t.Errorf("_csrf = %q, want csrf-token", got)
	}
	box := form.Find("input[type=checkbox][name=consent_terms]")
	if got := box.AttrOr("value", ""); got != "1" {
		t.Errorf("consent's value = %q, want 1", got)
	}
	if _, described := box.Attr("aria-describedby"); described {
		t.Error("an untouched box is described by an error")
	}
	if got := strings.TrimSpace(form.Find("button[type=submit]").Text()); got != "«unpaid.continue»" {
		t.Errorf("button says %q", got)
	}
}

func TestMissingConsentIsToldAtTheBox(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, portal.UnpaidPage(page(marker{}), refused()))

	box := doc.Find("#consent_terms")
	if box.AttrOr("aria-invalid", "") != "true" {
		t.Error("the box is not marked invalid")
	}
	message := doc.Find("#" + box.AttrOr("aria-describedby", "none")).Text()
	if !strings.Contains(message, refused().Consent.Error) {
		t.Errorf("the box is described by %q, want %q", message, refused().Consent.Error)
	}
	if doc.Find("[role=alert] a[href='#consent_terms']").Length() != 1 {
		t.Error("no alert that leads to the box")
	}
}

func TestConsentSentenceLinksTheTerms(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		terms string
		want  string
	}{
		"with terms":    {terms: "https://a.example/terms", want: `I accept the <a href="https://a.example/terms" rel="noopener noreferrer" target="_blank">terms</a>.`},
		"without terms": {want: "I agree."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			v := unpaid()
			v.Consent = ui.Consent{TermsURL: templ.SafeURL(tt.terms), PrivacyURL: "https://a.example/privacy"}
			doc, _ := draw(t, portal.UnpaidPage(page(texts{
				"unpaid.consent": "I accept the [terms](terms).", "unpaid.consent_bare": "I agree.",
			}), v))

			got, err := doc.Find("label[for=consent_terms] > span").Html()
			if err != nil {
				t.Fatalf("Html: %v", err)
			}
			if got = strings.TrimSpace(got); got != tt.want {
				t.Errorf("label = %s\nwant %s", got, tt.want)
			}
		})
	}
}

// texts is a localizer of a few texts.
type texts map[string]string

func (x texts) T(key string, _ ...any) string { return x[key] }

func TestOrderThatCannotBePaidHasNoButton(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, portal.EndedPage(page(marker{}), cancelled()))

	if n := doc.Find("form, .btn").Length(); n != 0 {
		t.Errorf("%d forms and buttons, want none", n)
	}
	if got := doc.Find("[data-testid=money]").Text(); got != cancelled().Money {
		t.Errorf("money is %q", got)
	}
}

func TestPortalShowsStatusAmountsMethodHistoryAndFiles(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, portal.ShowPage(page(marker{}), paid()))

	for testID, want := range map[string]string{
		"order-status":     "«Paid on 3\u00a0May 2026»",
		"order-total":      "«€124.00»",
		"order-paid":       "«€124.00»",
		"payment-method":   "«portal.method.card»",
		"download-summary": "«Order summary»",
		"download-receipt": "«Receipt R-2026-00017»",
	} {
		s := doc.Find("[data-testid=" + testID + "]")
		if s.Length() != 1 || !strings.Contains(s.Text(), want) {
			t.Errorf("%s: %d of them saying %q, want one with %q", testID, s.Length(), s.Text(), want)
		}
	}
	if n := doc.Find("[data-testid=history-row]").Length(); n != 2 {
		t.Errorf("%d rows of history, want 2", n)
	}
}

func TestWidgetBindsTheGatewaysScript(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, checkout.WidgetPage(page(marker{}), widget()))

	form := doc.Find("form.paymentWidgets")
	if form.AttrOr("action", "") != string(widget().ReturnURL) || form.AttrOr("data-brands", "") != "VISA MASTER AMEX" {
		t.Errorf("form leads to %q with brands %q", form.AttrOr("action", ""), form.AttrOr("data-brands", ""))
	}
	scripts := doc.Find("script")
	if scripts.Length() != 2 {
		t.Fatalf("%d scripts, want ours and the gateway's", scripts.Length())
	}
	ours, theirs := scripts.Eq(0), scripts.Eq(1)
	if ours.AttrOr("src", "") != static.URL("js/wpwl.js") || ours.AttrOr("integrity", "") != static.Integrity("js/wpwl.js") {
		t.Errorf("our script is %q, must come first", ours.AttrOr("src", ""))
	}
	for attr, want := range map[string]string{"data-locale": "en", "data-payment-target": "_top", "data-shopper-result-target": "_top"} {
		if got := ours.AttrOr(attr, ""); got != want {
			t.Errorf("%s = %q, want %q", attr, got, want)
		}
	}
	if theirs.AttrOr("src", "") != widget().ScriptURL || theirs.AttrOr("integrity", "") != widget().ScriptIntegrity {
		t.Errorf("the gateway's script is %q with %q", theirs.AttrOr("src", ""), theirs.AttrOr("integrity", ""))
	}
	if got := doc.Find("[role=alert][data-testid=alert]").First().Text(); !strings.Contains(got, "«declined.funds»") {
		t.Errorf("alert says %q, want the last decline", got)
	}
}

func TestEveryReasonHasItsWords(t *testing.T) {
	t.Parallel()

	for reason, want := range map[string]string{
		"": "soft", "soft": "soft", "funds": "funds", "hard": "hard", "expired_card": "expired_card", "details": "details",
		"auth_failed": "auth_failed", "auth_abandoned": "auth_abandoned", "technical": "technical", "never heard of": "soft",
	} {
		doc, _ := draw(t, checkout.DeclinedPage(page(marker{}), checkout.Declined{Reason: reason}))
		if got := doc.Find("[data-testid=alert] p").First().Text(); got != "«declined."+want+"»" {
			t.Errorf("reason %q reads %q, want declined.%s", reason, got, want)
		}
	}
}

func TestCheckingOffersNoSecondPayment(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, samples(page(marker{}))["checking"])

	if n := doc.Find("form").Length(); n != 0 {
		t.Errorf("%d forms that could pay again", n)
	}
}

func TestStrangerIsToldNoNumberAndNoAmount(t *testing.T) {
	t.Parallel()

	doc, _ := draw(t, checkout.HeldPage(page(marker{}), checkout.Held{About: ui.Reminder{Amount: "«€124.00»"}}))

	if text := doc.Text(); strings.Contains(text, "124") || doc.Find("[data-testid=order-total]").Length() != 0 {
		t.Errorf("page shows the amount: %s", text)
	}
}

func TestConsentIsKeptAsItReads(t *testing.T) {
	t.Parallel()

	p := page(texts{"unpaid.consent": "I accept the [terms](terms) and the [notice](privacy)."})
	got := ui.Consent{TermsURL: "https://a.example/t", PrivacyURL: "https://a.example/p"}.Sentence(p)
	if want := "I accept the terms and the notice."; got != want {
		t.Errorf("sentence = %q, want %q", got, want)
	}
}
