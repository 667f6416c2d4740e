package opp_test

import (
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/opp"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
)

// bank is the sandbox behind HTTP, the driver that talks to it, and a shop that
// opens its notifications.
type bank struct {
	*testing.T
	*opp.Driver
	gateway *sandbox.Sandbox
	account gateway.Account
	mu      sync.Mutex
	heard   []gateway.Notification
}

func newBank(t *testing.T, can sandbox.Entity) *bank {
	t.Helper()
	b := &bank{T: t, Driver: opp.New(opp.Config{})}
	shop := httptest.NewServer(http.HandlerFunc(b.hear))
	t.Cleanup(shop.Close)
	key := strings.Repeat("0f", 32)
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	can.EntityID, can.Token, can.WebhookKey, can.WebhookURL = "entity-1", "secret-token", key, shop.URL
	b.gateway, err = sandbox.New(sandbox.Config{DataFile: filepath.Join(t.TempDir(), "gateway.db"), Entities: []sandbox.Entity{can}, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(b.gateway.Handler())
	t.Cleanup(func() {
		site.Close()
		if err := b.gateway.Close(); err != nil {
			t.Error(err)
		}
	})
	b.account = accountAt(site.URL)
	b.account.PublicBase, b.account.WebhookKey = site.URL, raw
	return b
}

func (b *bank) hear(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.Error(err)
	}
	n, err := b.Open(b.account, r.Header, body)
	if err != nil {
		b.Errorf("open notification: %v", err)
		w.WriteHeader(http.StatusBadRequest)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, n)
}

// told are the facts notified of since the last call.
func (b *bank) told() []gateway.Fact {
	b.Helper()
	if err := b.gateway.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var facts []gateway.Fact
	for _, n := range b.heard {
		facts = append(facts, n.Fact)
	}
	b.heard = nil
	return facts
}

// first opens a checkout, pays in it and asks what became of it.
func (b *bank) first(r gateway.CheckoutRequest, number, holder string) gateway.Fact {
	b.Helper()
	c, err := b.CreateCheckout(b.Context(), b.account, r)
	if err != nil {
		b.Fatal(err)
	}
	res, err := http.PostForm(b.account.APIBase+"/v1/frame/"+c.ID+"/pay", url.Values{"number": {number}, "expiry": {"12/34"}, "cvv": {"123"}, "holder": {holder}}) //nolint:noctx // a test's own server
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	ask := b.Status
	if r.Type == gateway.Registration {
		ask = b.StoredCard
	}
	fact, err := ask(b.Context(), b.account, c.ID)
	if err != nil {
		b.Fatal(err)
	}
	return fact
}

// did is a fact in short.
func did(f gateway.Fact) string {
	return strings.TrimSpace(string(f.Type) + " " + f.Amount.Decimal() + " " + f.Amount.Currency().Code() + " " + string(f.Result.Outcome) + " " + f.Result.Code)
}

func (b *bank) want(what string, f gateway.Fact, err error, want string) {
	b.Helper()
	if err != nil || did(f) != want {
		b.Errorf("%s = %s, %v, want %s", what, did(f), err, want)
	}
}

const (
	visaCard   = "4200000000000091"
	masterCard = "5200000000000007"
)

func payment(mtid string, typ gateway.Type) gateway.CheckoutRequest {
	return gateway.CheckoutRequest{MerchantTransactionID: mtid, Type: typ, Amount: money.New(10_000, money.EUR)}
}

// TestSandboxBackOffice captures, refunds and reverses in parts.
func TestSandboxBackOffice(t *testing.T) {
	t.Parallel()
	b := newBank(t, sandbox.Entity{Captures: 9, PartialReversals: true})
	hold := b.first(payment("order-0001", gateway.PreAuthorisation), visaCard, "Ada Example")
	b.want("authorisation", hold, nil, "PA 100.00 EUR approved 000.100.110")
	office := func(typ gateway.Type, on gateway.Fact, mtid string, minor int64) (gateway.Fact, error) {
		return b.BackOffice(b.Context(), b.account, gateway.BackOfficeRequest{Type: typ, ReferencedID: on.ID, MerchantTransactionID: mtid, Amount: money.New(minor, money.EUR)})
	}
	b.told()

	taken, err := office(gateway.Capture, hold, "capture-0001", 6_000)
	b.want("capture", taken, err, "CP 60.00 EUR approved 000.100.110")
	if taken.ReferencedID != hold.ID || taken.CheckoutID != "" || taken.MerchantTransactionID != "capture-0001" {
		t.Errorf("capture = %+v, want it on %s", taken, hold.ID)
	}
	f, err := office(gateway.Capture, hold, "capture-0002", 4_001)
	b.want("capture of too much", f, err, "CP 40.01 EUR rejected 700.400.100")
	f, err = office(gateway.Reversal, hold, "reversal-0001", 4_000)
	b.want("reversal after a capture", f, err, "RV 40.00 EUR rejected 700.400.300")
	f, err = office(gateway.Refund, taken, "refund-0001", 5_000)
	b.want("refund", f, err, "RF 50.00 EUR approved 000.100.110")
	f, err = office(gateway.Refund, taken, "refund-0002", 1_001)
	b.want("refund of too much", f, err, "RF 10.01 EUR rejected 700.400.200")
	if told := b.told(); len(told) != 5 || did(told[3]) != "RF 50.00 EUR approved 000.100.110" || told[3].ReferencedID != taken.ID {
		t.Errorf("notified of %+v, want all five", told)
	}

	other := b.first(payment("order-0002", gateway.PreAuthorisation), visaCard, "Ada Example")
	f, err = office(gateway.Reversal, other, "reversal-0002", 2_500)
	b.want("partial reversal", f, err, "RV 25.00 EUR approved 000.100.110")
	f, err = b.BackOffice(b.Context(), b.account, gateway.BackOfficeRequest{Type: gateway.Reversal, ReferencedID: other.ID, MerchantTransactionID: "reversal-0003"})
	b.want("reversal of the rest", f, err, "RV 75.00 EUR approved 000.100.110")
}

// TestSandboxLostAnswer: what is sent again after a lost answer exists already,
// which is no decline; a query finds the one that counts.
func TestSandboxLostAnswer(t *testing.T) {
	t.Parallel()
	b := newBank(t, sandbox.Entity{})
	paid := b.first(payment("order-0001", gateway.Debit), visaCard, "Ada Example")
	r := gateway.BackOfficeRequest{Type: gateway.Refund, ReferencedID: paid.ID, MerchantTransactionID: "refund-0001", Amount: money.New(100, money.EUR)}
	for _, kind := range []sandbox.FaultKind{sandbox.FaultAnswerLost, sandbox.FaultErrorAfter} {
		r.MerchantTransactionID += string(kind)
		if err := b.gateway.AddFault(sandbox.Fault{Kind: kind, Route: sandbox.RouteRefund, Next: 1}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if f, err := b.BackOffice(t.Context(), b.account, r); !errors.Is(err, gateway.ErrUnknown) || errors.Is(err, gateway.ErrRefused) {
				t.Errorf("%s: refund = %s, %v, want ErrUnknown, the first time and again", kind, did(f), err)
			}
		}
		facts, err := b.Query(t.Context(), b.account, r.MerchantTransactionID)
		if err != nil || len(facts) != 1 || did(facts[0]) != "RF 1.00 EUR approved 000.100.110" {
			t.Errorf("%s: query = %+v, %v, want one refund", kind, facts, err)
		}
	}
	r.Amount = money.New(101, money.EUR)
	if _, err := b.BackOffice(t.Context(), b.account, r); !errors.Is(err, gateway.ErrUnknown) {
		t.Errorf("another amount under the same id: %v, want ErrUnknown", err)
	}
	r.MerchantTransactionID = "refund-0009"
	if err := b.gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultCutBefore, Route: sandbox.RouteRefund, Next: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.BackOffice(t.Context(), b.account, r); !errors.Is(err, gateway.ErrUnknown) {
		t.Errorf("cut before: %v, want ErrUnknown", err)
	}
	if _, err := b.Query(t.Context(), b.account, r.MerchantTransactionID); !errors.Is(err, gateway.ErrNotFound) {
		t.Errorf("query after it was cut before: %v, want ErrNotFound", err)
	}
}

// TestSandboxSeries stores a card for each kind of series, charges it without
// the customer, and forgets it.
func TestSandboxSeries(t *testing.T) {
	t.Parallel()
	for _, series := range []gateway.Series{
		{Kind: gateway.Subscription, EveryDays: 28},
		{Kind: gateway.Instalments, Count: 12, EveryDays: 28, Until: time.Date(2034, 1, 1, 0, 0, 0, 0, time.UTC)},
		{Kind: gateway.Instalments, Count: 3},
		{Kind: gateway.Unscheduled},
	} {
		t.Run(string(series.Kind), func(t *testing.T) {
			t.Parallel()
			b := newBank(t, sandbox.Entity{})
			r := payment("order-0001", gateway.Debit)
			r.Store = series
			paid := b.first(r, masterCard, "Ada Example")
			r = gateway.CheckoutRequest{MerchantTransactionID: "order-0002", Type: gateway.Registration, Store: series}
			stored := b.first(r, masterCard, "Ada Example")
			b.want("registration", stored, nil, "RG 0  approved 000.100.110")

			for i, first := range []gateway.Fact{paid, stored} {
				if first.Method.Token == "" || first.Method.InitialTransactionID == "" {
					t.Fatalf("first = %+v, want a token and the transaction that began the series", first)
				}
				request := gateway.ChargeRequest{Type: gateway.Debit, Token: first.Method.Token, MerchantTransactionID: "charge-000" + string(rune('1'+i)),
					Amount: money.New(1_200, money.EUR), Series: series, InitialTransactionID: first.Method.InitialTransactionID}
				f, err := b.Charge(t.Context(), b.account, request)
				b.want("charge", f, err, "DB 12.00 EUR approved 000.100.110")
				if f.Method.Token != first.Method.Token || f.Method.Last4 != "0007" {
					t.Errorf("charged %+v, want the stored card", f.Method)
				}
				if _, err := b.Charge(t.Context(), b.account, request); !errors.Is(err, gateway.ErrUnknown) {
					t.Errorf("charged again under the same id: %v, want ErrUnknown", err)
				}
				request.MerchantTransactionID, request.InitialTransactionID = "charge-wrong", "another"
				if _, err := b.Charge(t.Context(), b.account, request); !errors.Is(err, gateway.ErrRefused) {
					t.Errorf("charge on another series: %v, want ErrRefused", err)
				}
				for range 2 {
					if err := b.Forget(t.Context(), b.account, first.Method.Token); err != nil {
						t.Errorf("forget: %v", err)
					}
				}
				request.InitialTransactionID = first.Method.InitialTransactionID
				if _, err := b.Charge(t.Context(), b.account, request); !errors.Is(err, gateway.ErrTokenGone) || !errors.Is(err, gateway.ErrRefused) {
					t.Errorf("charge of a forgotten card: %v, want ErrTokenGone", err)
				}
			}
			told, facts := b.told(), 0
			for _, f := range told {
				if f.ID != "" {
					facts++
				}
			}
			if len(told) != 6 || facts != 4 {
				t.Errorf("notified %d times with %d facts, want 3 payments, the card that was stored, and 2 of its deletion that are no facts", len(told), facts)
			}
		})
	}
}

// TestSandboxDeclines: code, advice and what they allow, from the wire.
func TestSandboxDeclines(t *testing.T) {
	t.Parallel()
	b := newBank(t, sandbox.Entity{})
	tests := []struct {
		number, result string
		want           gateway.Retry
	}{
		{masterCard, "800.100.152 MAC 24", gateway.Retry{Class: gateway.RetrySoft, After: time.Hour}},
		{masterCard, "800.100.152 MAC 03", gateway.Retry{Class: gateway.RetryHard}},
		{masterCard, "800.100.500", gateway.Retry{Class: gateway.RetryHard, Stop: true}},
		{masterCard, "300.100.100", gateway.Retry{Class: gateway.RetryAuthenticate}},
		{visaCard, "800.100.159", gateway.Retry{Class: gateway.RetryHard}},
		{visaCard, "800.100.155", gateway.Retry{Class: gateway.RetrySoft}},
		{visaCard, "800.100.152 VCC 3", gateway.Retry{Class: gateway.RetryMend}},
		{visaCard, "300.100.100", gateway.Retry{Class: gateway.RetryAuthenticate}},
		{visaCard, "800.800.800", gateway.Retry{Class: gateway.RetrySoft}},
	}
	for i, tt := range tests {
		r := payment("order-"+string(rune('a'+i))+"-0001", gateway.Debit)
		r.Store = gateway.Series{Kind: gateway.Unscheduled}
		first := b.first(r, tt.number, "THEN "+tt.result)
		f, err := b.Charge(t.Context(), b.account, gateway.ChargeRequest{Type: gateway.Debit, Token: first.Method.Token, MerchantTransactionID: r.MerchantTransactionID + "-charge",
			Amount: r.Amount, Series: r.Store, InitialTransactionID: first.Method.InitialTransactionID})
		if err != nil || f.Result.Retry != tt.want {
			t.Errorf("%s: %s, advice %+v, retry %+v, %v, want %+v", tt.result, did(f), f.Advice, f.Result.Retry, err, tt.want)
		}
	}
	if err := b.gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Next: 1, Code: "900.100.300"}); err != nil {
		t.Fatal(err)
	}
	r := payment("order-z-0001", gateway.Debit)
	r.Store = gateway.Series{Kind: gateway.Unscheduled}
	first := b.first(r, visaCard, "Ada Example")
	_, err := b.Charge(t.Context(), b.account, gateway.ChargeRequest{Type: gateway.Debit, Token: first.Method.Token, MerchantTransactionID: "charge-0001",
		Amount: r.Amount, Series: r.Store, InitialTransactionID: first.Method.InitialTransactionID})
	if !errors.Is(err, gateway.ErrUnknown) {
		t.Errorf("uncertain charge: %v, want ErrUnknown", err)
	}
}

