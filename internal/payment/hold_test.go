package payment_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

var (
	staff = actor.Actor{Kind: actor.APIKey, ID: "key_test"}
	// bicycle is a single payment of 124.00.
	bicycle = catalog.Details{Type: catalog.SinglePayment, Name: "Bicycle", Price: money.New(12_400, money.EUR), Tax: 190_000}
)

// held is an order whose 124.00 are authorised.
func held(app *testkit.App) (testkit.Order, payment.Transaction) {
	app.TB.Helper()
	o := app.Sell(bicycle, order.Sale{PreAuthorise: true})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return o, txnOf(app, o, gateway.PreAuthorisation)
}

// sold is an order whose 124.00 are paid.
func sold(app *testkit.App) (testkit.Order, payment.Transaction) {
	app.TB.Helper()
	o := app.NewOrder(12_400)
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return o, txnOf(app, o, gateway.Debit)
}

// txnOf is an order's newest transaction of a type.
func txnOf(app *testkit.App, o testkit.Order, typ gateway.Type) payment.Transaction {
	app.TB.Helper()
	all := app.Overview(o).Transactions
	i := slices.IndexFunc(all, func(t payment.Transaction) bool { return t.Type == typ })
	if i < 0 {
		app.TB.Fatalf("no %s among %d transactions", typ, len(all))
	}
	return all[i]
}

// stand is an order's status, its payment's, and what was captured and refunded.
func stand(app *testkit.App, o testkit.Order) []string {
	v := app.Overview(o)
	return []string{string(v.Order.Status), string(v.Payment.Status), v.Payment.Captured.Decimal(), v.Payment.Refunded.Decimal()}
}

func wantStand(t *testing.T, app *testkit.App, o testkit.Order, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, stand(app, o)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// papers are an order's documents, "kind total", oldest first.
func papers(app *testkit.App, o testkit.Order) []string {
	return app.Strings(`SELECT kind || ' ' || total_minor FROM documents WHERE order_id = $1 ORDER BY created_at, kind DESC`, string(o.ID))
}

func TestHeldMoneyIsCapturedInWhole(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, hold := held(app)
	wantStand(t, app, o, "active", "authorised", "0.00", "0.00")

	if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()

	wantStand(t, app, o, "complete", "paid", "124.00", "0.00")
	if diff := cmp.Diff([]string{"receipt 12400", "invoice 12400"}, papers(app, o)); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "1.00", nil); !errors.Is(err, payment.ErrCaptured) {
		t.Errorf("a second capture: %v", err)
	}
}

func TestHeldMoneyIsCapturedInPart(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, hold := held(app)
	for amount, want := range map[string]error{"124.01": payment.ErrCaptureTooLarge, "0": payment.ErrAmountInvalid, "1.001": payment.ErrAmountInvalid, "-1": payment.ErrAmountInvalid} {
		if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, amount, nil); !errors.Is(err, want) {
			t.Errorf("a capture of %s: %v, want %v", amount, err, want)
		}
	}

	if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "50.00", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()

	wantStand(t, app, o, "complete", "paid", "50.00", "0.00")
	if diff := cmp.Diff([]string{"receipt 5000", "invoice 5000"}, papers(app, o)); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	capture := txnOf(app, o, gateway.Capture)
	for _, amount := range []string{"20.00", ""} {
		if _, err := app.Payments.Refund(t.Context(), staff, o.ProfileID, capture.ID, amount, nil); err != nil {
			t.Fatal(err)
		}
		app.RunJobs()
	}
	wantStand(t, app, o, "complete", "paid", "50.00", "50.00")
	if _, err := app.Payments.Refund(t.Context(), staff, o.ProfileID, capture.ID, "", nil); !errors.Is(err, payment.ErrNothingToRefund) {
		t.Errorf("one refund more: %v", err)
	}
	if got := app.Strings(`SELECT 'left ' || SUM(amount_minor) FROM allocations`); !slices.Equal(got, []string{"left 0"}) {
		t.Errorf("allocated: %v, want nothing left", got)
	}
	if got := papers(app, o); !slices.Contains(got, "credit_note 2000") || !slices.Contains(got, "credit_note 3000") {
		t.Errorf("documents %v, want a credit note for each refund", got)
	}
}

