package payment_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// One test per invariant of design.md §4, named after it. Number 11 is the crash
// test; numbers 10 and 12 have more in the store's suite and the isolation table.

var customer = actor.Actor{Kind: actor.Customer, ID: "test"}

func fault(t *testing.T, app *testkit.App, f sandbox.Fault) {
	t.Helper()
	if err := app.Gateway.AddFault(f); err != nil {
		t.Fatalf("add fault: %v", err)
	}
}

func start(app *testkit.App, o testkit.Order) (payment.Attempt, error) {
	return app.Payments.StartCheckout(app.TB.Context(), customer, o.ProfileID, o.ID, "ip-of-test")
}

// replaced starts a checkout, lets it grow too old to show, and starts another.
func replaced(app *testkit.App, o testkit.Order) (older, newer payment.Attempt) {
	app.TB.Helper()
	older = app.StartCheckout(o)
	app.Advance(26 * time.Minute)
	newer = app.StartCheckout(o)
	if older.ID == newer.ID || app.Attempt(older).State != payment.AttemptSuperseded {
		app.TB.Fatalf("the older checkout is %s, want superseded", app.Attempt(older).State)
	}
	return older, newer
}

func TestInvariant01AttemptIsCommittedBeforeTheGatewayHearsOfIt(t *testing.T) {
	t.Parallel()
	var app *testkit.App
	var mu sync.Mutex
	var unknown []string
	app = testkit.Start(t, testkit.Options{OnGatewayCall: func(r *http.Request) {
		if r.Method != http.MethodPost || strings.HasPrefix(r.URL.Path, "/v1/frame/") {
			return
		}
		body, _ := r.GetBody()
		buf := new(strings.Builder)
		_, _ = copyAll(buf, body)
		found := false
		for _, mtid := range app.Strings(`SELECT merchant_transaction_id FROM attempts`) {
			found = found || strings.Contains(buf.String(), mtid)
		}
		mu.Lock()
		defer mu.Unlock()
		if !found {
			unknown = append(unknown, r.URL.Path)
		}
	}})
	o := app.NewOrder(12_400)
	older, newer := replaced(app, o)
	app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.SubmitCard(newer.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	app.Deliver()
	app.RunJobs()

	if len(unknown) > 0 {
		t.Errorf("the gateway was called for %v before an attempt was committed", unknown)
	}
	if n := len(app.GatewayBooks(o)); n != 3 {
		t.Errorf("the gateway booked %d transactions, want two charges and a refund", n)
	}
}

func TestInvariant01ADeclineDoesNotCloseTheAttempt(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	for range 2 {
		if got := app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"}); got != "declined" {
			t.Fatalf("outcome = %q", got)
		}
		app.Deliver()
		if got := app.Attempt(at).State; got != payment.AttemptOpen {
			t.Fatalf("after a decline the attempt is %s, want open", got)
		}
	}
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Deliver()

	app.WantPaid(o)
	if n := len(app.Overview(o).Transactions); n != 3 {
		t.Errorf("%d transactions, want two declined and one approved", n)
	}
}

func TestInvariant02OneAtATime(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := start(app, o); err != nil {
				t.Errorf("start: %v", err)
			}
		})
	}
	wg.Wait()
	if got := app.Strings(`SELECT id FROM attempts WHERE order_id = $1`, string(o.ID)); len(got) != 1 {
		t.Errorf("%d attempts, want one", len(got))
	}
}

func TestInvariant02NoReplacementWhileTheOldOneIsPending(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	app.Advance(26 * time.Minute)

	if _, err := start(app, o); !errors.Is(err, payment.ErrInProgress) {
		t.Errorf("start beside a pending payment = %v, want ErrInProgress", err)
	}

	// Nor while the gateway cannot be asked.
	p := app.NewOrder(9_900)
	app.StartCheckout(p)
	app.Advance(26 * time.Minute)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteQuery, Next: 1})
	if _, err := start(app, p); !errors.Is(err, payment.ErrInProgress) {
		t.Errorf("start while the gateway is silent = %v, want ErrInProgress", err)
	}
	if at, err := start(app, p); err != nil || at.State != payment.AttemptOpen {
		t.Errorf("start once it answers = %s, %v", at.State, err)
	}
}

