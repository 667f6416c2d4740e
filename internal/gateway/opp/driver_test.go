package opp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/opp"
	"github.com/quittance/quittance/internal/money"
)

const integrity = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"

// asked is what the platform saw of one call.
type asked struct {
	Method, Path, Query, ContentType, Token string
	Form                                    url.Values
}

// platform answers every call with status and body, and keeps what was asked.
func platform(t *testing.T, status int, body string) (account gateway.Account, calls *[]asked) {
	t.Helper()
	calls = &[]asked{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			t.Error(err)
		}
		*calls = append(*calls, asked{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), form})
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return accountAt(server.URL + "/"), calls
}

func accountAt(base string) gateway.Account {
	return gateway.Account{
		EntityID: "entity-1", Token: "secret-token", APIBase: base,
		PublicBase: "https://pay.example/", TestMode: "EXTERNAL",
	}
}

func order() gateway.CheckoutRequest {
	return gateway.CheckoutRequest{
		MerchantTransactionID: "att_0001", InvoiceReference: "ord_0001", Type: gateway.Debit,
		Amount: money.New(1999, money.EUR), Store: gateway.Series{Kind: gateway.Unscheduled},
		Email: "jane@example.com", GivenName: "Jane", FamilyName: "Jones", Country: "DE",
	}
}

func refund() gateway.BackOfficeRequest {
	return gateway.BackOfficeRequest{
		Type: gateway.Refund, ReferencedID: "8ac7a4a2", MerchantTransactionID: "att_0002", Amount: money.New(20, money.JPY),
	}
}

func charge() gateway.ChargeRequest {
	return gateway.ChargeRequest{
		Type: gateway.Debit, Token: "8ac7a4a2", MerchantTransactionID: "att_0003", InvoiceReference: "ord_0001", Amount: money.New(1999, money.EUR),
		Series: gateway.Series{Kind: gateway.Subscription, EveryDays: 28, Until: time.Date(2030, 12, 31, 0, 0, 0, 0, time.UTC)}, InitialTransactionID: "cit-77",
	}
}

func TestCreateCheckout(t *testing.T) {
	t.Parallel()

	account, calls := platform(t, http.StatusOK, `{"result":{"code":"000.200.100"},"id":"FB76AA.uat01-vm-tx03","integrity":"`+integrity+`","new":{}}`)
	got, err := opp.New(opp.Config{}).CreateCheckout(t.Context(), account, order())
	if err != nil {
		t.Fatal(err)
	}

	want := gateway.Checkout{ID: "FB76AA.uat01-vm-tx03", Integrity: integrity,
		ScriptURL: "https://pay.example/v1/paymentWidgets.js?checkoutId=FB76AA.uat01-vm-tx03"}
	if got != want {
		t.Errorf("CreateCheckout = %+v, want %+v", got, want)
	}
	wantCalls := []asked{{
		Method: "POST", Path: "/v1/checkouts", ContentType: "application/x-www-form-urlencoded; charset=utf-8", Token: "Bearer secret-token",
		Form: url.Values{
			"entityId": {"entity-1"}, "integrity": {"true"}, "paymentType": {"DB"}, "amount": {"19.99"}, "currency": {"EUR"},
			"merchantTransactionId": {"att_0001"}, "merchantInvoiceId": {"ord_0001"}, "createRegistration": {"true"},
			"standingInstruction.mode": {"INITIAL"}, "standingInstruction.source": {"CIT"}, "standingInstruction.type": {"UNSCHEDULED"},
			"customer.email": {"jane@example.com"}, "customer.givenName": {"Jane"}, "customer.surname": {"Jones"},
			"billing.country": {"DE"}, "testMode": {"EXTERNAL"},
		},
	}}
	if diff := cmp.Diff(*calls, wantCalls); diff != "" {
		t.Errorf("calls (-got +want):\n%s", diff)
	}
}

func TestCreateCheckoutSendsNothingEmpty(t *testing.T) {
	t.Parallel()

	account, calls := platform(t, http.StatusOK, `{"result":{"code":"000.200.100"},"id":"c1","integrity":"`+integrity+`"}`)
	account.TestMode = ""
	_, err := opp.New(opp.Config{}).CreateCheckout(t.Context(), account, gateway.CheckoutRequest{
		MerchantTransactionID: "att_0001", Type: gateway.PreAuthorisation, Amount: money.New(1250, money.KWD),
	})
	if err != nil {
		t.Fatal(err)
	}

	want := url.Values{
		"entityId": {"entity-1"}, "integrity": {"true"}, "paymentType": {"PA"}, "amount": {"1.25"}, "currency": {"KWD"},
		"merchantTransactionId": {"att_0001"},
	}
	if diff := cmp.Diff((*calls)[0].Form, want); diff != "" {
		t.Errorf("form (-got +want):\n%s", diff)
	}
}

