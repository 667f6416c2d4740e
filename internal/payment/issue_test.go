package payment_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// papersOf are an order's documents by kind and total, and what is allocated to
// its invoices.
func papersOf(app *testkit.App, o testkit.Order) []string {
	app.TB.Helper()
	return append(app.Strings(`SELECT kind || ' ' || total_minor FROM documents WHERE order_id = $1 ORDER BY created_at, kind, number`, string(o.ID)),
		app.Strings(`SELECT 'allocated ' || SUM(a.amount_minor) FROM allocations a JOIN documents d ON d.profile_id = a.profile_id AND d.id = a.document_id
 WHERE d.order_id = $1 GROUP BY d.id ORDER BY d.id`, string(o.ID))...)
}

func TestInstalmentsAreInvoicedOnceAndReceiptedEachTime(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		initial string
		want    []string
	}{
		"a deposit":  {"", []string{"invoice 60000", "receipt 10000", "receipt 10000", "allocated 20000"}},
		"no deposit": {"0", []string{"invoice 60000", "receipt 12000", "allocated 12000"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			app.SetTestTime(began)
			o := app.Sell(testkit.Instalments, order.Sale{Terms: order.Terms{Initial: tt.initial}})
			app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
			app.ChargeDue(o, began.AddDate(0, 1, 0))
			if diff := cmp.Diff(tt.want, papersOf(app, o)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEveryPaymentOfASubscriptionIsInvoiced(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	app.ChargeDue(o, due)
	want := []string{"invoice 1200", "receipt 1200", "invoice 1200", "receipt 1200", "allocated 1200", "allocated 1200"}
	if diff := cmp.Diff(want, papersOf(app, o)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestChargeOfAnotherAmountIsReviewedByStaff(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o, due := subscribed(app)
	fault(t, app, sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteCharge, Next: 1})
	app.ChargeDue(o, due)
	wantStanding(t, app, o, "active", "2026-02-28 review", "2026-03-31 scheduled")
	if got := app.Tasks(o); len(got) != 1 || got[0] != "payment_held" {
		t.Errorf("staff tasks: %v", got)
	}
}
