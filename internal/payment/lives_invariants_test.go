package payment_test

import (
	"maps"
	"slices"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// under is whether an attempt may still move money.
const under = ` state IN ('created', 'open', 'pending', 'unknown', 'held')`

// always are queries that must find nothing at any moment.
var always = map[string]string{
	// Money (design.md §4.3, §4.5, §4.8).
	"captured is what approved transactions took": `
SELECT p.id FROM payments p WHERE p.captured_minor <> COALESCE((SELECT SUM(t.amount_minor) FROM transactions t
 WHERE t.profile_id = p.profile_id AND t.order_id = p.order_id AND t.payment_id = p.id AND t.state = 'approved' AND NOT t.surplus AND t.type IN ('DB', 'CP')), 0)`,
	"refunded is what approved refunds sent back": `
SELECT p.id FROM payments p WHERE p.refunded_minor <> COALESCE((SELECT SUM(t.amount_minor) FROM transactions t
  JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id AND a.kind = 'refund'
 WHERE t.profile_id = p.profile_id AND t.payment_id = p.id AND t.state = 'approved' AND t.type = 'RF'), 0)`,
	"disputed is what was charged back and not won": `
SELECT p.id FROM payments p WHERE p.disputed_minor <> COALESCE((SELECT SUM(CASE WHEN t.type = 'CBR' THEN -t.amount_minor ELSE t.amount_minor END) FROM transactions t
 WHERE t.profile_id = p.profile_id AND t.payment_id = p.id AND NOT t.surplus AND t.type IN ('CB', 'RDR', 'CBR')), 0)`,
	"no payment takes more than it asks for": `SELECT p.id FROM payments p WHERE p.captured_minor > p.amount_minor`,
	"no payment takes twice": `
SELECT p.id FROM payments p WHERE (SELECT COUNT(*) FROM transactions t
 WHERE t.profile_id = p.profile_id AND t.payment_id = p.id AND t.state = 'approved' AND NOT t.surplus AND t.type IN ('DB', 'PA', 'RG')) > 1`,
	"refunds and those under way are within what was taken": `
SELECT p.id FROM payments p WHERE p.captured_minor < p.refunded_minor + COALESCE((SELECT SUM(a.amount_minor) FROM attempts a
 WHERE a.profile_id = p.profile_id AND a.payment_id = p.id AND a.kind = 'refund' AND a.` + under[1:] + `), 0)`,
	"a transaction gives back no more than it took": `
SELECT t.id FROM transactions t WHERE t.amount_minor < COALESCE((SELECT SUM(a.amount_minor) FROM attempts a
 WHERE a.profile_id = t.profile_id AND a.parent_transaction_id = t.id AND a.kind IN ('refund', 'return') AND (a.state = 'approved' OR a.` + under[1:] + `)), 0)`,
	"captures and those under way are within what is held": `
SELECT p.id FROM payments p WHERE p.authorised_minor < COALESCE((SELECT SUM(a.amount_minor) FROM attempts a
 WHERE a.profile_id = p.profile_id AND a.payment_id = p.id AND a.kind = 'capture' AND (a.state = 'approved' OR a.` + under[1:] + `)), 0)`,
	"what is held is taken or given back": `
SELECT a.payment_id FROM attempts a JOIN attempts b ON b.profile_id = a.profile_id AND b.payment_id = a.payment_id AND b.id <> a.id
 WHERE a.kind = 'capture' AND b.kind IN ('capture', 'reversal') AND a.state = 'approved' AND (b.state = 'approved' OR b.` + under[1:] + `)`,
	"surplus money goes back": `
SELECT t.id FROM transactions t WHERE t.surplus AND t.type IN ('DB', 'PA') AND t.state = 'approved' AND NOT EXISTS (SELECT 1 FROM attempts a
 WHERE a.profile_id = t.profile_id AND a.parent_transaction_id = t.id AND a.kind = 'return')`,
	"staff hear of what no machine should judge": `
SELECT t.id FROM transactions t WHERE (t.state = 'held' OR t.surplus AND t.type IN ('DB', 'PA') OR t.type IN ('CB', 'RDR', 'CBR'))
   AND NOT EXISTS (SELECT 1 FROM staff_tasks k WHERE k.profile_id = t.profile_id AND k.subject = t.id)`,

	// Attempts (§4.2, §4.7).
	"an order has one live checkout": `SELECT a.order_id FROM attempts a WHERE a.kind = 'checkout' AND` + under + ` GROUP BY a.order_id HAVING COUNT(*) > 1`,
	"a payment is tried once at a time": `
SELECT a.payment_id FROM attempts a WHERE a.kind IN ('checkout', 'charge') AND` + under + ` GROUP BY a.payment_id HAVING COUNT(*) > 1`,

	// Scheduled payments.
	"collected is paid, and paid is collected": `
SELECT s.id FROM scheduled_payments s LEFT JOIN payments p ON p.profile_id = s.profile_id AND p.order_id = s.order_id AND p.scheduled_id = s.id
 WHERE (s.status IN ('complete', 'recovered')) <> (p.status IS NOT NULL AND p.status = 'paid' AND p.captured_minor = s.amount_minor)`,
	"what is over is not taken up": `SELECT s.id FROM scheduled_payments s WHERE s.collect_at IS NOT NULL AND s.status NOT IN ('scheduled', 'soft_declined', 'hard_declined')`,
	"what waits is taken up, or being charged": `
SELECT s.id FROM scheduled_payments s WHERE s.status = 'scheduled' AND s.collect_at IS NULL AND s.refusal = '' AND NOT EXISTS
   (SELECT 1 FROM attempts a WHERE a.profile_id = s.profile_id AND a.scheduled_id = s.id AND a.` + under[1:] + `)`,
	"a subscription has a payment ahead": `
SELECT o.id FROM orders o WHERE o.type = 'subscription' AND o.status IN ('active', 'failed', 'suspended', 'review') AND o.cancels_on = '' AND NOT EXISTS
   (SELECT 1 FROM scheduled_payments s WHERE s.profile_id = o.profile_id AND s.order_id = o.id AND s.status = 'scheduled' AND (s.origin = 'update' OR s.origin = 'plan' AND s.position =
     (SELECT MAX(n.position) FROM scheduled_payments n WHERE n.profile_id = o.profile_id AND n.order_id = o.id AND n.origin = 'plan')))`,
	"a part of a merged payment is not charged": `
SELECT s.id FROM scheduled_payments s JOIN attempts a ON a.profile_id = s.profile_id AND a.scheduled_id = s.id
 WHERE s.status = 'merged' AND (a.` + under[1:] + ` OR a.state = 'approved')`,
	"what is merged is part of something": `
SELECT s.id FROM scheduled_payments s LEFT JOIN scheduled_payments w ON w.profile_id = s.profile_id AND w.order_id = s.order_id AND w.id = s.merged_into
 WHERE (s.status = 'merged') <> (s.merged_into IS NOT NULL AND s.merged_into <> '') OR s.status = 'merged' AND w.id IS NULL`,
	"what is held is held for a customer who is there": `
SELECT s.id FROM scheduled_payments s WHERE s.held_by IS NOT NULL AND s.held_by <> '' AND NOT EXISTS
   (SELECT 1 FROM payments p WHERE p.profile_id = s.profile_id AND p.id = s.held_by AND p.kind = 'registration' AND p.status = 'open')`,
	"a customer pays with another card what was shown": `
SELECT p.id FROM payments p WHERE p.kind = 'registration' AND p.status = 'open' AND p.settles_minor <>
   COALESCE((SELECT SUM(s.amount_minor) FROM scheduled_payments s WHERE s.profile_id = p.profile_id AND s.held_by = p.id), 0)`,
	"a registration comes to an end": `
SELECT p.id FROM payments p WHERE p.kind = 'registration' AND p.status = 'open' AND NOT EXISTS
   (SELECT 1 FROM attempts a WHERE a.profile_id = p.profile_id AND a.payment_id = p.id AND (a.next_attempt_at IS NOT NULL OR a.state = 'held'))`,

	// Orders.
	"only what has begun is scheduled": `
SELECT o.id FROM orders o JOIN scheduled_payments s ON s.profile_id = o.profile_id AND s.order_id = o.id WHERE o.status IN ('draft', 'pending', 'rejected', 'cancelled')`,
	"nothing of an ended order is collected": `
SELECT o.id FROM orders o JOIN scheduled_payments s ON s.profile_id = o.profile_id AND s.order_id = o.id
 WHERE o.status IN ('complete', 'cancelled') AND (s.status NOT IN ('complete', 'recovered', 'skipped', 'merged', 'cancelled') OR s.held_by IS NOT NULL)`,
	"a cancelled order took nothing": `SELECT o.id FROM orders o JOIN payments p ON p.profile_id = o.profile_id AND p.order_id = o.id WHERE o.status = 'cancelled' AND p.captured_minor > 0`,
	"a failed order failed at its newest payment": `
SELECT o.id FROM orders o WHERE o.status = 'failed' AND NOT EXISTS (SELECT 1 FROM scheduled_payments s WHERE s.profile_id = o.profile_id AND s.order_id = o.id
   AND (s.status IN ('soft_declined', 'review') OR s.status = 'scheduled' AND s.origin = 'update'))`,
	"an order waits for its end only while it lives": `SELECT o.id FROM orders o WHERE o.cancels_on <> '' AND (o.type <> 'subscription' OR o.status NOT IN ('active', 'failed', 'suspended', 'review'))`,

	// Cards.
	"one card is charged": `
SELECT m.order_id FROM payment_methods m WHERE m.main AND m.removed_at IS NULL GROUP BY m.order_id HAVING COUNT(*) > 1`,
	"the card in use is not removed": `SELECT m.id FROM payment_methods m WHERE m.main AND m.removed_at IS NOT NULL`,
	"what goes on has a card": `
SELECT o.id FROM orders o WHERE o.type <> 'single_payment' AND o.status IN ('active', 'failed', 'suspended', 'paused', 'review') AND NOT EXISTS
   (SELECT 1 FROM payment_methods m WHERE m.profile_id = o.profile_id AND m.order_id = o.id AND m.main)`,
	"a card is forgotten when nothing of it is open": `
SELECT m.id FROM payment_methods m JOIN attempts a ON a.profile_id = m.profile_id AND a.payment_method_id = m.id
 WHERE m.removed_at IS NOT NULL AND m.forget_at IS NULL AND a.` + under[1:],
	"a charge counts until it is approved": `
SELECT c.attempt_id FROM charge_tries c JOIN attempts a ON a.profile_id = c.profile_id AND a.id = c.attempt_id WHERE a.state IN ('approved', 'refused')`,
	"fifteen tries of an amount in thirty days": `
SELECT c.attempt_id FROM charge_tries c WHERE (SELECT COUNT(*) FROM charge_tries d WHERE d.card = c.card AND d.amount_minor = c.amount_minor
   AND d.tried_at <= c.tried_at AND d.tried_at > c.tried_at - 2592000000) > 15`,
	"ten tries of a card in a day": `
SELECT c.attempt_id FROM charge_tries c WHERE (SELECT COUNT(*) FROM charge_tries d WHERE d.card = c.card AND d.tried_at <= c.tried_at AND d.tried_at > c.tried_at - 86400000) > 10`,

	// Documents (§4.10) and events.
	"numbers have no gaps": `
SELECT n.kind FROM number_series n WHERE n.last <> (SELECT COUNT(*) FROM documents d WHERE d.profile_id = n.profile_id AND d.kind = n.kind AND d.year = n.year)`,
	"what was taken has a receipt, what went back a credit note": `
SELECT t.id FROM transactions t JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id
 WHERE t.state = 'approved' AND NOT t.surplus AND (t.type IN ('DB', 'CP') OR a.kind = 'refund' AND t.type = 'RF')
   AND (SELECT COUNT(*) FROM documents d WHERE d.profile_id = t.profile_id AND d.transaction_id = t.id AND d.kind = CASE WHEN t.type = 'RF' THEN 'credit_note' ELSE 'receipt' END) <> 1`,
	"what was taken is of an invoice": `
SELECT t.id FROM transactions t JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id
 WHERE t.state = 'approved' AND NOT t.surplus AND (t.type IN ('DB', 'CP') OR a.kind = 'refund' AND t.type = 'RF')
   AND CASE WHEN t.type = 'RF' THEN -t.amount_minor ELSE t.amount_minor END <> (SELECT COALESCE(SUM(l.amount_minor), 0) FROM allocations l JOIN documents d
       ON d.profile_id = l.profile_id AND d.id = l.document_id AND d.kind = 'invoice' AND d.order_id = t.order_id WHERE l.profile_id = t.profile_id AND l.transaction_id = t.id)`,
	"no invoice is paid below nothing": `
SELECT d.number FROM documents d JOIN allocations l ON l.profile_id = d.profile_id AND l.document_id = d.id WHERE d.kind = 'invoice'
 GROUP BY d.profile_id, d.id, d.number, d.total_minor HAVING SUM(l.amount_minor) < 0`,
	"events have no gaps": `SELECT profile_id FROM events GROUP BY profile_id HAVING COUNT(*) <> MAX(seq) OR MIN(seq) <> 1`,
}

// check finds whatever is not as it must be at any moment.
func (l *lives) check() {
	for _, what := range slices.Sorted(maps.Keys(always)) {
		if bad := l.Strings(always[what]); len(bad) > 0 {
			l.t.Fatalf("%s: not so of %v\n%s", what, bad, l.story())
		}
	}
	known := l.Strings(`SELECT merchant_transaction_id FROM attempts`)
	for _, e := range l.books() {
		if !slices.Contains(known, e.MerchantTransactionID) {
			l.t.Fatalf("the gateway has %s %s that no attempt of ours was committed for\n%s", e.Type, e.MerchantTransactionID, l.story())
		}
	}
	for id, before := range l.removed {
		if now := l.chargesOf(id); now != before {
			l.t.Fatalf("card %s was charged after it was removed\n%s", id, l.story())
		}
	}
	for _, o := range l.orders {
		l.checkPlan(l.order(o), l.Schedule(o))
	}
}

// checkPlan wants an order's status to follow from its schedule, and its payments to
// come to what was sold. While a customer pays what is outstanding with another card,
// and while staff look at money that does not fit, the status is what it was.
func (l *lives) checkPlan(o order.Order, all []schedule.Payment) {
	waiting := slices.ContainsFunc(all, func(p schedule.Payment) bool {
		return p.Origin == schedule.Update && p.Status == schedule.Scheduled || p.Status == schedule.Review
	})
	if o.Status.Live() && o.Status != order.Paused && len(all) > 0 && !waiting {
		if stands := schedule.Standing(o, all, schedule.None, false); stands != o.Status {
			l.t.Fatalf("order %s is %s, its schedule says %s\n%s", o.ID, o.Status, stands, l.story())
		}
	}
	planned, parts := o.Plan.Deposit().Minor(), map[schedule.ID]int64{}
	for _, p := range all {
		if p.Origin == schedule.Planned {
			planned += p.Amount.Minor()
		}
		if p.Status == schedule.Merged {
			parts[p.MergedInto] += p.Amount.Minor()
		}
	}
	if l.altered[o.ID] {
		return
	}
	if o.Type == catalog.Instalment && len(all) > 0 && planned != o.Total.Minor() {
		l.t.Fatalf("the instalments of %s come to %d, sold was %d\n%s", o.ID, planned, o.Total.Minor(), l.story())
	}
	for _, p := range all {
		if merged, is := parts[p.ID]; is && merged != p.Amount.Minor() {
			l.t.Fatalf("payment %d of %s is of %d, its parts of %d\n%s", p.Position, o.ID, p.Amount.Minor(), merged, l.story())
		}
	}
}
