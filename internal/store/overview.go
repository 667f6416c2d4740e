package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// head is what every page of an order begins with, read in one statement: the
// view without its lists. Of the profile only the version is read, see profileAt.
type head struct {
	version int64
	order   orderScan
	payment paymentScan
	view    payment.Overview
}

// undecided is Held or Pending when a payment y has such a transaction, and
// Pending too while nobody knows what became of an attempt. The first list of
// states is that of the index attempts_one_paying, which is empty for most. Of a
// paid one, as most that are looked at are, nobody asks.
const undecided = `CASE y.status WHEN 'paid' THEN '' ELSE COALESCE(
       (SELECT MIN(u.state) FROM transactions u WHERE u.profile_id = y.profile_id AND u.order_id = y.order_id AND u.payment_id = y.id
           AND u.state IN ('held', 'pending')),
       (SELECT 'pending' FROM attempts u WHERE u.profile_id = y.profile_id AND u.payment_id = y.id AND u.kind IN ('checkout', 'charge')
           AND u.state IN ('created', 'open', 'pending', 'unknown', 'held') AND u.state IN ('pending', 'unknown')), '') END`

const headColumns = `p.row_version, ` + orderFacts + `, ` + paymentFacts + `, ` + undecided

const headTables = `
  JOIN profiles p ON p.id = o.profile_id
  JOIN payments y ON y.profile_id = o.profile_id AND `

func (h *head) dest() []any {
	dest := append([]any{&h.version}, h.order.facts()...)
	return append(append(dest, h.payment.facts()...), &h.view.Undecided)
}

// viewOf is the view of the order that a head was read for.
func (d *DB) viewOf(ctx context.Context, h *head, profileID profile.ID, orderID order.ID) (payment.Overview, error) {
	var errs [3]error
	h.order.o.ProfileID, h.order.o.ID = profileID, orderID
	h.payment.p.ProfileID, h.payment.p.OrderID = profileID, orderID
	v := h.view
	v.Order, errs[0] = h.order.done()
	v.Payment, errs[1] = h.payment.done()
	v.Profile, errs[2] = d.profileAt(ctx, profileID, h.version)
	return v, errors.Join(errs[:]...)
}

// Overview reads an order's pages in four statements, whatever its size, two more
// for what is scheduled and what its payments add up to, one for what a subscription
// that ends would have collected next, and one where the profile has changed.
func (d *DB) Overview(ctx context.Context, link order.Link) (payment.Overview, error) {
	var h head
	limit := strconv.Itoa(payment.OverviewLimit) // in the text: SQLite compiles a statement again for each value of LIMIT $3
	err := d.reader.QueryRowContext(ctx, `
SELECT `+headColumns+`
  FROM order_links k
  JOIN orders o ON o.profile_id = k.profile_id AND o.id = k.order_id`+headTables+`y.order_id = o.id AND y.kind = 'initial'
 WHERE k.profile_id = $1 AND k.order_id = $2 AND k.version = $3 AND k.revoked_at IS NULL`,
		string(link.ProfileID), string(link.OrderID), link.Version).Scan(h.dest()...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.Overview{}, order.ErrLinkUnknown
	case err != nil:
		return payment.Overview{}, fmt.Errorf("read order page: %w", err)
	}
	v, err := d.viewOf(ctx, &h, link.ProfileID, link.OrderID)
	if err != nil {
		return payment.Overview{}, err
	}
	if v.Order.Lines, err = selectLines(ctx, d.reader, v.Order); err != nil {
		return payment.Overview{}, err
	}
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+shownTransaction+` FROM transactions t WHERE t.profile_id = $1 AND t.order_id = $2
 ORDER BY t.created_at DESC, t.id DESC LIMIT `+limit, string(link.ProfileID), string(link.OrderID))
	if v.Transactions, err = collect(rows, err, scanShown(link.ProfileID, link.OrderID)); err != nil {
		return payment.Overview{}, fmt.Errorf("read billing history: %w", err)
	}
	rows, err = d.reader.QueryContext(ctx, `
SELECT d.id, COALESCE(d.transaction_id, ''), d.kind, d.number FROM documents d WHERE d.profile_id = $1 AND d.order_id = $2
 ORDER BY d.created_at DESC, d.id DESC LIMIT `+limit, string(link.ProfileID), string(link.OrderID))
	if v.Documents, err = collect(rows, err, func(row scanner) (document.Document, error) {
		x := document.Document{ProfileID: link.ProfileID, OrderID: link.OrderID}
		err := row.Scan(&x.ID, &x.TransactionID, &x.Kind, &x.Number)
		return x, err
	}); err != nil {
		return payment.Overview{}, fmt.Errorf("read documents: %w", err)
	}
	if v.Order.Type == catalog.SinglePayment {
		return v, nil
	}
	if v.Schedule, err = d.nextScheduled(ctx, link.ProfileID, link.OrderID); err != nil {
		return payment.Overview{}, fmt.Errorf("read scheduled payments: %w", err)
	}
	if v.Order.CancelsOn != "" {
		if v.Last, err = d.lastScheduled(ctx, link.ProfileID, link.OrderID); err != nil {
			return payment.Overview{}, fmt.Errorf("read last scheduled payment: %w", err)
		}
	}
	v.Sums, err = d.sums(ctx, v.Order)
	return v, err
}

// Checkout reads a checkout's pages in three statements, and one more where the
// profile has changed.
func (d *DB) Checkout(ctx context.Context, profileID profile.ID, attemptID payment.AttemptID) (payment.CheckoutView, error) {
	var h head
	var a attemptScan
	err := d.reader.QueryRowContext(ctx, `
SELECT `+headColumns+`, `+attemptColumns+`
  FROM attempts
  JOIN orders o ON o.profile_id = attempts.profile_id AND o.id = attempts.order_id`+headTables+`y.id = attempts.payment_id
 WHERE attempts.profile_id = $1 AND attempts.id = $2`, string(profileID), string(attemptID)).Scan(append(h.dest(), a.dest()...)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.CheckoutView{}, payment.ErrAttemptNotFound
	case err != nil:
		return payment.CheckoutView{}, fmt.Errorf("read checkout page: %w", err)
	}
	o, err := d.viewOf(ctx, &h, profileID, a.a.OrderID)
	if err != nil {
		return payment.CheckoutView{}, err
	}
	v := payment.CheckoutView{Profile: o.Profile, Order: o.Order, Payment: o.Payment, Undecided: o.Undecided}
	if v.Attempt, err = a.done(); err != nil {
		return payment.CheckoutView{}, err
	}
	if v.Order.Lines, err = selectLines(ctx, d.reader, v.Order); err != nil {
		return payment.CheckoutView{}, err
	}
	v.Latest, err = scanTransaction(d.reader.QueryRowContext(ctx, `
SELECT `+transactionColumns+` FROM transactions t WHERE t.profile_id = $1 AND t.attempt_id = $2
 ORDER BY t.created_at DESC, t.id DESC LIMIT 1`, string(profileID), string(attemptID)))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return payment.CheckoutView{}, fmt.Errorf("read latest transaction: %w", err)
	}
	return v, nil
}