func TestInvariant02ReplacedCheckoutIsWatchedOn(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	older := app.StartCheckout(o)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultHold, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardApproved}) // a slow challenge
	app.Advance(26 * time.Minute)
	newer := app.StartCheckout(o)
	if older.ID == newer.ID {
		t.Fatal("the checkout was not replaced")
	}
	app.Advance(20 * time.Minute)
	if _, err := app.Gateway.Release(t.Context(), older.CheckoutID, ""); err != nil {
		t.Fatalf("release: %v", err)
	}
	app.Advance(20 * time.Minute) // no notification comes: the watch must find it
	app.RunJobs()

	app.WantPaid(o)
	if got := app.Attempt(newer).State; got != payment.AttemptSuperseded {
		t.Errorf("the newer checkout is %s, want superseded", got)
	}
}

func TestInvariant03SecondApprovalIsNeverASecondSale(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	older, newer := replaced(app, o)
	app.SubmitCard(newer.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Deliver()
	app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	app.Deliver()
	app.RunJobs()

	app.WantPaid(o)
	var types []string
	for _, e := range app.GatewayBooks(o) {
		types = append(types, e.Type)
	}
	if diff := cmp.Diff([]string{"DB", "DB", "RF"}, types); diff != "" {
		t.Errorf("gateway's books (-want +got):\n%s", diff)
	}
	if !slices.Contains(app.Tasks(o), "surplus_payment") {
		t.Errorf("staff were not told: %v", app.Tasks(o))
	}
	if n := len(app.Overview(o).Documents); n != 2 {
		t.Errorf("%d documents, want the sale's invoice and receipt", n)
	}
}

// twice brings an order to a surplus payment whose return is due.
func twice(app *testkit.App) (o testkit.Order, back payment.AttemptID) {
	app.TB.Helper()
	o = app.NewOrder(12_400)
	older, newer := replaced(app, o)
	app.SubmitCard(newer.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardSecond})
	if err := app.Gateway.Flush(app.TB.Context()); err != nil {
		app.TB.Fatal(err)
	}
	if err := app.Payments.SweepNotifications(app.TB.Context()); err != nil {
		app.TB.Fatal(err)
	}
	backs := app.Strings(`SELECT id FROM attempts WHERE kind = 'return' AND order_id = $1`, string(o.ID))
	if len(backs) != 1 {
		app.TB.Fatalf("%d returns are due, want one", len(backs))
	}
	return o, payment.AttemptID(backs[0])
}

func refunds(app *testkit.App, o testkit.Order) (n int) {
	for _, e := range app.GatewayBooks(o) {
		if e.Type == "RF" && e.State == sandbox.StateApproved {
			n++
		}
	}
	return n
}

func TestInvariant04AnAnswerLostAfterTheBookingIsAskedForAndNotSentAgain(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, back := twice(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteRefund, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})
	app.RunJobs()
	if got := app.Attempt(payment.Attempt{ID: back, ProfileID: o.ProfileID}).State; got != payment.AttemptUnknown {
		t.Fatalf("the return is %s, want unknown", got)
	}
	app.RunJobs()
	app.Advance(2 * time.Minute)
	app.RunJobs()

	app.WantPaid(o)
	if n := refunds(app, o); n != 1 {
		t.Errorf("%d refunds, want one", n)
	}
}

func TestInvariant04TwoNotFoundsTenMinutesApartAllowAResend(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, back := twice(app)
	state := func() payment.AttemptState {
		return app.Attempt(payment.Attempt{ID: back, ProfileID: o.ProfileID}).State
	}
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteRefund, Next: 1})
	app.RunJobs()
	for _, after := range []time.Duration{2 * time.Minute, 5 * time.Minute, 4 * time.Minute} {
		app.Advance(after)
		app.RunJobs()
		if state() != payment.AttemptUnknown || refunds(app, o) != 0 {
			t.Fatalf("sent again too early: %s, %d refunds", state(), refunds(app, o))
		}
	}
	app.Advance(2 * time.Minute) // the first not-found is eleven minutes old
	app.RunJobs()
	app.RunJobs()

	app.WantPaid(o)
	if n := refunds(app, o); n != 1 {
		t.Errorf("%d refunds, want one", n)
	}
	if got := app.Strings(`SELECT id FROM attempts WHERE kind = 'return'`); len(got) != 1 {
		t.Errorf("%d returns, want the same one", len(got))
	}
}

