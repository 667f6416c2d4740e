package collect_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

var (
	merchant = actor.Actor{Kind: actor.User, ID: "test"}
	customer = actor.Actor{Kind: actor.Customer, ID: "test"}
)

// command is what somebody does to an order as a whole.
type command func(*testing.T, *testkit.App, testkit.Order) (order.Order, error)

func pause(t *testing.T, app *testkit.App, o testkit.Order) (order.Order, error) {
	return app.Course.Pause(t.Context(), merchant, o.ProfileID, o.ID, nil)
}

func resume(t *testing.T, app *testkit.App, o testkit.Order) (order.Order, error) {
	return app.Course.Resume(t.Context(), merchant, o.ProfileID, o.ID, nil)
}

func cancel(t *testing.T, app *testkit.App, o testkit.Order) (order.Order, error) {
	return app.Course.Cancel(t.Context(), merchant, o.ProfileID, o.ID, nil)
}

func cancelLater(t *testing.T, app *testkit.App, o testkit.Order) (order.Order, error) {
	return app.Course.CancelLater(t.Context(), customer, o.ProfileID, o.ID)
}

func undoCancel(t *testing.T, app *testkit.App, o testkit.Order) (order.Order, error) {
	return app.Course.UndoCancel(t.Context(), customer, o.ProfileID, o.ID)
}

