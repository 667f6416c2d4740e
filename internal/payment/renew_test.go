package payment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// ofGateway moves the gateway's clock and leaves ours.
func ofGateway(app *testkit.App, by time.Duration) {
	app.TB.Helper()
	if err := app.Gateway.Advance(app.TB.Context(), by); err != nil {
		app.TB.Fatal(err)
	}
}

func comeBack(app *testkit.App, at payment.Attempt) payment.CheckoutView {
	app.TB.Helper()
	v, err := app.Payments.CheckReturn(app.TB.Context(), at.ProfileID, at.ID)
	if err != nil {
		app.TB.Fatal(err)
	}
	return v
}

func TestCheckoutThatTheGatewayHasEndedIsShownNoLonger(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)

	if v := comeBack(app, at); v.Gone || v.Result(app.Clock.Wall()) != payment.ResultOpen {
		t.Fatalf("while it lives: gone %t, %s", v.Gone, v.Result(app.Clock.Wall()))
	}
	ofGateway(app, 31*time.Minute)
	if v := comeBack(app, at); !v.Gone || v.Result(app.Clock.Wall()) != payment.ResultExpired || v.Attempt.State != payment.AttemptOpen {
		t.Fatalf("after its end: gone %t, %s, %s; want expired and still watched", v.Gone, v.Result(app.Clock.Wall()), v.Attempt.State)
	}
	next := app.StartCheckout(o)
	if next.ID == at.ID || app.Attempt(at).State != payment.AttemptSuperseded {
		t.Errorf("the next checkout is %s after %s", next.ID, app.Attempt(at).State)
	}
}

func TestChallengeIsNoReasonToEndACheckout(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	at := app.StartCheckout(app.NewOrder(12_400))
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	comeBack(app, at) // the gateway tells the decline, and no more after that
	app.Challenge(at.CheckoutID)
	if v := comeBack(app, at); v.Gone || v.Result(app.Clock.Wall()) != payment.ResultDeclined {
		t.Errorf("while the bank asks: gone %t, %s", v.Gone, v.Result(app.Clock.Wall()))
	}
}

func TestRenewReplacesACheckoutOnlyWhenNothingIsUndecided(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	renew := func(over payment.AttemptID) (payment.Attempt, error) {
		return app.Payments.RenewCheckout(t.Context(), customer, o.ProfileID, o.ID, "ip-of-test", over)
	}

	next, err := renew(at.ID)
	if err != nil || next.ID == at.ID || app.Attempt(at).State != payment.AttemptSuperseded {
		t.Fatalf("renewed: %s, %v; the old one is %s", next.ID, err, app.Attempt(at).State)
	}
	if again, err := renew(at.ID); err != nil || again.ID != next.ID {
		t.Errorf("renewed once more from the old page: %s, %v, want the new one", again.ID, err)
	}
	app.SubmitCard(next.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	if _, err := renew(next.ID); !errors.Is(err, payment.ErrInProgress) {
		t.Errorf("renewed while pending: %v, want %v", err, payment.ErrInProgress)
	}
	app.Deliver()
	if got := app.Attempt(next).State; got != payment.AttemptPending {
		t.Errorf("the pending checkout is %s", got)
	}
}

func TestRenewFindsThePaymentNobodyToldUsOf(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})

	if _, err := app.Payments.RenewCheckout(t.Context(), customer, o.ProfileID, o.ID, "ip-of-test", at.ID); !errors.Is(err, payment.ErrPaid) {
		t.Errorf("renewed after paying: %v, want %v", err, payment.ErrPaid)
	}
	app.WantPaid(o)
}

func TestInvariant03SlowChallengeApprovedAfterReplacementGoesBack(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	older := app.StartCheckout(o)
	issuer := app.Challenge(older.CheckoutID)
	app.Advance(26 * time.Minute)
	newer := app.StartCheckout(o)
	if newer.ID == older.ID {
		t.Fatal("the older checkout was not replaced")
	}
	app.SubmitCard(newer.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	app.Deliver()
	app.WantPaid(o)

	app.AnswerIssuer(issuer, "approve")
	app.AnswerIssuer(issuer, "approve")
	app.Deliver()
	app.RunJobs()
	app.Deliver()

	var kinds []string
	for _, e := range app.GatewayBooks(o) {
		kinds = append(kinds, e.Type+" "+string(e.State))
	}
	if got, want := strings.Join(kinds, ", "), "DB approved, DB approved, RF approved"; got != want {
		t.Errorf("the gateway's books have %s, want %s", got, want)
	}
	app.WantPaid(o)
}

func TestAbandonedChallengeIsADeclineThatSaysSo(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(*testkit.App, string){
		"cancelled at the bank": func(app *testkit.App, issuer string) { app.AnswerIssuer(issuer, "cancel") },
		"never answered":        func(app *testkit.App, _ string) { ofGateway(app, 31*time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12_400)
			at := app.StartCheckout(o)
			issuer := app.Challenge(at.CheckoutID)
			if v := comeBack(app, at); v.Latest.State != "" || v.Attempt.State != payment.AttemptOpen {
				t.Errorf("while the bank asks: %s, %q", v.Attempt.State, v.Latest.State)
			}

			leave(app, issuer)
			app.Deliver()

			v := comeBack(app, at)
			if v.Latest.State != payment.Declined || v.Latest.Reason != gateway.ReasonAuthAbandoned || v.Attempt.State != payment.AttemptOpen {
				t.Errorf("after it: %s, %q, attempt %s; want declined, %q, open", v.Latest.State, v.Latest.Reason, v.Attempt.State, gateway.ReasonAuthAbandoned)
			}
		})
	}
}