func TestCreateCheckoutErrors(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		status int
		body   string
		want   error
	}{
		"no integrity":       {200, `{"result":{"code":"000.200.100"},"id":"c1"}`, gateway.ErrRefused},
		"integrity is none":  {200, `{"result":{"code":"000.200.100"},"id":"c1","integrity":"md5-\""}`, gateway.ErrRefused},
		"no id":              {200, `{"result":{"code":"000.200.100"},"integrity":"` + integrity + `"}`, gateway.ErrUnknown},
		"id is a path":       {200, `{"result":{"code":"000.200.100"},"id":"../c1","integrity":"` + integrity + `"}`, gateway.ErrUnknown},
		"bad parameter":      {400, `{"result":{"code":"200.300.404","description":"invalid"}}`, gateway.ErrRefused},
		"bad token":          {401, `{"result":{"code":"800.900.300","description":"invalid"}}`, gateway.ErrRefused},
		"not configured":     {400, `{"result":{"code":"600.200.500","description":"currency"}}`, gateway.ErrRefused},
		"amount too large":   {400, `{"result":{"code":"100.550.301","description":"amount"}}`, gateway.ErrRefused},
		"out of order":       {200, `{"result":{"code":"800.800.800","description":"down"}}`, gateway.ErrUnknown},
		"unheard of":         {200, `{"result":{"code":"400.000.000"}}`, gateway.ErrUnknown},
		"success of no kind": {200, `{"result":{"code":"000.000.000"},"id":"c1","integrity":"` + integrity + `"}`, gateway.ErrUnknown},
		"throttled":          {200, `{"result":{"code":"800.120.100"}}`, gateway.ErrThrottled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, _ := platform(t, tt.status, tt.body)
			got, err := opp.New(opp.Config{}).CreateCheckout(t.Context(), account, order())

			if !errors.Is(err, tt.want) || got != (gateway.Checkout{}) {
				t.Errorf("CreateCheckout = %+v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestRefusalNamesParametersNotValues(t *testing.T) {
	t.Parallel()

	account, _ := platform(t, 400, `{"result":{"code":"200.300.404","description":"invalid or missing parameter","parameterErrors":[
		{"name":"customer.email","value":"jane@example","message":"no"},{"name":"billing.country","value":"Germany"}]}}`)
	_, err := opp.New(opp.Config{}).CreateCheckout(t.Context(), account, order())

	var refusal *gateway.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("error %v is no Refusal", err)
	}
	want := gateway.Refusal{Code: "200.300.404", Description: "invalid or missing parameter (customer.email, billing.country)",
		Reason: gateway.ReasonTechnical, Retry: gateway.Retry{Class: gateway.RetryOperator}}
	if *refusal != want {
		t.Errorf("refusal = %+v, want %+v", *refusal, want)
	}
}

func TestNothingIsSentThatCannotBePaid(t *testing.T) {
	t.Parallel()

	account, calls := platform(t, 200, `{}`)
	d := opp.New(opp.Config{})
	offStep := order()
	offStep.Amount = money.New(1251, money.KWD)
	ofType := order()
	ofType.Type = gateway.Refund
	for _, r := range []gateway.CheckoutRequest{offStep, ofType} {
		if _, err := d.CreateCheckout(t.Context(), account, r); !errors.Is(err, gateway.ErrRefused) {
			t.Errorf("CreateCheckout(%+v) error %v, want ErrRefused", r, err)
		}
	}
	elsewhere, nothing, debit := refund(), refund(), refund()
	elsewhere.ReferencedID = "../checkouts"
	nothing.Amount = money.New(0, money.EUR)
	debit.Type = gateway.Debit
	for _, r := range []gateway.BackOfficeRequest{elsewhere, nothing, debit} {
		if _, err := d.BackOffice(t.Context(), account, r); !errors.Is(err, gateway.ErrRefused) {
			t.Errorf("BackOffice(%+v) error %v, want ErrRefused", r, err)
		}
	}
	noSeries, noAgreement := charge(), order()
	noSeries.InitialTransactionID = ""
	noAgreement.Type, noAgreement.Store = gateway.Registration, gateway.Series{}
	strange, refunded, uncounted := charge(), charge(), charge()
	strange.Token, refunded.Type, uncounted.Series = "../payments", gateway.Refund, gateway.Series{Kind: gateway.Instalments}
	for _, r := range []gateway.ChargeRequest{noSeries, strange, refunded, uncounted} {
		if _, err := d.Charge(t.Context(), account, r); !errors.Is(err, gateway.ErrRefused) {
			t.Errorf("Charge(%+v) error %v, want ErrRefused", r, err)
		}
	}
	if _, err := d.CreateCheckout(t.Context(), account, noAgreement); !errors.Is(err, gateway.ErrRefused) {
		t.Errorf("CreateCheckout(%+v) error %v, want ErrRefused", noAgreement, err)
	}
	if err := d.Forget(t.Context(), account, ".."); !errors.Is(err, gateway.ErrRefused) {
		t.Errorf("Forget of no token: error %v, want ErrRefused", err)
	}
	for _, id := range []string{"", "..", "a/b", "a%2fb", "a?b", "a b", "ä", strings.Repeat("a", 256)} {
		if _, err := d.Status(t.Context(), account, id); !errors.Is(err, gateway.ErrUnknown) {
			t.Errorf("Status(%q) error %v, want ErrUnknown", id, err)
		}
	}
	if _, err := d.Query(t.Context(), account, ""); !errors.Is(err, gateway.ErrUnknown) {
		t.Errorf("Query of nothing: error %v, want ErrUnknown", err)
	}
	if len(*calls) != 0 {
		t.Errorf("calls = %+v, want none", *calls)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		status  int
		body    string
		outcome gateway.Outcome
		want    error
	}{
		"approved":            {200, `{"id":"t1","paymentType":"DB","amount":"19.99","currency":"EUR","result":{"code":"000.100.110"},"resourcePath":"http://evil"}`, gateway.Approved, nil},
		"declined as a 400":   {400, `{"id":"t1","paymentType":"DB","result":{"code":"800.100.155"}}`, gateway.Declined, nil},
		"pending":             {200, `{"id":"t1","paymentType":"DB","amount":"19.99","currency":"EUR","result":{"code":"000.200.000"}}`, gateway.Pending, nil},
		"uncertain":           {200, `{"id":"t1","paymentType":"DB","amount":"19.99","currency":"EUR","result":{"code":"900.100.300"}}`, gateway.Unknown, nil},
		"nothing tried yet":   {200, `{"result":{"code":"000.200.000"},"ndc":"c1"}`, "", gateway.ErrNotFound},
		"session used up":     {400, `{"result":{"code":"200.300.404"}}`, "", gateway.ErrGone},
		"approved without id": {200, `{"result":{"code":"000.000.000"}}`, "", gateway.ErrUnknown},
		"throttled":           {429, `slow down`, "", gateway.ErrThrottled},
		"bad token":           {401, `{"result":{"code":"800.900.300"}}`, "", gateway.ErrUnknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, calls := platform(t, tt.status, tt.body)
			got, err := opp.New(opp.Config{}).Status(t.Context(), account, "FB76AA.uat01-vm-tx03")

			if !errors.Is(err, tt.want) || got.Result.Outcome != tt.outcome {
				t.Errorf("Status = %+v, %v, want outcome %q, %v", got, err, tt.outcome, tt.want)
			}
			if err == nil && got.CheckoutID != "FB76AA.uat01-vm-tx03" {
				t.Errorf("checkout = %q, want the one asked for", got.CheckoutID)
			}
			want := []asked{{Method: "GET", Path: "/v1/checkouts/FB76AA.uat01-vm-tx03/payment", Query: "entityId=entity-1",
				Token: "Bearer secret-token", Form: url.Values{}}}
			if diff := cmp.Diff(*calls, want); diff != "" {
				t.Errorf("calls (-got +want):\n%s", diff)
			}
		})
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()

	account, calls := platform(t, 200, `{"result":{"code":"000.000.100"},"payments":[
		{"id":"t3","paymentType":"DB","amount":"19.99","currency":"EUR","merchantTransactionId":"att 1&x","result":{"code":"000.100.110"},"timestamp":"2026-11-22 10:00:02+0000"},
		{"id":"t2","paymentType":"3D","merchantTransactionId":"att 1&x","result":{"code":"000.400.110"},"timestamp":"2026-11-22 10:00:01+0000"},
		{"id":"t1","paymentType":"DB","result":{"code":"800.100.152"},"timestamp":"2026-11-22 10:00:00+0000"},
		{"id":"t9","paymentType":"DB","merchantTransactionId":"another","result":{"code":"000.100.110"},"timestamp":"2026-11-22 10:00:00+0000"}]}`)
	facts, err := opp.New(opp.Config{}).Query(t.Context(), account, "att 1&x")
	if err != nil {
		t.Fatal(err)
	}

	var got []string
	for _, f := range facts {
		got = append(got, f.ID+" "+string(f.Result.Outcome))
	}
	if diff := cmp.Diff(got, []string{"t1 declined", "t3 approved"}); diff != "" {
		t.Errorf("facts (-got +want):\n%s", diff)
	}
	want := []asked{{Method: "GET", Path: "/v1/query", Query: "entityId=entity-1&merchantTransactionId=att+1%26x",
		Token: "Bearer secret-token", Form: url.Values{}}}
	if diff := cmp.Diff(*calls, want); diff != "" {
		t.Errorf("calls (-got +want):\n%s", diff)
	}
}

func TestQueryErrors(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		status int
		body   string
		want   error
	}{
		"no transaction":  {404, `{"result":{"code":"700.400.580"}}`, gateway.ErrNotFound},
		"empty list":      {200, `{"result":{"code":"000.000.100"},"payments":[]}`, gateway.ErrNotFound},
		"3-D Secure only": {200, `{"result":{"code":"000.000.100"},"payments":[{"id":"t1","paymentType":"3D"}]}`, gateway.ErrNotFound},
		"bare 404":        {404, `not here`, gateway.ErrUnknown},
		"bad parameter":   {400, `{"result":{"code":"200.300.404"}}`, gateway.ErrUnknown},
		"bad token":       {401, `{"result":{"code":"800.900.300"}}`, gateway.ErrUnknown},
		"throttled":       {400, `{"result":{"code":"800.120.100"}}`, gateway.ErrThrottled},
		"one unreadable":  {200, `{"result":{"code":"000.000.100"},"payments":[{"id":{}}]}`, gateway.ErrUnknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, _ := platform(t, tt.status, tt.body)
			if facts, err := opp.New(opp.Config{}).Query(t.Context(), account, "att_0001"); !errors.Is(err, tt.want) {
				t.Errorf("Query = %+v, %v, want %v", facts, err, tt.want)
			}
		})
	}
}

