package browser_test

import (
	"fmt"
	"testing"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// TestSubscriptionIsCancelledAndKept ends a subscription in its portal, in two
// steps, and takes it back, on a phone and on a desk.
func TestSubscriptionIsCancelledAndKept(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
			before := app.Planned(o)
			count := func(kind string) int { return len(app.Strings(`SELECT id FROM mails WHERE kind = $1`, kind)) }
			journey(t, "cancel", map[string]any{"link": o.Link, "width": width}, asks{"standing": func() any {
				now := app.Overview(o).Order
				return map[string]any{"status": string(now.Status), "ends": now.CancelsOn != "", "mails": count("subscription_cancelled"), "kept": count("subscription_kept")}
			}}, nil)
			if after := app.Planned(o); len(after) != 1 || after[0] != before[0] {
				t.Errorf("scheduled payments %v, want %v as before", after, before)
			}
			if net := app.NetCharged(o); net != 1200 {
				t.Errorf("%d charged, want the initial 1200", net)
			}
		})
	}
}

// courseStates are orders that go on, in each of their states.
func courseStates(t *testing.T, app *testkit.App) []state {
	t.Helper()
	var all []state
	add := func(name string, o testkit.Order, below, h1 string) {
		all = append(all, state{Name: name, Link: o.Link, Path: "/orders/" + string(o.ID) + below, H1: h1, Code: 200})
	}
	begin := func(d catalog.Details) testkit.Order { return app.Begin(app.Sell(d, order.Sale{})) }
	later := func(o testkit.Order) testkit.Order {
		if _, err := app.Course.CancelLater(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
			t.Fatal(err)
		}
		return o
	}
	cancel := func(o testkit.Order) testkit.Order {
		if _, err := app.Course.Cancel(t.Context(), actor.TheSystem, o.ProfileID, o.ID, nil); err != nil {
			t.Fatal(err)
		}
		app.Deliver()
		return o
	}
	set := func(o testkit.Order, status order.Status) testkit.Order {
		app.Exec(`UPDATE orders SET status = $2 WHERE id = $1`, string(o.ID), string(status))
		return o
	}
	declined := func(o testkit.Order, how string) testkit.Order {
		app.Exec(`UPDATE scheduled_payments SET status = $2, collect_at = CASE WHEN $2 = 'soft_declined' THEN collect_at END WHERE order_id = $1 AND position = 1`, string(o.ID), how)
		return o
	}

	add("subscription-active", begin(testkit.Monthly), "", "Next payment €12.00 on ")
	add("subscription-cancel", begin(testkit.Monthly), "/cancel", "Cancel your subscription with Harbour Bicycles?")
	add("subscription-cancel-owing", declined(set(begin(testkit.Monthly), order.Failed), "soft_declined"), "/cancel", "Cancel your subscription with Harbour Bicycles?")
	add("subscription-ending", later(begin(testkit.Monthly)), "?done=cancelled", "Runs until ")
	paused := begin(testkit.Monthly)
	if _, err := app.Course.Pause(t.Context(), actor.TheSystem, paused.ProfileID, paused.ID, nil); err != nil {
		t.Fatal(err)
	}
	add("subscription-paused", paused, "", "Your order with Harbour Bicycles is paused")
	add("subscription-failed", declined(set(begin(testkit.Monthly), order.Failed), "soft_declined"), "", "A payment of €12.00 was declined")
	add("subscription-suspended", declined(set(begin(testkit.Monthly), order.Suspended), "hard_declined"), "", "Your card was declined")
	add("subscription-ended", cancel(begin(testkit.Monthly)), "", "Ended on ")
	add("instalments-active", begin(testkit.Instalments), "", "Next payment €100.00 on ")
	add("instalments-review", set(begin(testkit.Instalments), order.Review), "", "Complete")
	add("metered-active", begin(testkit.Metered), "", "Paid on ")
	held := func() testkit.Order {
		return app.Begin(app.Sell(catalog.Details{Type: catalog.SinglePayment, Name: "Hire", Price: money.New(12_400, money.EUR)}, order.Sale{PreAuthorise: true}))
	}
	add("held-active", held(), "", "€124.00 reserved on your card on ")
	add("held-released", cancel(held()), "", "The amount was released on ")
	return all
}
