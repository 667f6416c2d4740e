package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// shownTransaction is what an order's pages show of its transactions: each column
// costs such a page a microsecond.
const shownTransaction = `t.id, t.payment_id, t.attempt_id, t.gateway_id, t.referenced_id, t.type, t.state, t.surplus, t.currency, t.amount_minor,
       t.brand, t.bin, t.last4, t.expiry_month, t.expiry_year, t.booked_at, t.created_at`

func scanShown(profileID profile.ID, orderID order.ID) func(scanner) (payment.Transaction, error) {
	return func(row scanner) (payment.Transaction, error) {
		t := payment.Transaction{ProfileID: profileID, OrderID: orderID}
		var amount amountColumns
		err := row.Scan(&t.ID, &t.PaymentID, &t.AttemptID, &t.GatewayID, &t.ReferencedID, &t.Type, &t.State, &t.Surplus, &amount.code, &amount.minor,
			&t.Method.Brand, &t.Method.BIN, &t.Method.Last4, &t.Method.ExpiryMonth, &t.Method.ExpiryYear, at(&t.BookedAt), at(&t.CreatedAt))
		if err != nil {
			return t, err
		}
		t.Amount, err = amount.value()
		return t, err
	}
}

// History reads a page of an order's billing history in one statement, along the
// table's key.
func (d *DB) History(ctx context.Context, profileID profile.ID, orderID order.ID, q payment.HistoryQuery, limit int) ([]payment.Transaction, error) {
	args := []any{string(profileID), string(orderID)}
	var where strings.Builder
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	if types := q.Kind.Types(); len(types) > 0 {
		marks := make([]string, len(types))
		for i, t := range types {
			marks[i] = arg(string(t))
		}
		where.WriteString(" AND t.type IN (" + strings.Join(marks, ", ") + ")")
	}
	if q.State != "" {
		where.WriteString(" AND t.state = " + arg(string(q.State)))
	}
	if q.BeforeID != "" {
		where.WriteString(" AND (t.created_at, t.id) < (" + arg(ms(q.BeforeAt)) + ", " + arg(string(q.BeforeID)) + ")")
	}
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+shownTransaction+` FROM transactions t WHERE t.profile_id = $1 AND t.order_id = $2`+where.String()+`
 ORDER BY t.created_at DESC, t.id DESC LIMIT `+strconv.Itoa(limit), args...)
	found, err := collect(rows, err, scanShown(profileID, orderID))
	if err != nil {
		return nil, fmt.Errorf("read billing history: %w", err)
	}
	return found, nil
}
