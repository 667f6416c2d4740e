package payment_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// disputes are an order's chargebacks in the books, as "amount of payment".
func disputes(app *testkit.App, o testkit.Order) []string {
	return disputesOf(app, o, gateway.Chargeback)
}

func disputesOf(app *testkit.App, o testkit.Order, typ gateway.Type) []string {
	var list []string
	for _, x := range app.Overview(o).Transactions {
		if x.Type == typ && x.State == payment.Approved {
			list = append(list, x.Amount.Decimal()+" of "+x.ReferencedID)
		}
	}
	slices.Sort(list)
	return list
}

func chargebackTasks(app *testkit.App, o testkit.Order) int {
	n := 0
	for _, kind := range app.Tasks(o) {
		if kind == string(payment.TaskChargeback) {
			n++
		}
	}
	return n
}

// TestInvariant05ChargebackIsBookedOnceWithATask: the gateway tells of two
// chargebacks on one payment, each several times.
func TestInvariant05ChargebackIsBookedOnceWithATask(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	app.Pay(o)
	paid := app.GatewayBooks(o)[0]
	for _, amount := range []string{"24.00", ""} {
		id, err := app.Gateway.Chargeback(t.Context(), paid.ID, "", amount)
		if err != nil {
			t.Fatal(err)
		}
		app.Deliver()
		if err := app.Gateway.Resend(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		app.Deliver()
		app.RunJobs()
	}

	if diff := cmp.Diff([]string{"100.00 of " + paid.ID, "24.00 of " + paid.ID}, disputes(app, o)); diff != "" {
		t.Errorf("chargebacks (-want +got):\n%s", diff)
	}
	if n := chargebackTasks(app, o); n != 2 {
		t.Errorf("%d tasks, want one for each chargeback", n)
	}
	if !slices.Contains(app.Events(o), "payment.disputed") {
		t.Errorf("events = %v, want payment.disputed", app.Events(o))
	}
	if v := app.Overview(o); v.Payment.Status != payment.Paid || v.Order.Status != order.Complete {
		t.Errorf("order %s, payment %s; want them left to staff", v.Order.Status, v.Payment.Status)
	}
}

// TestInvariant05ChargebackIsNeverLost: whatever the gateway calls it by.
func TestInvariant05ChargebackIsNeverLost(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pay bool
		say func(f *gateway.Fact, paid string, at payment.Attempt)
	}{
		"by the payment it refers to": {true, func(f *gateway.Fact, paid string, _ payment.Attempt) { f.ReferencedID = paid }},
		"by our own id": {true, func(f *gateway.Fact, paid string, at payment.Attempt) {
			f.MerchantTransactionID = at.MerchantTransactionID
		}},
		"under the payment's own id": {true, func(f *gateway.Fact, paid string, at payment.Attempt) {
			f.ID, f.MerchantTransactionID = paid, at.MerchantTransactionID
		}},
		"before we know of the payment": {false, func(f *gateway.Fact, _ string, at payment.Attempt) {
			f.MerchantTransactionID = at.MerchantTransactionID
		}},
		"as if it were a debit, by a code": {true, func(f *gateway.Fact, _ string, at payment.Attempt) {
			f.Type, f.MerchantTransactionID = gateway.Debit, at.MerchantTransactionID
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := app.NewOrder(12_400)
			at := app.StartCheckout(o)
			var paid string
			if tt.pay {
				app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
				app.Deliver()
				paid = app.GatewayBooks(o)[0].ID
			}
			f := gateway.Fact{ID: "chargeback-1", Type: gateway.Chargeback, Amount: o.Total, Result: gateway.Result{Code: "000.100.220", Outcome: gateway.Disputed}}
			tt.say(&f, paid, at)

			for range 3 {
				if _, err := app.Payments.Apply(t.Context(), app.Account, f); err != nil {
					t.Fatal(err)
				}
			}

			if got := disputes(app, o); len(got) != 1 {
				t.Errorf("chargebacks = %v, want one", got)
			}
			if n := chargebackTasks(app, o); n != 1 {
				t.Errorf("%d tasks, want 1", n)
			}
			if tt.pay {
				app.WantPaid(o)
			}
		})
	}
}