func TestInvariant04NotFoundClosesACheckoutOnlyAfterItsLifeAndFifteenMinutes(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	for range 44 {
		app.Advance(time.Minute)
		app.RunJobs()
		if got := app.Attempt(at).State; got != payment.AttemptOpen {
			t.Fatalf("closed too early: %s", got)
		}
	}
	app.Advance(20 * time.Minute)
	app.RunJobs()
	if got := app.Attempt(at).State; got != payment.AttemptExpired {
		t.Errorf("the attempt is %s, want expired", got)
	}
}

func TestInvariant05FactsAreNeverRefused(t *testing.T) {
	t.Parallel()

	t.Run("an approval after the checkout was given up is the sale", func(t *testing.T) {
		t.Parallel()
		app := testkit.New(t)
		o := app.NewOrder(12_400)
		at := app.StartCheckout(o)
		fault(t, app, sandbox.Fault{Kind: sandbox.FaultHold, Next: 1})
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
		app.Advance(2 * time.Hour)
		app.RunJobs()
		if got := app.Attempt(at).State; got != payment.AttemptExpired {
			t.Fatalf("the attempt is %s, want expired", got)
		}
		if _, err := app.Gateway.Release(t.Context(), at.CheckoutID, ""); err != nil {
			t.Fatal(err)
		}
		app.Deliver()
		app.WantPaid(o)
	})

	t.Run("money on a cancelled order goes back by itself", func(t *testing.T) {
		t.Parallel()
		app := testkit.New(t)
		o := app.NewOrder(12_400)
		at := app.StartCheckout(o)
		app.Exec(`UPDATE orders SET status = 'cancelled' WHERE id = $1`, string(o.ID))
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
		app.Deliver()
		app.RunJobs()
		if got := app.NetCharged(o); got != 0 {
			t.Errorf("gateway keeps %d, want 0", got)
		}
		if v := app.Overview(o); v.Order.Status != order.Cancelled || v.Payment.Status != payment.Open {
			t.Errorf("order %s, payment %s", v.Order.Status, v.Payment.Status)
		}
		if _, err := start(app, o); !errors.Is(err, order.ErrNotPayable) {
			t.Errorf("start on a cancelled order = %v, want ErrNotPayable", err)
		}
	})

	t.Run("a late decline after a sale is booked and changes nothing else", func(t *testing.T) {
		t.Parallel()
		app := testkit.New(t)
		o := app.NewOrder(12_400)
		at := app.StartCheckout(o)
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
		app.Deliver()
		late := gateway.Fact{ID: "late-decline", MerchantTransactionID: at.MerchantTransactionID, CheckoutID: at.CheckoutID, Type: gateway.Debit, Amount: o.Total,
			Result: gateway.Result{Code: "800.100.155", Outcome: gateway.Declined, Reason: gateway.ReasonFunds}}
		if _, err := app.Payments.Apply(t.Context(), app.Account, late); err != nil {
			t.Fatal(err)
		}
		app.WantPaid(o)
		if n := len(app.Overview(o).Transactions); n != 2 {
			t.Errorf("%d transactions, want the decline booked too", n)
		}
	})
}

func TestInvariant06MismatchIsHeldAndNeverPaid(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1})
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Deliver()

	v := app.Overview(o)
	if v.Order.Status != order.Pending || v.Payment.Status != payment.Open || v.Undecided != payment.Held {
		t.Errorf("order %s, payment %s, undecided %q; want pending, open, held", v.Order.Status, v.Payment.Status, v.Undecided)
	}
	if !slices.Contains(app.Tasks(o), "payment_held") {
		t.Errorf("staff were not told: %v", app.Tasks(o))
	}
	for name, change := range map[string]func(*gateway.Fact){
		"type":     func(f *gateway.Fact) { f.Type = gateway.PreAuthorisation },
		"currency": func(f *gateway.Fact) { f.Amount = money.New(12_400, money.KWD) },
		"checkout": func(f *gateway.Fact) { f.CheckoutID = "another" },
	} {
		p := app.NewOrder(12_400)
		at := app.StartCheckout(p)
		f := gateway.Fact{ID: "fact-" + name, MerchantTransactionID: at.MerchantTransactionID, CheckoutID: at.CheckoutID, Type: gateway.Debit, Amount: p.Total,
			Result: gateway.Result{Code: "000.000.000", Outcome: gateway.Approved}}
		change(&f)
		if got, err := app.Payments.Apply(t.Context(), app.Account, f); err != nil || got.State != payment.AttemptHeld {
			t.Errorf("another %s: %s, %v; want held", name, got.State, err)
		}
	}
}