func TestBackOffice(t *testing.T) {
	t.Parallel()

	reversal := gateway.BackOfficeRequest{Type: gateway.Reversal, ReferencedID: "8ac7a4a2", MerchantTransactionID: "att_0002"}
	part := gateway.BackOfficeRequest{Type: gateway.Capture, ReferencedID: "8ac7a4a2", MerchantTransactionID: "att_0002", Amount: money.New(500, money.EUR)}
	tests := map[string]struct {
		request gateway.BackOfficeRequest
		want    url.Values
	}{
		"refund": {refund(), url.Values{"paymentType": {"RF"}, "amount": {"20.00"}, "currency": {"JPY"}}},
		"whole":  {reversal, url.Values{"paymentType": {"RV"}}},
		"part":   {part, url.Values{"paymentType": {"CP"}, "amount": {"5.00"}, "currency": {"EUR"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, calls := platform(t, 200, `{"id":"t2","referencedId":"8ac7a4a2","paymentType":"`+string(tt.request.Type)+`","result":{"code":"000.100.110"}}`)
			got, err := opp.New(opp.Config{}).BackOffice(t.Context(), account, tt.request)
			if err != nil {
				t.Fatal(err)
			}

			if got.ID != "t2" || got.ReferencedID != "8ac7a4a2" || got.Result.Outcome != gateway.Approved {
				t.Errorf("BackOffice = %+v, want t2 approved", got)
			}
			for name, values := range map[string]string{"entityId": "entity-1", "merchantTransactionId": "att_0002", "testMode": "EXTERNAL"} {
				tt.want.Set(name, values)
			}
			want := []asked{{Method: "POST", Path: "/v1/payments/8ac7a4a2", ContentType: "application/x-www-form-urlencoded; charset=utf-8",
				Token: "Bearer secret-token", Form: tt.want}}
			if diff := cmp.Diff(*calls, want); diff != "" {
				t.Errorf("calls (-got +want):\n%s", diff)
			}
		})
	}
}

func TestBackOfficeAnswers(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		status  int
		body    string
		outcome gateway.Outcome
		want    error
	}{
		"declined":             {200, `{"id":"t2","paymentType":"RF","result":{"code":"800.100.152"}}`, gateway.Declined, nil},
		"pending":              {200, `{"id":"t2","paymentType":"RF","result":{"code":"000.200.000"}}`, gateway.Pending, nil},
		"volume exceeded":      {400, `{"id":"t2","paymentType":"RF","result":{"code":"700.400.200"}}`, gateway.Rejected, nil},
		"misuse without id":    {400, `{"result":{"code":"700.400.200"}}`, "", gateway.ErrRefused},
		"no such payment":      {404, `{"result":{"code":"700.400.580"}}`, "", gateway.ErrRefused},
		"bad parameter":        {400, `{"result":{"code":"200.300.404"}}`, "", gateway.ErrRefused},
		"bad token":            {401, `{"result":{"code":"800.900.300"}}`, "", gateway.ErrRefused},
		"not configured":       {400, `{"id":"t2","result":{"code":"600.200.202"}}`, "", gateway.ErrRefused},
		"throttled":            {429, `{}`, "", gateway.ErrThrottled},
		"exists already":       {400, `{"result":{"code":"800.130.100"}}`, "", gateway.ErrUnknown},
		"exists, with an id":   {400, `{"id":"t2","paymentType":"RF","result":{"code":"800.130.100"}}`, "", gateway.ErrUnknown},
		"duplicate":            {400, `{"id":"t2","paymentType":"RF","result":{"code":"800.110.100"}}`, "", gateway.ErrUnknown},
		"duplicate UUID":       {400, `{"result":{"code":"200.200.106"}}`, "", gateway.ErrUnknown},
		"uncertain":            {200, `{"id":"t2","paymentType":"RF","result":{"code":"900.100.300"}}`, "", gateway.ErrUnknown},
		"approved, no id":      {200, `{"paymentType":"RF","result":{"code":"000.000.000"}}`, "", gateway.ErrUnknown},
		"approved, no type":    {200, `{"id":"t2","result":{"code":"000.000.000"}}`, "", gateway.ErrUnknown},
		"declined, no id":      {200, `{"result":{"code":"800.100.152"}}`, "", gateway.ErrUnknown},
		"out of order, no id":  {200, `{"result":{"code":"800.800.800"}}`, "", gateway.ErrUnknown},
		"code of no group":     {200, `{"id":"t2","paymentType":"RF","result":{"code":"000.500.000"}}`, "", gateway.ErrUnknown},
		"acquirer out of line": {200, `{"id":"t2","paymentType":"RF","result":{"code":"900.100.600"}}`, gateway.Rejected, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, _ := platform(t, tt.status, tt.body)
			got, err := opp.New(opp.Config{}).BackOffice(t.Context(), account, refund())

			if !errors.Is(err, tt.want) || got.Result.Outcome != tt.outcome {
				t.Errorf("BackOffice = %+v, %v, want outcome %q, %v", got, err, tt.outcome, tt.want)
			}
		})
	}
}

