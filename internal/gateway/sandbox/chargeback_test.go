package sandbox_test

import "testing"

func TestChargebackIsBookedAndTold(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	paid, hold := k.paid("order-0001", "DB"), k.paid("order-0002", "PA")
	k.told()

	id, err := k.gw.Chargeback(t.Context(), paid, "", "100.00")
	if err != nil {
		t.Fatal(err)
	}

	told := k.told()
	if len(told) != 1 || told[0].Type != "PAYMENT" {
		t.Fatalf("told %+v, want one payment", told)
	}
	got := told[0].Payload
	if got.ID != id || got.ReferencedID != paid || got.PaymentType != "CB" || got.Result.Code != "000.100.220" || got.Amount != "100.00" || got.MerchantTransactionID != "order-0001" {
		t.Errorf("told %+v, want the chargeback", got)
	}
	if list := k.call("GET", "/v1/query", "merchantTransactionId", "order-0001").Payments; len(list) != 2 || list[1].ID != id {
		t.Errorf("query = %+v, want the payment and its chargeback", list)
	}
	for name, c := range map[string]struct{ on, code, amount string }{
		"more than is left":       {paid, "", "24.01"},
		"a code of another group": {paid, "000.100.110", "1.00"},
		"an authorisation":        {hold, "", ""},
		"itself":                  {id, "", ""},
		"an amount that is none":  {paid, "", "x"},
	} {
		if _, err := k.gw.Chargeback(t.Context(), c.on, c.code, c.amount); err == nil {
			t.Errorf("a chargeback on %s was taken", name)
		}
	}
	if _, err := k.gw.Chargeback(t.Context(), paid, "000.100.222", ""); err != nil { // the rest
		t.Error(err)
	}
	if books := k.books(); len(books) != 4 || books[3].Type != "CB" || books[3].Amount.Decimal() != "24.00" || books[3].State != "approved" {
		t.Errorf("books = %+v, want the rest charged back", books)
	}
}
