package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// received is a mail as the outbox's site lists it.
type received struct {
	Subject     string   `json:"subject"`
	To          []string `json:"to"`
	Text        string   `json:"text"`
	Attachments []struct {
		Name string `json:"name"`
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"attachments"`
}

// TestMailLeadsToThePaymentAndBringsTheDocuments goes the whole way by mail: the
// merchant asks for the link to be sent, the customer follows it, pays, and finds
// in the next mail the very documents that the portal serves.
func TestMailLeadsToThePaymentAndBringsTheDocuments(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			app.StartJobs()
			site := httptest.NewServer(app.Outbox.Handler())
			t.Cleanup(site.Close)
			v := newVisitor(t, app)
			mails := func() []received {
				var list struct {
					Data []received `json:"data"`
				}
				if err := json.Unmarshal([]byte(v.get(site.URL+"/messages.json").body), &list); err != nil {
					t.Fatal(err)
				}
				return list.Data
			}
			arrives := func(n int) received {
				t.Helper()
				app.Eventually("mail arrives", func() bool { return len(mails()) == n })
				return mails()[0] // the newest
			}
			o := app.NewOrder(12400)

			wantDone(t, app, http.MethodPost, "/orders/"+string(o.ID)+"/send_payment_link", "{}", "link")
			ready := arrives(1)
			i := strings.Index(ready.Text, app.URL+"/pay/")
			if i < 0 || !slices.Equal(ready.To, []string{"ada@example.com"}) {
				t.Fatalf("to %q, without a link:\n%s", ready.To, ready.Text)
			}
			o.Link = strings.Fields(ready.Text[i:])[0]
			widget := v.startPaying(o).wantStatus(http.StatusOK)
			app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
			portal := v.follow(widget.returnURL()).wantStatus(http.StatusOK)

			confirmation := arrives(2)
			if !strings.HasPrefix(confirmation.Subject, "Payment confirmed") || !strings.Contains(confirmation.Text, o.Link) {
				t.Errorf("%s:\n%s", confirmation.Subject, confirmation.Text)
			}
			if len(confirmation.Attachments) != 2 {
				t.Fatalf("%d attachments, want the invoice and the receipt", len(confirmation.Attachments))
			}
			for _, a := range confirmation.Attachments {
				link := portal.doc.Find("a[href$='/"+a.Name+"']").First().AttrOr("href", "")
				if link == "" || a.Type != "application/pdf" {
					t.Errorf("the portal does not offer %s, %s", a.Name, a.Type)
					continue
				}
				if mailed, served := v.get(site.URL+a.URL).body, v.get(link).body; mailed != served || !strings.HasPrefix(served, "%PDF-") {
					t.Errorf("%s: %d bytes by mail, %d in the portal", a.Name, len(mailed), len(served))
				}
			}
			v.follow(o.Link).wantStatus(http.StatusOK).wantText("[data-testid=order-status]", "Paid on ")
		})
	}
}
