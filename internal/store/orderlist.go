package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// The times that a list of orders goes by where their payment or card leads.
const (
	byPayment = "y.paid_at"
	byCard    = "t.created_at"
)

const ofCustomers = "customers c CROSS JOIN orders o"

// listed is an order at its place in a list.
type listed struct {
	order.Order
	at time.Time
}

// Orders are a page of a profile's orders, without their lines and tags.
func (d *DB) Orders(ctx context.Context, profileID profile.ID, f order.Filter, w paging.Window) (paging.Page[order.Order], error) {
	l := listOf(profileID, orderColumns, "orders o", "o")
	l.equal("o.invoice_id", f.InvoiceID)
	l.equal("o.customer_id", string(f.CustomerID))
	l.ofEmail(f.CustomerEmail)
	l.equal("o.created_by", string(f.CreatedBy))
	l.ofCard(f)
	if paidWithinAMonth(f) {
		l.paid(f)
	}
	l.ofTotal(f)
	if !paidWithinAMonth(f) {
		l.paid(f)
	}
	l.withTag(f.Tag)
	if f.Total.Currency().Code() == "" {
		l.equal("o.currency", f.Currency)
	}
	l.equal("o.type", string(f.Type))
	l.columns += ", " + l.at + " AS listed_at"
	text := l.inAnyOf(f, w)
	p, err := page(ctx, d, l, w, text, scanListed, func(x listed) paging.Place {
		return paging.Place{At: x.at, Key: string(x.ID)}
	})
	orders := make([]order.Order, len(p.Rows))
	for i, x := range p.Rows {
		orders[i] = x.Order
	}
	return paging.Page[order.Order]{Rows: orders, Next: p.Next}, err
}

func scanListed(row scanner) (listed, error) {
	var s orderScan
	var x listed
	err := row.Scan(append(s.dest(), at(&x.at))...)
	if err != nil {
		return listed{}, err
	}
	x.Order, err = s.done()
	return x, err
}

// ofEmail wants the orders of an e-mail address, which are few and are sorted.
// CROSS JOIN keeps SQLite from beginning with the orders, and that they were made
// after 1970 from reading all of the profile's instead of the customer's index.
func (l *list) ofEmail(email string) {
	switch {
	case email == "":
	case l.led:
		l.and("o.customer_id IN (SELECT c.id FROM customers c WHERE c.profile_id = $1 AND c.email_key = " + l.arg(key(email)) + ")")
	default:
		l.from = ofCustomers
		l.and("c.profile_id = $1 AND c.email_key = " + l.arg(key(email)) + " AND o.customer_id = c.id AND o.created_at >= 0")
	}
}

// ofCard wants the orders that a card paid or tried to pay. Where it leads they
// come by the card's last transaction of each.
func (l *list) ofCard(f order.Filter) {
	if f.CardLast4 == "" {
		return
	}
	last4, brand := l.arg(f.CardLast4), ""
	if f.CardBrand != "" {
		brand = l.arg(f.CardBrand)
	}
	of := func(alias string) string {
		condition := alias + ".type IN ('PA', 'DB') AND " + alias + ".last4 = " + last4
		if brand != "" {
			condition += " AND " + alias + ".brand = " + brand
		}
		return condition
	}
	if l.led {
		l.and(first("transactions t WHERE t.profile_id = $1 AND t.order_id = o.id AND ("+of("t")+") = TRUE") + " IS NOT NULL")
		return
	}
	l.from, l.at, l.key = "transactions t CROSS JOIN orders o", byCard, "t.order_id"
	l.and("t.profile_id = $1 AND " + of("t") + " AND o.id = t.order_id")
	l.and("COALESCE(" + first("transactions u WHERE u.profile_id = $1 AND u.order_id = t.order_id AND (u.created_at, u.id) > (t.created_at, t.id) AND ("+of("u")+") = TRUE") + ", 0) <> 1")
}

// first is 1 where a row is found, else NULL. Of EXISTS, PostgreSQL would rather
// read all such rows once; and = 1 or IS NULL it takes to be true of hardly any.
func first(from string) string { return "(SELECT 1 FROM " + from + " LIMIT 1)" }

// ofTotal wants the orders of exactly this total.
func (l *list) ofTotal(f order.Filter) {
	if code := f.Total.Currency().Code(); code != "" {
		l.and("o.currency = " + l.arg(code) + " AND o.total_minor = " + l.arg(f.Total.Minor()))
	}
}

// paidWithinAMonth reports whether the orders that were paid then are few beside
// those of a total, which in some shops is always the same.
func paidWithinAMonth(f order.Filter) bool {
	return !f.PaidFrom.IsZero() && !f.PaidTo.IsZero() && f.PaidTo.Before(f.PaidFrom.AddDate(0, 1, 2))
}

// paid wants the orders of which something was paid at a time; where it leads they
// come by the last such payment, whose bounds inAnyOf adds.
func (l *list) paid(f order.Filter) {
	switch {
	case f.PaidFrom.IsZero() && f.PaidTo.IsZero():
	case l.led:
		l.and(first("payments y WHERE y.profile_id = $1 AND y.order_id = o.id AND ("+strings.Join(l.bounds(byPayment, f.PaidFrom, f.PaidTo), " AND ")+") = TRUE") + " IS NOT NULL")
	default:
		l.from, l.at, l.key = "payments y CROSS JOIN orders o", byPayment, "y.order_id"
		l.and("y.profile_id = $1 AND o.id = y.order_id")
		later := append(l.bounds("z.paid_at", f.PaidFrom, f.PaidTo), "(z.paid_at, z.id) > (y.paid_at, y.id)")
		l.and("COALESCE(" + first("payments z WHERE z.profile_id = $1 AND z.order_id = y.order_id AND ("+strings.Join(later, " AND ")+") = TRUE") + ", 0) <> 1")
	}
}

// withTag wants the orders that have a tag, in the order of the tag's own index.
func (l *list) withTag(tag string) {
	switch {
	case tag == "":
	case l.led:
		l.and(first("order_tags g WHERE g.profile_id = $1 AND g.order_id = o.id AND g.tag = "+l.arg(tag)) + " IS NOT NULL")
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
	switch {
	case l.from == ofCustomers:
		l.within("o.created_at", f.CreatedFrom, f.CreatedTo)
		if w.After != nil {
			l.and("(o.created_at, o.id) < (" + l.arg(ms(w.After.At)) + ", " + l.arg(w.After.Key) + ")")
		}
	case l.at == byPayment:
		l.within("o.created_at", f.CreatedFrom, f.CreatedTo)
		l.between(f.PaidFrom, f.PaidTo, w.After)
	case l.at == byCard:
		l.within("o.created_at", f.CreatedFrom, f.CreatedTo)
		l.behind(w.After)
	default:
		l.between(f.CreatedFrom, f.CreatedTo, w.After)
	}
	if !several {
		return l.rows(w.Limit + 1)
	}
	for i, arm := range arms {
		arms[i] = "SELECT * FROM (" + l.rows(w.Skip+w.Limit+1, arm) + ") s" + strconv.Itoa(i)
	}
	return strings.Join(arms, " UNION ALL ") + " ORDER BY created_at DESC, id DESC LIMIT " + strconv.Itoa(w.Limit+1)
}
