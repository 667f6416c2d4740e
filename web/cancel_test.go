package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// tourEnding ends a subscription and takes it back, and lets another end.
func tourEnding(t *testing.T, app *testkit.App) {
	t.Helper()
	v := newVisitor(t, app)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	v.follow(o.Link)
	asked := v.get(orderPath(o) + "/cancel").wantStatus(http.StatusOK)
	v.do(http.MethodHead, orderPath(o)+"/cancel", nil)
	v.submit(asked)
	v.submit(v.follow(o.Link))
	v.submit(v.get(orderPath(o) + "/cancel"))
	app.RunJobs()
}

func TestCustomerCancelsASubscriptionInTwoSteps(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	portal := v.follow(o.Link).wantText("[data-testid=order-status]", "Next payment €12.00 on ")
	before := app.Dump()
	asked := v.get(portal.doc.Find("[data-testid=cancel-subscription]").AttrOr("href", ""))
	asked.wantStatus(http.StatusOK).wantText("[data-testid=what-happens]", "It runs until ")
	if app.Dump() != before {
		t.Error("asking changed something")
	}
	ending := v.follow(v.submit(asked).Header.Get("Location"))
	ending.wantText("[data-testid=order-status]", "Runs until ").wantText("[data-testid=alert]", "Your cancellation has been received.")
	if n := ending.doc.Find("[data-testid=cancel-subscription]").Length(); n > 0 {
		t.Error("what is cancelled can be cancelled")
	}
	v.follow(v.submit(asked).Header.Get("Location")).wantText("[data-testid=order-status]", "Runs until ") // pressed twice

	kept := v.follow(v.submit(ending).Header.Get("Location"))
	kept.wantText("[data-testid=order-status]", "Next payment €12.00 on ").wantText("[data-testid=alert]", "Your subscription goes on.")
	v.follow(v.submit(ending).Header.Get("Location")).wantText("[data-testid=order-status]", "Next payment ")
	if net := app.NetCharged(o); net != 1200 {
		t.Errorf("%d charged, want the initial 1200", net)
	}
}

func TestCancellationIsOfTheDayThatWasShown(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	v := newVisitor(t, app)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	v.follow(o.Link)
	asked := v.get(orderPath(o) + "/cancel")
	app.Advance(32 * 24 * time.Hour)
	app.Charge(o, 0) // another period has begun meanwhile
	if to := v.submit(asked).Header.Get("Location"); to != orderPath(o)+"/cancel" {
		t.Errorf("leads to %s, want the page with the new day", to)
	}
	if ends := app.Overview(o).Order.CancelsOn; ends != "" {
		t.Errorf("it ends on %s, a day that its customer was not shown", ends)
	}
}

func TestOnlySubscriptionsAreCancelledInThePortal(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	paused := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	if _, err := app.Course.Pause(t.Context(), actor.TheSystem, paused.ProfileID, paused.ID, nil); err != nil {
		t.Fatal(err)
	}
	paid := app.NewOrder(12_400)
	app.Pay(paid)
	for name, o := range map[string]testkit.Order{
		"instalments": app.Begin(app.Sell(testkit.Instalments, order.Sale{})), "metered": app.Begin(app.Sell(testkit.Metered, order.Sale{})),
		"paused": paused, "paid": paid, "not paid": app.NewOrder(12_400),
	} {
		v := newVisitor(t, app)
		page := v.follow(o.Link)
		if n := page.doc.Find("[data-testid=cancel-subscription]").Length(); n > 0 {
			t.Errorf("%s: the page offers to cancel", name)
		}
		if to := v.get(orderPath(o) + "/cancel").Header.Get("Location"); to != orderPath(o) {
			t.Errorf("%s: /cancel leads to %q, want the order", name, to)
		}
	}
}
