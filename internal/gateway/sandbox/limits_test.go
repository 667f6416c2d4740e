package sandbox_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// TestBackOfficeNeverMovesMoreThanThereIs captures, refunds and reverses at
// random, with declines, waiting and lost answers in between, and adds up the
// books: what may still be decided counts as moved.
func TestBackOfficeNeverMovesMoreThanThereIs(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(c *sandbox.Config) { c.Entities[0].Captures, c.Entities[0].PartialReversals = 3, true })
	orders := 0
	rapid.Check(t, func(r *rapid.T) {
		orders++
		hold := k.paid(fmt.Sprintf("order-%04d", orders), "PA")
		on := []string{hold}
		for i := range rapid.IntRange(1, 8).Draw(r, "steps") {
			kind := rapid.SampledFrom([]string{"CP", "RF", "RV"}).Draw(r, "kind")
			if code := rapid.SampledFrom([]string{"", "", "800.100.152", "000.200.000"}).Draw(r, "result"); code != "" {
				k.fault(sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteBackOffice, Next: 1, Code: code})
			}
			if rapid.Bool().Draw(r, "lost") {
				k.fault(sandbox.Fault{Kind: sandbox.FaultErrorAfter, Route: sandbox.RouteBackOffice, Next: 1})
			}
			got := k.call("POST", "/v1/payments/"+rapid.SampledFrom(on).Draw(r, "on"), "paymentType", kind, "currency", "EUR",
				"amount", fmt.Sprintf("%d.00", rapid.IntRange(1, 124).Draw(r, "amount")), "merchantTransactionId", fmt.Sprintf("step-%04d-%d", orders, i))
			k.gw.ClearFaults()
			if kind == "CP" && got.ID != "" {
				on = append(on, got.ID)
			}
		}

		moved, taken := map[string]int64{}, map[string]int64{}
		for _, e := range k.books() {
			if e.State == sandbox.StateDeclined {
				continue
			}
			moved[e.Type+" "+e.ReferencedID] += e.Amount.Minor()
			taken[e.ID] = e.Amount.Minor()
		}
		if moved["CP "+hold]+moved["RV "+hold] > 12_400 {
			r.Errorf("captured %d and reversed %d of 12400", moved["CP "+hold], moved["RV "+hold])
		}
		for _, id := range on {
			if moved["RF "+id] > taken[id] || (id == hold && moved["RF "+id] > 0) {
				r.Errorf("refunded %d of %d on %s", moved["RF "+id], taken[id], id)
			}
		}
	})
}
