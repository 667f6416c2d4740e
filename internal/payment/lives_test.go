package payment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// lives is a shop whose orders live random lives.
type lives struct {
	*testkit.App
	t      *rapid.T
	now    time.Time // billing time
	orders []testkit.Order
}

// TestBooksAreRightWhateverHappensToOrders drives random orders of every type
// through random events, clock jumps, doubled and lost answers. After each step
// what must always hold is checked, and at the end both books are compared.
func TestBooksAreRightWhateverHappensToOrders(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		l := &lives{App: testkit.New(t), t: r, now: began}
		l.SetTestTime(l.now)
		for range 3 {
			l.sell()
			l.pay()
			l.minutes(1)
		}
		r.Repeat(map[string]func(*rapid.T){
			"":        func(*rapid.T) { l.check() },
			"sell":    func(*rapid.T) { l.sell() },
			"pay":     func(r *rapid.T) { l.pay() },
			"days":    func(r *rapid.T) { l.days(rapid.IntRange(1, 40).Draw(r, "days")) },
			"month":   func(*rapid.T) { l.days(30); l.due() },
			"retries": func(*rapid.T) { l.days(2); l.due() },
			"minutes": func(r *rapid.T) { l.minutes(rapid.IntRange(1, 90).Draw(r, "minutes")) },
			"fault":   func(r *rapid.T) { l.trouble() },
		})
		l.settle()
		l.check()
		l.compare()
	})
}

func (l *lives) pick() testkit.Order {
	return rapid.SampledFrom(l.orders).Draw(l.t, "order")
}

func (l *lives) sell() {
	if len(l.orders) == 4 {
		return
	}
	var o testkit.Order
	switch rapid.SampledFrom(catalog.Types).Draw(l.t, "type") {
	case catalog.SinglePayment:
		o = l.NewOrder(12_400)
	case catalog.Instalment:
		o = l.Sell(testkit.Instalments, order.Sale{})
	case catalog.Subscription:
		o = l.Sell(testkit.Monthly, order.Sale{})
	case catalog.Metered:
		o = l.Sell(testkit.Metered, order.Sale{})
	}
	l.orders = append(l.orders, o)
}

// pay tries a card in an order's checkout, which may be none any more.
func (l *lives) pay() {
	o := l.pick()
	holder := rapid.SampledFrom([]string{"", "", "", "800.100.152", "000.200.000", "000.400.020", "THEN 800.100.152 MAC 02", "THEN 800.100.159 MAC 03", "THEN 300.100.100"}).Draw(l.t, "holder")
	at, err := start(l.App, o)
	if err != nil || at.CheckoutID == "" {
		return
	}
	_ = l.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: holder})
	if rapid.Bool().Draw(l.t, "comes back") {
		_, _ = l.Payments.CheckReturn(l.TB.Context(), o.ProfileID, at.ID)
	}
}

// days passes and charges nothing: nobody may be at work.
func (l *lives) days(n int) {
	l.now = l.now.AddDate(0, 0, n)
	l.SetTestTime(l.now)
}

// due charges what is due, twice over.
func (l *lives) due() {
	for range 2 {
		for _, o := range l.orders {
			for _, p := range l.Schedule(o) {
				if err := l.Payments.Charge(l.TB.Context(), o.ProfileID, p.ID); err != nil {
					l.t.Fatalf("charge: %v", err)
				}
			}
		}
	}
}

func (l *lives) minutes(n int) {
	l.Advance(time.Duration(n) * time.Minute)
	l.Deliver()
}

func (l *lives) trouble() {
	f := rapid.SampledFrom([]sandbox.Fault{
		{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge}, {Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge},
		{Kind: sandbox.FaultErrorAfter, Route: sandbox.RouteAPI}, {Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteAPI},
		{Kind: sandbox.FaultWebhookTwice}, {Kind: sandbox.FaultWebhookNever}, {Kind: sandbox.FaultWebhookStale}, {Kind: sandbox.FaultWebhookLate},
		{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Code: "800.100.152"}, {Kind: sandbox.FaultHold},
	}).Draw(l.t, "fault")
	f.Next = rapid.IntRange(1, 2).Draw(l.t, "times")
	if err := l.Gateway.AddFault(f); err != nil {
		l.t.Fatal(err)
	}
}

