package sandbox_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

func TestCardDataIsNeitherStoredNorLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	k := newKit(t, func(c *sandbox.Config) { c.Logger = slog.New(slog.NewJSONHandler(&log, nil)) })
	const real, cvv = "4111111111111111", "987" // Luhn-valid and not a test card
	c := k.checkout("order-0001")

	for field, form := range map[string][]string{
		"number": {"number", real, "expiry", "12/34", "cvv", cvv, "holder", "Ada Example"},
		"holder": {"number", visa, "expiry", "12/34", "cvv", cvv, "holder", real},
		"expiry": {"number", visa, "expiry", "12/20", "cvv", cvv, "holder", "Ada Example"},
		"cvv":    {"number", visa, "expiry", "12/34", "cvv", "9876", "holder", "Ada Example"},
	} {
		got, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values(form...), nil)
		if err != nil || got.HTTP != http.StatusUnprocessableEntity || len(got.Error.Fields) != 1 || got.Error.Fields[field] == "" {
			t.Errorf("wrong %s: %d %+v, %v, want 422 with a message for it", field, got.HTTP, got.Error, err)
		}
	}
	if n := len(k.books()); n != 0 {
		t.Fatalf("books have %d entries after refused cards, want none", n)
	}
	got, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", values("number", visa, "expiry", "12/34", "cvv", cvv, "holder", "Ada Example"), nil)
	if err != nil || got.Outcome != "approved" {
		t.Fatalf("pay = %+v, %v", got, err)
	}

	files, err := filepath.Glob(k.file + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("database files = %v, %v, want the file and its log", files, err)
	}
	seen := log.String()
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		seen += string(raw)
	}
	for _, secret := range []string{visa, real, "4200 0000", "cvv", cvv + `"`, token, admin} {
		if strings.Contains(seen, secret) {
			t.Errorf("%q was found in the books or the log", secret)
		}
	}
	if strings.Contains(log.String(), "Ada") || strings.Contains(log.String(), c.ID) || !strings.Contains(log.String(), "/v1/frame/{id}/pay") {
		t.Errorf("log = %s, want route patterns and no names or ids", log.String())
	}
}

func TestForeignSitesCannotPost(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001")
	form := values("number", visa, "expiry", "12/34", "cvv", "123", "holder", "Ada Example")

	for origin, want := range map[string]int{"https://elsewhere.example": http.StatusForbidden, k.srv.URL: http.StatusOK} {
		got, err := k.send("POST", "/v1/frame/"+c.ID+"/pay", form, map[string]string{"Origin": origin})
		if err != nil || got.HTTP != want {
			t.Errorf("origin %s: %d, %v, want %d", origin, got.HTTP, err, want)
		}
	}
}

// TestBooksSurviveAKill runs a gateway in a process of its own, pays, kills it
// without warning and goes on with the same file.
func TestBooksSurviveAKill(t *testing.T) {
	t.Parallel()
	if file := os.Getenv("SANDBOX_TEST_VICTIM"); file != "" {
		victim(t, file)
		return
	}
	file := filepath.Join(t.TempDir(), "gateway.db")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBooksSurviveAKill$")
	cmd.Env = append(os.Environ(), "SANDBOX_TEST_VICTIM="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last struct {
		Checkout string
		Now      time.Time
	}
	if err := json.NewDecoder(out).Decode(&last); err != nil {
		t.Fatalf("victim said nothing: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed

	list, err := sandbox.ReadBooks(file)
	if err != nil || len(list) != 1 || list[0].CheckoutID != last.Checkout || list[0].Amount.String() != "124.00 EUR" ||
		list[0].State != sandbox.StateApproved || list[0].MerchantTransactionID != "order-0001" {
		t.Fatalf("books after the kill = %+v, %v", list, err)
	}
	k := newKit(t, func(c *sandbox.Config) { c.DataFile = file; c.Entities[0].WebhookURL += "/again" })
	if k.gw.Now().Before(last.Now) {
		t.Errorf("clock fell back from %s to %s", last.Now, k.gw.Now())
	}
	k.wantHeard("order-0001 000.100.110")
	wantCode(t, k.call("GET", "/v1/checkouts/"+last.Checkout+"/payment"), http.StatusOK, "000.100.110")
}

func victim(t *testing.T, file string) {
	k := newKit(t, func(c *sandbox.Config) { c.DataFile = file })
	k.advance(time.Hour)
	c := k.checkout("order-0001")
	k.pay(c.ID, visa, "Ada Example")
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"checkout": c.ID, "now": k.gw.Now()}); err != nil {
		t.Fatal(err)
	}
	<-t.Context().Done() // until killed
}

func TestReadBooksNeedsAFile(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "none.db")
	if _, err := sandbox.ReadBooks(missing); err == nil {
		t.Error("read books that do not exist")
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("reading made a file")
	}
}