func TestHeldMoneyIsGivenBack(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, hold := held(app)
	if _, err := app.Payments.Reverse(t.Context(), staff, o.ProfileID, hold.ID, "50.00", nil); !errors.Is(err, payment.ErrReversalPart) {
		t.Errorf("a part: %v", err)
	}

	if _, err := app.Payments.Reverse(t.Context(), staff, o.ProfileID, hold.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()

	wantStand(t, app, o, "complete", "ended", "0.00", "0.00")
	if got := app.NetCharged(o); got != 0 {
		t.Errorf("the gateway holds %d", got)
	}
	if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "", nil); !errors.Is(err, payment.ErrHoldOver) {
		t.Errorf("a capture afterwards: %v", err)
	}
	if _, err := app.Payments.Refund(t.Context(), staff, o.ProfileID, hold.ID, "", nil); !errors.Is(err, payment.ErrNotRefundable) {
		t.Errorf("a refund afterwards: %v", err)
	}
}

// release does what cancelling an order does.
func release(app *testkit.App, o testkit.Order) (pending bool) {
	app.TB.Helper()
	err := app.DB.InPaymentTx(app.TB.Context(), func(tx payment.Tx) error {
		now, err := tx.OrderForUpdate(app.TB.Context(), o.ProfileID, o.ID)
		if err != nil {
			return err
		}
		pending, err = app.Payments.Release(app.TB.Context(), tx, staff, now)
		return err
	})
	if err != nil {
		app.TB.Fatal(err)
	}
	return pending
}

func TestInvariant04AReversalWithoutAnAnswerLeavesTheOrderInReview(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, _ := held(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteReversal, Next: 1})
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWebhookNever, Next: 1})

	for range 2 { // the second finds the first under way
		if !release(app, o) {
			t.Fatal("nothing was to be given back")
		}
	}
	app.RunJobs()
	wantStand(t, app, o, "review", "authorised", "0.00", "0.00")

	app.Advance(2 * time.Minute)
	app.RunJobs()
	wantStand(t, app, o, "complete", "ended", "0.00", "0.00")
	if release(app, o) {
		t.Error("an order without a hold waits for one")
	}
	if n := len(app.Strings(`SELECT id FROM attempts WHERE kind = 'reversal'`)); n != 1 {
		t.Errorf("%d reversals, want one", n)
	}
}

func TestReversalThatTheGatewayDeclinesLeavesTheOrderInReview(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, hold := held(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteReversal, Code: "800.100.152", Next: 1})

	release(app, o)
	app.RunJobs()

	wantStand(t, app, o, "review", "authorised", "0.00", "0.00")
	if !slices.Contains(app.Tasks(o), string(payment.TaskReversalFailed)) {
		t.Errorf("tasks = %v", app.Tasks(o))
	}
	if _, err := app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()
	wantStand(t, app, o, "complete", "paid", "124.00", "0.00")
}

func TestInvariant05CaptureOfALapsedHoldEndsTheOrder(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]func(*payment.Service) func(*testing.T, testkit.Order, payment.TransactionID) error{
		"captured": func(s *payment.Service) func(*testing.T, testkit.Order, payment.TransactionID) error {
			return func(t *testing.T, o testkit.Order, id payment.TransactionID) error {
				_, err := s.Capture(t.Context(), staff, o.ProfileID, id, "50.00", nil)
				return err
			}
		},
		"reversed": func(s *payment.Service) func(*testing.T, testkit.Order, payment.TransactionID) error {
			return func(t *testing.T, o testkit.Order, id payment.TransactionID) error {
				_, err := s.Reverse(t.Context(), staff, o.ProfileID, id, "", nil)
				return err
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o, hold := held(app)
			app.Advance(8 * 24 * time.Hour)

			if err := try(app.Payments)(t, o, hold.ID); err != nil {
				t.Fatal(err)
			}
			app.RunJobs()

			wantStand(t, app, o, "complete", "ended", "0.00", "0.00")
			if !slices.Contains(app.Events(o), "payment.lapsed") {
				t.Errorf("events = %v, want payment.lapsed", app.Events(o))
			}
		})
	}
}

