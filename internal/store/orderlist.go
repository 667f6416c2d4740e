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
	l.equal("o.invoice_id", f.InvoiceID)
	l.equal("o.customer_id", string(f.CustomerID))
	l.ofEmail(f.CustomerEmail)
	l.withTag(f.Tag)
	l.equal("o.currency", f.Currency)
	l.equal("o.type", string(f.Type))
	text := l.inAnyOf(f, w)
	return page(ctx, d, l, w, text, scanOrder, func(o order.Order) paging.Place {
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

// ofEmail wants the orders of an e-mail address, which are few and are sorted.
// CROSS JOIN keeps SQLite from beginning with the orders.
func (l *list) ofEmail(email string) {
	switch {
	case email == "":
	case l.led:
		l.and("o.customer_id IN (SELECT c.id FROM customers c WHERE c.profile_id = $1 AND c.email_key = " + l.arg(key(email)) + ")")
	default:
		l.from = "customers c CROSS JOIN orders o"
		l.and("c.profile_id = $1 AND c.email_key = " + l.arg(key(email)) + " AND o.customer_id = c.id")
	}
}

// withTag wants the orders that have a tag, in the order of the tag's own index.
func (l *list) withTag(tag string) {
	switch {
	case tag == "":
	case l.led:
		l.and("EXISTS (SELECT 1 FROM order_tags g WHERE g.profile_id = $1 AND g.order_id = o.id AND g.tag = " + l.arg(tag) + ")")
	default:
		l.from, l.at, l.key = "order_tags g CROSS JOIN orders o", "g.created_at", "g.order_id"
		l.and("g.profile_id = $1 AND g.tag = " + l.arg(tag) + " AND o.id = g.order_id")
	}
}

// inAnyOf is the text of a page of the orders that have one of the statuses, and
// are of the time that is asked for. Where several statuses lead, each is read in
// order from its own index and no further than the page needs: of IN both engines
// would sort all that have a status, or pass over all that have not.
func (l *list) inAnyOf(f order.Filter, w paging.Window) string {
	var arms []string
	for _, s := range slices.Compact(slices.Sorted(slices.Values(f.Statuses))) {
		arms = append(arms, "o.status = "+l.arg(string(s)))
	}
	several := len(arms) > 1 && !l.led
	if len(arms) > 0 && !several {
		l.and(strings.Join(arms, " OR "))
	}
	l.between(f.CreatedFrom, f.CreatedTo, w.After)
	if !several {
		return l.rows(w.Limit + 1)
	}
	for i, arm := range arms {
		arms[i] = "SELECT * FROM (" + l.rows(w.Skip+w.Limit+1, arm) + ") s" + strconv.Itoa(i)
	}
	return strings.Join(arms, " UNION ALL ") + " ORDER BY created_at DESC, id DESC LIMIT " + strconv.Itoa(w.Limit+1)
}
