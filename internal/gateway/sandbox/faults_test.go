package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

func TestFaultsAroundTheBooking(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault  sandbox.Fault
		status int // 0: no answer
		booked bool
	}{
		"5xx before":    {sandbox.Fault{Kind: sandbox.FaultErrorBefore}, http.StatusServiceUnavailable, false},
		"cut before":    {sandbox.Fault{Kind: sandbox.FaultCutBefore}, 0, false},
		"5xx after":     {sandbox.Fault{Kind: sandbox.FaultErrorAfter}, http.StatusGatewayTimeout, true},
		"lost after":    {sandbox.Fault{Kind: sandbox.FaultAnswerLost}, 0, true},
		"delay":         {sandbox.Fault{Kind: sandbox.FaultDelay, DelayMS: 5}, http.StatusOK, true},
		"always random": {sandbox.Fault{Kind: sandbox.FaultAnswerLost, Probability: 1}, 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			id := k.paid("order-0001", "DB")
			tt.fault.Route = sandbox.RouteRefund
			if tt.fault.Probability == 0 {
				tt.fault.Next = 1
			}
			k.fault(tt.fault)
			form := []string{"paymentType", "RF", "amount", "1.00", "currency", "EUR", "merchantTransactionId", "refund-0001"}

			got, err := k.try("POST", "/v1/payments/"+id, form...)

			if (err != nil) != (tt.status == 0) || got.HTTP != tt.status {
				t.Errorf("answer = %d, %v, want %d", got.HTTP, err, tt.status)
			}
			if booked := len(k.books()) == 2; booked != tt.booked {
				t.Errorf("booked = %t, want %t", booked, tt.booked)
			}
			k.gw.ClearFaults()
			q := k.call("GET", "/v1/query", "merchantTransactionId", "refund-0001")
			if (q.Result.Code == "000.000.100") != tt.booked {
				t.Errorf("query = %s, booked %t", q.Result.Code, tt.booked)
			}
			if len(k.gw.Faults()) != 0 {
				t.Error("a fault was left over")
			}
		})
	}
}

func TestOneShotFaultsStrikeSoOften(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.fault(sandbox.Fault{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteAPI, Next: 2, Status: 502})

	for _, want := range []int{502, 502, 404} {
		if got := k.call("GET", "/v1/query", "merchantTransactionId", "order-0001").HTTP; got != want {
			t.Errorf("status = %d, want %d", got, want)
		}
	}
}

func TestLostAnswerOfTheCardForm(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")
	k.fault(sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteFramePay, Next: 1})

	if _, err := k.tryPay(c.ID, visa, "Ada Example"); err == nil {
		t.Fatal("the answer was not lost")
	}

	wantCode(t, k.call("GET", "/v1/checkouts/"+c.ID+"/payment"), http.StatusOK, "000.100.110")
	if again := k.pay(c.ID, visa, "Ada Example"); again.Outcome != "already" {
		t.Errorf("outcome = %q, want already", again.Outcome)
	}
}

func TestHeldCardIsApprovedLongAfterItsCheckout(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.fault(sandbox.Fault{Kind: sandbox.FaultHold, Next: 1})
	old := k.checkout("order-0001")
	if got := k.pay(old.ID, visa, "Ada Example"); got.Outcome != "pending" || got.Redirect == "" {
		t.Fatalf("pay = %+v, want pending with a redirect", got)
	}
	if s := k.call("GET", "/v1/checkouts/"+old.ID+"/payment"); s.Result.Code != "000.200.000" || s.ID != "" {
		t.Errorf("status while held = %s %q, want 000.200.000 without an id", s.Result.Code, s.ID)
	}
	if again := k.pay(old.ID, visa, "Ada Example"); again.Outcome != "already" {
		t.Errorf("second pay = %q, want already", again.Outcome)
	}
	replaced := k.checkout("order-0001-b")
	k.pay(replaced.ID, visa, "Ada Example")
	k.advance(time.Hour)
	k.wantHeard("order-0001-b 000.100.110")

	if n, err := k.gw.Release(t.Context(), old.ID, ""); err != nil || n != 1 {
		t.Fatalf("released %d, %v, want 1", n, err)
	}

	k.wantHeard("order-0001 000.100.110")
	wantCode(t, k.call("GET", "/v1/checkouts/"+old.ID+"/payment"), http.StatusOK, "000.100.110")
	if n := len(k.books()); n != 2 {
		t.Errorf("books have %d entries, want both approvals", n)
	}
}

func TestHeldCardIsDecidedByItself(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.fault(sandbox.Fault{Kind: sandbox.FaultHold, Next: 1, DelayMS: 60_000})
	c := k.checkout("order-0001")
	k.pay(c.ID, visa, "800.100.152")

	k.advance(time.Minute)

	wantCode(t, k.call("GET", "/v1/checkouts/"+c.ID+"/payment"), http.StatusOK, "800.100.152")
}

func TestWrongAmountIsBooked(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.fault(sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: sandbox.RouteFramePay, Next: 1, By: -2400})
	c := k.checkout("order-0001")
	k.pay(c.ID, visa, "Ada Example")

	if got := k.call("GET", "/v1/checkouts/"+c.ID+"/payment").Amount; got != "100.00" {
		t.Errorf("amount = %s, want 100.00", got)
	}
}

func TestFaultsThatCannotStrikeAreRefused(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for name, f := range map[string]sandbox.Fault{
		"unknown kind":       {Kind: "sulk", Route: sandbox.RouteQuery, Next: 1},
		"unknown route":      {Kind: sandbox.FaultDelay, Route: "somewhere", Next: 1},
		"neither":            {Kind: sandbox.FaultDelay, Route: sandbox.RouteQuery},
		"both":               {Kind: sandbox.FaultDelay, Route: sandbox.RouteQuery, Next: 1, Probability: 0.5},
		"too likely":         {Kind: sandbox.FaultDelay, Route: sandbox.RouteQuery, Probability: 1.5},
		"result of a query":  {Kind: sandbox.FaultResult, Route: sandbox.RouteQuery, Next: 1, Code: "800.100.152"},
		"result of no code":  {Kind: sandbox.FaultResult, Route: sandbox.RouteRefund, Next: 1},
		"an error that is 2": {Kind: sandbox.FaultErrorAfter, Route: sandbox.RouteQuery, Next: 1, Status: 200},
	} {
		if err := k.gw.AddFault(f); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}
