package sandbox_test

import (
	"crypto/sha512"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

func TestPaymentIsApprovedToldOnceAndFoundByQuery(t *testing.T) {
	t.Parallel()
	k := newKit(t)

	c := k.checkout("order-0001", storing("merchantInvoiceId", "ord_1")...)
	pending := k.call("GET", "/v1/checkouts/"+c.ID+"/payment")
	wantCode(t, pending, http.StatusOK, "000.200.000")
	if pending.ID != "" || pending.NDC != c.ID {
		t.Errorf("before anything was tried: id %q, ndc %q, want none and the checkout", pending.ID, pending.NDC)
	}

	p := k.pay(c.ID, "4200 0000 0000 0091", "Ada Example")
	back, err := url.Parse(p.Redirect)
	if err != nil || p.Outcome != "approved" {
		t.Fatalf("pay = %+v, %v", p, err)
	}
	want := url.Values{"t": {"1"}, "id": {c.ID}, "resourcePath": {"/v1/checkouts/" + c.ID + "/payment"}}
	if back.Host != "shop.example" || back.Path != "/return" || back.Query().Encode() != want.Encode() {
		t.Errorf("redirect = %s, want query %s", p.Redirect, want.Encode())
	}

	s := k.call("GET", p.ResourcePath)
	wantCode(t, s, http.StatusOK, "000.100.110")
	if s.Amount != "124.00" || s.Currency != "EUR" || s.PaymentType != "DB" || s.PaymentBrand != "VISA" ||
		s.MerchantTransactionID != "order-0001" || s.NDC != c.ID || s.RegistrationID == "" ||
		s.Card.Last4Digits != "0091" || s.Card.BIN != "420000" || s.Card.ExpiryYear != "2034" ||
		s.ResultDetails["CardholderInitiatedTransactionID"] == "" {
		t.Errorf("status = %+v", s)
	}
	k.advance(time.Minute)
	wantCode(t, k.call("GET", p.ResourcePath), http.StatusBadRequest, "200.300.404")

	q := k.call("GET", "/v1/query", "merchantTransactionId", "order-0001")
	wantCode(t, q, http.StatusOK, "000.000.100")
	if len(q.Payments) != 1 || q.Payments[0].ID != s.ID {
		t.Errorf("query = %+v, want the payment %s", q.Payments, s.ID)
	}
	wantCode(t, k.call("GET", "/v1/payments/"+s.ID), http.StatusOK, "000.100.110")
	wantCode(t, k.call("GET", "/v1/query", "merchantTransactionId", "order-0002"), http.StatusNotFound, "700.400.580")

	if again := k.pay(c.ID, visa, "Ada Example"); again.Outcome != "already" || again.Redirect == "" {
		t.Errorf("second pay = %+v, want already and a redirect", again)
	}
	if n := len(k.books()); n != 1 {
		t.Errorf("books have %d entries, want 1", n)
	}
}

func TestCheckoutSeesDeclinesAndOneSuccess(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")
	path := "/v1/checkouts/" + c.ID + "/payment"

	for _, code := range []string{"800.100.155", "100.396.101"} {
		if got := k.pay(c.ID, visa, code).Outcome; got != "declined" {
			t.Fatalf("outcome = %q, want declined", got)
		}
		wantCode(t, k.call("GET", path), http.StatusOK, code)
		k.advance(time.Minute)
		wantCode(t, k.call("GET", path), http.StatusBadRequest, "200.300.404")
	}
	k.pay(c.ID, visa, "Ada Example")
	wantCode(t, k.call("GET", path), http.StatusOK, "000.100.110")
	var codes []string
	for _, p := range k.call("GET", "/v1/query", "merchantTransactionId", "order-0001").Payments {
		codes = append(codes, p.Result.Code)
	}
	if got, want := strings.Join(codes, " "), "800.100.155 100.396.101 000.100.110"; got != want {
		t.Errorf("query lists %s, want %s", got, want)
	}
}

func TestStatusAnswersAreThrottledOnItsClock(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	path := "/v1/checkouts/" + k.checkout("order-0001").ID + "/payment"

	for range 2 {
		wantCode(t, k.call("GET", path), http.StatusOK, "000.200.000")
	}
	wantCode(t, k.call("GET", path), http.StatusTooManyRequests, "800.120.100")
	k.advance(time.Minute)
	wantCode(t, k.call("GET", path), http.StatusOK, "000.200.000")
}

func TestCheckoutDiesAfterHalfAnHour(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")

	k.advance(30 * time.Minute)

	if got := k.pay(c.ID, visa, "Ada Example"); got.HTTP != http.StatusGone || got.Error.Name != "InvalidCheckoutIdError" {
		t.Errorf("pay = %d %s, want 410 InvalidCheckoutIdError", got.HTTP, got.Error.Name)
	}
	wantCode(t, k.call("GET", "/v1/checkouts/"+c.ID+"/payment"), http.StatusBadRequest, "200.300.404")
	if n := len(k.books()); n != 0 {
		t.Errorf("books have %d entries, want none", n)
	}
}

func TestPendingPaymentSettles(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(c *sandbox.Config) { c.Settle = 10 * time.Minute })
	byAdmin, byItself := k.checkout("order-0001", "createRegistration", "true"), k.checkout("order-0002")
	for _, c := range []reply{byAdmin, byItself} {
		if got := k.pay(c.ID, visa, "000.200.000").Outcome; got != "pending" {
			t.Fatalf("outcome = %q, want pending", got)
		}
	}
	first := k.call("GET", "/v1/checkouts/"+byAdmin.ID+"/payment")
	wantCode(t, first, http.StatusOK, "000.200.000")
	if first.ID == "" || first.RegistrationID != "" {
		t.Errorf("pending = %+v, want an id and no registration yet", first)
	}
	if err := k.gw.Settle(t.Context(), first.ID, "800.100.152"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, k.call("GET", "/v1/checkouts/"+byAdmin.ID+"/payment"), http.StatusOK, "800.100.152")
	if err := k.gw.Settle(t.Context(), first.ID, "000.100.110"); err == nil {
		t.Error("a declined payment was settled again")
	}

	k.advance(10 * time.Minute)
	wantCode(t, k.call("GET", "/v1/checkouts/"+byItself.ID+"/payment"), http.StatusOK, "000.100.110")
}

