package payment_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

func watchHolds(app *testkit.App) {
	app.TB.Helper()
	if err := app.Payments.SweepLapsing(app.TB.Context()); err != nil {
		app.TB.Fatal(err)
	}
}

// TestHoldThatNobodyTouchesLapsesByTheGatewaysAnswer: staff are warned first, and
// when its time is over the gateway is asked. It had told nobody.
func TestHoldThatNobodyTouchesLapsesByTheGatewaysAnswer(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o, hold := held(app)
			app.Advance(6 * 24 * time.Hour)
			watchHolds(app)
			if got := app.Tasks(o); !slices.Equal(got, []string{string(payment.TaskHoldLapses)}) {
				t.Errorf("a day before its end staff were told of %v", got)
			}
			fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Probability: 1})
			if _, err := app.Gateway.Lapse(t.Context(), hold.GatewayID); err != nil {
				t.Fatal(err)
			}
			app.Advance(25 * time.Hour)

			for range 2 {
				watchHolds(app)
			}

			wantStand(t, app, o, "complete", "ended", "0.00", "0.00")
			if got := app.Tasks(o); len(got) != 1 {
				t.Errorf("tasks = %v, want the warning alone", got)
			}
			events := app.Events(o)
			if n := len(slices.DeleteFunc(events, func(e string) bool { return e != "payment.lapsed" })); n != 1 {
				t.Errorf("it lapsed %d times", n)
			}
			if got := app.NetCharged(o); got != 0 {
				t.Errorf("the gateway holds %d", got)
			}
		})
	}
}

// TestInvariant04HoldOfWhichTheGatewayDoesNotTellIsLeftToStaff: nothing is guessed;
// what staff ask for decides.
func TestInvariant04HoldOfWhichTheGatewayDoesNotTellIsLeftToStaff(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, hold := held(app)
	app.Advance(6 * 24 * time.Hour)
	watchHolds(app)
	app.Advance(25 * time.Hour)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteQuery, Next: 1})
	watchHolds(app)
	if got := app.Tasks(o); len(got) != 1 {
		t.Errorf("tasks = %v before the gateway has answered", got)
	}

	for range 2 {
		watchHolds(app)
	}

	wantStand(t, app, o, "active", "authorised", "0.00", "0.00")
	if diff := cmp.Diff([]string{string(payment.TaskHoldLapses), string(payment.TaskHoldOver)}, app.Tasks(o)); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	if _, err := app.Payments.Reverse(t.Context(), staff, o.ProfileID, hold.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()
	wantStand(t, app, o, "complete", "ended", "0.00", "0.00")
}

// TestABrokenHoldKeepsNoOtherWaiting has one of whose books a line is missing.
func TestABrokenHoldKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	broken, hold := held(app)
	app.Advance(time.Minute)
	o, _ := held(app)
	app.Exec(`UPDATE transactions SET surplus = TRUE WHERE id = $1`, string(hold.ID))
	app.Advance(8 * 24 * time.Hour)

	if err := app.Payments.SweepLapsing(t.Context()); err == nil || !strings.Contains(err.Error(), string(broken.ID)) {
		t.Errorf("the sweep says %v, want the broken one named", err)
	}

	if diff := cmp.Diff([]string{string(payment.TaskHoldLapses), string(payment.TaskHoldOver)}, app.Tasks(o)); diff != "" {
		t.Errorf("tasks of the other (-want +got):\n%s", diff)
	}
}

// TestHoldThatLapsesLaterIsHeardOfDaily: after nobody could tell.
func TestHoldThatLapsesLaterIsHeardOfDaily(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, hold := held(app)
	app.Advance(8 * 24 * time.Hour)
	watchHolds(app)
	wantStand(t, app, o, "active", "authorised", "0.00", "0.00")
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Probability: 1})
	if _, err := app.Gateway.Lapse(t.Context(), hold.GatewayID); err != nil {
		t.Fatal(err)
	}

	aDay(app)

	wantStand(t, app, o, "complete", "ended", "0.00", "0.00")
}

// TestInvariant06LapsedHoldIsBookedOnceWhateverBecameOfIt: the gateway tells of it by
// itself, twice, before or after the hold was captured.
func TestInvariant06LapsedHoldIsBookedOnceWhateverBecameOfIt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		capture bool
		want    []string
		tasks   []string
	}{
		"held":     {false, []string{"complete", "ended", "0.00", "0.00"}, nil},
		"captured": {true, []string{"complete", "paid", "124.00", "0.00"}, []string{string(payment.TaskContradiction)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o, hold := held(app)
			if tt.capture {
				if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "", nil); err != nil {
					t.Fatal(err)
				}
				app.RunJobs()
			}
			f := gateway.Fact{ID: "release-1", ReferencedID: hold.GatewayID, Type: gateway.Reversal, Amount: o.Total, Result: gateway.Result{Code: "000.000.000", Outcome: gateway.Approved}}
			for range 2 {
				if _, err := app.Payments.Apply(t.Context(), app.Account, f); err != nil {
					t.Fatal(err)
				}
			}
			wantStand(t, app, o, tt.want...)
			if diff := cmp.Diff(tt.tasks, app.Tasks(o)); diff != "" {
				t.Errorf("tasks (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHoldIsWarnedOfOnItsDayUnderATestClock: a jump over its end first warns, at the
// time that it would have.
func TestHoldIsWarnedOfOnItsDayUnderATestClock(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o, _ := held(app)
	until := app.Overview(o).Payment.HoldsUntil
	if next, err := app.Payments.NextHold(t.Context(), app.Profile); err != nil || !next.Equal(until.Add(-payment.HoldWarning)) {
		t.Errorf("next at %v, %v; want the warning", next, err)
	}

	if _, err := app.Clocks.Advance(t.Context(), staff, app.Profile.ID, until.AddDate(0, 0, 30), nil); err != nil {
		t.Fatal(err)
	}

	told := app.Strings(`SELECT kind || ' ' || created_at FROM staff_tasks WHERE order_id = $1 ORDER BY created_at`, string(o.ID))
	want := []string{string(payment.TaskHoldLapses) + " " + millis(until.Add(-payment.HoldWarning)), string(payment.TaskHoldOver) + " " + millis(until)}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	if next, err := app.Payments.NextHold(t.Context(), app.Profile); err != nil || !next.IsZero() {
		t.Errorf("next at %v, %v; want nothing more", next, err)
	}
}