func TestSandboxChargeback(t *testing.T) {
	t.Parallel()
	b := newBank(t, sandbox.Entity{})
	paid := b.first(payment("order-0001", gateway.Debit), visaCard, "Ada Example")
	b.told()

	id, err := b.gateway.Chargeback(t.Context(), paid.ID, "", "40.00")
	if err != nil {
		t.Fatal(err)
	}

	told := b.told()
	if len(told) != 1 {
		t.Fatalf("notified of %+v, want the chargeback", told)
	}
	b.want("chargeback", told[0], nil, "CB 40.00 EUR disputed 000.100.220")
	if told[0].ID != id || told[0].ReferencedID != paid.ID || told[0].MerchantTransactionID != "order-0001" || told[0].CheckoutID != "" {
		t.Errorf("chargeback = %+v, want it on %s", told[0], paid.ID)
	}
	facts, err := b.Query(t.Context(), b.account, "order-0001")
	if err != nil || len(facts) != 2 {
		t.Fatalf("query = %+v, %v, want payment and chargeback", facts, err)
	}
	if diff := cmp.Diff([]string{did(facts[0]), did(facts[1])}, []string{"DB 100.00 EUR approved 000.100.110", "CB 40.00 EUR disputed 000.100.220"}); diff != "" {
		t.Errorf("query (-got +want):\n%s", diff)
	}
}

