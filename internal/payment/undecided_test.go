package payment_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// waits submits a card whose bank takes its time, and gives the gateway's id of
// that payment.
func waits(app *testkit.App, o testkit.Order, at payment.Attempt) string {
	app.TB.Helper()
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	return pendingAtGateway(app, o, at)
}

// pendingAtGateway is the gateway's id of the payment it has not decided.
func pendingAtGateway(app *testkit.App, o testkit.Order, at payment.Attempt) string {
	app.TB.Helper()
	for _, e := range app.GatewayBooks(o) {
		if e.MerchantTransactionID == at.MerchantTransactionID && e.State == sandbox.StatePending {
			return e.ID
		}
	}
	app.TB.Fatalf("the gateway has no pending payment of %s", at.ID)
	return ""
}

// decline is the bank's no.
func decline(app *testkit.App, gatewayID string) {
	app.TB.Helper()
	if err := app.Gateway.Settle(app.TB.Context(), gatewayID, "800.100.152"); err != nil {
		app.TB.Fatal(err)
	}
}

func TestOrderCanBePaidOnceBothPendingCheckoutsAreDeclined(t *testing.T) {
	t.Parallel()
	for name, olderFirst := range map[string]bool{"older first": true, "newer first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12_400)
			older, newer := replaced(app, o)
			both := []string{waits(app, o, older), waits(app, o, newer)}
			app.Deliver()
			if got := app.Attempt(newer).State; got != payment.AttemptPending {
				t.Fatalf("the newer checkout is %s, want pending", got)
			}
			if !olderFirst {
				both[0], both[1] = both[1], both[0]
			}

			decline(app, both[0])
			app.Deliver()
			if _, err := start(app, o); err == nil {
				t.Error("a checkout can be started while a payment is pending")
			}
			decline(app, both[1])
			app.Deliver()

			if at, err := start(app, o); err != nil || !at.Payable(app.Clock.Wall()) {
				t.Errorf("after both declines the order cannot be paid: %s, %v", at.State, err)
			}
		})
	}
}

func TestClosedCheckoutIsAskedAboutUntilALatePaymentIsDecidedAndNoLonger(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultHold, Next: 1})
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"}) // a slow challenge
	app.Advance(2 * time.Hour)
	app.RunJobs()
	if got := app.Attempt(at).State; got != payment.AttemptExpired {
		t.Fatalf("the checkout is %s, want expired", got)
	}
	if _, err := app.Gateway.Release(t.Context(), at.CheckoutID, ""); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	if app.Attempt(at).NextAttemptAt.IsZero() {
		t.Error("nobody asks what becomes of the pending payment")
	}

	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	decline(app, pendingAtGateway(app, o, at))
	app.Advance(time.Hour)
	app.RunJobs()

	if got := app.Strings(`SELECT state FROM transactions WHERE order_id = $1`, string(o.ID)); len(got) != 1 || got[0] != string(payment.Declined) {
		t.Errorf("transactions are %v, want one declined", got)
	}
	if now := app.Attempt(at); !now.NextAttemptAt.IsZero() {
		t.Errorf("the checkout is %s and still asked about", now.State)
	}
}

func TestReplacedCheckoutWithHeldMoneyIsWatchedNoLongerThanAnyOther(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	older, _ := replaced(app, o)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1})
	app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Deliver()
	for range 5 {
		app.Advance(10 * time.Minute)
		app.RunJobs()
	}

	if got := app.Strings(`SELECT state FROM transactions WHERE order_id = $1`, string(o.ID)); len(got) != 1 || got[0] != string(payment.Held) {
		t.Errorf("transactions are %v, want one held", got)
	}
	if left := app.Strings(`SELECT state FROM attempts WHERE next_attempt_at IS NOT NULL`); len(left) > 0 {
		t.Errorf("still asked about: checkouts that are %v", left)
	}
}

func TestWatchEndsWhenItSaysAndNotAnHourLater(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	for range 46 { // 30 minutes of the gateway's, 15 of ours
		app.Advance(time.Minute)
		app.RunJobs()
	}
	if now := app.Attempt(at); now.State != payment.AttemptExpired {
		t.Errorf("an abandoned checkout is %s after 46 minutes, and asked about in %v", now.State, now.NextAttemptAt.Sub(app.Clock.Wall()))
	}

	older, newer := replaced(app, app.NewOrder(9_900))
	for range 46 {
		app.Advance(time.Minute)
		app.RunJobs()
	}
	for _, at := range []payment.Attempt{older, newer} {
		if now := app.Attempt(at); !now.NextAttemptAt.IsZero() {
			t.Errorf("after its watch a checkout is %s and asked about in %v", now.State, now.NextAttemptAt.Sub(app.Clock.Wall()))
		}
	}
}
