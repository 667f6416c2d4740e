package v1_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// paidBy sells something over 124.00, pays it, and gives the transaction of a type.
func (a *api) paidBy(t *testing.T, d catalog.Details, in order.Sale, typ gateway.Type) (testkit.Order, string) {
	t.Helper()
	o := a.Sell(d, in)
	a.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return o, a.transaction(t, o, typ)
}

func (a *api) transaction(t *testing.T, o testkit.Order, typ gateway.Type) string {
	t.Helper()
	all := a.Overview(o).Transactions
	i := slices.IndexFunc(all, func(x payment.Transaction) bool { return x.Type == typ })
	if i < 0 {
		t.Fatalf("no %s among %d transactions", typ, len(all))
	}
	return string(all[i].ID)
}

func bicycle() catalog.Details {
	return catalog.Details{Type: catalog.SinglePayment, Name: "Bicycle", Price: money.New(12_400, money.EUR)}
}

func TestAHoldIsCapturedAndPartlyRefunded(t *testing.T) {
	t.Parallel()

	a := start(t)
	o, hold := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
	first := a.do(t, call{path: "/transactions/" + hold + "/capture", repeat: "k", body: `{"amount":"100.00"}`})
	again := a.do(t, call{path: "/transactions/" + hold + "/capture", repeat: "k", body: `{"amount":"100.00"}`})
	if first.status != http.StatusAccepted || first.field(t, "attempt.kind") != "capture" || first.field(t, "attempt.amount") != "100.00" || again.body != first.body {
		t.Fatalf("%d %s, again %s", first.status, first.body, again.body)
	}
	a.RunJobs()
	capture := a.transaction(t, o, gateway.Capture)
	if got := a.do(t, call{path: "/transactions/" + capture + "/refund", body: `{"amount":30}`}); got.status != http.StatusAccepted {
		t.Fatalf("%d %s", got.status, got.body)
	}
	a.RunJobs()

	var page struct {
		Data []struct{ Type, Amount, State string }
	}
	if err := json.Unmarshal([]byte(a.do(t, call{path: "/orders/" + string(o.ID) + "/transactions"}).body), &page); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, x := range page.Data {
		types = append(types, x.Type+" "+x.Amount+" "+x.State)
	}
	slices.Sort(types)
	if diff := cmp.Diff([]string{"CP 100.00 approved", "PA 124.00 approved", "RF 30.00 approved"}, types); diff != "" {
		t.Errorf("transactions (-want +got):\n%s", diff)
	}
}

func TestWhatATransactionDoesNotAllowIsRefusedByName(t *testing.T) {
	t.Parallel()

	a := start(t)
	_, paid := a.paidBy(t, bicycle(), order.Sale{}, gateway.Debit)
	_, hold := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
	_, deciding := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
	_, captured := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
	_, released := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
	_, spent := a.paidBy(t, bicycle(), order.Sale{}, gateway.Debit)
	begin := func(id, what string) {
		if got := a.do(t, call{path: "/transactions/" + id + "/" + what, body: `{}`}); got.status != http.StatusAccepted {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	begin(captured, "capture")
	begin(released, "reverse")
	begin(spent, "refund")
	a.RunJobs()
	begin(deciding, "capture")
	for name, tt := range map[string]struct{ id, what, body, want string }{
		"capture of a debit":      {paid, "capture", `{}`, "transaction_not_capturable"},
		"reversal of a debit":     {paid, "reverse", `{}`, "transaction_not_capturable"},
		"refund of a hold":        {hold, "refund", `{}`, "transaction_not_refundable"},
		"capture of more":         {hold, "capture", `{"amount":"124.01"}`, "capture_too_large"},
		"reversal of a part":      {hold, "reverse", `{"amount":"1"}`, "reversal_not_whole"},
		"refund of more":          {paid, "refund", `{"amount":"124.01"}`, "refund_too_large"},
		"nothing is left":         {spent, "refund", `{}`, "nothing_to_refund"},
		"a second capture":        {captured, "capture", `{}`, "already_captured"},
		"reversal of a capture":   {captured, "reverse", `{}`, "already_captured"},
		"capture after release":   {released, "capture", `{}`, "hold_over"},
		"reversal after release":  {released, "reverse", `{}`, "hold_over"},
		"capture beside another":  {deciding, "capture", `{}`, "hold_being_decided"},
		"reversal beside capture": {deciding, "reverse", `{}`, "hold_being_decided"},
	} {
		got := a.do(t, call{path: "/transactions/" + tt.id + "/" + tt.what, body: tt.body})
		if got.status != http.StatusConflict || got.problem.Code != tt.want {
			t.Errorf("%s: %d %s, want %s", name, got.status, got.problem.Code, tt.want)
		}
	}
	for _, id := range []string{"trn_00000000000000000000000000", "trn_1", string(a.NewOrder(5000).ID)} {
		if got := a.do(t, call{path: "/transactions/" + id + "/refund", body: `{}`}); got.status != http.StatusNotFound || got.problem.Code != "transaction_not_found" {
			t.Errorf("%s: %d %s", id, got.status, got.body)
		}
	}
}

func TestEveryMistakeInAnOperationIsNamed(t *testing.T) {
	t.Parallel()

	a := start(t)
	_, hold := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
	_, dinars := a.paidBy(t, catalog.Details{Type: catalog.SinglePayment, Name: "Dates", Price: money.New(20_000, money.KWD)}, order.Sale{}, gateway.Debit)
	table := map[string]mistaken{
		"unknown field": {`{"currency":"EUR"}`, "body_invalid", []string{"/currency unknown_field"}},
		"wrong types":   {`{"amount":true}`, "body_invalid", []string{"/amount wrong_type"}},
		"a list":        {`[]`, "body_invalid", []string{" wrong_type"}},
		"an exponent":   {`{"amount":1e1}`, "body_invalid", []string{"/amount decimal"}},
		"nothing":       {`{"amount":"0"}`, "amount_invalid", []string{"/amount amount"}},
		"below zero":    {`{"amount":-1}`, "amount_invalid", []string{"/amount amount"}},
		"too fine":      {`{"amount":"0.0001"}`, "amount_invalid", []string{"/amount amount"}},
	}
	for _, what := range []string{"capture", "reverse"} {
		a.refuses(t, post("/transactions/{id}/"+what), hold, []string{"amount_not_payable"}, table)
	}
	table["off the gateway's step"] = mistaken{`{"amount":"1.255"}`, "amount_invalid", []string{"/amount amount_not_payable"}}
	a.refuses(t, post("/transactions/{id}/refund"), dinars, nil, table)
}

func TestCollectingIsResumedAfterAChargeback(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.Begin(a.Sell(testkit.Monthly, order.Sale{}))
	resume := call{method: http.MethodPut, path: "/orders/" + string(o.ID) + "/resume_collecting", repeat: "k"}
	if got := a.do(t, resume); got.status != http.StatusConflict || got.problem.Code != "collecting_not_stopped" {
		t.Errorf("nothing was stopped: %d %s", got.status, got.body)
	}
	if _, err := a.Gateway.Chargeback(t.Context(), a.Overview(o).Transactions[0].GatewayID, "", ""); err != nil {
		t.Fatal(err)
	}
	a.Deliver()
	first, again := a.do(t, resume), a.do(t, resume)
	if first.status != http.StatusOK || first.field(t, "order.status") != "active" || again.body != first.body {
		t.Errorf("%d %s, again %s", first.status, first.body, again.body)
	}
	if read := a.do(t, call{path: "/orders/" + string(o.ID)}); read.body != first.body {
		t.Errorf("it answers %s, then the order reads %s", first.body, read.body)
	}
}
