package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

const (
	entityID   = "8ac7a4c9000000000000000000000001"
	token      = "test-token-of-the-channel"
	admin      = "test-admin-token"
	webhookKey = "000102030405060708090A0B0C0D0E0F000102030405060708090A0B0C0D0E0F"
	visa       = "4200000000000091"
)

// kit is a gateway behind httptest and a merchant that keeps what it is notified of.
type kit struct {
	t    *testing.T
	gw   *sandbox.Sandbox
	srv  *httptest.Server
	file string
	shop *merchant
}

func newKit(t *testing.T, change ...func(*sandbox.Config)) *kit {
	t.Helper()
	k := &kit{t: t, file: filepath.Join(t.TempDir(), "gateway.db"), shop: newMerchant(t)}
	cfg := sandbox.Config{
		DataFile: k.file, AdminToken: admin, Seed: 1,
		Entities: []sandbox.Entity{{EntityID: entityID, Token: token, WebhookKey: webhookKey, WebhookURL: k.shop.srv.URL}},
	}
	for _, f := range change {
		f(&cfg)
	}
	gw, err := sandbox.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	k.gw, k.srv = gw, httptest.NewServer(gw.Handler())
	if err := gw.SetPublicURL(k.srv.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		k.srv.Close()
		if err := gw.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

// reply is the part of the protocol's answers that the tests look at.
type reply struct {
	HTTP                             int `json:"-"`
	ID, ReferencedID, RegistrationID string
	PaymentType, PaymentBrand        string
	StandingInstruction              struct{ Mode, Source, Type string }
	Amount, Currency, Integrity, NDC string
	MerchantTransactionID            string
	Result                           struct {
		Code            string
		ParameterErrors []struct{ Name string }
	}
	ResultDetails                   map[string]string
	Card                            struct{ BIN, Last4Digits, ExpiryMonth, ExpiryYear string }
	Payments                        []reply
	Redirect, ResourcePath, Outcome string
	ThreeDSecure                    struct{ ECI, Flow, AuthenticationStatus, VerificationID, DSTransactionID string }
	Error                           struct {
		Name, Message string
		Fields        map[string]string
	}
}

func (k *kit) send(method, path string, form url.Values, header map[string]string) (reply, error) {
	k.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	} else if form != nil {
		path += "?" + form.Encode()
	}
	req, err := http.NewRequestWithContext(k.t.Context(), method, k.srv.URL+path, body)
	if err != nil {
		k.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end
	out := reply{HTTP: res.StatusCode}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	_ = json.Unmarshal(raw, &out) // faults answer in plain text
	return out, nil
}

// call is an authenticated call of the merchant's server that must get an answer.
func (k *kit) call(method, path string, pairs ...string) reply {
	k.t.Helper()
	out, err := k.try(method, path, pairs...)
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

func (k *kit) try(method, path string, pairs ...string) (reply, error) {
	k.t.Helper()
	return k.send(method, path, values(append([]string{"entityId", entityID}, pairs...)...),
		map[string]string{"Authorization": "Bearer " + token})
}

// storing are the parameters of a first payment that stores its card, and more.
func storing(pairs ...string) []string {
	return append([]string{"createRegistration", "true", "standingInstruction.mode", "INITIAL",
		"standingInstruction.source", "CIT", "standingInstruction.type", "UNSCHEDULED"}, pairs...)
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func (k *kit) checkout(mtid string, pairs ...string) reply {
	k.t.Helper()
	out := k.call("POST", "/v1/checkouts", append([]string{"amount", "124.00", "currency", "EUR", "paymentType", "DB",
		"merchantTransactionId", mtid, "integrity", "true"}, pairs...)...)
	wantCode(k.t, out, http.StatusOK, "000.200.100")
	return out
}

// pay is the customer pressing Pay in the frame.
func (k *kit) pay(checkoutID, number, holder string) reply {
	k.t.Helper()
	out, err := k.tryPay(checkoutID, number, holder)
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

func (k *kit) tryPay(checkoutID, number, holder string) (reply, error) {
	k.t.Helper()
	return k.send("POST", "/v1/frame/"+checkoutID+"/pay", values("number", number, "expiry", "12 / 34", "cvv", "123",
		"holder", holder, "shopperResultUrl", "https://shop.example/return?t=1"), nil)
}

// paid is the id of an approved payment.
func (k *kit) paid(mtid, kind string) string {
	k.t.Helper()
	c := k.checkout(mtid, "paymentType", kind)
	if got := k.pay(c.ID, visa, "Ada Example").Outcome; got != "approved" {
		k.t.Fatalf("outcome = %q, want approved", got)
	}
	return k.call("GET", "/v1/query", "merchantTransactionId", mtid).Payments[0].ID
}

// declined is the id of a declined debit.
func (k *kit) declined(mtid string) string { return k.ended(mtid, "800.100.152", "declined") }

// pending is the id of a debit that waits.
func (k *kit) pending(mtid string) string { return k.ended(mtid, "800.400.500", "pending") }

func (k *kit) ended(mtid, holder, outcome string) string {
	k.t.Helper()
	c := k.checkout(mtid)
	if got := k.pay(c.ID, visa, holder).Outcome; got != outcome {
		k.t.Fatalf("outcome = %q, want %q", got, outcome)
	}
	return k.call("GET", "/v1/query", "merchantTransactionId", mtid).Payments[0].ID
}

// stored is a first payment that stored its card.
func (k *kit) stored(mtid, number, holder string) reply {
	k.t.Helper()
	c := k.checkout(mtid, storing()...)
	k.pay(c.ID, number, holder)
	p := k.call("GET", "/v1/query", "merchantTransactionId", mtid).Payments[0]
	if p.RegistrationID == "" || p.ResultDetails["CardholderInitiatedTransactionID"] == "" {
		k.t.Fatalf("first payment = %+v, want a token and the reference of the series", p)
	}
	return p
}

// charge takes 12.00 from a stored card as the merchant, unless pairs say otherwise.
func (k *kit) charge(first reply, mtid string, pairs ...string) reply {
	k.t.Helper()
	return k.call("POST", "/v1/registrations/"+first.RegistrationID+"/payments", append([]string{"paymentType", "DB", "amount", "12.00",
		"currency", "EUR", "merchantTransactionId", mtid, "standingInstruction.mode", "REPEATED", "standingInstruction.source", "MIT",
		"standingInstruction.type", "UNSCHEDULED",
		"standingInstruction.initialTransactionId", first.ResultDetails["CardholderInitiatedTransactionID"]}, pairs...)...)
}

func (k *kit) advance(d time.Duration) {
	k.t.Helper()
	if err := k.gw.Advance(k.t.Context(), d); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) fault(f sandbox.Fault) {
	k.t.Helper()
	if err := k.gw.AddFault(f); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) flush() {
	k.t.Helper()
	if err := k.gw.Flush(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) books() []sandbox.Entry {
	k.t.Helper()
	list, err := sandbox.ReadBooks(k.file)
	if err != nil {
		k.t.Fatal(err)
	}
	return list
}

func wantCode(t *testing.T, got reply, status int, code string) {
	t.Helper()
	if got.HTTP != status || got.Result.Code != code {
		t.Fatalf("answer = %d %s, want %d %s", got.HTTP, got.Result.Code, status, code)
	}
}

// merchant answers notifications with status and keeps them as they came.
type merchant struct {
	srv    *httptest.Server
	mu     sync.Mutex
	status int
	got    []delivery
	heard  chan struct{} // one value for every notification
}

type delivery struct {
	header http.Header
	body   string
}

func newMerchant(t *testing.T) *merchant {
	t.Helper()
	m := &merchant{status: http.StatusOK, heard: make(chan struct{}, 100)}
	m.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		m.mu.Lock()
		m.got = append(m.got, delivery{r.Header, string(raw)})
		w.WriteHeader(m.status)
		m.mu.Unlock()
		select {
		case m.heard <- struct{}{}:
		default: // nobody waits for that many
		}
	}))
	t.Cleanup(m.srv.Close)
	return m
}

func (m *merchant) answer(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = status
}

// take is what came since the last take.
func (m *merchant) take() []delivery {
	m.mu.Lock()
	defer m.mu.Unlock()
	got := m.got
	m.got = nil
	return got
}