// must gives a command that is permitted.
func must(t *testing.T, app *testkit.App, o testkit.Order, do command) order.Order {
	t.Helper()
	got, err := do(t, app, o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// day is a date as many months and days from where the clock stands.
func day(app *testkit.App, months, days int) string {
	loc := app.Profile.Location()
	d, err := schedule.Add(schedule.DayOf(app.Clock.Wall(), loc), "MONTH", 1, int64(months))
	if err != nil {
		app.TB.Fatal(err)
	}
	t, err := schedule.ParseDay(d)
	if err != nil {
		app.TB.Fatal(err)
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

func wantStatus(t *testing.T, app *testkit.App, o testkit.Order, want order.Status) {
	t.Helper()
	if got := app.Overview(o).Order; got.Status != want || want.Final() == got.EndedAt.IsZero() {
		t.Errorf("order is %s, ended at %v; want %s", got.Status, got.EndedAt, want)
	}
}

func wantPlanned(t *testing.T, app *testkit.App, o testkit.Order, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, app.Planned(o)); diff != "" {
		t.Errorf("scheduled payments (-want +got):\n%s", diff)
	}
}

// wantMails counts the mails of a kind.
func wantMails(t *testing.T, app *testkit.App, o testkit.Order, kind string, want int) {
	t.Helper()
	if got := len(app.Strings(`SELECT id FROM mails WHERE order_id = $1 AND kind = $2`, string(o.ID), kind)); got != want {
		t.Errorf("%d mails %s, want %d", got, kind, want)
	}
}

func TestCommandsAreTakenAsTheTableSays(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	commands := []struct {
		name order.Command
		do   command
		want order.Status // of an active order; empty: the one it had
	}{
		{order.Pause, pause, order.Paused}, {order.Resume, resume, ""}, {order.Cancel, cancel, ""},
		{order.EndPeriod, cancelLater, ""}, {order.UndoEnd, undoCancel, ""},
	}
	for _, c := range commands {
		for _, s := range order.Statuses {
			o := app.Sell(testkit.Monthly, order.Sale{})
			ends := ""
			if c.name == order.UndoEnd {
				ends = day(app, 1, 0)
			}
			app.Exec(`UPDATE orders SET status = $1, resumes_as = $2, cancels_on = $3 WHERE id = $4`, string(s), string(order.Failed), ends, string(o.ID))
			o.Status, o.CancelsOn = s, ends
			want := o.May(c.name)
			before := app.Dump()
			_, err := c.do(t, app, o)
			if !errors.Is(err, want) || (want == nil) != (err == nil) {
				t.Errorf("%s of a %s order: %v, want %v", c.name, s, err, want)
			}
			if diff := cmp.Diff(before, app.Dump()); want != nil && diff != "" {
				t.Errorf("%s of a %s order was refused and changed (-before +after):\n%s", c.name, s, diff)
			}
		}
	}
}

func TestPausedSubscriptionCollectsNothing(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	due := day(app, 1, 0)
	must(t, app, o, pause)
	wantStatus(t, app, o, order.Paused)
	wantPlanned(t, app, o, "paused "+due)
	wantMails(t, app, o, "subscription_paused", 1)
	app.Advance(40 * 24 * time.Hour)
	app.Charge(o, 0)
	if got := app.NetCharged(o); got != 1200 {
		t.Errorf("%d charged, want the initial 1200", got)
	}

	next := day(app, 0, 0)
	for next <= schedule.DayOf(app.Clock.Wall(), app.Profile.Location()) || next[8:] != due[8:] {
		d, err := schedule.ParseDay(next)
		if err != nil {
			t.Fatal(err)
		}
		next = d.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	must(t, app, o, resume)
	wantStatus(t, app, o, order.Active)
	wantPlanned(t, app, o, "scheduled "+next) // the day that passed is not caught up with
	wantMails(t, app, o, "subscription_resumed", 1)
	app.Charge(o, 0)
	if got := app.NetCharged(o); got != 1200 {
		t.Errorf("%d charged before the next day, want 1200", got)
	}
}

func TestPauseBeforeTheDueDayChangesNoDay(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	due := day(app, 1, 0)
	app.Exec(`UPDATE orders SET status = 'failed' WHERE id = $1`, string(o.ID))
	must(t, app, o, pause)
	app.Advance(5 * 24 * time.Hour)
	must(t, app, o, resume)
	wantStatus(t, app, o, order.Failed) // the status it had
	wantPlanned(t, app, o, "scheduled "+due)
	must(t, app, o, pause)
	wantMails(t, app, o, "subscription_paused", 2) // each pause is told
}

// lose lets the answer to the next charge of a stored card get lost: with a code
// the gateway books that, without one it approves.
func lose(t *testing.T, app *testkit.App, code string) {
	t.Helper()
	faults := []sandbox.Fault{{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Next: 1}, {Kind: sandbox.FaultWebhookNever, Route: sandbox.RouteCharge, Next: 1}}
	if code != "" {
		faults = append(faults, sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Next: 1, Code: code})
	}
	for _, f := range faults {
		if err := app.Gateway.AddFault(f); err != nil {
			t.Fatalf("add fault: %v", err)
		}
	}
}

// underWay is a subscription whose second payment was charged, and nobody knows
// with what outcome.
func underWay(t *testing.T, app *testkit.App, code string) testkit.Order {
	t.Helper()
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	app.Advance(31 * 24 * time.Hour)
	lose(t, app, code)
	app.Charge(o, 0)
	if got := app.Strings(`SELECT state FROM attempts WHERE order_id = $1 AND kind = 'charge'`, string(o.ID)); !slices.Equal(got, []string{"unknown"}) {
		t.Fatalf("the charge is %v, want unknown", got)
	}
	return o
}

// reconcile asks the gateway until it has told what became of everything.
func reconcile(app *testkit.App) {
	for range 6 {
		app.Advance(11 * time.Minute)
		app.RunJobs()
	}
}

func TestPauseWhileAChargeIsUnderWay(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := underWay(t, app, "")
	must(t, app, o, pause)
	reconcile(app)
	wantStatus(t, app, o, order.Paused)
	got := app.Planned(o)
	if len(got) != 2 || !strings.HasPrefix(got[0], "complete ") || !strings.HasPrefix(got[1], "paused ") {
		t.Errorf("scheduled payments %v, want one collected and the next paused", got)
	}
	if net := app.NetCharged(o); net != 2400 {
		t.Errorf("%d charged, want 2400", net)
	}
}

func TestMoneyOfACancelledOrderGoesBack(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		code      string
		wantTasks []string
	}{
		"late success": {"", []string{"surplus_payment"}},
		"late decline": {"800.100.155", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := underWay(t, app, tt.code)
			must(t, app, o, cancel)
			reconcile(app)
			wantStatus(t, app, o, order.Complete)
			if got := app.Planned(o); len(got) != 1 || !strings.HasPrefix(got[0], "cancelled ") {
				t.Errorf("scheduled payments %v, want the one cancelled", got)
			}
			if net := app.NetCharged(o); net != 1200 {
				t.Errorf("%d charged net, want the initial 1200", net)
			}
			if got := app.Tasks(o); !slices.Equal(got, tt.wantTasks) {
				t.Errorf("tasks %v, want %v", got, tt.wantTasks)
			}
			if open := app.Strings(`SELECT state FROM attempts WHERE order_id = $1 AND next_attempt_at IS NOT NULL`, string(o.ID)); len(open) > 0 {
				t.Errorf("attempts still to do: %v", open)
			}
		})
	}
}

func TestChargeThatNeverArrivedIsNotSentAgainAfterTheEnd(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	app.Advance(31 * 24 * time.Hour)
	if err := app.Gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge, Next: 1}); err != nil {
		t.Fatal(err)
	}
	app.Charge(o, 0)
	must(t, app, o, cancel)
	reconcile(app)
	if net := app.NetCharged(o); net != 1200 {
		t.Errorf("%d charged net, want the initial 1200", net)
	}
	if got := app.Strings(`SELECT state FROM attempts WHERE order_id = $1 AND kind = 'charge'`, string(o.ID)); !slices.Equal(got, []string{"refused"}) {
		t.Errorf("the charge is %v, want refused", got)
	}
}

