package payment_test

import (
	"context"
	"database/sql/driver"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// aDay passes: every daily question is asked in it once, the first one included.
func aDay(app *testkit.App) {
	app.TB.Helper()
	app.Advance(25 * time.Hour)
	app.RunJobs()
}

// allDue makes every daily question due at once, and not again for a day.
func allDue(app *testkit.App) {
	app.TB.Helper()
	app.Advance(2 * time.Hour)
	app.Exec(`UPDATE attempts SET daily_at = $1 WHERE daily_at IS NOT NULL`, app.Clock.Wall().UnixMilli())
}

// asking is an app whose gateway sends no notification, and a count of the questions
// that it was asked by query.
func asking(t *testing.T, engine string) (*testkit.App, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	app := testkit.Start(t, testkit.Options{Engine: engine, OnGatewayCall: func(r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/query") {
			asked.Add(1)
		}
	}})
	return app, &asked
}

// TestInvariant11WhatNoNotificationToldIsBookedADayLater: the gateway books disputes
// and says nothing.
func TestInvariant11WhatNoNotificationToldIsBookedADayLater(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app, _ := asking(t, engine)
			disputed, paid := sold(app)
			resolved, settled := sold(app)
			fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Probability: 1})
			cb, err := app.Gateway.Chargeback(t.Context(), paid.GatewayID, "", "100.00")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := app.Gateway.ResolveDispute(t.Context(), settled.GatewayID, ""); err != nil {
				t.Fatal(err)
			}

			aDay(app)

			if diff := cmp.Diff([]string{"100.00 of " + paid.GatewayID}, disputes(app, disputed)); diff != "" {
				t.Errorf("chargebacks (-want +got):\n%s", diff)
			}
			if n := chargebackTasks(app, disputed); n != 1 {
				t.Errorf("%d tasks, want one", n)
			}
			if diff := cmp.Diff([]string{"124.00 of " + settled.GatewayID}, disputesOf(app, resolved, gateway.RapidResolution)); diff != "" {
				t.Errorf("disputes that were settled (-want +got):\n%s", diff)
			}

			if _, err := app.Gateway.WinDispute(t.Context(), cb, ""); err != nil {
				t.Fatal(err)
			}
			aDay(app)

			if v := app.Overview(disputed).Payment; !v.Disputed.IsZero() || !slices.Contains(app.Events(disputed), "payment.dispute_won") {
				t.Errorf("disputed %s after the dispute was won, events %v", v.Disputed, app.Events(disputed))
			}
			for _, o := range []testkit.Order{disputed, resolved} {
				if got, want := len(app.Overview(o).Transactions), len(app.GatewayBooks(o)); got != want {
					t.Errorf("%d transactions are booked, the gateway has %d", got, want)
				}
			}
		})
	}
}

// TestInvariant05ApprovalThatNobodyToldOfIsBookedADayLater: the gateway books it
// after the checkout has ended and every question about it was answered.
func TestInvariant05ApprovalThatNobodyToldOfIsBookedADayLater(t *testing.T) {
	t.Parallel()
	app, _ := asking(t, "sqlite")
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultHold, Next: 1})
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Advance(50 * time.Minute)
	app.RunJobs()
	if got := app.Attempt(at); got.State != payment.AttemptExpired || !got.NextAttemptAt.IsZero() {
		t.Fatalf("the checkout is %s and asked about at %v, want it expired", got.State, got.NextAttemptAt)
	}
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Probability: 1})
	if _, err := app.Gateway.Release(t.Context(), at.CheckoutID, ""); err != nil {
		t.Fatal(err)
	}

	aDay(app)

	app.WantPaid(o)
}

