package web_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web"
)

// mayScan are steps that look like scans and are none to mind.
var mayScan = []struct{ query, step, why string }{
	{"FROM documents d WHERE d.drawn = FALSE", "documents_undrawn", "the index holds only what is still to be drawn, and all of that is asked for"},
	{") n CROSS JOIN customers c WHERE", "USE TEMP B-TREE FOR ORDER BY", "a page by either name is sorted, not all"},
	{"ORDER BY s.due_on, s.position LIMIT", "USE TEMP B-TREE FOR ORDER BY", "what one order still collects is sorted: 360 instalments at most, as a rule a handful"},
	{"FROM customers c CROSS JOIN orders o", "USE TEMP B-TREE FOR ORDER BY", "the orders of one e-mail address are sorted, not all"},
	{" UNION ALL SELECT * FROM (SELECT o.id", "USE TEMP B-TREE FOR ORDER BY", "a page of each status is sorted, not all"},
	{"FROM profiles p LEFT JOIN test_clocks c", "profiles", "a sweep looks into the index of due payments once for each profile"},
	{"FROM profiles p LEFT JOIN test_clocks c", "SCAN p", "the same"},
	{"FROM profiles p LEFT JOIN test_clocks c", "test_clocks_pkey", "a profile has one clock"},
	{"FROM profiles p CROSS JOIN scheduled_payments s", "profiles", "the backlog looks into the index of due payments once for each profile"},
	{"NOT EXISTS (SELECT 1 FROM test_clocks c WHERE", "test_clocks", "a profile has one clock"},
	{"FROM profiles p ORDER BY p.number", "", "a sweep goes through all merchants"},
	{"SELECT p.id FROM profiles p\n WHERE EXISTS", "", "each profile is looked at, and of its orders one at most"},
	{"FROM test_clocks c WHERE c.target IS NOT NULL", "test_clocks_moving", "the index holds only the clocks that are on their way"},
	{"FROM test_clocks WHERE profile_id = $1", "test_clocks", "a profile has one clock"},
	{"SELECT COUNT(*), COUNT(CASE WHEN a.state = 'unknown'", "attempts_charging", "the index holds only charges under way"},
	{"ORDER BY s.due_on, s.position LIMIT", "USE TEMP B-TREE FOR ORDER BY", "what one order has still to collect is sorted"},
	{"DELETE FROM charge_tries WHERE profile_id = $1 AND attempt_id = $2", "charge_tries_of_card", "of a table this small any index does; the key is there"},
	{"FROM webhook_endpoints w JOIN event_series s", "webhook_endpoints", "each enabled endpoint is looked at, and of its profile's events the last number"},
	{"FROM webhook_endpoints w JOIN event_series s", "SCAN w", "the same"},
	{"FROM webhook_endpoints w JOIN event_series s", "event_series", "a profile has one number"},
	{"FROM webhook_endpoints w JOIN event_series s", "USE TEMP B-TREE FOR ORDER BY", "what is due is sorted, not all"},
	{"FROM webhook_endpoints w JOIN webhook_deliveries d", "webhook_endpoints_removed", "the index holds only what was removed and is about to go"},
	{"FROM webhook_endpoints w CROSS JOIN webhook_deliveries d", "webhook_endpoints_list", "a profile has a hundred endpoints at most"},
	{"FROM webhook_endpoints w CROSS JOIN webhook_deliveries d", "USE TEMP B-TREE FOR ORDER BY", "the same"},
	{"DELETE FROM webhook_endpoints WHERE removed_at", "", "the same"},
	{"INSERT INTO webhook_deliveries", "VALUES CLAUSE", "what is inserted"},
	{"event_series s WHERE s.profile_id = $1", "event_series", "a profile has one number"},
	{"d.next_attempt_at <= $3 ORDER BY d.seq", "USE TEMP B-TREE FOR ORDER BY", "what is due to one endpoint is sorted: a turn's worth, and what is repeated"},
	{"SELECT COUNT(*) FROM webhook_endpoints w WHERE", "webhook_endpoints_list", "a profile has a hundred endpoints at most"},
	{"FROM gateway_accounts\n WHERE profile_id = $1", "", "a profile has a handful of accounts"},
	{"FROM test_clocks WHERE profile_id = $1", "", "a profile has one test clock at most"},
}

// TestNoPageOrRouteScansATable asks both engines how they run every statement
// that the pages, the API, webhooks and sweeps cause. What reads a table, an index
// or a profile from end to end takes the longer the more orders there are.
func TestNoPageOrRouteScansATable(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()

			var plans testkit.Plans
			app := testkit.Start(t, testkit.Options{Engine: engine, SQL: plans.Through()})
			if n := len(unvisited(app)); n != len(web.Routes(app.Handler)) {
				t.Errorf("%d routes are unvisited before the tour, want all", n)
			}
			plans.Watch(true)
			paid := tour(t, app)
			plans.Watch(false)
			app.WantPaid(paid)
			for _, route := range unvisited(app) {
				t.Errorf("%s: the tour does not go there, so its statements are not seen", route)
			}
			if plans.Len() < 60 {
				t.Errorf("%d statements seen, want those of all routes", plans.Len())
			}
			app.Multiply(paid, 2000, 50) // so that an engine that counts rows minds them
			monthly := app.Sell(testkit.Monthly, order.Sale{})
			app.PayWith(monthly, testkit.Card{Number: testkit.CardApproved})
			app.Multiply(monthly, 500, 50)

			conn := connection(t, app)
			for _, s := range scansOf(t, &plans, conn, engine) {
				t.Errorf("%s\n  %s", strings.TrimSpace(s.Query), strings.Join(s.Steps, "\n  "))
			}

			for _, index := range []string{"attempts_due", "customers_by_family", "customers_by_name", "customers_made", "documents_undrawn", "idempotency_keys_age", "inbound_notifications_due",
				"mails_due", "mails_of_order", "orders_made", "orders_to_remind", "payment_methods_expiring", "scheduled_payments_due", "test_clocks_moving",
				"transactions_of_attempt", "transactions_of_card"} {
				exec(t, conn, `BEGIN; DROP INDEX `+index)
				if len(scansOf(t, &plans, conn, engine)) == 0 {
					t.Errorf("without the index %s no statement is found to scan", index)
				}
				exec(t, conn, `ROLLBACK`)
			}
		})
	}
}

func connection(t *testing.T, app *testkit.App) *sql.Conn {
	t.Helper()
	pool, engine := app.DB.SQL()
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if engine == "postgres" {
		exec(t, conn, testkit.PreferIndexes)
	}
	return conn
}

func exec(t *testing.T, conn *sql.Conn, statements string) {
	t.Helper()
	for s := range strings.SplitSeq(statements, ";") {
		if _, err := conn.ExecContext(context.WithoutCancel(t.Context()), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// scansOf are the statements with steps that are not in mayScan.
func scansOf(t *testing.T, plans *testkit.Plans, conn *sql.Conn, engine string) []testkit.Scan {
	t.Helper()
	all, err := plans.Scans(t.Context(), conn, engine)
	if err != nil {
		t.Fatal(err)
	}
	var left []testkit.Scan
	for _, s := range all {
		s.Steps = slices.DeleteFunc(s.Steps, func(step string) bool {
			return slices.ContainsFunc(mayScan, func(m struct{ query, step, why string }) bool {
				return strings.Contains(s.Query, m.query) && strings.Contains(step, m.step)
			})
		})
		if len(s.Steps) > 0 {
			left = append(left, s)
		}
	}
	return left
}