func TestInvariant06AuthenticNotificationThatMatchesNothingIsStoredAndShown(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	if err := app.Gateway.Stray(t.Context(), app.Account.EntityID); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	if got := app.Strings(`SELECT state FROM inbound_notifications`); !slices.Equal(got, []string{"unmatched"}) {
		t.Errorf("notifications are %v, want one unmatched", got)
	}
	if got := app.Strings(`SELECT kind FROM staff_tasks`); !slices.Equal(got, []string{"notification_unmatched"}) {
		t.Errorf("tasks are %v", got)
	}
}

func TestInvariant07NoNewPaymentWhileOneIsUndecided(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		outcome gateway.Outcome
		id      string
		amount  int64
		want    error
	}{
		"pending": {gateway.Pending, "p1", 12_400, payment.ErrInProgress},
		"held":    {gateway.Approved, "h1", 12_399, payment.ErrHeld},
		"unknown": {gateway.Unknown, "", 12_400, payment.ErrInProgress},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12_400)
			at := app.StartCheckout(o)
			if _, err := app.Payments.Apply(t.Context(), app.Account, gateway.Fact{ID: tt.id, MerchantTransactionID: at.MerchantTransactionID, CheckoutID: at.CheckoutID,
				Type: gateway.Debit, Amount: money.New(tt.amount, money.EUR), Result: gateway.Result{Code: "000.200.000", Outcome: tt.outcome}}); err != nil {
				t.Fatal(err)
			}
			if _, err := start(app, o); !errors.Is(err, tt.want) {
				t.Errorf("start = %v, want %v", err, tt.want)
			}
			if v := app.Overview(o); v.Undecided == "" {
				t.Error("the order's page does not say that a payment is under way")
			}
		})
	}

	t.Run("a pending payment of a replaced checkout blocks its successor", func(t *testing.T) {
		t.Parallel()
		app := testkit.New(t)
		o := app.NewOrder(12_400)
		older, _ := replaced(app, o)
		app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
		app.Deliver()
		if _, err := start(app, o); !errors.Is(err, payment.ErrInProgress) {
			t.Errorf("start = %v, want ErrInProgress", err)
		}
	})
}

func TestInvariant08WhatIsUnderWayCounts(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, back := twice(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultDelay, Route: sandbox.RouteRefund, Next: 1, DelayMS: 50})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if err := app.Payments.Send(t.Context(), o.ProfileID, back); err != nil {
				t.Errorf("send back: %v", err)
			}
		})
	}
	wg.Wait()
	app.Deliver()
	if n := refunds(app, o); n != 1 {
		t.Errorf("%d refunds, want one", n)
	}
	app.WantPaid(o)
}

func TestInvariant10NumbersHaveNoGapsAndBytesNeverChange(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			const n = 12
			var wg sync.WaitGroup
			for range n {
				o := app.NewOrder(12_400)
				at := app.StartCheckout(o)
				wg.Go(func() {
					app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
					if _, err := app.Payments.CheckReturn(t.Context(), at.ProfileID, at.ID); err != nil {
						t.Errorf("check return: %v", err)
					}
				})
			}
			wg.Wait()
			app.Deliver()
			year := app.Clock.Wall().In(app.Profile.Location()).Format("2006")
			var want []string
			for i := range n {
				want = append(want, "INV-"+year+"-"+pad5(i+1), "R-"+year+"-"+pad5(i+1))
			}
			if diff := cmp.Diff(want, app.Strings(`SELECT number FROM documents ORDER BY serial, kind`)); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
			if late := app.Strings(`SELECT d.number FROM documents d JOIN documents later ON later.profile_id = d.profile_id AND later.kind = d.kind
    AND later.serial > d.serial AND later.issued_at < d.issued_at`); len(late) != 0 {
				t.Errorf("issued after a later number: %v", late)
			}
			if odd := app.Strings(`SELECT d.number FROM documents d LEFT JOIN allocations a ON a.profile_id = d.profile_id AND a.document_id = d.id
   WHERE (d.kind = 'invoice') <> (a.transaction_id IS NOT NULL) OR a.amount_minor <> d.total_minor OR a.transaction_id <> d.transaction_id`); len(odd) != 0 {
				t.Errorf("not tied to their payment: %v", odd)
			}
			drawnAtOnce(t, app)
			app.RunJobs()
			if files := app.Strings(`SELECT document_id FROM document_files`); len(files) != 2*n {
				t.Errorf("%d documents drawn, want %d", len(files), 2*n)
			}
		})
	}
}