func TestSources(t *testing.T) {
	t.Parallel()

	d := opp.New(opp.Config{})
	origin := []string{"http://gateway.localhost:8081"}
	got := d.Sources(gateway.Account{PublicBase: "http://gateway.localhost:8081/path"})
	want := gateway.Sources{Script: origin, Frame: origin, Connect: origin, FormAction: origin, Challenge: []string{"https:", "http://*.localhost:*"}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("Sources (-got +want):\n%s", diff)
	}
	if got := d.Sources(gateway.Account{PublicBase: "gateway; script-src *"}); got.Script != nil {
		t.Errorf("Sources of no address = %+v, want none", got)
	}
}

func TestCallsAreLoggedWithoutSecrets(t *testing.T) {
	t.Parallel()

	var lines bytes.Buffer
	log := slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	account, _ := platform(t, 200, `{"id":"t2","paymentType":"RF","card":{"bin":"420000","holder":"Jane Jones"},"result":{"code":"000.100.110"}}`)
	d := opp.New(opp.Config{Log: log})
	if _, err := d.BackOffice(t.Context(), account, refund()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Status(t.Context(), accountAt("http://127.0.0.1:1"), "c1"); !errors.Is(err, gateway.ErrUnknown) {
		t.Fatal(err)
	}

	want := `level=DEBUG msg="gateway call begins" route="POST /v1/payments/{id}" merchant_transaction_id=att_0002
level=DEBUG msg="gateway call ended" route="POST /v1/payments/{id}" merchant_transaction_id=att_0002 status=200
level=DEBUG msg="gateway call begins" route="GET /v1/checkouts/{id}/payment" merchant_transaction_id=""
level=DEBUG msg="gateway call ended" route="GET /v1/checkouts/{id}/payment" merchant_transaction_id="" status=0
`
	if diff := cmp.Diff(lines.String(), want); diff != "" {
		t.Errorf("log (-got +want):\n%s", diff)
	}
}

// everyCall makes each kind of call, and hands its error to check.
func everyCall(ctx context.Context, d *opp.Driver, account gateway.Account, check func(call string, err error)) {
	_, err := d.CreateCheckout(ctx, account, order())
	check("CreateCheckout", err)
	_, err = d.Status(ctx, account, "c1")
	check("Status", err)
	_, err = d.Query(ctx, account, "att_0001")
	check("Query", err)
	_, err = d.StoredCard(ctx, account, "c1")
	check("StoredCard", err)
	_, err = d.BackOffice(ctx, account, refund())
	check("BackOffice", err)
	_, err = d.Charge(ctx, account, charge())
	check("Charge", err)
	check("Forget", d.Forget(ctx, account, "8ac7a4a2"))
}

func TestAnswersThatSayNothingAreUnknown(t *testing.T) {
	t.Parallel()

	tests := map[string]http.HandlerFunc{
		"500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
		"503 with a result": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(503)
			_, _ = io.WriteString(w, `{"result":{"code":"800.900.300"}}`)
		},
		"empty body":       func(http.ResponseWriter, *http.Request) {},
		"a page":           func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"half a body":      func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"result":{"code":"000.0`) },
		"no result":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"t1"}`) },
		"result of a list": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"result":[]}`) },
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"result":{"code":"200.300.404"}}`+strings.Repeat(" ", 1<<20))
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut in the body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"result"`)
		},
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/elsewhere" {
					t.Error("followed a redirect")
				}
				handler(w, r)
			}))
			t.Cleanup(server.Close)
			account := accountAt(server.URL)
			everyCall(t.Context(), opp.New(opp.Config{}), account, func(call string, err error) {
				if !errors.Is(err, gateway.ErrUnknown) || errors.Is(err, gateway.ErrRefused) {
					t.Errorf("%s: error %v, want ErrUnknown", call, err)
				}
			})
		})
	}
}

