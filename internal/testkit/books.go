package testkit

import (
	"slices"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
)

// GatewayBooks are the gateway's own transactions of an order's attempts, oldest
// first.
func (a *App) GatewayBooks(o Order) []sandbox.Entry {
	a.TB.Helper()
	books, err := a.Gateway.Books(a.TB.Context())
	if err != nil {
		a.TB.Fatalf("read gateway's books: %v", err)
	}
	mine := a.Strings(`SELECT merchant_transaction_id FROM attempts WHERE order_id = $1`, string(o.ID))
	return slices.DeleteFunc(books, func(e sandbox.Entry) bool { return !slices.Contains(mine, e.MerchantTransactionID) })
}

// NetCharged is what the gateway holds of an order's money: approved charges
// less approved refunds and reversals, in minor units.
func (a *App) NetCharged(o Order) int64 {
	a.TB.Helper()
	var net int64
	for _, e := range a.GatewayBooks(o) {
		if e.State != sandbox.StateApproved {
			continue
		}
		switch gateway.Type(e.Type) {
		case gateway.Debit, gateway.PreAuthorisation:
			net += e.Amount.Minor()
		case gateway.Refund, gateway.Reversal:
			net -= e.Amount.Minor()
		case gateway.Capture, gateway.Registration, gateway.Chargeback, gateway.ChargebackReversal, gateway.RapidResolution:
		}
	}
	return net
}

// Captured is what the gateway has captured of an order's holds, in minor units.
func (a *App) Captured(o Order) int64 {
	a.TB.Helper()
	var sum int64
	for _, e := range a.GatewayBooks(o) {
		if e.State == sandbox.StateApproved && gateway.Type(e.Type) == gateway.Capture {
			sum += e.Amount.Minor()
		}
	}
	return sum
}

// Tasks are the kinds of an order's staff tasks, in alphabetical order.
func (a *App) Tasks(o Order) []string {
	a.TB.Helper()
	return a.Strings(`SELECT kind FROM staff_tasks WHERE order_id = $1 ORDER BY kind`, string(o.ID))
}

// Events are the types of an order's events, oldest first.
func (a *App) Events(o Order) []string {
	a.TB.Helper()
	return a.Strings(`SELECT type FROM events WHERE order_id = $1 ORDER BY events.seq`, string(o.ID))
}

// Strings runs a query of one text column.
func (a *App) Strings(query string, args ...any) []string {
	a.TB.Helper()
	pool, _ := a.DB.SQL()
	rows, err := pool.QueryContext(a.TB.Context(), query, args...)
	if err != nil {
		a.TB.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			a.TB.Fatalf("%s: %v", query, err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		a.TB.Fatalf("%s: %v", query, err)
	}
	return out
}

// Exec runs a statement that no command of ours has, such as ending an order.
func (a *App) Exec(query string, args ...any) {
	a.TB.Helper()
	pool, _ := a.DB.SQL()
	if _, err := pool.ExecContext(a.TB.Context(), query, args...); err != nil {
		a.TB.Fatalf("%s: %v", query, err)
	}
}

// WantPaid fails unless the order is complete, paid once, and charged once at
// the gateway.
func (a *App) WantPaid(o Order) {
	a.TB.Helper()
	v := a.Overview(o)
	if v.Order.Status != order.Complete || v.Payment.Status != payment.Paid || v.Payment.Captured != o.Total {
		a.TB.Errorf("order is %s, payment %s, captured %v; want complete, paid, %v", v.Order.Status, v.Payment.Status, v.Payment.Captured, o.Total)
	}
	if got := a.NetCharged(o); got != o.Total.Minor() {
		a.TB.Errorf("gateway charged %d net, want %d", got, o.Total.Minor())
	}
}
