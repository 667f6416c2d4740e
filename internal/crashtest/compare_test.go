//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// findings are what is wrong with the books.
type findings []string

func (d *findings) add(format string, args ...any) { *d = append(*d, fmt.Sprintf(format, args...)) }

// balance holds our books against the gateway's and against themselves. It
// returns what is wrong, and how many transactions were compared.
func (f *fleet) balance(ctx context.Context) (wrong findings, compared, held int, err error) {
	theirs, err := sandbox.ReadBooks(f.gateway.file)
	if err != nil {
		return nil, 0, 0, err
	}
	db, closeAll, err := f.openDead()
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	ours, err := readLedger(ctx, db)
	if err != nil {
		return nil, 0, 0, err
	}
	wrong.perTransaction(ours, theirs)
	held = wrong.perOrder(ours, theirs)
	if err := wrong.firstCommitted(ctx, ours, f.gateway.file); err != nil {
		return nil, 0, 0, err
	}
	return wrong, len(theirs), held, wrong.ownRules(ctx, db)
}

// perTransaction compares per merchantTransactionId: what the gateway did and
// what we have booked must be the same transactions with the same amount,
// currency, type and state, under the same attempt. Money that does not fit its
// attempt is held by us and approved there.
func (d *findings) perTransaction(ours ledger, theirs []sandbox.Entry) {
	booked := map[string]transactionRow{}
	for _, x := range ours.transactions {
		booked[x.gatewayID] = x
	}
	for _, e := range theirs {
		a, known := ours.attempts[e.MerchantTransactionID]
		if !known {
			d.add("%s: the gateway has %s %s %s under an id that no attempt of ours has", e.MerchantTransactionID, e.State, e.Type, e.Amount.Decimal())
			continue
		}
		x, ok := booked[e.ID]
		delete(booked, e.ID)
		want := transactionRow{gatewayID: e.ID, attemptID: a.id, orderID: a.orderID, typ: e.Type, state: string(e.State),
			currency: e.Amount.Currency().Code(), minor: e.Amount.Minor(), surplus: x.surplus}
		if e.State == sandbox.StateApproved && e.Amount.Minor() != a.minor {
			want.state = "held"
		}
		switch {
		case !ok:
			d.add("%s (%s attempt %s, %s): the gateway has %s %s %s, we have nothing", e.MerchantTransactionID, a.kind, a.id, a.state, e.State, e.Type, e.Amount.Decimal())
		case x != want:
			d.add("%s (%s attempt %s, %s): we have booked %+v, the gateway's books say %+v", e.MerchantTransactionID, a.kind, a.id, a.state, x, want)
		}
	}
	for _, x := range booked {
		d.add("we have booked %+v, which the gateway does not have", x)
	}
}

// perOrder wants each order charged once or not at all, and exactly once when it
// is complete. Held money waits for staff and stands apart. It returns how many
// orders have some.
func (d *findings) perOrder(ours ledger, theirs []sandbox.Entry) (held int) {
	net, apart := map[string]int64{}, map[string]int64{}
	for _, e := range theirs {
		a := ours.attempts[e.MerchantTransactionID]
		switch {
		case e.State != sandbox.StateApproved:
		case e.Amount.Minor() != a.minor:
			apart[a.orderID] += e.Amount.Minor()
		case e.Type == "DB":
			net[a.orderID] += e.Amount.Minor()
		case e.Type == "RF":
			net[a.orderID] -= e.Amount.Minor()
		}
	}
	for id, o := range ours.orders {
		want := int64(0)
		if o.status == "complete" {
			want = o.total
		}
		if net[id] != want {
			d.add("order %s (%s) is %s over %d and was charged %d net", o.invoiceID, id, o.status, o.total, net[id])
		}
	}
	return len(apart)
}

