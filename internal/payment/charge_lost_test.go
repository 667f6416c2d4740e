package payment_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// subscribed is a paid subscription whose second payment is due, and that moment.
func subscribed(app *testkit.App) (testkit.Order, time.Time) {
	app.TB.Helper()
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return o, began.AddDate(0, 1, 0)
}

func debits(app *testkit.App, o testkit.Order) (n int) {
	for _, e := range app.GatewayBooks(o) {
		if e.Type == "DB" && e.State == sandbox.StateApproved {
			n++
		}
	}
	return n
}

func TestInvariant04AChargeWhoseAnswerIsLostIsAskedForAndNotSentAgain(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})

	app.ChargeDue(o, due)
	wantStanding(t, app, o, "active", "2026-02-28 scheduled")
	app.ChargeDue(o, due.Add(time.Hour)) // another worker, another day: it is under way
	app.Advance(2 * time.Minute)
	app.RunJobs()

	wantStanding(t, app, o, "active", "2026-02-28 complete", "2026-03-31 scheduled")
	if n := debits(app, o); n != 2 {
		t.Errorf("%d debits, want the first and one charge", n)
	}
}

func TestInvariant04AChargeThatNeverArrivedIsSentAgainUnderItsOwnID(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge, Next: 1})

	app.ChargeDue(o, due)
	for range 5 {
		app.Advance(6 * time.Minute)
		app.RunJobs()
	}

	wantStanding(t, app, o, "active", "2026-02-28 complete", "2026-03-31 scheduled")
	if ids := app.Strings(`SELECT merchant_transaction_id FROM attempts WHERE kind = 'charge'`); len(ids) != 1 || debits(app, o) != 2 {
		t.Errorf("%d charges, %d debits; want one charge, sent again", len(ids), debits(app, o))
	}
}

func TestInvariant01AChargeThatWasCommittedAndNeverSentIsSentBySweep(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge, Next: 1})
	app.ChargeDue(o, due)
	// As a kill between the commit and the call leaves it.
	app.Exec(`UPDATE attempts SET state = 'created', sent_at = NULL, next_attempt_at = created_at, lease_until = NULL WHERE kind = 'charge'`)

	app.RunJobs()

	wantStanding(t, app, o, "active", "2026-02-28 complete", "2026-03-31 scheduled")
	if n := debits(app, o); n != 2 {
		t.Errorf("%d debits, want two", n)
	}
}

func TestInvariant05ALateSuccessOnAnOrderThatEndedGoesBack(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	app.ChargeDue(o, due)
	app.Exec(`UPDATE orders SET status = 'complete' WHERE id = $1`, string(o.ID))
	app.Exec(`UPDATE scheduled_payments SET status = 'cancelled' WHERE order_id = $1`, string(o.ID))

	for range 3 {
		app.Advance(2 * time.Minute)
		app.RunJobs()
	}

	if got := app.NetCharged(o); got != 1_200 {
		t.Errorf("the gateway has charged %d net, want the first 1200", got)
	}
	if got := app.Strings(`SELECT state FROM attempts WHERE kind = 'return'`); len(got) != 1 || got[0] != string(payment.AttemptApproved) {
		t.Errorf("returns: %v", got)
	}
}

func TestChargeThatIsApprovedTooLateIsNoDeclineOfItsCard(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	app.ChargeDue(o, due)
	if _, err := app.Course.Cancel(t.Context(), staff, o.ProfileID, o.ID, nil); err != nil {
		t.Fatal(err)
	}
	count := func() int { return len(app.Strings(`SELECT attempt_id FROM charge_tries`)) }
	if n := count(); n != 1 {
		t.Fatalf("%d charges count while one is unknown", n)
	}

	app.Advance(2 * time.Minute)
	app.RunJobs()

	if n := count(); n != 0 || len(app.Strings(`SELECT id FROM transactions WHERE surplus`)) != 1 {
		t.Errorf("%d charges count against the card's limits, want none: this one was approved", n)
	}
}

func TestInvariant06AChargeToldTwiceIsBookedOnce(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookTwice, Next: 1})
	app.ChargeDue(o, due)
	app.Deliver()
	app.RunJobs()

	wantStanding(t, app, o, "active", "2026-02-28 complete", "2026-03-31 scheduled")
	if got := app.Strings(`SELECT id FROM transactions WHERE order_id = $1`, string(o.ID)); len(got) != 2 {
		t.Errorf("%d transactions, want two", len(got))
	}
}

func TestChargeThatWasWithdrawnIsDueAgainWhenItsOrderCollects(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge, Next: 1})
	app.ChargeDue(o, due)
	// As a kill between the commit and the call leaves it, and a suspension after it.
	app.Exec(`UPDATE attempts SET state = 'created', sent_at = NULL, next_attempt_at = created_at, lease_until = NULL WHERE kind = 'charge'`)
	app.Exec(`UPDATE orders SET status = 'suspended' WHERE id = $1`, string(o.ID))
	app.RunJobs()
	if got := app.Strings(`SELECT state FROM attempts WHERE kind = 'charge'`); len(got) != 1 || got[0] != string(payment.AttemptRefused) || debits(app, o) != 1 {
		t.Fatalf("charges of a suspended order are %v, %d debits", got, debits(app, o))
	}
	app.ChargeDue(o, due.Add(time.Hour))
	wantStanding(t, app, o, "suspended", "2026-02-28 scheduled")

	app.Exec(`UPDATE orders SET status = 'active' WHERE id = $1`, string(o.ID))
	app.ChargeDue(o, due.Add(2*time.Hour))

	wantStanding(t, app, o, "active", "2026-02-28 complete", "2026-03-31 scheduled")
	if n := debits(app, o); n != 2 {
		t.Errorf("%d debits, want two", n)
	}
}
