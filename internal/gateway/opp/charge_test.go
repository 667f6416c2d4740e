package opp_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/opp"
	"github.com/quittance/quittance/internal/money"
)

// TestChargeSaysWhatTheSeriesIs: each kind of series by its own words, the
// merchant's charges with the transaction that began it.
func TestChargeSaysWhatTheSeriesIs(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		change func(*gateway.ChargeRequest)
		want   url.Values // of standingInstruction
	}{
		"subscription": {func(*gateway.ChargeRequest) {}, url.Values{"mode": {"REPEATED"}, "source": {"MIT"}, "type": {"RECURRING"},
			"recurringType": {"SUBSCRIPTION"}, "frequency": {"0028"}, "expiry": {"2030-12-31"}, "initialTransactionId": {"cit-77"}}},
		"instalments": {func(r *gateway.ChargeRequest) { r.Series = gateway.Series{Kind: gateway.Instalments, Count: 12} },
			url.Values{"mode": {"REPEATED"}, "source": {"MIT"}, "type": {"INSTALLMENT"}, "numberOfInstallments": {"12"},
				"frequency": {"0001"}, "expiry": {"9999-12-31"}, "initialTransactionId": {"cit-77"}}},
		"metered": {func(r *gateway.ChargeRequest) { r.Series = gateway.Series{Kind: gateway.Unscheduled} },
			url.Values{"mode": {"REPEATED"}, "source": {"MIT"}, "type": {"UNSCHEDULED"}, "initialTransactionId": {"cit-77"}}},
		"one click": {func(r *gateway.ChargeRequest) {
			r.Series, r.InitialTransactionID, r.ByCustomer = gateway.Series{Kind: gateway.Unscheduled}, "", true
		}, url.Values{"mode": {"REPEATED"}, "source": {"CIT"}, "type": {"UNSCHEDULED"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, calls := platform(t, 200, `{"id":"t3","registrationId":"8ac7a4a2","paymentType":"DB","amount":"19.99","currency":"EUR","result":{"code":"000.100.110"}}`)
			request := charge()
			tt.change(&request)
			fact, err := opp.New(opp.Config{}).Charge(t.Context(), account, request)
			if err != nil || fact.Result.Outcome != gateway.Approved || fact.Method.Token != "8ac7a4a2" {
				t.Fatalf("Charge = %+v, %v, want approved", fact, err)
			}

			want := asked{Method: "POST", Path: "/v1/registrations/8ac7a4a2/payments", ContentType: "application/x-www-form-urlencoded; charset=utf-8",
				Token: "Bearer secret-token", Form: url.Values{"entityId": {"entity-1"}, "testMode": {"EXTERNAL"}, "paymentType": {"DB"}, "amount": {"19.99"},
					"currency": {"EUR"}, "merchantTransactionId": {"att_0003"}, "merchantInvoiceId": {"ord_0001"}}}
			for name, values := range tt.want {
				want.Form["standingInstruction."+name] = values
			}
			if diff := cmp.Diff(*calls, []asked{want}); diff != "" {
				t.Errorf("calls (-got +want):\n%s", diff)
			}
		})
	}
}

func TestChargeAnswers(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		body    string
		outcome gateway.Outcome
		want    error
	}{
		"declined":             {`{"id":"t3","paymentType":"DB","result":{"code":"800.100.155"}}`, gateway.Declined, nil},
		"pending":              {`{"id":"t3","paymentType":"DB","result":{"code":"800.400.500"}}`, gateway.Pending, nil},
		"expired card":         {`{"id":"t3","paymentType":"DB","result":{"code":"100.100.303"}}`, gateway.Declined, nil},
		"expired, not booked":  {`{"result":{"code":"100.100.303"}}`, "", gateway.ErrRefused},
		"deleted token":        {`{"result":{"code":"100.150.202"}}`, "", gateway.ErrTokenGone},
		"deleted is a refusal": {`{"result":{"code":"100.150.202"}}`, "", gateway.ErrRefused},
		"bad parameter":        {`{"result":{"code":"200.300.404"}}`, "", gateway.ErrRefused},
		"exists already":       {`{"result":{"code":"800.130.100"}}`, "", gateway.ErrUnknown},
		"duplicate":            {`{"id":"t3","paymentType":"DB","result":{"code":"800.110.100"}}`, "", gateway.ErrUnknown},
		"uncertain":            {`{"id":"t3","paymentType":"DB","result":{"code":"900.100.300"}}`, "", gateway.ErrUnknown},
		"declined, no id":      {`{"result":{"code":"800.100.152"}}`, "", gateway.ErrUnknown},
		"throttled":            {`{"result":{"code":"800.120.100"}}`, "", gateway.ErrThrottled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, _ := platform(t, 400, tt.body)
			got, err := opp.New(opp.Config{}).Charge(t.Context(), account, charge())

			if !errors.Is(err, tt.want) || got.Result.Outcome != tt.outcome {
				t.Errorf("Charge = %+v, %v, want outcome %q, %v", got, err, tt.outcome, tt.want)
			}
		})
	}
}

