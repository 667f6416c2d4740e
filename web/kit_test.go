package web_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// Times after which a checkout is no longer shown, and its return address no
// longer opened.
const (
	checkoutOver = payment.CheckoutLife + time.Minute
	returnOver   = 2*time.Hour + time.Minute
)

func refuseNextCheckout(t *testing.T, app *testkit.App) {
	t.Helper()
	addFault(t, app, sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteCheckoutCreate, Next: 1})
}

// bookWrongAmount lets the gateway charge the next card more than it was asked.
func bookWrongAmount(t *testing.T, app *testkit.App) {
	t.Helper()
	addFault(t, app, sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1})
}

func addFault(t *testing.T, app *testkit.App, f sandbox.Fault) {
	t.Helper()
	if err := app.Gateway.AddFault(f); err != nil {
		t.Fatal(err)
	}
}

// dump is every row of every table, to see whether anything changed.
func dump(t *testing.T, app *testkit.App) string {
	t.Helper()
	pool, _ := app.DB.SQL()
	var b strings.Builder
	for _, table := range app.Strings(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`) {
		rows, err := pool.QueryContext(t.Context(), `SELECT * FROM "`+table+`"`)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row, cells := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				row[i] = &cells[i]
			}
			if err := rows.Scan(row...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s: %v\n", table, cells)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if b.Len() == 0 {
		t.Fatal("the dump is empty")
	}
	return b.String()
}
