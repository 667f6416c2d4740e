package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/testkit"
)

// TestGatewayReturnsForACustomerWhoLeft: the customer pays and closes the window,
// and the notification is lost. The gateway's own call of the return address,
// which has no cookie, books the payment.
func TestGatewayReturnsForACustomerWhoLeft(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	widget := v.startPaying(o).wantStatus(http.StatusOK)
	if err := app.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1}); err != nil {
		t.Fatal(err)
	}
	if got := app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Return: widget.returnURL()}); got != "approved" {
		t.Fatalf("card = %s", got)
	}
	v.follow(orderPath(o)).wantText("h1", app.Profile.Name).wantNone("[data-testid=order-paid]")

	app.Advance(29 * time.Minute)
	if err := app.Gateway.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}

	app.WantPaid(o)
}
