package sandbox_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// TestBackOffice goes through captures, refunds and reversals in turn; each step
// names what it does to which transaction and what the gateway must say.
func TestBackOffice(t *testing.T) {
	t.Parallel()
	type step struct {
		kind, on, amount string // on: the payment, or the number of an earlier step
		status           int
		code             string
	}
	ok, bad := http.StatusOK, http.StatusBadRequest
	tests := map[string]struct {
		paid  string // type of the payment, of 124.00
		steps []step
		can   sandbox.Entity // what the acquirer can do
	}{
		"refunds until used up": {paid: "DB", steps: []step{
			{"RF", "paid", "100.00", ok, "000.100.110"},
			{"RF", "paid", "24.01", bad, "700.400.200"},
			{"RF", "paid", "24.00", ok, "000.100.110"},
			{"RF", "paid", "0.01", bad, "700.400.200"},
		}},
		"a debit is neither captured nor reversed": {paid: "DB", steps: []step{
			{"CP", "paid", "1.00", bad, "700.300.100"},
			{"RV", "paid", "", bad, "700.300.100"},
		}},
		"the rest is released at the only capture": {paid: "PA", steps: []step{
			{"CP", "paid", "124.01", bad, "700.400.100"},
			{"CP", "paid", "100.00", ok, "000.100.110"},
			{"CP", "paid", "24.00", bad, "700.300.300"},
			{"RV", "paid", "", bad, "700.400.300"},
			{"RF", "paid", "1.00", bad, "700.300.100"},
			{"RF", "1", "100.01", bad, "700.400.200"},
		}},
		"captures until used up, refunds of a capture": {paid: "PA", can: sandbox.Entity{Captures: 9}, steps: []step{
			{"RF", "paid", "1.00", bad, "700.300.100"},
			{"CP", "paid", "100.00", ok, "000.100.110"},
			{"CP", "paid", "24.01", bad, "700.400.100"},
			{"RV", "paid", "", bad, "700.400.300"},
			{"RF", "1", "100.01", bad, "700.400.200"},
			{"RF", "1", "100.00", ok, "000.100.110"},
		}},
		"a refund and a refused step are no reference": {paid: "DB", steps: []step{
			{"RF", "paid", "10.00", ok, "000.100.110"},
			{"RF", "0", "1.00", bad, "700.300.100"},
			{"RF", "paid", "200.00", bad, "700.400.200"},
		}},
		"a partial reversal leaves the rest": {paid: "PA", can: sandbox.Entity{PartialReversals: true}, steps: []step{
			{"RV", "paid", "24.00", ok, "000.100.110"},
			{"RV", "paid", "100.01", bad, "700.100.200"},
			{"CP", "paid", "100.01", bad, "700.400.100"},
			{"RV", "paid", "", ok, "000.100.110"},
			{"RV", "paid", "", bad, "700.300.300"},
			{"CP", "paid", "1.00", bad, "700.300.300"},
		}},
		"a reversed authorisation is over": {paid: "PA", steps: []step{
			{"RV", "paid", "1.00", bad, "700.100.200"},
			{"RV", "paid", "", ok, "000.100.110"},
			{"RV", "paid", "124.00", bad, "700.300.300"},
			{"CP", "paid", "1.00", bad, "700.300.300"},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, func(c *sandbox.Config) {
				c.Entities[0].Captures, c.Entities[0].PartialReversals = tt.can.Captures, tt.can.PartialReversals
			})
			ids := map[string]string{"paid": k.paid("order-0001", tt.paid)}
			for i, s := range tt.steps {
				pairs := []string{"paymentType", s.kind, "merchantTransactionId", "back-office-" + string(rune('0'+i))}
				if s.amount != "" {
					pairs = append(pairs, "amount", s.amount, "currency", "EUR")
				}

				got := k.call("POST", "/v1/payments/"+ids[s.on], pairs...)

				wantCode(t, got, s.status, s.code)
				if got.ID == "" || got.ReferencedID != ids[s.on] || got.PaymentType != s.kind {
					t.Errorf("step %d: answer = %+v, want an id, the reference and %s", i, got, s.kind)
				}
				ids[string(rune('0'+i))] = got.ID
			}
		})
	}
}