func TestAdminEndpoints(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	do := func(method, path, body, token string) (int, string) {
		req := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		res := httptest.NewRecorder()
		k.gw.Handler().ServeHTTP(res, req)
		return res.Code, res.Body.String()
	}
	k.fault(sandbox.Fault{Kind: sandbox.FaultHold, Next: 1})
	held := k.checkout("order-0001")
	k.pay(held.ID, visa, "Ada Example")
	pending := k.checkout("order-0002")
	k.pay(pending.ID, visa, "000.200.000")
	id := k.books()[0].ID
	token := k.stored("order-0003", visa, "Ada Example").RegistrationID
	k.told()

	tests := []struct {
		method, path, body string
		status             int
		holds              string
	}{
		{"POST", "/admin/clock", `{"advance":"90s"}`, 200, `"now"`},
		{"POST", "/admin/clock", `{"advance":"-1s"}`, 400, `forward`},
		{"GET", "/admin/held", ``, 200, held.ID},
		{"POST", "/admin/held/release", `{"checkoutId":"` + held.ID + `"}`, 200, `"released":1`},
		{"POST", "/admin/payments/" + id + "/settle", `{"code":"000.100.110"}`, 200, `true`},
		{"POST", "/admin/payments/" + id + "/settle", `{"code":"000.100.110"}`, 404, `not found`},
		{"POST", "/admin/payments/" + id + "/chargeback", `{"code":"000.100.222","amount":"1.00"}`, 200, `"id":"8ac7`},
		{"POST", "/admin/payments/" + id + "/chargeback", `{"amount":"124.00"}`, 400, `left`},
		{"POST", "/admin/payments/nothing/chargeback", `{}`, 404, `not found`},
		{"POST", "/admin/registrations/" + token, `{"result":"800.100.155 VCC 2"}`, 200, `true`},
		{"POST", "/admin/registrations/nothing", `{"result":""}`, 404, `not found`},
		{"POST", "/admin/faults", `{"kind":"delay","route":"query","next":1,"delayMs":1}`, 200, `true`},
		{"POST", "/admin/faults", `{"kind":"delay","rout":"query"}`, 400, `unknown field`},
		{"GET", "/admin/faults", ``, 200, `"delay"`},
		{"DELETE", "/admin/faults", ``, 200, `true`},
		{"POST", "/admin/entities", `{"entityId":"second","token":"long enough"}`, 200, `true`},
		{"POST", "/admin/webhooks/resend", `{"id":"` + id + `"}`, 200, `true`},
		{"POST", "/admin/webhooks/stray", `{"id":"` + entityID + `"}`, 200, `true`},
		{"POST", "/admin/webhooks/probe", `{"id":"second"}`, 400, `without notifications`},
		{"POST", "/admin/webhooks/flush", ``, 200, `true`},
		{"GET", "/admin/webhooks", ``, 200, `"delivered"`},
		{"GET", "/admin/books", ``, 200, `"merchantTransactionId":"order-0001","type":"DB","amount":"124.00","currency":"EUR","state":"approved"`},
	}
	for _, tt := range tests {
		if code, _ := do(tt.method, tt.path, tt.body, "wrong"); code != http.StatusUnauthorized {
			t.Errorf("%s %s with a wrong token = %d, want 401", tt.method, tt.path, code)
		}
		code, body := do(tt.method, tt.path, tt.body, admin)
		if code != tt.status || !strings.Contains(body, tt.holds) {
			t.Errorf("%s %s = %d %s, want %d with %s", tt.method, tt.path, code, body, tt.status, tt.holds)
		}
	}
	if n := len(k.shop.take()); n != 5 {
		t.Errorf("%d notifications, want released, settled, charged back, resent and stray", n)
	}
}
