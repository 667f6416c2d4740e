package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// How many payments fall due at once in a round.
const (
	collectedPerRound = 200
	queuedPerRound    = 200
	idlePerRound      = 50 // sweeps that find nothing
)

// BenchmarkReportDue prints the report's part on due payments; -bench ReportDue
// prints that alone.
func BenchmarkReportDue(b *testing.B) {
	report(b, dueRows(b, *many))
	b.ReportMetric(0, "ns/op") // the time of all rounds together says nothing
}

// dueRows are the collection of due payments by one server's workers, from the
// sweep to the booked charge, and the sweep alone with few and many payments that
// are not due.
func dueRows(b *testing.B, many int) []*row {
	b.Helper()
	var rows []*row
	for _, engine := range testkit.Engines {
		rows = append(rows, &row{name: "due payment collected, " + engine, round: collecting(b, engine)})
	}
	if many == 0 {
		return rows
	}
	for _, engine := range testkit.Engines {
		little, much := openFuture(b, engine, few), openFuture(b, engine, many)
		for _, of := range []struct {
			what  string
			round func(*future) func() time.Duration
		}{
			{fmt.Sprintf("sweep that queues %d", queuedPerRound), (*future).sweep},
			{"sweep that finds nothing", (*future).idle},
		} {
			name := func(n int) string { return fmt.Sprintf("%s, %s, %d future payments", of.what, engine, n) }
			rows = append(rows, &row{name: name(few), round: of.round(little)},
				&row{name: name(many), beside: name(few), atMost: atMostForMany, round: of.round(much)})
		}
	}
	return rows
}

// subscribed starts an application with a subscription that was paid.
func subscribed(tb testing.TB, engine string) (*testkit.App, testkit.Order) {
	tb.Helper()
	app := testkit.Start(tb, testkit.Options{Engine: engine})
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return app, o
}

// collecting lets the next payment of each of collectedPerRound subscriptions fall
// due and says how long one took until all were collected.
func collecting(tb testing.TB, engine string) func() time.Duration {
	tb.Helper()
	app, o := subscribed(tb, engine)
	app.Multiply(o, collectedPerRound-1, collectedPerRound)
	app.OwnCards(o)
	app.StartJobs()
	count := func(query string) (n int) {
		tb.Helper()
		pool, _ := app.DB.SQL()
		if err := pool.QueryRowContext(tb.Context(), query).Scan(&n); err != nil {
			tb.Fatal(err)
		}
		return n
	}
	collected := 0
	return func() time.Duration {
		app.Exec(`UPDATE scheduled_payments SET collect_at = $1 WHERE status = 'scheduled'`, app.Clock.Wall().UnixMilli())
		collected += collectedPerRound
		begun := time.Now()
		if err := collect.NewSweep(app.DB, app.Clock).Run(tb.Context()); err != nil {
			tb.Fatal(err)
		}
		until(tb, "all is collected", func() bool {
			return count(`SELECT COUNT(*) FROM scheduled_payments WHERE status = 'complete'`) == collected
		})
		took := time.Since(begun) / collectedPerRound
		until(tb, "all is drawn", func() bool { return count(`SELECT COUNT(*) FROM river_job WHERE state <> 'completed'`) == 0 })
		return took
	}
}

// until waits for what the workers do, for two minutes at most.
func until(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline.C:
			tb.Fatalf("did not happen in two minutes: %s", what)
		case <-tick.C:
		}
	}
}

// future is an application with payments of which few are due.
type future struct{ *testkit.App }

// openFuture makes n payments that fall due in a year or later, and queuedPerRound
// that are due when sweep says so.
func openFuture(tb testing.TB, engine string, n int) *future {
	tb.Helper()
	begun := time.Now()
	app, o := subscribed(tb, engine)
	app.Exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i <= $1)
INSERT INTO scheduled_payments (profile_id, id, order_id, position, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor, collect_at, tries, decline_class, refusal, announced, created_at, row_version)
SELECT s.profile_id, 'spm_' || n.i, s.order_id, n.i, s.origin, s.status, s.due_on, s.rhythm_on, s.unit, s.units, s.description, s.currency, s.amount_minor,
       CASE WHEN n.i <= CAST($2 AS BIGINT) THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) + n.i * 1000 END, 0, '', '', s.announced, s.created_at, 1 FROM scheduled_payments s CROSS JOIN n WHERE s.order_id = $5`,
		n+queuedPerRound, queuedPerRound+1, notDue, app.Clock.Wall().AddDate(1, 0, 0).UnixMilli(), string(o.ID))
	if engine == "postgres" {
		app.Exec(`VACUUM ANALYZE scheduled_payments`)
	}
	fmt.Printf("%d future payments, %s: made in %.0f s\n", n, engine, time.Since(begun).Seconds())
	return &future{app}
}

// notDue is when the payments of sweep fall due while it does not run.
const notDue = 9_000_000_000_000

// sweep says how long it takes to put queuedPerRound payments into the queue.
func (f *future) sweep() func() time.Duration {
	s := collect.NewSweep(f.DB, f.Clock)
	return func() time.Duration {
		f.Exec(`UPDATE scheduled_payments SET collect_at = $1 WHERE profile_id = $2 AND collect_at = $3`, f.Clock.Wall().UnixMilli(), string(f.Profile.ID), notDue)
		begun := time.Now()
		if err := s.Run(f.TB.Context()); err != nil {
			f.TB.Fatal(err)
		}
		took := time.Since(begun)
		if got := len(f.Strings(`SELECT id FROM river_job WHERE kind = 'payment.charge'`)); got != queuedPerRound {
			f.TB.Fatalf("%d payments are in the queue, want %d", got, queuedPerRound)
		}
		f.Exec(`DELETE FROM river_job`)
		f.Exec(`UPDATE scheduled_payments SET collect_at = $1, lease_until = NULL WHERE profile_id = $2 AND collect_at <= $3`, notDue, string(f.Profile.ID), f.Clock.Wall().UnixMilli())
		return took
	}
}

// idle says how long a sweep takes that finds nothing.
func (f *future) idle() func() time.Duration {
	s := collect.NewSweep(f.DB, f.Clock)
	return each(idlePerRound, func() {
		if err := s.Run(f.TB.Context()); err != nil {
			f.TB.Fatal(err)
		}
	})
}