func TestCheckoutOfACancelledOrderSendsMoneyBack(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	must(t, app, o, cancel)
	wantStatus(t, app, o, order.Cancelled)
	if _, err := app.Payments.StartCheckout(t.Context(), customer, o.ProfileID, o.ID, "ip-of-test"); !errors.Is(err, order.ErrNotPayable) {
		t.Errorf("another checkout: %v, want order_not_payable", err)
	}
	if outcome := app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved}); outcome != "approved" {
		t.Fatal(outcome)
	}
	app.Deliver()
	reconcile(app)
	wantStatus(t, app, o, order.Cancelled)
	if net := app.NetCharged(o); net != 0 {
		t.Errorf("%d charged net, want 0", net)
	}
	if docs := app.Overview(o).Documents; len(docs) > 0 {
		t.Errorf("%d documents of a cancelled order", len(docs))
	}
}

func TestCancelEndsAllThatIsNotCollected(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Instalments, order.Sale{}))
	app.Exec(`UPDATE scheduled_payments SET status = 'soft_declined', held_by = 'pay_x' WHERE order_id = $1 AND position = 1`, string(o.ID))
	app.Exec(`UPDATE scheduled_payments SET status = 'complete' WHERE order_id = $1 AND position = 2`, string(o.ID))
	app.Exec(`UPDATE scheduled_payments SET status = 'paused' WHERE order_id = $1 AND position = 3`, string(o.ID))
	got := must(t, app, o, cancel)
	if got.Status != order.Complete || len(got.Lines) != 1 {
		t.Errorf("the answer is %s with %d lines", got.Status, len(got.Lines))
	}
	wantStatus(t, app, o, order.Complete)
	wantPlanned(t, app, o, "cancelled "+day(app, 1, 0), "complete "+day(app, 2, 0), "cancelled "+day(app, 3, 0), "cancelled "+day(app, 4, 0), "cancelled "+day(app, 5, 0))
	if left := app.Strings(`SELECT id FROM scheduled_payments WHERE order_id = $1 AND (collect_at IS NOT NULL AND status <> 'complete' OR held_by IS NOT NULL)`, string(o.ID)); len(left) > 0 {
		t.Errorf("%d payments may still be collected", len(left))
	}
	wantMails(t, app, o, "subscription_cancelled", 0)
}

func TestTwoCancelsAtOnceAreOne(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
			errs := make([]error, 4)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() { _, errs[i] = cancel(t, app, o) })
			}
			all.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, order.ErrEnded) {
					t.Errorf("%v, want order_ended", err)
				}
			}
			if n := len(app.Strings(`SELECT type FROM events WHERE order_id = $1 AND type = 'order.complete'`, string(o.ID))); won != 1 || n != 1 {
				t.Errorf("%d cancels won with %d events, want 1", won, n)
			}
		})
	}
}

func TestSubscriptionRunsUntilItsPeriodEnds(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o, other := app.Begin(app.Sell(testkit.Monthly, order.Sale{})), app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
			end := day(app, 1, 0)
			if got := must(t, app, o, cancelLater); got.CancelsOn != end || got.Status != order.Active {
				t.Errorf("it is %s and ends on %s, want active, %s", got.Status, got.CancelsOn, end)
			}
			wantPlanned(t, app, o, "cancelled "+end)
			wantMails(t, app, o, "subscription_cancelled", 1)
			if _, err := cancelLater(t, app, o); !errors.Is(err, order.ErrNotCancellable) {
				t.Errorf("ended twice: %v", err)
			}

			starts, err := schedule.Start(end, app.Profile.Location())
			if err != nil {
				t.Fatal(err)
			}
			app.Advance(starts.Add(-time.Minute).Sub(app.Clock.Wall()))
			app.RunJobs()
			wantStatus(t, app, o, order.Active)
			if due, err := app.Course.Ending(t.Context(), o.ProfileID, starts); err != nil || !slices.Equal(due, []collect.EndingOrder{{ID: o.ID, On: end, At: starts}}) {
				t.Errorf("ending by then: %v, %v", due, err)
			}
			app.Advance(3 * 24 * time.Hour) // nobody was there on the day itself
			app.RunJobs()
			wantStatus(t, app, o, order.Complete)
			if got := app.Overview(o).Order.EndedAt; !got.Equal(starts) {
				t.Errorf("it ended at %v, want %v", got, starts)
			}
			app.RunJobs()
			if n := len(app.Strings(`SELECT type FROM events WHERE order_id = $1 AND type = 'order.complete'`, string(o.ID))); n != 1 {
				t.Errorf("ended %d times", n)
			}
			if _, err := undoCancel(t, app, o); !errors.Is(err, order.ErrEnded) {
				t.Errorf("undo after the end: %v, want order_ended", err)
			}
			if net := app.NetCharged(o); net != 1200 {
				t.Errorf("%d charged, want the initial 1200", net)
			}
			wantStatus(t, app, other, order.Active)
		})
	}
}

