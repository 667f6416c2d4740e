package web_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// Times after which a checkout is no longer shown, and its return address no
// longer opened.
const (
	checkoutOver = payment.CheckoutLife + time.Minute
	returnOver   = 2*time.Hour + time.Minute
)

func refuseNextCheckout(t *testing.T, app *testkit.App) {
	t.Helper()
	addFault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteCheckoutCreate, Next: 1})
}

// bookWrongAmount lets the gateway charge the next card more than it was asked.
func bookWrongAmount(t *testing.T, app *testkit.App) {
	t.Helper()
	addFault(t, app, sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1})
}

func addFault(t *testing.T, app *testkit.App, f sandbox.Fault) {
	t.Helper()
	if err := app.Gateway.AddFault(f); err != nil {
		t.Fatal(err)
	}
}
