package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// TestEveryGroupOfResultsCanBeHad types a code of each group into the holder field.
func TestEveryGroupOfResultsCanBeHad(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	tests := map[string]struct{ code, outcome string }{
		"review":                {"000.400.060", "approved"},
		"pending for minutes":   {"000.200.000", "pending"},
		"pending for days":      {"800.400.500", "pending"},
		"soft decline, SCA":     {"300.100.100", "declined"},
		"3-D Secure reject":     {"000.400.108", "declined"},
		"bank reject":           {"800.100.155", "declined"},
		"communication":         {"900.100.600", "declined"},
		"uncertain":             {"900.100.300", "pending"},
		"system":                {"800.800.800", "declined"},
		"asynchronous":          {"100.396.104", "declined"},
		"blacklist":             {"100.100.701", "declined"},
		"3-D Secure invalid":    {"100.390.109", "declined"},
		"external risk":         {"100.400.142", "declined"},
		"address check":         {"800.400.100", "declined"},
		"risk validation":       {"800.120.101", "declined"},
		"issuer's advice":       {"700.600.002", "declined"},
		"configuration":         {"600.200.202", "declined"},
		"registration":          {"100.150.200", "declined"},
		"reference":             {"700.400.200", "declined"},
		"format":                {"100.300.200", "declined"},
		"address":               {"100.800.501", "declined"},
		"contact":               {"100.700.101", "declined"},
		"account":               {"100.100.101", "declined"},
		"amount":                {"100.550.301", "declined"},
		"risk management":       {"100.380.101", "declined"},
		"nobody has heard of":   {"400.000.000", "declined"},
		"reversal went wrong":   {"000.400.030", "pending"},
		"cardholder walked off": {"100.396.101", "declined"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := k.checkout("order: " + name)

			if got := k.pay(c.ID, visa, tt.code).Outcome; got != tt.outcome {
				t.Errorf("outcome = %q, want %q", got, tt.outcome)
			}

			wantCode(t, k.call("GET", "/v1/checkouts/"+c.ID+"/payment"), http.StatusOK, tt.code)
		})
	}
}

func TestSuccessIsNotForTheAsking(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")

	for _, holder := range []string{"000.100.110", "000.400.110", "000.100.220", "THEN 000.000.000"} {
		if got := k.pay(c.ID, visa, holder); got.HTTP != http.StatusUnprocessableEntity || got.Error.Fields["holder"] == "" {
			t.Errorf("%s: %d %+v, want 422 with a message", holder, got.HTTP, got.Error)
		}
	}
}

func TestDeclineHasTheSchemesAdvice(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const amex = "377777777777770"
	tests := []struct{ number, holder, advice, category, response string }{
		{master, "800.100.159", "03", "", "43"},
		{master, "800.100.155", "02", "", "51"},
		{master, "100.100.303", "01", "", "54"},
		{master, "800.100.500", "21", "", "R0"},
		{master, "800.100.152 MAC 25", "25", "", "05"},
		{visa, "800.100.159", "", "1", "43"},
		{visa, "800.100.155", "", "2", "51"},
		{visa, "800.100.153", "", "3", "82"},
		{visa, "800.100.199", "", "4", "05"},
		{visa, "300.100.100", "", "", "1A"},
		{visa, "800.100.152 VCC 1", "", "1", "05"},
		{visa, "800.100.152 MAC 99 VCC 4", "99", "4", "05"},
		{visa, "100.396.101", "", "", ""}, // no bank was asked
		{visa, "900.100.600", "", "", ""},
	}
	for i, tt := range tests {
		mtid := fmt.Sprintf("order-%04d", i)
		number := tt.number
		c := k.checkout(mtid)
		k.pay(c.ID, number, tt.holder)

		d := k.call("GET", "/v1/checkouts/"+c.ID+"/payment").ResultDetails
		if d["MerchantAdviceCode"] != tt.advice || d["VisaCategoryCode"] != tt.category || d["AcquirerResponse"] != tt.response || d["ExtendedDescription"] == "" {
			t.Errorf("%s with %s: details %v, want advice %q, category %q, response %q", tt.holder, number, d, tt.advice, tt.category, tt.response)
		}
	}
	c := k.checkout("order-amex")
	k.fault(sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteFramePay, Next: 1, Code: "800.100.159"})
	if _, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values("number", amex, "expiry", "12/34", "cvv", "1234", "holder", "Ada Example"), nil); err != nil {
		t.Fatal(err)
	}
	if d := k.call("GET", "/v1/checkouts/"+c.ID+"/payment").ResultDetails; d["MerchantAdviceCode"]+d["VisaCategoryCode"] != "" {
		t.Errorf("American Express: details %v, want no advice", d)
	}
}

func TestPaymentPendingForDaysIsDecidedByTheClock(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(c *sandbox.Config) { c.Settle = 3 * 24 * time.Hour })
	id := k.pending("order-0001")
	k.wantHeard("order-0001 800.400.500")

	k.advance(3*24*time.Hour - time.Minute)
	wantCode(t, k.call("GET", "/v1/payments/"+id), http.StatusOK, "800.400.500")
	k.advance(time.Minute)

	wantCode(t, k.call("GET", "/v1/payments/"+id), http.StatusOK, "000.100.110")
	k.wantHeard("order-0001 000.100.110")
}