// TestDailyQuestionThatHearsNothingNewChangesNothing: but for the question itself.
func TestDailyQuestionThatHearsNothingNewChangesNothing(t *testing.T) {
	t.Parallel()
	app, asked := asking(t, "sqlite")
	_, paid := sold(app)
	if _, err := app.Gateway.Chargeback(t.Context(), paid.GatewayID, "", "24.00"); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	o, hold := held(app)
	if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()
	app.Advance(2 * time.Minute)
	app.RunJobs() // the look back
	app.Advance(25 * time.Hour)
	before, dump := asked.Load(), withoutAttempts(app)

	if err := app.Payments.AskDaily(t.Context()); err != nil {
		t.Fatal(err)
	}

	if got := asked.Load() - before; got != 3 {
		t.Errorf("%d questions, want one about the payment, the hold and its capture each", got)
	}
	if diff := cmp.Diff(dump, withoutAttempts(app)); diff != "" {
		t.Errorf("rows changed (-before +after):\n%s", diff)
	}
	if open := app.Strings(`SELECT id FROM attempts WHERE next_attempt_at IS NOT NULL`); len(open) > 0 {
		t.Errorf("%d attempts are unsettled again", len(open))
	}
}

// withoutAttempts is every row but those that a question is counted in.
func withoutAttempts(app *testkit.App) string {
	var b strings.Builder
	for line := range strings.Lines(app.Dump()) {
		if !strings.HasPrefix(line, "attempts: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestContradictionIsToldOnceHoweverOftenItIsHeard: the gateway takes back under the
// same id what it approved, and says so every day.
func TestContradictionIsToldOnceHoweverOftenItIsHeard(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, paid := sold(app)
	f := gateway.Fact{ID: paid.GatewayID, ReferencedID: "", MerchantTransactionID: app.GatewayBooks(o)[0].MerchantTransactionID, Type: gateway.Debit, Amount: o.Total,
		Result: gateway.Result{Code: "800.100.152", Outcome: gateway.Declined}}
	for range 3 {
		if _, err := app.Payments.Apply(t.Context(), app.Account, f); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{string(payment.TaskContradiction)}, app.Tasks(o)); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	app.WantPaid(o)
}

// TestDailyQuestionIsAskedOnceADayForHalfAYear: also when days go by in which no
// server runs.
func TestDailyQuestionIsAskedOnceADayForHalfAYear(t *testing.T) {
	t.Parallel()
	app, asked := asking(t, "sqlite")
	o, _ := sold(app)
	app.Advance(2 * time.Minute)
	app.RunJobs() // the look back
	daily := func() int64 {
		before := asked.Load()
		for range 2 {
			if err := app.Payments.AskDaily(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return asked.Load() - before
	}
	if got := daily(); got != 0 {
		t.Errorf("%d questions at once", got)
	}
	var sum int64
	for day := range 170 {
		app.Advance(24 * time.Hour)
		got := daily()
		if sum += got; got > 1 || day > 0 && got != 1 {
			t.Fatalf("%d questions on day %d, want one", got, day)
		}
	}
	app.Advance(5 * 24 * time.Hour)
	if got := daily(); got != 1 {
		t.Errorf("%d questions after five days without a server, want one", got)
	}
	app.Advance(10 * 24 * time.Hour)
	daily()
	if left := app.Strings(`SELECT id FROM attempts WHERE order_id = $1 AND daily_at IS NOT NULL`, string(o.ID)); len(left) > 0 {
		t.Errorf("still asked about after %v", payment.MayChange)
	}
}

// TestDailyQuestionsSpreadOverTheDay: of payments that were collected at once each
// has its own time.
func TestDailyQuestionsSpreadOverTheDay(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	for range 12 {
		sold(app)
	}
	now := app.Clock.Wall()
	within := app.Strings(`SELECT id FROM attempts WHERE daily_at BETWEEN $1 AND $2`, now.Add(time.Hour).UnixMilli(), now.Add(25*time.Hour).UnixMilli())
	quarters := app.Strings(`SELECT DISTINCT CAST(daily_at / 21600000 AS TEXT) FROM attempts`)
	if len(within) != 12 || len(quarters) < 2 {
		t.Errorf("%d of 12 are asked about within a day, in %d quarters of one", len(within), len(quarters))
	}
}

// TestSilentGatewayIsAskedOneQuestion: of a sweep, and again in an hour; what else was
// due waits for tomorrow.
func TestSilentGatewayIsAskedOneQuestion(t *testing.T) {
	t.Parallel()
	app, asked := asking(t, "sqlite")
	for range 3 {
		sold(app)
	}
	app.Advance(2 * time.Minute)
	app.RunJobs() // the look back
	allDue(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteQuery, Probability: 1})
	sweep := func() int64 {
		before := asked.Load()
		if err := app.Payments.AskDaily(t.Context()); err != nil {
			t.Fatal(err)
		}
		return asked.Load() - before
	}
	if got := sweep(); got != 1 {
		t.Errorf("%d questions to a gateway that does not answer, want 1", got)
	}
	app.Gateway.ClearFaults()
	if got := sweep(); got != 0 {
		t.Errorf("%d questions at once afterwards, want none", got)
	}
	app.Advance(61 * time.Minute)
	if got := sweep(); got != 1 {
		t.Errorf("%d questions an hour later, want 1", got)
	}
	app.Advance(24 * time.Hour)
	if got := sweep(); got != 3 {
		t.Errorf("%d questions a day later, want 3", got)
	}
}

// TestStoppedSweepFinishesTheDailyQuestionItIsAt: the others are asked by the next.
func TestStoppedSweepFinishesTheDailyQuestionItIsAt(t *testing.T) {
	t.Parallel()
	var stop context.CancelFunc
	var asked int
	app := testkit.Start(t, testkit.Options{OnGatewayCall: func(r *http.Request) {
		if stop != nil && strings.HasPrefix(r.URL.Path, "/v1/query") {
			asked++
			stop()
		}
	}})
	for range 3 {
		sold(app)
	}
	app.Advance(2 * time.Minute)
	app.RunJobs() // the look back
	allDue(app)
	for _, want := range []int{1, 2, 3, 3} {
		ctx, end := context.WithCancel(t.Context())
		stop = end
		if err := app.Payments.AskDaily(ctx); err != nil {
			t.Fatal(err)
		}
		end()
		if asked != want {
			t.Errorf("%d questions, want %d", asked, want)
		}
		app.Advance(2 * time.Minute) // within the budget again
	}
}

// TestMinuteInWhichNoQuestionIsDueCostsOneSearch: of an index that has only what will
// be asked, whatever there is.
func TestMinuteInWhichNoQuestionIsDueCostsOneSearch(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var seen []string
			var claim string
			var args []any
			app := testkit.Start(t, testkit.Options{Engine: engine, SQL: testkit.WatchSQL(func(query string, values []driver.NamedValue) {
				if seen = append(seen, query); strings.Contains(query, "daily_until") && strings.HasPrefix(strings.TrimSpace(query), "UPDATE") && strings.Contains(query, "LIMIT") {
					claim, args = query, nil
					for _, v := range values {
						args = append(args, v.Value)
					}
				}
			})})
			sold(app)
			app.Advance(2 * time.Minute)
			app.RunJobs() // the look back
			seen, claim = nil, ""
			if err := app.Payments.AskDaily(t.Context()); err != nil {
				t.Fatal(err)
			}
			if len(seen) > 4 || claim == "" { // one statement in a transaction, whose rollback is looked at after its commit
				t.Fatalf("%d statements: %q", len(seen), seen)
			}

			pool, _ := app.DB.SQL()
			conn, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if engine == "postgres" {
				for one := range strings.SplitSeq(testkit.PreferIndexes, ";") {
					if _, err := conn.ExecContext(t.Context(), one); err != nil {
						t.Fatal(err)
					}
				}
			}
			if plan := testkit.Plan(t, conn, engine, claim, args); !strings.Contains(plan, "attempts_daily") {
				t.Errorf("the plan is\n%s", plan)
			}
		})
	}
}