func TestBackOfficeRefusesWithoutBooking(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.paid("order-0001", "DB")
	refund := func(on string, pairs ...string) reply {
		return k.call("POST", "/v1/payments/"+on, append([]string{"paymentType", "RF", "amount", "10.00",
			"currency", "EUR", "merchantTransactionId", "refund-0001"}, pairs...)...)
	}

	wantCode(t, refund("8ac7nothing"), http.StatusNotFound, "700.400.580")
	wantCode(t, refund(id, "paymentType", "CD"), http.StatusBadRequest, "200.300.404")
	wantCode(t, refund(id, "amount", "x"), http.StatusBadRequest, "100.550.303")
	wantCode(t, refund(id, "amount", ""), http.StatusBadRequest, "100.550.300")
	wantCode(t, refund(id, "currency", ""), http.StatusBadRequest, "100.550.400")
	wantCode(t, refund(id), http.StatusOK, "000.100.110")
	wantCode(t, refund(id), http.StatusBadRequest, "800.130.100")
	wantCode(t, refund(id, "amount", "10.01"), http.StatusBadRequest, "800.110.100")
	wantCode(t, refund(id, "merchantTransactionId", "order-0001"), http.StatusBadRequest, "800.110.100")

	if n := len(k.books()); n != 2 {
		t.Errorf("books have %d entries, want the payment and one refund", n)
	}
}

func TestDeclinedRefundMayBeSentAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.paid("order-0001", "DB")
	k.fault(sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteRefund, Next: 1, Code: "800.100.152"})
	form := []string{"paymentType", "RF", "amount", "124.00", "currency", "EUR", "merchantTransactionId", "refund-0001"}

	wantCode(t, k.call("POST", "/v1/payments/"+id, form...), http.StatusOK, "800.100.152")
	wantCode(t, k.call("POST", "/v1/payments/"+id, form...), http.StatusOK, "000.100.110")
}

func TestRefundsAtOnceNeverExceedThePayment(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.paid("order-0001", "DB")

	var calls sync.WaitGroup
	for i := range 8 {
		calls.Go(func() {
			_, err := k.try("POST", "/v1/payments/"+id, "paymentType", "RF", "amount", "50.00", "currency", "EUR",
				"merchantTransactionId", "refund-"+strings.Repeat(string(rune('a'+i)), 4))
			if err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()

	var approved int
	for _, e := range k.books() {
		if e.Type == "RF" && e.State == sandbox.StateApproved {
			approved++
		}
	}
	if approved != 2 {
		t.Errorf("%d refunds of 50.00 on 124.00 were approved, want 2", approved)
	}
}

func TestPayingTwiceAtOnceBooksOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")

	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			if _, err := k.tryPay(c.ID, visa, "Ada Example"); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()

	if n := len(k.books()); n != 1 {
		t.Errorf("books have %d entries, want 1", n)
	}
}

func TestBackOfficeDeclinesAreBookedAndTold(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	declined := k.declined("order-0001")
	pending := k.pending("order-0002")
	hold := k.paid("order-0003", "PA")
	k.flush()
	k.shop.take()
	tests := []struct {
		on, kind, currency, code string
		wait                     time.Duration
	}{
		{declined, "RF", "EUR", "700.300.200", 0},
		{pending, "RF", "EUR", "700.400.570", 0},
		{hold, "CP", "USD", "700.100.500", 0},
		{hold, "CP", "EUR", "700.300.400", 7 * 24 * time.Hour}, // the issuer let go
		{hold, "RV", "EUR", "700.300.700", 0},
	}
	for i, tt := range tests {
		k.advance(tt.wait)

		got := k.call("POST", "/v1/payments/"+tt.on, "paymentType", tt.kind, "amount", "124.00", "currency", tt.currency,
			"merchantTransactionId", "back-office-"+string(rune('0'+i)))

		wantCode(t, got, http.StatusBadRequest, tt.code)
		told := k.told()
		if len(told) != 1 || told[0].Payload.ID != got.ID || told[0].Payload.ReferencedID != tt.on || told[0].Payload.Result.Code != tt.code {
			t.Errorf("%s on %s was told as %+v, want the decline", tt.kind, tt.on, told)
		}
	}
	if n := len(k.books()); n != 3+len(tests) {
		t.Errorf("books have %d entries, want %d", n, 3+len(tests))
	}
}
