package store_test

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/store"
	"github.com/quittance/quittance/internal/testkit"
)

// dueOf is the backlog of one kind.
func dueOf(t *testing.T, app *testkit.App, what string) store.Due {
	t.Helper()
	b, err := app.DB.Backlog(t.Context(), app.Clock.Wall())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range b.Due {
		if d.What == what {
			return d
		}
	}
	t.Fatalf("the backlog knows no %s", what)
	return store.Due{}
}

func TestBacklogCountsScheduledPaymentsThatNobodyCharges(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		o := app.Sell(testkit.Monthly, order.Sale{})
		app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
		if d := dueOf(t, app, "scheduled_payments"); d.Count != 0 || d.Oldest != 0 {
			t.Errorf("before its day: %+v", d)
		}
		app.Advance(32 * 24 * time.Hour)
		if d := dueOf(t, app, "scheduled_payments"); d.Count != 1 || d.Oldest < time.Hour || d.Oldest > 5*24*time.Hour {
			t.Errorf("after its day: %+v", d)
		}
	})
}

func TestBacklogLeavesATestClockThatStandsStillOut(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(app.Clock.Wall())
		app.PayWith(app.Sell(testkit.Monthly, order.Sale{}), testkit.Card{Number: testkit.CardApproved})
		app.Advance(32 * 24 * time.Hour)
		if d := dueOf(t, app, "scheduled_payments"); d.Count != 0 {
			t.Errorf("%+v, and the test clock has not moved", d)
		}
	})
}

func TestBacklogCountsWebhookEndpointsThatWaitForUs(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, app *testkit.App) {
		details := endpoint.Details{URL: "https://shop.example/hooks", Types: []string{"order.created"}}
		e, err := app.Endpoints.Create(t.Context(), actor.TheSystem, app.Profile.ID, details, nil)
		if err != nil {
			t.Fatal(err)
		}
		app.NewOrder(12_400)
		app.Advance(20 * time.Minute)
		want := func(when string, count int64, oldest time.Duration) {
			t.Helper()
			if d := dueOf(t, app, "webhook_endpoints"); d.Count != count || d.Oldest.Round(time.Minute) != oldest {
				t.Errorf("%s: %+v, want %d for %v", when, d, count, oldest)
			}
		}
		want("events that nobody looks at", 1, 20*time.Minute)
		app.Exec(`UPDATE webhook_endpoints SET seen_seq = (SELECT last FROM event_series s WHERE s.profile_id = webhook_endpoints.profile_id)`)
		want("nothing to send", 0, 0)
		app.Exec(`UPDATE webhook_endpoints SET due_at = $1 WHERE id = $2`, app.Clock.Wall().Add(-time.Hour).UnixMilli(), string(e.ID))
		want("a repetition that nobody sends", 1, time.Hour)
		app.Exec(`UPDATE webhook_endpoints SET failures = 1`)
		want("its merchant's fault", 0, 0)
	})
}