func TestUndoneCancellationChargesNothingBefore(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	end := day(app, 1, 0)
	must(t, app, o, cancelLater)
	app.Advance(20 * 24 * time.Hour)
	if got := must(t, app, o, undoCancel); got.CancelsOn != "" || got.Status != order.Active {
		t.Errorf("it is %s and ends on %q", got.Status, got.CancelsOn)
	}
	wantMails(t, app, o, "subscription_kept", 1)
	wantPlanned(t, app, o, "scheduled "+end)
	app.Charge(o, 0)
	if net := app.NetCharged(o); net != 1200 {
		t.Errorf("%d charged before its day, want 1200", net)
	}
	app.Advance(11 * 24 * time.Hour)
	app.Charge(o, 0)
	if net := app.NetCharged(o); net != 2400 {
		t.Errorf("%d charged on its day, want 2400", net)
	}
	if _, err := undoCancel(t, app, o); !errors.Is(err, order.ErrNotCancelling) {
		t.Errorf("undone twice: %v", err)
	}
}

func TestUndoOnTheLastDayIsTooLate(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	must(t, app, o, cancelLater)
	app.Advance(32 * 24 * time.Hour) // and no sweep was here yet
	before := app.Dump()
	if _, err := undoCancel(t, app, o); !errors.Is(err, order.ErrEnded) {
		t.Errorf("%v, want order_ended", err)
	}
	if diff := cmp.Diff(before, app.Dump()); diff != "" {
		t.Errorf("the refusal changed (-before +after):\n%s", diff)
	}
}

func TestPeriodThatIsBeingPaidForIsRunToItsEnd(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := underWay(t, app, "")
	due := app.Planned(o)[0][len("scheduled "):]
	got := must(t, app, o, cancelLater)
	want, err := schedule.Add(due, "MONTH", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got.CancelsOn != want {
		t.Errorf("it ends on %s, want %s", got.CancelsOn, want)
	}
	reconcile(app)
	wantPlanned(t, app, o, "complete "+due)
	wantStatus(t, app, o, order.Active)
	must(t, app, o, undoCancel)
	wantPlanned(t, app, o, "complete "+due, "scheduled "+want)
}

func TestPeriodThatIsOverEndsAtOnce(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	app.Exec(`UPDATE orders SET status = 'suspended' WHERE id = $1`, string(o.ID))
	app.Advance(40 * 24 * time.Hour)
	must(t, app, o, cancelLater)
	wantStatus(t, app, o, order.Complete)
	wantMails(t, app, o, "subscription_cancelled", 1)
}

func TestMerchantEndsAtOnceWhatItsCustomerEndedForLater(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	must(t, app, o, cancelLater)
	if got := must(t, app, o, cancel); got.Status != order.Complete || got.CancelsOn != "" {
		t.Errorf("it is %s and ends on %q", got.Status, got.CancelsOn)
	}
}

// holding is an order whose money is held and not taken.
func holding(app *testkit.App) testkit.Order {
	return app.Begin(app.Sell(catalog.Details{Type: catalog.SinglePayment, Name: "Hire", Price: money.New(12_400, money.EUR)}, order.Sale{PreAuthorise: true}))
}

func TestHeldMoneyIsGivenBackBeforeItsOrderEnds(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := holding(app)
	if got := must(t, app, o, cancel); got.Status != order.Active {
		t.Errorf("the order is %s before the gateway has said so, want active", got.Status)
	}
	must(t, app, o, cancel) // once more is the same
	app.Deliver()
	wantStatus(t, app, o, order.Complete)
	if net := app.NetCharged(o); net != 0 {
		t.Errorf("%d are held or charged, want 0", net)
	}
	if got := app.Strings(`SELECT state FROM attempts WHERE order_id = $1 AND kind = 'reversal'`, string(o.ID)); !slices.Equal(got, []string{"approved"}) {
		t.Errorf("reversals: %v, want one approved", got)
	}
	if _, err := cancel(t, app, o); !errors.Is(err, order.ErrEnded) {
		t.Errorf("cancelled once more: %v", err)
	}
}

func TestOrderIsInReviewWhileNobodyKnowsOfItsHold(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	o := holding(app)
	for _, f := range []sandbox.Fault{{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteReversal, Next: 1}, {Kind: sandbox.FaultWebhookNever, Route: sandbox.RouteReversal, Next: 1}} {
		if err := app.Gateway.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	must(t, app, o, cancel)
	app.RunJobs()
	wantStatus(t, app, o, order.Review)
	reconcile(app)
	wantStatus(t, app, o, order.Complete)
	if net := app.NetCharged(o); net != 0 {
		t.Errorf("%d are held or charged, want 0", net)
	}
}