// A charge that was not booked says what it allows, like one that was.
func TestRefusedChargeSaysWhatItAllows(t *testing.T) {
	t.Parallel()

	for code, want := range map[string]gateway.RetryClass{
		"100.100.303": gateway.RetryMend, "100.150.202": gateway.RetryHard, "100.150.200": gateway.RetryHard,
		"200.300.404": gateway.RetryOperator, "600.200.500": gateway.RetryOperator, "100.550.303": gateway.RetryOperator,
	} {
		account, _ := platform(t, 400, `{"result":{"code":"`+code+`"}}`)
		_, err := opp.New(opp.Config{}).Charge(t.Context(), account, charge())
		var refusal *gateway.Refusal
		if !errors.As(err, &refusal) || refusal.Code != code || refusal.Retry.Class != want {
			t.Errorf("%s: %v, %+v, want a Refusal that allows %s", code, err, refusal, want)
		}
	}
}

func TestForget(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		body string
		want error
	}{
		"deleted":        {`{"id":"t4","result":{"code":"000.100.110"}}`, nil},
		"deleted before": {`{"result":{"code":"100.150.202"}}`, nil},
		"never was":      {`{"result":{"code":"100.150.200"}}`, nil},
		"bad token":      {`{"result":{"code":"800.900.300"}}`, gateway.ErrRefused},
		"out of order":   {`{"result":{"code":"800.800.800"}}`, gateway.ErrUnknown},
		"pending":        {`{"result":{"code":"000.200.000"}}`, gateway.ErrUnknown},
		"throttled":      {`{"result":{"code":"800.120.100"}}`, gateway.ErrThrottled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			account, calls := platform(t, 200, tt.body)
			if err := opp.New(opp.Config{}).Forget(t.Context(), account, "8ac7a4a2"); !errors.Is(err, tt.want) {
				t.Errorf("Forget = %v, want %v", err, tt.want)
			}
			want := []asked{{Method: "DELETE", Path: "/v1/registrations/8ac7a4a2", Query: "entityId=entity-1", Token: "Bearer secret-token", Form: url.Values{}}}
			if diff := cmp.Diff(*calls, want); diff != "" {
				t.Errorf("calls (-got +want):\n%s", diff)
			}
		})
	}
}

func TestCheckoutThatOnlyStoresACard(t *testing.T) {
	t.Parallel()

	account, calls := platform(t, 200, `{"result":{"code":"000.200.100"},"id":"c1","integrity":"`+integrity+`"}`)
	got, err := opp.New(opp.Config{}).CreateCheckout(t.Context(), account, gateway.CheckoutRequest{MerchantTransactionID: "att_0001",
		Type: gateway.Registration, Store: gateway.Series{Kind: gateway.Instalments, Count: 3, EveryDays: 30, Until: time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)}})
	if err != nil || got.ScriptURL != "https://pay.example/v1/paymentWidgets.js?checkoutId=c1/registration" {
		t.Errorf("CreateCheckout = %+v, %v, want the script of a registration", got, err)
	}

	want := url.Values{"entityId": {"entity-1"}, "integrity": {"true"}, "merchantTransactionId": {"att_0001"}, "testMode": {"EXTERNAL"},
		"createRegistration": {"true"}, "standingInstruction.mode": {"INITIAL"}, "standingInstruction.source": {"CIT"}, "standingInstruction.type": {"INSTALLMENT"},
		"standingInstruction.numberOfInstallments": {"3"}, "standingInstruction.frequency": {"0030"}, "standingInstruction.expiry": {"2030-01-02"}}
	if diff := cmp.Diff((*calls)[0].Form, want); diff != "" {
		t.Errorf("form (-got +want):\n%s", diff)
	}
}

// Amounts on the wire, currency by currency.
func TestLimitsAreWhatTwoDecimalsCanSay(t *testing.T) {
	t.Parallel()

	d := opp.New(opp.Config{})
	for _, tt := range []struct {
		currency money.Currency
		want     gateway.Limits
	}{
		{money.EUR, gateway.Limits{Step: 1, Max: 999_999_999_999}},
		{money.JPY, gateway.Limits{Step: 1, Max: 9_999_999_999}},
		{money.KWD, gateway.Limits{Step: 10, Max: 9_999_999_999_990}},
	} {
		if got, ok := d.Limits(tt.currency); !ok || got != tt.want {
			t.Errorf("Limits(%s) = %+v, %t, want %+v", tt.currency.Code(), got, ok, tt.want)
		}
	}
}
