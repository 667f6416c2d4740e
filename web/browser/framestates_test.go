package browser_test

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	demoshop "github.com/quittance/quittance/internal/shop"
	"github.com/quittance/quittance/internal/testkit"
)

// framedState is what becomes of a checkout while a shop's page shows it in a frame.
type framedState struct {
	Name string            `json:"name"`
	H1   map[string]string `json:"h1"`    // what the frame's heading says then, by language
	Tell string            `json:"tells"` // what the shop's page is told last
	turn func(o testkit.Order, at payment.Attempt)
}

// openShop serves the demo's shop for a portal that lets its pages embed.
func openShop(t *testing.T, app *testkit.App) string {
	t.Helper()
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	at := "http://shop.localhost:" + port
	handler = demoshop.New(demoshop.Config{URL: at, API: app.URL + "/api/v1", Key: app.Key, Portal: app.URL, Gateway: app.Account.PublicBase,
		Log: slog.New(slog.DiscardHandler), Now: app.Clock.Wall}).Handler()
	p := app.Profile
	p.Details.EmbedHosts = []string{at}
	if _, err := app.Profiles.Apply(t.Context(), actor.TheSystem, p, nil); err != nil {
		t.Fatal(err)
	}
	return at
}

// framedStates are all that a frame can come to say.
func framedStates(t *testing.T, app *testkit.App) []framedState {
	t.Helper()
	card := func(at payment.Attempt, holders ...string) {
		for _, h := range holders {
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: h})
		}
		app.Deliver()
	}
	agree := func(o testkit.Order) {
		c := order.Consent{ID: id.New("cns"), ProfileID: o.ProfileID, OrderID: o.ID, TermsVersion: "2026-11", Language: "en", Text: "I accept the terms."}
		if err := app.Orders.KeepConsent(t.Context(), actor.Actor{Kind: actor.Customer, ID: string(o.ID)}, c); err != nil {
			t.Error(err)
		}
	}
	const decline = "800.100.155"
	return []framedState{
		{Name: "asks", H1: map[string]string{"en": "Harbour Bicycles asks you for a payment", "de": "Harbour Bicycles bittet Sie um eine Zahlung"}, Tell: "ready", turn: func(testkit.Order, payment.Attempt) {}},
		{Name: "card", H1: map[string]string{"en": "Pay Harbour Bicycles", "de": "Zahlung an Harbour Bicycles"}, Tell: "ready", turn: func(o testkit.Order, _ payment.Attempt) { agree(o) }},
		{Name: "declined", H1: map[string]string{"en": "Pay Harbour Bicycles", "de": "Zahlung an Harbour Bicycles"}, Tell: "declined", turn: func(o testkit.Order, at payment.Attempt) {
			agree(o)
			card(at, decline)
		}},
		{Name: "tries", H1: map[string]string{"en": "Too many tries", "de": "Zu viele Versuche"}, Tell: "declined", turn: func(_ testkit.Order, at payment.Attempt) {
			card(at, decline, decline, decline, decline, decline, decline, decline, decline, decline, decline)
		}},
		{Name: "opening", H1: map[string]string{"en": "Opening the payment form", "de": "Das Zahlungsformular wird geöffnet"}, Tell: "ready", turn: func(_ testkit.Order, at payment.Attempt) {
			app.Exec(`UPDATE attempts SET state = 'created' WHERE id = $1`, string(at.ID))
		}},
		{Name: "checking", H1: map[string]string{"en": "Checking your payment", "de": "Ihre Zahlung wird geprüft"}, Tell: "ready", turn: func(_ testkit.Order, at payment.Attempt) { card(at, "000.200.000") }},
		{Name: "held", H1: map[string]string{"en": "Your payment is being checked", "de": "Ihre Zahlung wird geprüft"}, Tell: "ready", turn: func(_ testkit.Order, at payment.Attempt) {
			if err := app.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1}); err != nil {
				t.Error(err)
			}
			card(at, "Ada Winter")
		}},
		{Name: "approved", H1: map[string]string{"en": "Payment received", "de": "Zahlung eingegangen"}, Tell: "approved", turn: func(_ testkit.Order, at payment.Attempt) { card(at, "Ada Winter") }},
		// The last, since time goes by for all of them.
		{Name: "expired", H1: map[string]string{"en": "This payment form has expired", "de": "Dieses Zahlungsformular ist abgelaufen"}, Tell: "expired", turn: func(testkit.Order, payment.Attempt) {
			app.Advance(payment.CheckoutLife + time.Minute)
		}},
	}
}

// TestFrameSpeaksForTheMerchantsPageInEveryState looks at the frame in the demo's
// shop in each state and both languages: no word of an order portal, WCAG 2.2 AA by
// axe in light and dark, nothing to scroll sideways.
func TestFrameSpeaksForTheMerchantsPageInEveryState(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		for _, lang := range []string{"en", "de"} {
			t.Run(fmt.Sprintf("%s at %d px", lang, width), func(t *testing.T) {
				t.Parallel()
				app := testkit.Start(t, testkit.Options{Limits: payment.Limits{PerOrder: 10}})
				at, states := openShop(t, app), framedStates(t, app)
				type shown struct {
					framedState
					Order string `json:"order"`
				}
				var all []shown
				turns := asks{}
				for _, s := range states {
					o := app.NewOrder(12400)
					app.Exec(`UPDATE orders SET language = $2 WHERE id = $1`, string(o.ID), lang)
					all = append(all, shown{s, string(o.ID)})
					turns[s.Name] = func() any {
						s.turn(o, app.StartCheckout(o))
						return nil
					}
				}
				asked := states[0].H1[lang]
				for some := range slices.Chunk(all, 5) { // a journey has its time
					t.Run("from "+some[0].Name, func(t *testing.T) {
						journey(t, "framestates", map[string]any{"shop": at, "states": some, "asked": asked, "width": width, "lang": lang, "pictures": os.Getenv("QUITTANCE_SHOTS") != ""}, turns, nil)
					})
				}
			})
		}
	}
}

// TestFrameThatIsOverStartsAgain renews the checkout of a frame in the demo's shop, by
// the button in it and by nothing else.
func TestFrameThatIsOverStartsAgain(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			at := openShop(t, app)
			paid, elsewhere, bare := app.NewOrder(12400), app.NewOrder(5000), app.NewOrder(4000)
			journey(t, "renewing", map[string]any{"shop": at, "width": width, "paid": paid.ID, "elsewhere": elsewhere.ID, "bare": bare.ID}, asks{
				"later": func() any {
					app.Advance(payment.CheckoutLife + time.Minute)
					return nil
				},
				"pay": func() any {
					app.SubmitCard(app.StartCheckout(elsewhere).CheckoutID, testkit.Card{Number: testkit.CardApproved})
					app.Deliver()
					return nil
				},
			}, nil)
			for _, o := range []testkit.Order{paid, elsewhere} {
				app.WantPaid(o)
			}
			if n := app.NetCharged(bare); n != 0 {
				t.Errorf("%d charged for the order that nobody paid", n)
			}
		})
	}
}
