package payment_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// The gateway tells of a decline by a notification that is lost, and by a status
// that the approval after it hides.
func TestDeclineBeforeTheApprovalIsBookedThoughNobodyToldUs(t *testing.T) {
	t.Parallel()
	for name, wrong := range map[string]bool{"approved": false, "held": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12_400)
			at := app.StartCheckout(o)
			fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Probability: 1})
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
			if wrong {
				fault(t, app, sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1})
			}
			app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond})
			if _, err := app.Payments.CheckReturn(t.Context(), at.ProfileID, at.ID); err != nil {
				t.Fatal(err)
			}

			app.Advance(2 * time.Minute)
			app.RunJobs()

			want := len(app.GatewayBooks(o))
			if got := len(app.Strings(`SELECT id FROM transactions WHERE order_id = $1`, string(o.ID))); got != want || want != 2 {
				t.Errorf("%d transactions are booked, the gateway has %d, want 2", got, want)
			}
			now := app.Attempt(at)
			if !now.NextAttemptAt.IsZero() {
				t.Errorf("the checkout is %s and still asked about at %v", now.State, now.NextAttemptAt)
			}
			if wrong != (now.State == payment.AttemptHeld) {
				t.Errorf("the checkout is %s", now.State)
			}
		})
	}
}
