package payment_test

import (
	"errors"
	"testing"
	"time"

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
	if got := app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardAsked}); got != "challenge" {
		t.Fatalf("outcome = %q", got)
	}
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