// firstCommitted wants an attempt of ours behind every checkout that the gateway
// opened, paid or not: it was committed before the gateway heard of it.
func (d *findings) firstCommitted(ctx context.Context, ours ledger, file string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	err = each(ctx, db, `SELECT id, merchant_transaction_id FROM checkouts`, func(scan func(...any) error) error {
		var id, merchantID string
		err := scan(&id, &merchantID)
		if _, ok := ours.attempts[merchantID]; !ok {
			d.add("%s: the gateway opened checkout %s for an attempt that we do not have", merchantID, id)
		}
		return err
	})
	return errors.Join(err, db.Close())
}

// ownRules are what our tables must keep among themselves. Each query lists what
// breaks its rule.
func (d *findings) ownRules(ctx context.Context, db *sql.DB) error {
	rules := map[string]string{
		"complete orders without exactly one invoice and one receipt": `
SELECT o.id FROM orders o JOIN (SELECT 'invoice' AS kind UNION ALL SELECT 'receipt') k ON TRUE
 WHERE (CASE WHEN o.status = 'complete' THEN 1 ELSE 0 END) <>
   (SELECT count(*) FROM documents d WHERE d.profile_id = o.profile_id AND d.order_id = o.id AND d.kind = k.kind)`,
		"invoices whose allocations are not the sale": `
SELECT d.number FROM documents d WHERE d.kind = 'invoice' AND d.total_minor <> (SELECT COALESCE(sum(a.amount_minor), 0) FROM allocations a
   JOIN transactions t ON t.profile_id = a.profile_id AND t.id = a.transaction_id AND t.state = 'approved' AND NOT t.surplus
  WHERE a.profile_id = d.profile_id AND a.document_id = d.id AND a.currency = d.currency AND t.order_id = d.order_id)`,
		"numbers missing or double in a series": `
SELECT kind FROM documents GROUP BY profile_id, kind, year HAVING count(*) <> max(serial) OR min(serial) <> 1 OR count(DISTINCT number) <> count(*)`,
		"series that say otherwise than their documents": `
SELECT s.kind FROM number_series s WHERE s.last <> (SELECT count(*) FROM documents d WHERE d.profile_id = s.profile_id AND d.kind = s.kind AND d.year = s.year)`,
		"documents that were not drawn": `
SELECT d.number FROM documents d WHERE NOT d.drawn OR NOT EXISTS (SELECT 1 FROM document_files f WHERE f.profile_id = d.profile_id AND f.document_id = d.id)`,
		"events missing or double in a sequence": `
SELECT profile_id FROM events GROUP BY profile_id HAVING count(*) <> max(seq) OR min(seq) <> 1`,
		"invoice ids of two orders": `SELECT invoice_id FROM orders GROUP BY invoice_id HAVING count(*) > 1`,
		"payments that say otherwise than their order": `
SELECT p.id FROM payments p JOIN orders o ON o.profile_id = p.profile_id AND o.id = p.order_id
 WHERE (p.status = 'paid') <> (o.status = 'complete') OR (p.status = 'paid' AND p.captured_minor <> p.amount_minor)`,
		"surplus money without a return": `
SELECT t.gateway_id FROM transactions t WHERE t.surplus AND NOT EXISTS
   (SELECT 1 FROM attempts a WHERE a.profile_id = t.profile_id AND a.parent_transaction_id = t.id AND a.state = 'approved')`,
		"attempts still under way": `
SELECT a.merchant_transaction_id FROM attempts a WHERE a.next_attempt_at IS NOT NULL AND NOT EXISTS
   (SELECT 1 FROM transactions t WHERE t.profile_id = a.profile_id AND t.payment_id = a.payment_id AND t.state = 'held')`,
		"notifications still to apply":     `SELECT id FROM inbound_notifications WHERE state = 'received' OR next_attempt_at IS NOT NULL`,
		"notifications that match nothing": `SELECT id FROM inbound_notifications WHERE state = 'unmatched'`,
	}
	names := make([]string, 0, len(rules))
	for name := range rules {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var found []string
		if err := each(ctx, db, rules[name], func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			found = append(found, s)
			return err
		}); err != nil {
			return err
		}
		if len(found) > 0 {
			d.add("%s: %v", name, found)
		}
	}
	return nil
}