func TestCheckoutCallIsChecked(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	tests := map[string]struct {
		name, value string
		status      int
		code        string
	}{
		"another channel":      {"entityId", "nobody", 401, "800.900.300"},
		"three decimals":       {"amount", "1.000", 400, "100.550.303"},
		"one decimal":          {"amount", "1.0", 400, "100.550.303"},
		"eleven digits":        {"amount", "12345678901", 400, "100.550.303"},
		"negative":             {"amount", "-1.00", 400, "100.550.303"},
		"nothing":              {"amount", "0.00", 400, "100.550.300"},
		"no amount":            {"amount", "", 400, "100.550.300"},
		"unknown currency":     {"currency", "EUX", 400, "100.550.401"},
		"no currency":          {"currency", "", 400, "100.550.400"},
		"refund in a checkout": {"paymentType", "RF", 400, "200.300.404"},
		"short id":             {"merchantTransactionId", "1234567", 400, "200.300.404"},
		"long id":              {"merchantTransactionId", strings.Repeat("x", 256), 400, "200.300.404"},
		"script as return":     {"shopperResultUrl", "javascript:alert(1)", 400, "200.300.404"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := k.call("POST", "/v1/checkouts", "amount", "1.00", "currency", "EUR", "paymentType", "DB",
				"merchantTransactionId", "order-0001", tt.name, tt.value)

			wantCode(t, got, tt.status, tt.code)
		})
	}
}

func TestWidgetHasTheAnnouncedHash(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")

	req, err := http.NewRequestWithContext(t.Context(), "GET", k.srv.URL+"/v1/paymentWidgets.js?checkoutId="+c.ID, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	script, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum384(script)
	if want := "sha384-" + base64.StdEncoding.EncodeToString(sum[:]); c.Integrity != want {
		t.Errorf("announced %s, served %s", c.Integrity, want)
	}
	if got := res.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin = %q, want *", got)
	}
	if !strings.Contains(string(script), c.ID) {
		t.Error("the script does not name its checkout")
	}
}

// TestCurrenciesAreWrittenWithTwoDecimals: a yen has none of them and a fils
// cannot be said.
func TestCurrenciesAreWrittenWithTwoDecimals(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	tests := map[string]struct {
		amount, currency string
		status           int
		code             string
		booked           int64 // minor units
	}{
		"yen":               {"1200.00", "JPY", 200, "000.200.100", 1200},
		"yen, as they are":  {"1200", "JPY", 200, "000.200.100", 1200},
		"half a yen":        {"1200.50", "JPY", 400, "100.550.303", 0},
		"dinars":            {"12.34", "KWD", 200, "000.200.100", 12_340},
		"fils":              {"12.345", "KWD", 400, "100.550.303", 0},
		"the most":          {"9999999999.99", "EUR", 200, "000.200.100", 999_999_999_999},
		"a digit too many":  {"10000000000.00", "EUR", 400, "100.550.303", 0},
		"comma":             {"12,34", "EUR", 400, "100.550.303", 0},
		"no major unit":     {".34", "EUR", 400, "100.550.303", 0},
		"nothing after dot": {"12.", "EUR", 400, "100.550.303", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := k.call("POST", "/v1/checkouts", "amount", tt.amount, "currency", tt.currency, "paymentType", "DB", "merchantTransactionId", "order: "+name)

			wantCode(t, got, tt.status, tt.code)
			if tt.booked == 0 {
				return
			}
			k.pay(got.ID, visa, "Ada Example")
			for _, e := range k.books() {
				if e.CheckoutID == got.ID && (e.Amount.Minor() != tt.booked || e.Amount.Currency().Code() != tt.currency) {
					t.Errorf("booked %v, want %d minor units of %s", e.Amount, tt.booked, tt.currency)
				}
			}
		})
	}
}

func TestChannelTakesItsCurrencies(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(c *sandbox.Config) { c.Entities[0].Currencies = []string{"EUR", "JPY"} })

	for currency, code := range map[string]string{"EUR": "000.200.100", "JPY": "000.200.100", "USD": "600.200.500", "EUX": "100.550.401"} {
		got := k.call("POST", "/v1/checkouts", "amount", "1.00", "currency", currency, "paymentType", "DB", "merchantTransactionId", "order-0001")
		if got.Result.Code != code {
			t.Errorf("%s: %s, want %s", currency, got.Result.Code, code)
		}
	}
}
