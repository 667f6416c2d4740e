package payment_test

import (
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
	var list []string
	for _, x := range app.Overview(o).Transactions {
		if x.Type == gateway.Chargeback && x.State == payment.Approved {
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
