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
SELECT `+transactionColumns+` FROM transactions t WHERE t.profile_id = $1 AND t.order_id = $2`+where.String()+`
 ORDER BY t.created_at DESC, t.id DESC LIMIT `+strconv.Itoa(limit), args...)
	found, err := collect(rows, err, scanTransaction)
	if err != nil {
		return nil, fmt.Errorf("read billing history: %w", err)
	}
	return found, nil
}
