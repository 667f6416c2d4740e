package store

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// Orders are a page of a profile's orders, without their lines and tags.
func (d *DB) Orders(ctx context.Context, profileID profile.ID, f order.Filter, w paging.Window) (paging.Page[order.Order], error) {
	l := listOf(profileID, orderColumns, "orders o", "o")
	if f.Tag != "" {
		l = tagged(profileID, f.Tag)
	}
	l.text("o.type", string(f.Type))
	l.text("o.customer_id", string(f.CustomerID))
	l.text("o.invoice_id", f.InvoiceID)
	l.text("o.currency", f.Currency)
	if f.CustomerEmail != "" {
		l.and("o.customer_id IN (SELECT c.id FROM customers c WHERE c.profile_id = $1 AND c.email_key = " + l.arg(key(f.CustomerEmail)) + ")")
	}
	l.created(f.CreatedFrom, f.CreatedTo)
	l.window(w)
	return page(ctx, d, l, w, l.inAnyOf(f.Statuses, w), scanOrder, func(o order.Order) paging.Place {
		return paging.Place{At: o.CreatedAt, Key: string(o.ID)}
	})
}

func scanOrder(row scanner) (order.Order, error) {
	var s orderScan
	if err := row.Scan(s.dest()...); err != nil {
		return order.Order{}, err
	}
	return s.done()
}

// tagged is the list of a tag's orders in the order of the tag's index. CROSS
// JOIN keeps SQLite from beginning with the orders.
func tagged(profileID profile.ID, tag string) *list {
	l := listOf(profileID, orderColumns, "order_tags g CROSS JOIN orders o", "g")
	l.key = "g.order_id"
	l.equal("g.tag", tag)
	l.and("o.profile_id = g.profile_id AND o.id = g.order_id")
	return l
}

// inAnyOf is the list's rows that have one of the statuses; none means any. Both
// engines merge the statuses' own indexes, each read in order and no further than
// the page needs; IN would make them sort all that have a status, or pass over all
// that have not.
func (l *list) inAnyOf(statuses []order.Status, w paging.Window) string {
	var arms []string
	for _, s := range slices.Compact(slices.Sorted(slices.Values(statuses))) {
		arms = append(arms, "o.status = "+l.arg(string(s)))
	}
	switch {
	case len(arms) == 0:
		return l.rows(w.Limit + 1)
	case len(arms) == 1 || l.key != "o.id": // a tag's orders are few beside a status's
		return l.rows(w.Limit+1, "("+strings.Join(arms, " OR ")+")")
	}
	for i, arm := range arms {
		arms[i] = l.all(arm)
	}
	return strings.Join(arms, " UNION ALL ") + " ORDER BY created_at DESC, id DESC LIMIT " + strconv.Itoa(w.Limit+1)
}
