package notify_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway/opp"
	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// wantSilent fails where the log or a row of mail names an address or a token.
func wantSilent(t *testing.T, app *testkit.App) {
	t.Helper()
	kept := app.Log.String() + strings.Join(app.Strings(`SELECT last_error FROM mails`), " ")
	if strings.Contains(kept, "ada@") || strings.Contains(kept, "/pay/") || strings.Contains(kept, "not for") {
		t.Errorf("log or row tells an address, a link or the server's words")
	}
}

func nextGap(t *testing.T, app *testkit.App, next string) time.Duration {
	t.Helper()
	ms, err := strconv.ParseInt(next, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(ms).Sub(app.Clock.Wall())
}

// only is the one mail that arrived.
func only(t *testing.T, box *outbox.Outbox) outbox.Mail {
	t.Helper()
	all := box.Mails()
	if len(all) != 1 {
		t.Fatalf("%d mails arrived, want 1", len(all))
	}
	return all[0]
}

func TestPaymentLinkGoesToTheCustomer(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	ask(t, app, o)
	app.SendMails()
	m := only(t, app.Outbox)

	if !slices.Equal(m.To, []string{"ada@example.com"}) || m.From != testkit.MailFrom {
		t.Errorf("from %s to %q", m.From, m.To)
	}
	for name, want := range map[string]string{
		"From": `"Harbour Bicycles" <` + testkit.MailFrom + `>`, "Reply-To": `"Harbour Bicycles" <hello@harbour-bicycles.example>`,
		"Auto-Submitted": "auto-generated", "Content-Language": "en", "To": "<ada@example.com>",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if want := "Your order " + o.InvoiceID + " from Harbour Bicycles"; m.Subject != want {
		t.Errorf("subject %q, want %q", m.Subject, want)
	}
	for _, body := range []string{m.Text, m.HTML} {
		for _, want := range []string{"€124.00", o.Link, "Overhaul", "Harbour Bicycles GmbH", "hello@harbour-bicycles.example", "Tax included"} {
			if !strings.Contains(body, want) {
				t.Errorf("the mail lacks %q:\n%s", want, body)
			}
		}
	}
	for _, never := range []string{"<img", "<script", "http-equiv", "url(", "Winter"} {
		if strings.Contains(m.HTML+m.Subject, never) {
			t.Errorf("the mail has %q in it", never)
		}
	}
	if strings.Count(m.HTML, "http") != strings.Count(m.HTML, o.Link)+strings.Count(m.HTML, "https://harbour-bicycles.example") {
		t.Error("the mail leads elsewhere than to the order and the merchant")
	}
	wantSilent(t, app)
}

func TestMailSpeaksTheOrdersLanguage(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Locale = "de" }})
	o := app.NewOrder(12_400)
	ask(t, app, o)
	pay(t, app, app.NewOrder(5_000))
	app.SendMails()
	mails := app.Outbox.Mails()
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	for i, want := range [][]string{
		{"Ihre Bestellung ist bereit zur Zahlung", "124,00\u00a0€", "Enthaltene Steuer"},
		{"Vielen Dank für Ihre Zahlung", "50,00\u00a0€", "Visa mit den Endziffern 0000", "Quittung R-"},
	} {
		for _, text := range want {
			if !strings.Contains(mails[i].Text, text) || !strings.Contains(mails[i].HTML, text) {
				t.Errorf("mail %d lacks %q:\n%s", i, text, mails[i].Text)
			}
		}
	}
	if want := "Ihre Bestellung " + o.InvoiceID + " bei Harbour Bicycles"; mails[0].Subject != want {
		t.Errorf("subject %q, want %q", mails[0].Subject, want)
	}
}

func TestSaleIsConfirmedOnceWithItsDocuments(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o := app.NewOrder(12_400)
			at := app.StartCheckout(o)
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
			facts, err := opp.New(opp.Config{Log: app.Logger()}).Query(t.Context(), app.Account, at.MerchantTransactionID)
			if err != nil {
				t.Fatal(err)
			}
			if len(facts) < 2 {
				t.Fatalf("%d facts, want the decline and the approval", len(facts))
			}
			slices.Reverse(facts)
			for _, f := range append(slices.Clone(facts), facts...) {
				if _, err := app.Payments.Apply(t.Context(), app.Account, f); err != nil {
					t.Fatal(err)
				}
				app.SendMails()
			}
			app.Deliver()
			app.SendMails()

			m := only(t, app.Outbox)
			if want := "Payment confirmed: order " + o.InvoiceID + " from Harbour Bicycles"; m.Subject != want {
				t.Errorf("subject %q, want %q", m.Subject, want)
			}
			documents := app.Overview(o).Documents
			if len(m.Attachments) != len(documents) || len(documents) == 0 {
				t.Fatalf("%d attachments of %d documents", len(m.Attachments), len(documents))
			}
			for _, d := range documents {
				i := slices.IndexFunc(m.Attachments, func(a outbox.Attachment) bool { return a.Name == d.Number+".pdf" && a.Type == "application/pdf" })
				_, f, err := app.Papers.Document(t.Context(), o.ProfileID, o.ID, d.Kind, d.Number)
				if err != nil || i < 0 || !bytes.Equal(m.Attachments[i].Content, f.Content) {
					t.Errorf("%s is not attached as its download serves it: %v", d.Number, err)
				}
				if !strings.Contains(m.Text, d.Number) {
					t.Errorf("the text does not name %s", d.Number)
				}
			}
			for _, want := range []string{"€124.00", "Visa ending in 0000", o.Link} {
				if !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, want) {
					t.Errorf("the mail lacks %q", want)
				}
			}
		})
	}
}

