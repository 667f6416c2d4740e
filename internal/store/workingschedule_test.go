package store_test

import (
	"database/sql/driver"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// begun is an order that has begun, of a type.
func begun(app *testkit.App, d catalog.Details) testkit.Order {
	app.TB.Helper()
	return app.Begin(app.Sell(d, order.Sale{}))
}

// working is what commands and facts read of an order's schedule.
func working(t *testing.T, app *testkit.App, o testkit.Order) (rows []schedule.Payment) {
	t.Helper()
	err := app.DB.InPaymentTx(t.Context(), func(tx payment.Tx) (err error) {
		rows, err = tx.ScheduleForUpdate(t.Context(), o.Order)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

const scheduledRow = `INSERT INTO scheduled_payments (profile_id, id, order_id, position, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor,
       tries, decline_class, refusal, announced, created_at, row_version) `

// TestOrderOfFiveThousandPaymentsIsChargedLikeOneOfFive: by as many statements, which
// read as few rows.
func TestOrderOfFiveThousandPaymentsIsChargedLikeOneOfFive(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var statements atomic.Int64
			app := testkit.Start(t, testkit.Options{Engine: engine, SQL: testkit.WatchSQL(func(text string, _ []driver.NamedValue) {
				if !strings.HasPrefix(text, "-- name:") { // the queue's own, which it spares now and then
					statements.Add(1)
				}
			})})
			counted := map[int]int64{}
			for _, n := range []int{1, 5, 5000} { // the first one pays for what is read once
				o := begun(app, testkit.Metered)
				app.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < `+fmt.Sprint(n)+`)
`+scheduledRow+`SELECT $1, 'spm_' || $2 || i, $2, i, 'request', 'complete', '2026-01-01', '', '', 0, '', 'EUR', 100, 1, '', '', TRUE, 0, 1 FROM n`, string(o.ProfileID), string(o.ID))
				p, err := app.Collect.Request(t.Context(), actor.TheSystem, o.ProfileID, o.ID, collect.Request{Amount: "5.00"}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if p.Position != int64(n)+1 {
					t.Errorf("it has position %d behind %d", p.Position, n)
				}
				if got := len(working(t, app, o)); got > 3 {
					t.Errorf("%d rows are read of %d", got, n)
				}
				before := statements.Load()
				if err := app.Payments.Charge(t.Context(), o.ProfileID, p.ID); err != nil {
					t.Fatal(err)
				}
				counted[n] = statements.Load() - before
				if got := app.Schedule(o)[n].Status; got != schedule.Complete {
					t.Errorf("the payment is %s", got)
				}
			}
			if counted[5] != counted[5000] {
				t.Errorf("%d statements with five payments, %d with 5,000", counted[5], counted[5000])
			}
		})
	}
}

// TestOpenScheduleSaysWhatTheWholeOneSays: of random schedules, whatever package
// schedule makes of the rows that are read it makes of all of them.
func TestOpenScheduleSaysWhatTheWholeOneSays(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := testkit.Start(t, testkit.Options{Engine: engine})
			random := rand.New(rand.NewPCG(1, 2))
			for name, o := range map[string]testkit.Order{
				"subscription": begun(app, testkit.Monthly), "metered": begun(app, testkit.Metered), "instalment": begun(app, testkit.Instalments),
			} {
				for range 25 {
					history(app, o, random)
					all, read := app.Schedule(o), working(t, app, o)
					if diff := cmp.Diff(said(t, o, all), said(t, o, read)); diff != "" {
						t.Errorf("a %s order of %d rows, of which %d are read (-all +read):\n%s", name, len(all), len(read), diff)
					}
				}
			}
		})
	}
}

// history replaces an order's schedule by a random one.
func history(app *testkit.App, o testkit.Order, random *rand.Rand) {
	app.Exec(`DELETE FROM scheduled_payments WHERE order_id = $1`, string(o.ID))
	origins := []schedule.Origin{schedule.Planned, schedule.Planned, schedule.Merge, schedule.Update}
	if o.Type == catalog.Metered {
		origins = []schedule.Origin{schedule.Requested, schedule.Merge, schedule.Update}
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 + random.IntN(12) {
		origin := origins[random.IntN(len(origins))]
		if i == 0 {
			origin = origins[0]
		}
		unit, units := "", 0
		if origin == schedule.Planned && random.IntN(6) == 0 {
			unit, units = string(catalog.Week), 1+random.IntN(3)
		}
		status := schedule.Statuses[random.IntN(len(schedule.Statuses))]
		refusal := ""
		if status == schedule.SoftDeclined && random.IntN(2) == 0 {
			refusal = string(schedule.RuleLadder)
		}
		due := day.AddDate(0, 0, random.IntN(200)).Format(time.DateOnly)
		app.Exec(scheduledRow+`VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, '', 'EUR', $10, 0, '', $11, TRUE, $12, 1)`,
			string(o.ProfileID), string(schedule.NewID()), string(o.ID), i+1, string(origin), string(status), due, unit, units, 100+random.IntN(900), refusal, day.UnixMilli())
	}
}

// said is what an order's schedule means to it.
func said(t *testing.T, o testkit.Order, rows []schedule.Payment) []string {
	t.Helper()
	var all []string
	now := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	last := int64(0)
	for _, p := range rows {
		last = max(last, p.Position)
	}
	all = append(all, fmt.Sprint("last ", last))
	for _, status := range []order.Status{order.Active, order.Failed, order.Suspended} {
		stands := o.Order
		stands.Status = status
		for _, f := range append(schedule.Facts, schedule.None) {
			all = append(all, fmt.Sprintf("%s after %s: %s", status, f, schedule.Standing(stands, rows, f, true)))
		}
	}
	next, ok, err := schedule.Following(o.Order, rows, time.UTC, now)
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, fmt.Sprint("following ", ok, next.DueOn, next.Position))
	if o.Type != catalog.Subscription {
		return all
	}
	newest, _ := schedule.Newest(rows)
	for _, underWay := range []bool{true, false} {
		end, err := schedule.PeriodEnd(o.Order, rows, underWay, time.UTC, now)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint("newest ", newest.ID, " ends ", end))
	}
	return all
}
