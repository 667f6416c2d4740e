package payment_test

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

func (l *lives) books() []sandbox.Entry {
	all, err := l.Gateway.Books(l.TB.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

// settle ends all trouble and lets time pass until nothing is under way. Of disputes
// only notifications tell.
func (l *lives) settle() {
	l.Gateway.ClearFaults()
	if _, err := l.Gateway.Release(l.TB.Context(), "", ""); err != nil {
		l.t.Fatal(err)
	}
	for _, e := range l.books() {
		if slices.Contains([]string{"CB", "CBR", "RDR"}, e.Type) {
			if err := l.Gateway.Resend(l.TB.Context(), e.ID); err != nil {
				l.t.Fatal(err)
			}
		}
	}
	for range 40 {
		l.bankSays("000.100.110")
		l.minutes(11)
		if len(l.Strings(`SELECT id FROM attempts WHERE next_attempt_at IS NOT NULL`)) == 0 {
			return
		}
	}
	l.t.Fatalf("still open: %v\n%s", l.Strings(`SELECT kind || ' ' || state FROM attempts WHERE next_attempt_at IS NOT NULL`), l.story())
}

// compare compares what was approved in both books, transaction by transaction, and
// each order's money with what its payments say. Held is what the gateway booked
// otherwise than we asked: staff decide. Of a card that was stored the gateway tells by
// its checkout alone, and only while that lives: such a card may be unknown to us.
func (l *lives) compare() {
	held, known := l.Strings(`SELECT gateway_id FROM transactions WHERE state = 'held'`), l.Strings(`SELECT gateway_id FROM transactions`)
	var theirs []string
	net := map[string]int64{} // by merchant transaction id
	for _, e := range l.books() {
		if e.State != sandbox.StateApproved || e.Type == "RG" && !slices.Contains(known, e.ID) {
			continue
		}
		state := "approved"
		if slices.Contains(held, e.ID) {
			state = "held"
		}
		theirs = append(theirs, fmt.Sprintf("%s %s %d %s %s", e.MerchantTransactionID, e.Type, e.Amount.Minor(), e.ID, state))
		switch {
		case state == "held":
		case e.Type == "DB" || e.Type == "CP":
			net[e.MerchantTransactionID] += e.Amount.Minor()
		case e.Type == "RF":
			net[e.MerchantTransactionID] -= e.Amount.Minor()
		}
	}
	ours := l.Strings(`
SELECT a.merchant_transaction_id || ' ' || t.type || ' ' || t.amount_minor || ' ' || t.gateway_id || ' ' || t.state FROM transactions t
  JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id WHERE t.state IN ('approved', 'held')`)
	slices.Sort(theirs)
	slices.Sort(ours)
	if diff := cmp.Diff(theirs, ours); diff != "" {
		l.t.Fatalf("books differ (-gateway +ours):\n%s\n%s", diff, l.story())
	}
	for _, o := range l.orders {
		var charged int64
		for _, id := range l.Strings(`SELECT merchant_transaction_id FROM attempts WHERE order_id = $1`, string(o.ID)) {
			charged += net[id]
		}
		unreturned := l.number(`SELECT COALESCE(SUM(amount_minor), 0) FROM transactions t WHERE order_id = $1 AND surplus AND state = 'approved' AND type = 'DB' AND NOT EXISTS
   (SELECT 1 FROM attempts a WHERE a.profile_id = t.profile_id AND a.parent_transaction_id = t.id AND a.kind = 'return' AND a.state = 'approved')`, string(o.ID))
		kept := l.number(`SELECT SUM(captured_minor - refunded_minor) FROM payments WHERE order_id = $1`, string(o.ID))
		if charged != kept+unreturned {
			l.t.Fatalf("order %s: the gateway has %d net, our payments say %d, and %d is still to go back\n%s", o.ID, charged, kept, unreturned, l.story())
		}
		if unreturned > 0 && !slices.Contains(l.Tasks(o), "return_failed") {
			l.t.Fatalf("order %s: %d of surplus money is kept and nobody is told\n%s", o.ID, unreturned, l.story())
		}
	}
}
