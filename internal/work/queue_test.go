package work_test

import (
	"context"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/work"
)

func TestJobsBookNotificationsSendMoneyBackAndDraw(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.StartJobs()
		o := app.NewOrder(12_400)
		older := app.StartCheckout(o)
		app.Advance(26 * time.Minute)
		newer := app.StartCheckout(o)
		app.SubmitCard(newer.CheckoutID, testkit.Card{Number: testkit.CardApproved})
		app.SubmitCard(older.CheckoutID, testkit.Card{Number: testkit.CardSecond})
		if err := app.Gateway.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		app.Eventually("the order is complete and the second payment has gone back", func() bool {
			return app.Overview(o).Order.Status == order.Complete && app.NetCharged(o) == o.Total.Minor()
		})
		app.Eventually("invoice and receipt are drawn", func() bool {
			return len(app.Strings(`SELECT document_id FROM document_files`)) == 2
		})
		app.Eventually("every job is finished", func() bool {
			return len(app.Strings(`SELECT kind FROM river_job WHERE state <> 'completed'`)) == 0
		})
		app.WantPaid(o)
	})
}

// TestTwoWorkersRunAJobOnce lets two processes' queues work one database.
func TestTwoWorkersRunAJobOnce(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		app := testkit.Start(t, testkit.Options{Engine: "postgres"})
		app.StartJobs()
		pool, engine := app.DB.SQL()
		second, err := work.New(work.Config{DB: pool, Engine: engine, Poll: 20 * time.Millisecond, Log: app.Logger()}, app.Payments, app.Papers, app.Letters)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.Start(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := second.Stop(context.WithoutCancel(t.Context())); err != nil {
				t.Error(err)
			}
		}()
		const n = 10
		for range n {
			o := app.NewOrder(12_400)
			app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved})
		}
		if err := app.Gateway.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		app.Eventually("all invoices and receipts are drawn", func() bool { return len(app.Strings(`SELECT document_id FROM document_files`)) == 2*n })
		app.Eventually("every job is finished", func() bool {
			return len(app.Strings(`SELECT kind FROM river_job WHERE state <> 'completed'`)) == 0
		})
		if got := app.Strings(`SELECT kind FROM river_job WHERE attempt > 1`); len(got) > 0 {
			t.Errorf("jobs ran more than once: %v", got)
		}
	})
}

func TestAFinishedJobNeverStandsInANewOnesWay(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		put := func() {
			t.Helper()
			err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) error {
				return tx.Enqueue(t.Context(), document.Draw{ProfileID: app.Profile.ID, DocumentID: "doc_1"})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		count := func() int { return len(app.Strings(`SELECT kind FROM river_job`)) }
		put()
		put()
		if n := count(); n != 1 {
			t.Errorf("%d jobs wait for the same thing, want one", n)
		}
		for i, state := range []string{"completed", "cancelled", "discarded"} {
			app.Exec(`UPDATE river_job SET state = '` + state + `', finalized_at = CURRENT_TIMESTAMP`)
			put()
			if n := count(); n != i+2 {
				t.Errorf("after a %s one there are %d jobs, want %d", state, n, i+2)
			}
		}
	})
}
