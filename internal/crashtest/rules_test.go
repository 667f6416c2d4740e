//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"maps"
	"slices"
)

// rules are what our tables must keep among themselves. Each query lists what breaks
// its rule. An initial payment of a single order is its whole total, that of another
// its deposit.
var rules = map[string]string{
	"orders that were made and not paid, or paid and not made": `
SELECT o.id FROM orders o JOIN payments p ON p.profile_id = o.profile_id AND p.order_id = o.id AND p.kind = 'initial'
 WHERE (o.status = 'pending') <> (p.status = 'open')
    OR o.status = 'cancelled' AND p.status <> 'ended'
    OR o.type <> 'single_payment' AND p.status <> 'open' AND (p.status <> 'paid' OR p.captured_minor <> p.amount_minor)
    OR o.type = 'single_payment' AND o.plan = '' AND (o.status = 'complete') <> (p.status = 'paid' AND p.captured_minor = o.total_minor)
    OR o.type = 'single_payment' AND o.plan <> '' AND (p.status = 'authorised') <> (o.status IN ('active', 'review'))
    OR p.status = 'authorised' AND (p.authorised_minor <> o.total_minor OR p.captured_minor <> 0)
    OR o.type = 'single_payment' AND p.status = 'ended' AND p.captured_minor <> 0`,
	"payments that say otherwise than their transactions": `
SELECT p.id FROM payments p WHERE p.captured_minor <> (SELECT COALESCE(sum(t.amount_minor), 0) FROM transactions t
       WHERE t.profile_id = p.profile_id AND t.payment_id = p.id AND t.state = 'approved' AND NOT t.surplus AND t.type IN ('DB', 'CP'))
    OR p.refunded_minor <> (SELECT COALESCE(sum(t.amount_minor), 0) FROM transactions t JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id
       WHERE t.profile_id = p.profile_id AND t.payment_id = p.id AND t.state = 'approved' AND t.type = 'RF' AND a.kind = 'refund')
    OR p.captured_minor > p.amount_minor OR p.refunded_minor > p.captured_minor`,
	"payments that took twice": `
SELECT t.payment_id FROM transactions t WHERE t.state = 'approved' AND NOT t.surplus AND t.type IN ('DB', 'PA', 'CP') GROUP BY t.profile_id, t.payment_id, t.type HAVING count(*) > 1`,
	"holds that were taken and given back": `
SELECT a.payment_id FROM attempts a JOIN attempts b ON b.profile_id = a.profile_id AND b.payment_id = a.payment_id
 WHERE a.kind = 'capture' AND b.kind = 'reversal' AND a.state = 'approved' AND b.state = 'approved'`,
	"scheduled payments that are collected and not paid, or paid and not collected": `
SELECT s.id FROM scheduled_payments s LEFT JOIN payments p ON p.profile_id = s.profile_id AND p.order_id = s.order_id AND p.scheduled_id = s.id
 WHERE (s.status IN ('complete', 'recovered')) <> (p.status IS NOT NULL AND p.status = 'paid' AND p.captured_minor = s.amount_minor)`,
	"instalments that do not come to what was sold": `
SELECT o.id FROM orders o JOIN payments p ON p.profile_id = o.profile_id AND p.order_id = o.id AND p.kind = 'initial'
 WHERE o.type = 'instalment' AND o.status NOT IN ('pending', 'cancelled') AND o.total_minor <> p.amount_minor +
   (SELECT COALESCE(sum(s.amount_minor), 0) FROM scheduled_payments s WHERE s.profile_id = o.profile_id AND s.order_id = o.id)`,
	"instalments that are collected in an order that is not complete, or the other way round": `
SELECT o.id FROM orders o WHERE o.type = 'instalment' AND o.status <> 'pending' AND (o.status = 'complete') =
   EXISTS (SELECT 1 FROM scheduled_payments s WHERE s.profile_id = o.profile_id AND s.order_id = o.id AND s.status NOT IN ('complete', 'recovered'))`,
	"subscriptions without exactly one payment ahead": `
SELECT o.id FROM orders o WHERE o.type = 'subscription' AND o.status <> 'pending'
   AND (SELECT count(*) FROM scheduled_payments s WHERE s.profile_id = o.profile_id AND s.order_id = o.id AND s.status = 'scheduled') <> 1`,
	"money that was taken without a receipt, or went back without a credit note": `
SELECT t.gateway_id FROM transactions t JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id
 WHERE t.state = 'approved' AND NOT t.surplus AND (t.type IN ('DB', 'CP') OR t.type = 'RF' AND a.kind = 'refund') AND 1 <>
   (SELECT count(*) FROM documents d WHERE d.profile_id = t.profile_id AND d.transaction_id = t.id AND d.kind = CASE WHEN t.type = 'RF' THEN 'credit_note' ELSE 'receipt' END)`,
	"money that is not allocated to an invoice of its order": `
SELECT t.gateway_id FROM transactions t JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id
 WHERE t.state = 'approved' AND NOT t.surplus AND (t.type IN ('DB', 'CP') OR t.type = 'RF' AND a.kind = 'refund')
   AND CASE WHEN t.type = 'RF' THEN -t.amount_minor ELSE t.amount_minor END <> (SELECT COALESCE(sum(l.amount_minor), 0) FROM allocations l JOIN documents d
       ON d.profile_id = l.profile_id AND d.id = l.document_id WHERE l.profile_id = t.profile_id AND l.transaction_id = t.id AND d.kind = 'invoice' AND d.order_id = t.order_id)`,
	"orders with another number of invoices than they were sold in": `
SELECT o.id FROM orders o WHERE (SELECT count(*) FROM documents d WHERE d.profile_id = o.profile_id AND d.order_id = o.id AND d.kind = 'invoice') <>
   CASE WHEN o.type = 'instalment' THEN CASE WHEN o.status = 'pending' THEN 0 ELSE 1 END
   ELSE (SELECT count(*) FROM payments p WHERE p.profile_id = o.profile_id AND p.order_id = o.id AND p.captured_minor > 0) END`,
	"numbers missing or double in a series": `
SELECT kind FROM documents GROUP BY profile_id, kind, year HAVING count(*) <> max(serial) OR min(serial) <> 1 OR count(DISTINCT number) <> count(*)`,
	"series that say otherwise than their documents": `
SELECT s.kind FROM number_series s WHERE s.last <> (SELECT count(*) FROM documents d WHERE d.profile_id = s.profile_id AND d.kind = s.kind AND d.year = s.year)`,
	"documents that were not drawn": `
SELECT d.number FROM documents d WHERE NOT d.drawn OR NOT EXISTS (SELECT 1 FROM document_files f WHERE f.profile_id = d.profile_id AND f.document_id = d.id)`,
	"events missing or double in a sequence": `
SELECT profile_id FROM events GROUP BY profile_id HAVING count(*) <> max(seq) OR min(seq) <> 1`,
	"invoice ids of two orders": `SELECT invoice_id FROM orders GROUP BY invoice_id HAVING count(*) > 1`,
	"charges that count as tries and were approved": `
SELECT c.attempt_id FROM charge_tries c JOIN attempts a ON a.profile_id = c.profile_id AND a.id = c.attempt_id WHERE a.state IN ('approved', 'refused')`,
	"surplus money without a return": `
SELECT t.gateway_id FROM transactions t WHERE t.surplus AND NOT EXISTS
   (SELECT 1 FROM attempts a WHERE a.profile_id = t.profile_id AND a.parent_transaction_id = t.id AND a.kind = 'return' AND a.state = 'approved')`,
	"attempts still under way": `
SELECT a.merchant_transaction_id FROM attempts a WHERE a.next_attempt_at IS NOT NULL AND NOT EXISTS
   (SELECT 1 FROM transactions t WHERE t.profile_id = a.profile_id AND t.payment_id = a.payment_id AND t.state = 'held')`,
	"notifications still to apply":     `SELECT id FROM inbound_notifications WHERE state = 'received' OR next_attempt_at IS NOT NULL`,
	"notifications that match nothing": `SELECT id FROM inbound_notifications WHERE state = 'unmatched'`,
}

// ownRules finds what breaks a rule.
func (d *findings) ownRules(ctx context.Context, db *sql.DB) error {
	for _, name := range slices.Sorted(maps.Keys(rules)) {
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
