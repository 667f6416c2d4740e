package opp

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

const paidWithCard = `{
  "id":"8ac7a4a277bb37680177ca9e266d3192","registrationId":"8ac7a4a277bb37680177ca9e266d0000",
  "paymentType":"DB","paymentBrand":"VISA","amount":"92.00","currency":"EUR","descriptor":"x",
  "merchantTransactionId":"att_0001","ndc":"FB76AA.uat01-vm-tx03","recurringType":"INITIAL",
  "result":{"code":"000.100.110","description":"processed"},
  "resultDetails":{"ConnectorTxID1":"1","CardholderInitiatedTransactionID":"cit-77"},
  "card":{"bin":"420000","last4Digits":"0091","holder":"Jane Jones","expiryMonth":"05","expiryYear":"2031"},
  "customer":{"givenName":"Jane"},"risk":{"score":"0"},"something":{"new":[1,2]},
  "timestamp":"2026-11-22 10:11:12.345+0100"}`

func decoded(t *testing.T, text string) transaction {
	t.Helper()
	var tr transaction
	if err := json.Unmarshal([]byte(text), &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestFact(t *testing.T) {
	t.Parallel()

	got := decoded(t, paidWithCard).fact()

	want := gateway.Fact{
		ID: "8ac7a4a277bb37680177ca9e266d3192", CheckoutID: "FB76AA.uat01-vm-tx03", MerchantTransactionID: "att_0001",
		Type: gateway.Debit, Amount: money.New(9200, money.EUR),
		Result: gateway.Result{Code: "000.100.110", Description: "processed", Outcome: gateway.Approved},
		Method: gateway.Method{Token: "8ac7a4a277bb37680177ca9e266d0000", Brand: "VISA", BIN: "420000", Last4: "0091",
			ExpiryMonth: 5, ExpiryYear: 2031, InitialTransactionID: "cit-77"},
		At: time.Date(2026, 11, 22, 9, 11, 12, 345_000_000, time.UTC),
	}
	if diff := cmp.Diff(got, want, cmp.Comparer(func(a, b money.Amount) bool { return a == b })); diff != "" {
		t.Errorf("fact (-got +want):\n%s", diff)
	}
}

func TestFactOutcome(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text string
		want gateway.Outcome
	}{
		"paid":                 {`{"id":"a1","paymentType":"DB","amount":"1.00","currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Approved},
		"amount as a number":   {`{"id":"a1","paymentType":"DB","amount":1.00,"currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Approved},
		"whole reversal":       {`{"id":"a1","paymentType":"RV","result":{"code":"000.000.000"}}`, gateway.Approved},
		"no id":                {`{"paymentType":"DB","amount":"1.00","currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Unknown},
		"an id that is none":   {`{"id":"../x","paymentType":"DB","amount":"1.00","currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Unknown},
		"no type":              {`{"id":"a1","amount":"1.00","currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Unknown},
		"3-D Secure type":      {`{"id":"a1","paymentType":"3D","amount":"1.00","currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Unknown},
		"3-D Secure code":      {`{"id":"a1","paymentType":"DB","amount":"1.00","currency":"EUR","result":{"code":"000.400.110"}}`, gateway.Unknown},
		"risk check passed":    {`{"id":"a1","paymentType":"RI","result":{"code":"000.300.100"}}`, gateway.Unknown},
		"unreadable amount":    {`{"id":"a1","paymentType":"DB","amount":"20.50","currency":"JPY","result":{"code":"000.000.000"}}`, gateway.Unknown},
		"review without type":  {`{"id":"a1","result":{"code":"000.400.000"}}`, gateway.Unknown},
		"chargeback by type":   {`{"id":"a1","paymentType":"CB","amount":"1.00","currency":"EUR","result":{"code":"000.000.000"}}`, gateway.Disputed},
		"chargeback by code":   {`{"id":"a1","paymentType":"CB","amount":"1.00","currency":"EUR","result":{"code":"000.100.220"}}`, gateway.Disputed},
		"declined, no amount":  {`{"id":"a1","paymentType":"DB","result":{"code":"800.100.155"}}`, gateway.Declined},
		"no result":            {`{"id":"a1","paymentType":"DB","amount":"1.00","currency":"EUR"}`, gateway.Unknown},
		"everything is absent": {`{}`, gateway.Unknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := decoded(t, tt.text).fact().Result.Outcome; got != tt.want {
				t.Errorf("outcome = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFactKeepsNoCardNumber(t *testing.T) {
	t.Parallel()

	fact := decoded(t, `{"card":{"bin":"4200000000000091","last4Digits":"4200000000000091","expiryMonth":13,"expiryYear":31}}`).fact()

	if fact.Method != (gateway.Method{}) {
		t.Errorf("method = %+v, want none of it", fact.Method)
	}
}

func TestFactOfBackOfficeHasNoCheckout(t *testing.T) {
	t.Parallel()

	fact := decoded(t, `{"id":"a2","referencedId":"a1","paymentType":"RF","ndc":"8a82_66b1"}`).fact()

	if fact.CheckoutID != "" || fact.ReferencedID != "a1" {
		t.Errorf("checkout %q, referenced %q, want none and a1", fact.CheckoutID, fact.ReferencedID)
	}
}

func FuzzFact(f *testing.F) {
	f.Add([]byte(paidWithCard))
	f.Add([]byte(`{"id":"a1","paymentType":"DB","amount":1e3,"currency":"EUR","result":{"code":"000.000.000"}}`))
	f.Add([]byte(`{"id":null,"result":{"code":"000.400.110","description":"\ud83d"}}`))
	f.Add([]byte(`{"ID":"a","PAYMENTTYPE":"CB","result":{"code":"000.100.200"},"card":{"expiryMonth":"-1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var tr transaction
		if err := json.Unmarshal(data, &tr); err != nil {
			return
		}
		fact := tr.fact()
		if o := fact.Result.Outcome; o == gateway.Approved || o == gateway.Review {
			if fact.ID == "" || !known(fact.Type) {
				t.Errorf("approved without id or type: %+v", fact)
			}
		}
		if fact.ID != "" && !validID(fact.ID) {
			t.Errorf("id %q", fact.ID)
		}
		if fact.Amount.IsNegative() || (!fact.Amount.IsZero() && fact.Amount.Currency().Code() == "") {
			t.Errorf("amount %v", fact.Amount)
		}
		if m := fact.Method; len(m.BIN) > 8 || len(m.Last4) > 4 || m.ExpiryMonth < 0 || m.ExpiryMonth > 12 {
			t.Errorf("method %+v", m)
		}
	})
}
