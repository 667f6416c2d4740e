package collect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// subscribed is a subscription whose first payment was made, with n copies of it.
func subscribed(app *testkit.App, n int) testkit.Order {
	app.TB.Helper()
	o := app.Sell(testkit.Monthly, order.Sale{})
	if outcome := app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved}); outcome != "approved" {
		app.TB.Fatalf("pay: %s", outcome)
	}
	app.Deliver()
	if n > 0 {
		app.Multiply(o, n, n+1)
	}
	return o
}

// month is longer than any month.
const month = 32 * 24 * time.Hour

const waiting = `SELECT args FROM river_job WHERE kind = 'payment.charge' ORDER BY id`

func TestSweepPutsEachDuePaymentIntoTheQueueOnce(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		subscribed(app, 450)
		app.RunJobs()
		if got := app.Strings(waiting); len(got) > 0 {
			t.Fatalf("%d charges wait a month too early", len(got))
		}

		app.Advance(month)
		app.RunJobs()
		app.RunJobs()
		app.Advance(11 * time.Minute) // the leases are over, the jobs still wait
		app.RunJobs()

		got := app.Strings(waiting)
		if len(got) != 451 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 451 {
			t.Errorf("%d charges wait, want one for each of 451", len(got))
		}
	})
}

func TestDuePaymentIsChargedByTheWorkers(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		o := subscribed(app, 0)
		app.StartJobs()
		app.Advance(month)
		app.RunJobs()
		app.Eventually("the second month is collected", func() bool { return app.NetCharged(o) == 2400 })
		app.Eventually("every job is finished", func() bool {
			return len(app.Strings(`SELECT kind FROM river_job WHERE state <> 'completed'`)) == 0
		})
		want := []string{"1 complete", "2 scheduled"}
		if got := app.Strings(`SELECT position || ' ' || status FROM scheduled_payments ORDER BY position`); !slices.Equal(got, want) {
			t.Errorf("scheduled payments: %v, want %v", got, want)
		}
	})
}

func TestSweepLeavesAloneWhatIsNotToBeCollected(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"held by its customer":               `UPDATE scheduled_payments SET held_by = 'x'`,
		"of a suspended order":               `UPDATE orders SET status = 'suspended'`,
		"of a paused order":                  `UPDATE orders SET status = 'paused'`,
		"without a time":                     `UPDATE scheduled_payments SET collect_at = NULL`,
		"of a profile whose clock is moved":  `INSERT INTO test_clocks (profile_id, at, target) SELECT id, 9000000000000, 9000000000001 FROM profiles`,
		"of a profile whose clock is behind": `INSERT INTO test_clocks (profile_id, at) SELECT id, 1000000000000 FROM profiles`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			subscribed(app, 0)
			app.Exec(change)
			app.Advance(month)
			if err := collect.NewSweep(app.DB, app.Clock).Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := app.Strings(waiting); len(got) > 0 {
				t.Errorf("%v wait, want nothing", got)
			}
		})
	}
}

func TestSweepFollowsTheTestClock(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	subscribed(app, 0)
	app.Exec(fmt.Sprintf(`INSERT INTO test_clocks (profile_id, at) VALUES ('%s', %d)`, app.Profile.ID, app.Clock.Wall().Add(month).UnixMilli()))
	app.RunJobs()
	if got := app.Strings(waiting); len(got) != 1 {
		t.Errorf("%d charges wait, want one", len(got))
	}
}

func TestLargeProfileKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	subscribed(app, 450)
	app.Exec(`UPDATE scheduled_payments SET collect_at = 1`)
	o := app.OrderOf(app.Other, 5000)
	app.Exec(`UPDATE orders SET status = 'active' WHERE profile_id = $1`, string(app.Other.ID))
	app.Exec(`INSERT INTO scheduled_payments (profile_id, id, order_id, position, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor, collect_at, tries, decline_class, refusal, announced, created_at, row_version)
SELECT $1, 'spm_other', $2, 1, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor, 2, 0, '', '', announced, created_at, 1 FROM scheduled_payments LIMIT 1`, string(app.Other.ID), string(o.ID))
	app.RunJobs()
	got := app.Strings(waiting)
	if len(got) != 452 {
		t.Fatalf("%d charges wait, want 452", len(got))
	}
	at := slices.IndexFunc(got, func(s string) bool { return strings.Contains(s, string(app.Other.ID)) })
	if at < 0 || at > 200 {
		t.Errorf("the other profile's payment is number %d in the queue, want it behind the first batch at the latest", at+1)
	}
}