func TestNoAnswerIsUnknown(t *testing.T) {
	t.Parallel()

	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })

	brief, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	t.Cleanup(cancel)
	everyCall(brief, opp.New(opp.Config{}), accountAt(server.URL), func(call string, err error) {
		if !errors.Is(err, gateway.ErrUnknown) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s after the deadline: error %v, want ErrUnknown and DeadlineExceeded", call, err)
		}
	})
	impatient := opp.New(opp.Config{HTTP: &http.Client{Timeout: 20 * time.Millisecond}})
	everyCall(t.Context(), impatient, accountAt(server.URL), func(call string, err error) {
		if !errors.Is(err, gateway.ErrUnknown) {
			t.Errorf("%s after the client's timeout: error %v, want ErrUnknown", call, err)
		}
	})
	everyCall(t.Context(), opp.New(opp.Config{}), accountAt("http://127.0.0.1:1"), func(call string, err error) {
		if !errors.Is(err, gateway.ErrUnknown) || strings.Contains(err.Error(), "entity-1") || strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s to nobody: error %v, want ErrUnknown without ids", call, err)
		}
	})
	everyCall(t.Context(), opp.New(opp.Config{}), accountAt("::no address"), func(call string, err error) {
		if !errors.Is(err, gateway.ErrUnknown) {
			t.Errorf("%s to no address: error %v, want ErrUnknown", call, err)
		}
	})
}