// settle ends all trouble and lets time pass until nothing is under way.
func (l *lives) settle() {
	l.Gateway.ClearFaults()
	if _, err := l.Gateway.Release(l.TB.Context(), "", ""); err != nil {
		l.t.Fatal(err)
	}
	for _, e := range l.books() {
		if e.State == sandbox.StatePending {
			if err := l.Gateway.Settle(l.TB.Context(), e.ID, "000.100.110"); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	for range 30 {
		l.minutes(11)
		if len(l.Strings(`SELECT id FROM attempts WHERE next_attempt_at IS NOT NULL`)) == 0 {
			return
		}
	}
	l.t.Fatalf("still open: %v", l.Strings(`SELECT kind || ' ' || state FROM attempts WHERE next_attempt_at IS NOT NULL`))
}

func (l *lives) books() []sandbox.Entry {
	all, err := l.Gateway.Books(l.TB.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

// always are queries that must find nothing at any moment.
var always = map[string]string{
	"captured is what approved transactions took": `
SELECT p.id FROM payments p WHERE p.captured_minor <> COALESCE((SELECT SUM(t.amount_minor) FROM transactions t
 WHERE t.profile_id = p.profile_id AND t.order_id = p.order_id AND t.payment_id = p.id AND t.state = 'approved' AND NOT t.surplus AND t.type IN ('DB', 'CP')), 0)`,
	"no payment takes more than it asks for": `SELECT p.id FROM payments p WHERE p.captured_minor > p.amount_minor OR p.refunded_minor > p.captured_minor`,
	"collected is paid, and paid is collected": `
SELECT s.id FROM scheduled_payments s LEFT JOIN payments p ON p.profile_id = s.profile_id AND p.order_id = s.order_id AND p.scheduled_id = s.id
 WHERE (s.status IN ('complete', 'recovered')) <> (p.status IS NOT NULL AND p.status = 'paid' AND p.captured_minor = s.amount_minor)`,
	"what is over is not taken up": `SELECT s.id FROM scheduled_payments s WHERE s.collect_at IS NOT NULL AND s.status NOT IN ('scheduled', 'soft_declined', 'hard_declined')`,
	"one subscription payment ahead": `
SELECT o.id FROM orders o WHERE o.type = 'subscription' AND o.status IN ('active', 'failed', 'suspended', 'review') AND o.cancels_on = ''
   AND (SELECT COUNT(*) FROM scheduled_payments s WHERE s.profile_id = o.profile_id AND s.order_id = o.id AND s.origin = 'plan' AND s.status = 'scheduled') <> 1`,
	"a complete instalment order is collected whole": `
SELECT o.id FROM orders o WHERE o.type = 'instalment' AND o.status = 'complete' AND o.total_minor <>
       (SELECT SUM(p.captured_minor) FROM payments p WHERE p.profile_id = o.profile_id AND p.order_id = o.id)`,
	"one sale of a single order": `
SELECT o.id FROM orders o WHERE o.type = 'single_payment' AND (SELECT COUNT(*) FROM transactions t
 WHERE t.profile_id = o.profile_id AND t.order_id = o.id AND t.state = 'approved' AND t.type = 'DB' AND NOT t.surplus) > 1`,
	"numbers have no gaps": `
SELECT n.kind FROM number_series n WHERE n.last <> (SELECT COUNT(*) FROM documents d WHERE d.profile_id = n.profile_id AND d.kind = n.kind AND d.year = n.year)`,
	"a charge counts until it is approved": `
SELECT c.attempt_id FROM charge_tries c JOIN attempts a ON a.profile_id = c.profile_id AND a.id = c.attempt_id WHERE a.state IN ('approved', 'refused')`,
	"fifteen tries of an amount in thirty days": `
SELECT c.attempt_id FROM charge_tries c WHERE (SELECT COUNT(*) FROM charge_tries d WHERE d.card = c.card AND d.amount_minor = c.amount_minor
   AND d.tried_at <= c.tried_at AND d.tried_at > c.tried_at - 2592000000) > 15`,
}

func (l *lives) check() {
	for what, query := range always {
		if bad := l.Strings(query); len(bad) > 0 {
			l.t.Fatalf("%s: not so of %v\n%s", what, bad, l.story())
		}
	}
}

// story is what happened to the orders, for whoever reads a failure.
func (l *lives) story() string {
	var b strings.Builder
	for _, o := range l.orders {
		fmt.Fprintf(&b, "%s %s: %v\n  %v\n", o.Type, o.ID, standing(l.App, o), l.Events(o))
	}
	return b.String()
}

// compare compares what was approved in both books, transaction by transaction,
// and each order's net charge with what its payments say.
func (l *lives) compare() {
	var theirs []string
	for _, e := range l.books() {
		if e.State == sandbox.StateApproved {
			theirs = append(theirs, fmt.Sprintf("%s %s %d %s", e.MerchantTransactionID, e.Type, e.Amount.Minor(), e.ID))
		}
	}
	ours := l.Strings(`
SELECT a.merchant_transaction_id || ' ' || t.type || ' ' || t.amount_minor || ' ' || t.gateway_id FROM transactions t
  JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id WHERE t.state = 'approved'`)
	slices.Sort(theirs)
	slices.Sort(ours)
	if diff := cmp.Diff(theirs, ours); diff != "" {
		l.t.Fatalf("books differ (-gateway +ours):\n%s\n%s", diff, l.story())
	}
	for _, o := range l.orders {
		var kept int64
		for _, s := range l.Strings(`SELECT CAST(SUM(captured_minor - refunded_minor) AS TEXT) FROM payments WHERE order_id = $1`, string(o.ID)) {
			if _, err := fmt.Sscan(s, &kept); err != nil {
				l.t.Fatal(err)
			}
		}
		if got := l.NetCharged(o); got != kept {
			l.t.Fatalf("order %s: the gateway has %d net, our payments say %d\n%s", o.ID, got, kept, l.story())
		}
	}
}