func TestSurplusMoneyIsNotConfirmed(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	older := app.StartCheckout(o)
	app.Advance(26 * time.Minute)
	newer := app.StartCheckout(o)
	for _, at := range []string{newer.CheckoutID, older.CheckoutID} {
		app.SubmitCard(at, testkit.Card{Number: testkit.CardApproved})
		app.Deliver()
		app.SendMails()
	}
	if got := app.Tasks(o); !slices.Contains(got, "surplus_payment") {
		t.Fatalf("tasks %q: there was no surplus", got)
	}
	only(t, app.Outbox)
}

func TestConfirmationWithoutDocumentsAndWithoutALink(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Details.Documents = false }})
	o := app.NewOrder(12_400)
	pay(t, app, o)
	if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
		t.Fatal(err)
	}
	app.SendMails()
	m := only(t, app.Outbox)
	if len(m.Attachments) != 0 || strings.Contains(m.Text, "/pay/") || strings.Contains(m.Text, "Attached") {
		t.Errorf("%d attachments; the text:\n%s", len(m.Attachments), m.Text)
	}
}

func TestLinkOfAnOrderThatWasPaidMeanwhileIsWithdrawn(t *testing.T) {
	t.Parallel()
	for name, meanwhile := range map[string]func(*testing.T, *testkit.App, testkit.Order){
		"paid": pay,
		"revoked": func(t *testing.T, app *testkit.App, o testkit.Order) {
			t.Helper()
			if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12_400)
			ask(t, app, o)
			meanwhile(t, app, o)
			app.SendMails()
			if got := app.Strings(`SELECT state FROM mails WHERE kind = 'order_ready'`); !slices.Equal(got, []string{"withdrawn"}) {
				t.Errorf("the mail is %q, want withdrawn", got)
			}
			for _, m := range app.Outbox.Mails() {
				if strings.HasPrefix(m.Subject, "Your order") {
					t.Errorf("it was sent: %s", m.Subject)
				}
			}
		})
	}
}

func TestWithoutAServerMailStaysDue(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{NoSMTP: true, Profile: func(p *profile.Profile) { p.Details.MailsOff = []string{"order_reminder"} }})
	app.StartJobs()
	ask(t, app, app.NewOrder(12_400))
	app.Eventually("its wake-up is over", func() bool {
		return len(app.Strings(`SELECT kind FROM river_job WHERE kind = 'mail.send' AND state = 'completed'`)) == 1
	})
	app.Advance(100 * 24 * time.Hour)
	app.RunJobs()
	if got, want := standing(app), []string{"order_ready due 0 "}; !slices.Equal(got, want) {
		t.Errorf("the mail: %q, want %q", got, want)
	}
	if n := len(app.Strings(`SELECT kind FROM river_job WHERE kind = 'mail.send'`)); n != 1 {
		t.Errorf("%d wake-ups, want no more than the first", n)
	}
}

func TestMailThatWaitedForAMonthIsNotSent(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	ask(t, app, app.NewOrder(12_400))
	app.Advance(30*24*time.Hour + time.Minute)
	app.SendMails()
	if got, want := standing(app), []string{"order_ready withdrawn 1 "}; !slices.Equal(got, want) || len(app.Outbox.Mails()) != 0 {
		t.Errorf("the mail: %q, want %q", got, want)
	}
}

func TestMerchantsNameMayHoldAnything(t *testing.T) {
	t.Parallel()
	const name = `Bell, "Söhne" <x@evil.example> & Co`
	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Name = name }})
	ask(t, app, app.NewOrder(12_400))
	app.SendMails()
	m := only(t, app.Outbox)
	for _, header := range []string{"From", "Reply-To"} {
		list, err := m.Header.AddressList(header)
		if err != nil || len(list) != 1 || list[0].Name != name || strings.Contains(list[0].Address, "evil") {
			t.Errorf("%s is %v, %v", header, list, err)
		}
	}
	if !strings.HasSuffix(m.Subject, name) {
		t.Errorf("subject %q", m.Subject)
	}
}

func TestAddressThatIsNoneIsForStaffAndNotForTheLog(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	ask(t, app, o)
	app.Exec(`UPDATE customers SET email = 'ada@ at home'`)
	app.SendMails()
	if got, want := standing(app), []string{"order_ready failed 1 recipient: not an address"}; !slices.Equal(got, want) {
		t.Errorf("the mail: %q, want %q", got, want)
	}
	wantSilent(t, app)
}

func TestSweepFindsALostWakeUp(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			ask(t, app, app.NewOrder(12_400))
			app.Exec(`DELETE FROM river_job`)
			app.StartJobs()
			app.RunJobs()
			app.Eventually("the mail is sent", func() bool { return app.Strings(`SELECT state FROM mails`)[0] == "sent" })
			only(t, app.Outbox)
		})
	}
}

func TestTwoWakeUpsSendOnce(t *testing.T) {
	t.Parallel()
	server := newMoody()
	app := startWith(t, server)
	m := ask(t, app, app.NewOrder(12_400))
	done := make(chan error, 8)
	for range cap(done) {
		go func() { done <- app.Letters.Send(context.WithoutCancel(t.Context()), m.ProfileID, m.ID) }()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	only(t, server.box)
}

func TestMailsAreCountedByKindAndOutcome(t *testing.T) {
	t.Parallel()
	server := newMoody()
	app := startWith(t, server)
	ask(t, app, app.NewOrder(12_400))
	server.has(says(recipient, 450))
	app.SendMails()
	server.has(nil)
	app.Advance(time.Minute)
	app.SendMails()
	resp, err := http.Get(app.URL + "/metrics") //nolint:noctx // a test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	metrics := string(b)
	for _, want := range []string{`quittance_mails_total{kind="order_ready",outcome="retried"} 1`, `quittance_mails_total{kind="order_ready",outcome="sent"} 1`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
