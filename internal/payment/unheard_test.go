package payment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// storeUnheard stores a card of which we hear nothing before its checkout is given up.
func storeUnheard(t *testing.T, app *testkit.App, at payment.Attempt) {
	t.Helper()
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Route: sandbox.RouteWebhook, Next: 1})
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	app.Advance(time.Hour) // our server is down meanwhile
	app.RunJobs()
	if got := app.Attempt(at).State; got != payment.AttemptExpired {
		t.Fatalf("the checkout is %s", got)
	}
}

// hear lets the gateway tell of a checkout, twice, and the first time to a server that
// is killed before it books it.
func hear(t *testing.T, app *testkit.App, at payment.Attempt) {
	t.Helper()
	books := func() []string {
		return slices.Concat(app.Strings(`SELECT id || ' ' || state FROM transactions ORDER BY id`), app.Strings(`SELECT id FROM payment_methods ORDER BY id`),
			app.Strings(`SELECT id || ' ' || status FROM scheduled_payments ORDER BY id`), app.Strings(`SELECT id || ' ' || status FROM orders ORDER BY id`),
			app.Strings(`SELECT id || ' ' || state FROM attempts ORDER BY id`))
	}
	for range 2 {
		if err := app.Gateway.Resend(t.Context(), at.MerchantTransactionID); err != nil {
			t.Fatal(err)
		}
		if err := app.Gateway.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	app.RunJobs()
	before := books()
	if err := app.Gateway.Resend(t.Context(), at.MerchantTransactionID); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	if diff := cmp.Diff(before, books()); diff != "" {
		t.Errorf("what was booked is booked again:\n%s", diff)
	}
}

func TestCardThatWasStoredWhileWeWereDownBeginsItsOrder(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o := app.Sell(testkit.Metered, order.Sale{Terms: order.Terms{Initial: "0"}})
			at := app.StartCheckout(o)
			storeUnheard(t, app, at)
			if got := app.Overview(o).Order.Status; got != order.Pending {
				t.Fatalf("the order is %s", got)
			}
			hear(t, app, at)
			if got := app.Overview(o).Order.Status; got != order.Active {
				t.Errorf("the order is %s", got)
			}
			if all := cards(app, o); len(all) != 1 || !all[0].Main || all[0].InitialTransactionID == "" || all[0].Token == "" {
				t.Errorf("the cards are %+v", all)
			}
			if tasks := app.Tasks(o); len(tasks) > 0 {
				t.Errorf("staff are bothered with %v", tasks)
			}
		})
	}
}

// The new card takes over; what it was to settle was given back, so that its customer
// is asked once more.
func TestCardThatWasStoredWhileWeWereDownReplacesTheOther(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		holder string
		shown  int64
	}{"in time": {"Ada Winter", 0}, "declined": {hard, 1200}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			var o testkit.Order
			if tt.shown > 0 {
				o = declined(app, testkit.Monthly, tt.holder)
			} else {
				app.SetTestTime(began)
				o = app.Sell(testkit.Monthly, order.Sale{})
				app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
			}
			before := app.NetCharged(o)
			at := mustRegister(app, o, tt.shown)
			storeUnheard(t, app, at)
			hear(t, app, at)
			if all := cards(app, o); len(all) != 2 || all[0].Method.Last4 != "5454" || !all[0].Main || all[1].Main {
				t.Errorf("the cards are %+v", all)
			}
			if got := app.Overview(o).Order.Status; got != order.Active {
				t.Errorf("the order is %s", got)
			}
			if now := app.NetCharged(o); now != before {
				t.Errorf("%d was charged with it", now-before)
			}
			if tt.shown == 0 {
				return
			}
			storeCard(app, o, mustRegister(app, o, tt.shown), "Ada Winter")
			wantCharged(t, app, o, tt.shown)
		})
	}
}

func TestCardThatIsHeardOfBesideANewerOneIsForgotten(t *testing.T) {
	t.Parallel()
	for name, stored := range map[string]bool{"stored": true, "being stored": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := declined(app, testkit.Monthly, hard)
			old := mustRegister(app, o, 1200)
			storeUnheard(t, app, old)
			newer := mustRegister(app, o, 1200)
			if stored {
				storeCard(app, o, newer, "Ada Winter")
			}
			hear(t, app, old)
			if !stored {
				storeCard(app, o, newer, "Ada Winter")
			}
			if all := cards(app, o); len(all) != 2 {
				t.Errorf("the cards are %+v", all)
			}
			if n := len(app.Strings(`SELECT id FROM payment_methods WHERE order_id = $1 AND removed_at IS NOT NULL`, string(o.ID))); n != 1 {
				t.Errorf("%d cards are forgotten", n)
			}
			wantCharged(t, app, o, 1200)
		})
	}
}

// Some gateways tell of the card of a payment by itself, before or after the payment.
func TestCardOfAPaymentIsLearnedWithThePayment(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.Sell(testkit.Monthly, order.Sale{})
	at := app.StartCheckout(o)
	told := gateway.Fact{ID: "8ac7card", CheckoutID: at.CheckoutID, MerchantTransactionID: at.MerchantTransactionID, Type: gateway.Registration,
		Result: gateway.Result{Code: "000.000.000", Outcome: gateway.Approved}, Method: gateway.Method{Token: "8ac7card"}}
	apply := func() {
		before := app.Dump()
		if _, err := app.Payments.Apply(t.Context(), app.Account, told); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, app.Dump()); diff != "" {
			t.Errorf("the books changed:\n%s", diff)
		}
	}
	apply()
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	comeBack(app, at)
	apply()
	if all := cards(app, o); len(all) != 1 || all[0].Token == told.ID {
		t.Errorf("the cards are %+v", all)
	}
}
