package web_test

import (
	"net/http"
	"testing"

	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/testkit"
)

// TestEveryDeclineIsExplained declines a card for each reason that a page tells
// apart, by a result code of the gateway, and reads what the customer reads: on the
// card fields, and in a browser that is not the one that pays.
func TestEveryDeclineIsExplained(t *testing.T) {
	t.Parallel()

	for reason, code := range map[string]string{
		"soft": "800.100.152", "funds": "800.100.155", "hard": "800.100.165", "expired_card": "100.100.303", "details": "800.100.153",
		"auth_failed": "100.390.112", "auth_abandoned": "100.396.101", "technical": "800.500.100",
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()

			app := testkit.New(t)
			v := newVisitor(t, app)
			widget := v.startPaying(app.NewOrder(12400))
			app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: code})

			for lang, who := range map[string]*visitor{"en": v, "de": newVisitor(t, app)} {
				page := who.follow(widget.returnURL() + "&lang=" + lang).wantStatus(http.StatusOK)
				page.wantText("[role=alert][data-testid=alert]", i18n.For(page.doc.Find("html").AttrOr("lang", "")).T("declined."+reason))
			}
		})
	}
}