// TestSandboxCurrencies pays, refunds and reads back what has no decimals and
// what has three.
func TestSandboxCurrencies(t *testing.T) {
	t.Parallel()
	b := newBank(t, sandbox.Entity{Currencies: []string{"EUR", "JPY", "KWD"}})
	for _, tt := range []struct {
		amount money.Amount
		want   string
	}{
		{money.New(1_200, money.JPY), "1200 JPY"},
		{money.New(12_340, money.KWD), "12.340 KWD"},
		{money.New(9_999_999_999, money.JPY), "9999999999 JPY"},
		{money.New(9_999_999_999_990, money.KWD), "9999999999.990 KWD"},
	} {
		mtid := "order of " + tt.want
		r := payment(mtid, gateway.Debit)
		r.Amount = tt.amount
		paid := b.first(r, visaCard, "Ada Example")
		b.want("payment", paid, nil, "DB "+tt.want+" approved 000.100.110")
		back, err := b.BackOffice(t.Context(), b.account, gateway.BackOfficeRequest{Type: gateway.Refund, ReferencedID: paid.ID, MerchantTransactionID: "refund " + mtid, Amount: tt.amount})
		b.want("refund", back, err, "RF "+tt.want+" approved 000.100.110")
	}
	r := payment("order-0001", gateway.Debit)
	dollar, err := money.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	r.Amount = money.New(100, dollar)
	if _, err := b.CreateCheckout(t.Context(), b.account, r); !errors.Is(err, gateway.ErrRefused) {
		t.Errorf("dollars: %v, want ErrRefused", err)
	}
}
