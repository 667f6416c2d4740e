package payment_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// story is what one transaction of a checkout goes through, in the gateway's
// order.
var stories = [][]gateway.Outcome{
	{gateway.Approved},
	{gateway.Declined},
	{gateway.Pending, gateway.Approved},
	{gateway.Pending, gateway.Declined},
	{gateway.Pending},
	{gateway.Review},
}

// TestInvariant06OneApply tells the story of some transactions of two checkouts,
// shuffled, with every fact up to three times, and expects the books to end as
// if each had been told once and in order.
func TestInvariant06OneApplyWhateverTheOrder(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Limits: payment.Limits{PerOrder: 1000}})
	rapid.Check(t, func(r *rapid.T) {
		o := app.NewOrder(12_400)
		older, newer := replaced(app, o)
		final := map[string]gateway.Outcome{}
		var told []gateway.Fact
		for i := range rapid.IntRange(1, 3).Draw(r, "transactions") {
			at := rapid.SampledFrom([]payment.Attempt{older, newer}).Draw(r, "checkout")
			name := fmt.Sprintf("%s-%d", o.ID, i)
			for _, outcome := range rapid.SampledFrom(stories).Draw(r, "story") {
				f := gateway.Fact{ID: name, MerchantTransactionID: at.MerchantTransactionID, CheckoutID: at.CheckoutID, Type: gateway.Debit, Amount: o.Total,
					Result: gateway.Result{Code: string(outcome), Outcome: outcome}}
				for range rapid.IntRange(1, 3).Draw(r, "times") {
					told = append(told, f)
				}
				final[name] = outcome
			}
		}
		approvals := 0
		for _, outcome := range final {
			if outcome == gateway.Approved || outcome == gateway.Review {
				approvals++
			}
		}
		for _, f := range rapid.Permutation(told).Draw(r, "order") {
			if _, err := app.Payments.Apply(app.TB.Context(), app.Account, f); err != nil {
				r.Fatalf("apply %v: %v", f, err)
			}
		}

		v := app.Overview(o)
		sales, surplus := 0, 0
		for _, x := range v.Transactions {
			want := map[gateway.Outcome]payment.State{gateway.Approved: payment.Approved, gateway.Review: payment.Approved,
				gateway.Declined: payment.Declined, gateway.Pending: payment.Pending}[final[x.GatewayID]]
			if x.State != want {
				r.Fatalf("%s is %s, want %s", x.GatewayID, x.State, want)
			}
			switch {
			case x.State == payment.Approved && x.Surplus:
				surplus++
			case x.State == payment.Approved:
				sales++
			}
		}
		if len(v.Transactions) != len(final) {
			r.Fatalf("%d transactions booked, want %d", len(v.Transactions), len(final))
		}
		if sales != min(approvals, 1) || surplus != max(approvals-1, 0) {
			r.Fatalf("%d approvals became %d sales and %d surplus", approvals, sales, surplus)
		}
		if paid := v.Payment.Status == payment.Paid; paid != (approvals > 0) || paid != (v.Order.Status == order.Complete) || len(v.Documents) != 2*min(approvals, 1) {
			r.Fatalf("%d approvals: payment %s, order %s, %d documents", approvals, v.Payment.Status, v.Order.Status, len(v.Documents))
		}
		if mails := app.Strings(`SELECT kind FROM mails WHERE order_id = $1`, string(o.ID)); len(mails) != sales {
			r.Fatalf("%q confirm %d sales", mails, sales)
		}
		if backs := app.Strings(`SELECT id FROM attempts WHERE order_id = $1 AND kind = 'return'`, string(o.ID)); len(backs) != surplus {
			r.Fatalf("%d returns for %d surplus", len(backs), surplus)
		}
	})
}

// TestInvariant09LockOrder books facts of several attempts of the same orders at
// once; a wrong lock order would deadlock PostgreSQL, and its retries would show.
func TestInvariant09LockOrder(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			var facts []gateway.Fact
			var orders []testkit.Order
			for range 3 {
				o := app.NewOrder(12_400)
				orders = append(orders, o)
				older, newer := replaced(app, o)
				for i, at := range []payment.Attempt{older, newer, newer} {
					facts = append(facts, gateway.Fact{ID: fmt.Sprintf("%s-%d", o.ID, i), MerchantTransactionID: at.MerchantTransactionID, CheckoutID: at.CheckoutID,
						Type: gateway.Debit, Amount: o.Total, Result: gateway.Result{Code: "000.000.000", Outcome: gateway.Approved}})
				}
			}
			var wg sync.WaitGroup
			for i := range 4 * len(facts) {
				wg.Go(func() {
					if _, err := app.Payments.Apply(t.Context(), app.Account, facts[i%len(facts)]); err != nil {
						t.Errorf("apply: %v", err)
					}
				})
			}
			for _, o := range orders {
				wg.Go(func() {
					_, _ = start(app, o) // refused or not, it must not stand in anyone's way
				})
			}
			done := make(chan struct{})
			go func() { wg.Wait(); close(done) }()
			select {
			case <-done:
			case <-time.After(30 * time.Second):
				t.Fatal("transactions wait for each other")
			}
			for _, o := range orders {
				v := app.Overview(o)
				if v.Payment.Status != payment.Paid || len(v.Transactions) != 3 || len(v.Documents) != 2 {
					t.Errorf("payment %s, %d transactions, %d documents", v.Payment.Status, len(v.Transactions), len(v.Documents))
				}
			}
		})
	}
}