// drawnAtOnce downloads every document several times at once, by jobs and by
// readers, before any was drawn: all get the same bytes.
func drawnAtOnce(t *testing.T, app *testkit.App) {
	t.Helper()
	var wg sync.WaitGroup
	for _, documentID := range app.Strings(`SELECT id FROM documents`) {
		for range 3 {
			wg.Go(func() {
				if err := app.Papers.Draw(t.Context(), app.Profile.ID, document.ID(documentID)); err != nil {
					t.Errorf("draw: %v", err)
				}
			})
		}
	}
	var mu sync.Mutex
	sums := map[string]map[[32]byte]bool{}
	for _, row := range app.Strings(`SELECT order_id || ' ' || kind || ' ' || number FROM documents`) {
		f := strings.Fields(row)
		for range 3 {
			wg.Go(func() {
				_, file, err := app.Papers.Document(t.Context(), app.Profile.ID, order.ID(f[0]), document.Kind(f[1]), f[2])
				if err != nil {
					t.Errorf("download: %v", err)
					return
				}
				sum := sha256.Sum256(file.Content)
				if !bytes.Equal(sum[:], file.SHA256) {
					t.Errorf("%s: bytes are not those of their sum", row)
				}
				mu.Lock()
				defer mu.Unlock()
				if sums[row] == nil {
					sums[row] = map[[32]byte]bool{}
				}
				sums[row][sum] = true
			})
		}
	}
	wg.Wait()
	for row, different := range sums {
		if len(different) != 1 {
			t.Errorf("%s was served in %d ways", row, len(different))
		}
	}
}

func TestInvariant13CardTestingIsStopped(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	for i := range payment.DefaultLimits.PerOrder {
		if _, err := start(app, o); err != nil {
			t.Fatalf("try %d was refused: %v", i+1, err)
		}
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
		app.Deliver()
	}
	if _, err := start(app, o); !errors.Is(err, payment.ErrTooManyTries) {
		t.Fatalf("start after ten declined tries = %v, want ErrTooManyTries", err)
	}
	if !slices.Contains(app.Events(o), "payment.limit_reached") {
		t.Errorf("events are %v", app.Events(o))
	}
	until, err := app.Payments.CoolDown(t.Context(), o.ProfileID, o.ID, "")
	if want := app.Clock.Wall().Add(24 * time.Hour); err != nil || !until.Equal(want) {
		t.Errorf("cool-down until %v, %v; want %v", until, err, want)
	}

	if err := app.Payments.LiftLimits(t.Context(), customer, o.ProfileID, o.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := start(app, o); err != nil {
		t.Errorf("start after staff lifted the limit = %v", err)
	}
}

func TestInvariant13OneAddressCannotTryOrderAfterOrder(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Limits: payment.Limits{PerOrder: 10, PerIP: 3}})
	for range 3 {
		o := app.NewOrder(12_400)
		at := app.StartCheckout(o)
		app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
		app.Deliver()
	}
	o := app.NewOrder(12_400)
	if _, err := start(app, o); !errors.Is(err, payment.ErrTooManyTries) {
		t.Errorf("a fourth order from that address = %v, want ErrTooManyTries", err)
	}
	if _, err := app.Payments.StartCheckout(t.Context(), customer, o.ProfileID, o.ID, "another-address"); err != nil {
		t.Errorf("from another address = %v", err)
	}
}

func TestInvariant12ANotificationForAnotherProfilesAccountIsNotAuthentic(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	others := app.Strings(`SELECT id FROM gateway_accounts WHERE profile_id = $1`, string(app.Other.ID))
	app.NotifyAt("/webhooks/opp/" + others[0])
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Deliver()
	if got := app.Strings(`SELECT state FROM inbound_notifications`); len(got) != 0 {
		t.Errorf("notifications are %v, want none kept", got)
	}
	if got := app.Overview(o).Payment.Status; got != payment.Open {
		t.Errorf("payment is %s, want open", got)
	}
}