// TestInvariant08ChargebackBlocksRefundsUntilItIsWon: the two never take the same
// money, in whichever order they are heard of.
func TestInvariant08ChargebackBlocksRefundsUntilItIsWon(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, paid := sold(app)
	cb, err := app.Gateway.Chargeback(t.Context(), paid.GatewayID, "", "100.00")
	if err != nil {
		t.Fatal(err)
	}
	app.Deliver()

	if _, err := app.Payments.Refund(t.Context(), staff, o.ProfileID, paid.ID, "24.01", nil); !errors.Is(err, payment.ErrRefundTooLarge) {
		t.Errorf("a refund of more than is left: %v", err)
	}
	if _, err := app.Payments.Refund(t.Context(), staff, o.ProfileID, paid.ID, "", nil); err != nil {
		t.Fatal(err)
	}
	app.RunJobs()
	wantStand(t, app, o, "complete", "paid", "124.00", "24.00")
	if _, err := app.Payments.Refund(t.Context(), staff, o.ProfileID, paid.ID, "", nil); !errors.Is(err, payment.ErrNothingToRefund) {
		t.Errorf("one refund more: %v", err)
	}

	if _, err := app.Gateway.WinDispute(t.Context(), cb, ""); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	if v := app.Overview(o).Payment; !v.Disputed.IsZero() || v.Refundable().Minor() != 10_000 {
		t.Errorf("disputed %s, refundable %s; want 0 and 100.00", v.Disputed, v.Refundable())
	}
	if !slices.Contains(app.Tasks(o), string(payment.TaskDisputeWon)) || !slices.Contains(app.Events(o), "payment.dispute_won") {
		t.Errorf("tasks %v, events %v", app.Tasks(o), app.Events(o))
	}
}

// TestInvariant06DisputeIsRightInAnyOrder: won before it is heard of, and each told
// twice.
func TestInvariant06DisputeIsRightInAnyOrder(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, paid := sold(app)
	cb := gateway.Fact{ID: "cb-1", ReferencedID: paid.GatewayID, Type: gateway.Chargeback, Amount: o.Total, Result: gateway.Result{Outcome: gateway.Disputed}}
	won := gateway.Fact{ID: "cbr-1", ReferencedID: paid.GatewayID, Type: gateway.ChargebackReversal, Amount: o.Total, Result: gateway.Result{Outcome: gateway.Won}}
	for _, f := range []gateway.Fact{won, won, cb, cb, won} {
		if _, err := app.Payments.Apply(t.Context(), app.Account, f); err != nil {
			t.Fatal(err)
		}
		if v := app.Overview(o).Payment; v.Refundable().Minor() > v.Captured.Minor() {
			t.Errorf("%s of %s could be refunded", v.Refundable(), v.Captured)
		}
	}
	if v := app.Overview(o).Payment; !v.Disputed.IsZero() {
		t.Errorf("disputed %s, want nothing", v.Disputed)
	}
}

// TestDisputeOfSurplusMoneyIsNoDisputeOfTheSale: it changes nothing of the payment.
func TestDisputeOfSurplusMoneyIsNoDisputeOfTheSale(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, _ := twice(app)
	app.RunJobs()
	for _, x := range app.Overview(o).Transactions {
		if x.Surplus {
			if _, err := app.Gateway.ResolveDispute(t.Context(), x.GatewayID, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	app.Deliver()
	if v := app.Overview(o).Payment; !v.Disputed.IsZero() || len(disputesOf(app, o, gateway.RapidResolution)) != 1 {
		t.Errorf("disputed %s in %v", v.Disputed, disputesOf(app, o, gateway.RapidResolution))
	}
}

func TestChargedBackCardIsNotChargedUntilStaffResume(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	if _, err := app.Payments.ResumeCollecting(t.Context(), staff, o.ProfileID, o.ID, nil); !errors.Is(err, payment.ErrNotStopped) {
		t.Errorf("resumed what was not stopped: %v", err)
	}
	if _, err := app.Gateway.Chargeback(t.Context(), txnOf(app, o, gateway.Debit).GatewayID, "", ""); err != nil {
		t.Fatal(err)
	}
	app.Deliver()

	app.ChargeDue(o, began.AddDate(0, 0, 28))
	wantStanding(t, app, o, "suspended", "2026-02-28 hard_declined", "2026-03-31 scheduled")
	if got := app.NetCharged(o); got != 1_200 {
		t.Errorf("the gateway has charged %d, want 1200", got)
	}

	if _, err := app.Payments.ResumeCollecting(t.Context(), staff, o.ProfileID, o.ID, nil); err != nil {
		t.Fatal(err)
	}
	wantStanding(t, app, o, "active", "2026-02-28 scheduled", "2026-03-31 scheduled")
	app.ChargeDue(o, began.AddDate(0, 0, 29))
	wantStanding(t, app, o, "active", "2026-02-28 recovered", "2026-03-31 scheduled")
	if got := app.NetCharged(o); got != 2_400 {
		t.Errorf("the gateway has charged %d, want 2400", got)
	}
}