// TestInvariant08CaptureAndReversalExcludeEachOther: both are asked for at once, on
// both engines, again and again.
func TestInvariant08CaptureAndReversalExcludeEachOther(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			for range 4 {
				o, hold := held(app)
				var asked sync.WaitGroup
				errs := make([]error, 6)
				for i := range errs {
					asked.Go(func() {
						if i%2 == 0 {
							_, errs[i] = app.Payments.Capture(t.Context(), staff, o.ProfileID, hold.ID, "", nil)
						} else {
							_, errs[i] = app.Payments.Reverse(t.Context(), staff, o.ProfileID, hold.ID, "", nil)
						}
					})
				}
				asked.Wait()
				begun := 0
				for _, err := range errs {
					if err == nil {
						begun++
					} else if !errors.Is(err, payment.ErrHoldDeciding) {
						t.Errorf("refused with %v", err)
					}
				}
				if begun != 1 {
					t.Fatalf("%d of them began, want one", begun)
				}
				app.RunJobs()
				v := app.Overview(o)
				if v.Order.Status != order.Complete || v.Payment.Captured.Minor() != app.Captured(o) {
					t.Errorf("order %s with %s captured; the gateway has captured %d", v.Order.Status, v.Payment.Captured, app.Captured(o))
				}
			}
		})
	}
}

// TestInvariant08RefundsNeverGoBeyondWhatWasTaken: many are asked for at once, each
// within the limit by itself, and some lose their answers.
func TestInvariant08RefundsNeverGoBeyondWhatWasTaken(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o, paid := sold(app)
			fault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteRefund, Next: 1})
			var asked sync.WaitGroup
			errs := make([]error, 8)
			for i := range errs {
				asked.Go(func() {
					_, errs[i] = app.Payments.Refund(t.Context(), staff, o.ProfileID, paid.ID, "50.00", nil)
				})
			}
			asked.Wait()
			begun := 0
			for _, err := range errs {
				if err == nil {
					begun++
				} else if !errors.Is(err, payment.ErrRefundTooLarge) {
					t.Errorf("refused with %v", err)
				}
			}
			if begun != 2 {
				t.Fatalf("%d refunds of 50.00 of 124.00 began, want two", begun)
			}
			app.RunJobs()
			app.Advance(2 * time.Minute)
			app.Deliver()
			app.RunJobs()
			wantStand(t, app, o, "complete", "paid", "124.00", "100.00")
			if got := app.NetCharged(o); got != 2_400 {
				t.Errorf("the gateway keeps %d, want 2400", got)
			}
		})
	}
}

func TestStaffAreToldOnceThatAHoldLapsesSoon(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			o, _ := held(app)
			told := func() int {
				if err := app.Payments.SweepLapsing(t.Context()); err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, kind := range app.Tasks(o) {
					if kind == string(payment.TaskHoldLapses) {
						n++
					}
				}
				return n
			}
			app.Advance(4 * 24 * time.Hour)
			if n := told(); n != 0 {
				t.Fatalf("told %d times, three days before", n)
			}
			app.Advance(30 * time.Hour)
			if n := told() + told(); n != 2 || !slices.Contains(app.Events(o), "payment.hold_lapses_soon") {
				t.Errorf("told %d times in two sweeps, events %v; want the same task in both", n, app.Events(o))
			}
		})
	}
}
