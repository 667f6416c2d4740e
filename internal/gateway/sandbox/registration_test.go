package sandbox_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

const master = "5200000000000007"

func TestStoredCardIsChargedAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.stored("order-0001", visa, "Ada Example")
	if told := k.told(); len(told) != 1 || told[0].Payload.RegistrationID != first.RegistrationID {
		t.Errorf("told %+v, want the payment with its token", told)
	}

	later := k.charge(first, "order-0002")

	wantCode(t, later, http.StatusOK, "000.100.110")
	if later.RegistrationID != first.RegistrationID || later.Amount != "12.00" || later.PaymentType != "DB" || later.Card.Last4Digits != "0091" ||
		later.StandingInstruction.Mode != "REPEATED" || later.ThreeDSecure.ECI != "" || later.ResultDetails["CardholderInitiatedTransactionID"] != "" {
		t.Errorf("charge = %+v", later)
	}
	k.wantHeard("order-0002 000.100.110")
	wantCode(t, k.charge(first, "order-0002"), http.StatusBadRequest, "800.130.100")
	wantCode(t, k.charge(first, "order-0002", "amount", "13.00"), http.StatusBadRequest, "800.110.100")
	wantCode(t, k.charge(first, "order-0003", "paymentType", "PA"), http.StatusOK, "000.100.110")
	wantCode(t, k.charge(first, "order-0004", "standingInstruction.source", "CIT", "standingInstruction.initialTransactionId", ""), http.StatusOK, "000.100.110")
	wantCode(t, k.call("POST", "/v1/payments/"+later.ID, "paymentType", "RF", "amount", "12.00", "currency", "EUR",
		"merchantTransactionId", "refund-0001"), http.StatusOK, "000.100.110")
	if n := len(k.books()); n != 5 {
		t.Errorf("books have %d entries, want 5", n)
	}
}

func TestDeletedCardIsChargedNoMore(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.stored("order-0001", visa, "Ada Example")
	k.told()

	gone := k.call("DELETE", "/v1/registrations/"+first.RegistrationID)

	wantCode(t, gone, http.StatusOK, "000.100.110")
	told := k.told()
	if len(told) != 1 || told[0].Type != "REGISTRATION" || told[0].Action != "DELETED" || told[0].Payload.ID != first.RegistrationID {
		t.Errorf("told %+v, want the deletion of %s", told, first.RegistrationID)
	}
	wantCode(t, k.charge(first, "order-0002"), http.StatusBadRequest, "100.150.202")
	wantCode(t, k.call("DELETE", "/v1/registrations/"+first.RegistrationID), http.StatusBadRequest, "100.150.202")
	wantCode(t, k.call("DELETE", "/v1/registrations/8ac7nobody"), http.StatusBadRequest, "100.150.200")
	wantCode(t, k.charge(reply{RegistrationID: "8ac7nobody", ResultDetails: first.ResultDetails}, "order-0002"), http.StatusBadRequest, "100.150.200")
	if n := len(k.books()); n != 1 {
		t.Errorf("books have %d entries, want the first payment", n)
	}
}

func TestTokensBelongToTheirChannel(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.stored("order-0001", visa, "Ada Example")
	if err := k.gw.SetEntity(sandbox.Entity{EntityID: "another", Token: token}); err != nil {
		t.Fatal(err)
	}

	wantCode(t, k.charge(first, "order-0002", "entityId", "another"), http.StatusBadRequest, "100.150.200")
	wantCode(t, k.call("DELETE", "/v1/registrations/"+first.RegistrationID, "entityId", "another"), http.StatusBadRequest, "100.150.200")
}

func TestCardIsStoredWithoutPaying(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001", storing("amount", "", "currency", "", "paymentType", "")...)

	p := k.pay(c.ID, visa, "Ada Example")

	if p.ResourcePath != "/v1/checkouts/"+c.ID+"/registration" || p.Outcome != "approved" {
		t.Errorf("pay = %+v, want approved and the address of a registration", p)
	}
	wantCode(t, k.call("GET", "/v1/checkouts/"+c.ID+"/payment"), http.StatusBadRequest, "200.300.404")
	s := k.call("GET", p.ResourcePath)
	wantCode(t, s, http.StatusOK, "000.100.110")
	if s.ID != s.RegistrationID || s.PaymentType != "RG" || s.Amount != "" || s.Currency != "" || s.ResultDetails["CardholderInitiatedTransactionID"] == "" {
		t.Errorf("status = %+v, want a token as id and no amount", s)
	}
	if told := k.told(); len(told) != 1 || told[0].Type != "REGISTRATION" || told[0].Action != "CREATED" || told[0].Payload.ID != s.ID {
		t.Errorf("told %+v, want the new registration", told)
	}
	wantCode(t, k.charge(s, "order-0002"), http.StatusOK, "000.100.110")
	wantCode(t, k.call("POST", "/v1/payments/"+s.ID, "paymentType", "RF", "amount", "1.00", "currency", "EUR",
		"merchantTransactionId", "refund-0001"), http.StatusBadRequest, "700.300.100")
}

func TestDeclinedAndPendingPaymentsStoreNoCard(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	c := k.checkout("order-0001", storing()...)
	k.pay(c.ID, visa, "800.100.152")
	k.pay(c.ID, visa, "000.200.000")

	p := k.call("GET", "/v1/query", "merchantTransactionId", "order-0001").Payments
	if len(p) != 2 || p[0].RegistrationID+p[1].RegistrationID != "" || p[1].ResultDetails["CardholderInitiatedTransactionID"] != "" {
		t.Fatalf("payments = %+v, want no token and no reference yet", p)
	}
	if err := k.gw.Settle(t.Context(), p[1].ID, "000.100.110"); err != nil {
		t.Fatal(err)
	}

	first := k.call("GET", "/v1/payments/"+p[1].ID)
	wantCode(t, k.charge(first, "order-0002"), http.StatusOK, "000.100.110")
}

func TestExpiredCardIsDeclined(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.stored("order-0001", visa, "Ada Example") // good through 12/34

	k.advance(time.Until(time.Date(2034, 12, 31, 23, 59, 0, 0, time.UTC)))
	wantCode(t, k.charge(first, "order-0002"), http.StatusOK, "000.100.110")
	k.advance(2 * time.Minute)

	got := k.charge(first, "order-0003")
	wantCode(t, got, http.StatusBadRequest, "100.100.303")
	if got.ID == "" || got.ResultDetails["VisaCategoryCode"] != "3" || got.ResultDetails["AcquirerResponse"] != "54" {
		t.Errorf("charge = %+v, want it booked as the issuer's decline", got)
	}
}

// TestChargeAnswersAreTheTesters: a name typed when the card was stored, the
// admin's word, or a fault says what charges result in.
func TestChargeAnswersAreTheTesters(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.stored("order-0001", master, "then 800.100.152 MAC 24")

	got := k.charge(first, "order-0002")
	wantCode(t, got, http.StatusOK, "800.100.152")
	if d := got.ResultDetails; d["MerchantAdviceCode"] != "24" || d["VisaCategoryCode"] != "" || d["AcquirerResponse"] != "05" {
		t.Errorf("details = %v, want advice 24", d)
	}
	if err := k.gw.SetAnswer(t.Context(), first.RegistrationID, "300.100.100"); err != nil {
		t.Fatal(err)
	}
	got = k.charge(first, "order-0003")
	wantCode(t, got, http.StatusOK, "300.100.100")
	if d := got.ResultDetails; d["AcquirerResponse"] != "65" {
		t.Errorf("details = %v, want the issuer's 65", d)
	}
	if err := k.gw.SetAnswer(t.Context(), first.RegistrationID, ""); err != nil {
		t.Fatal(err)
	}
	k.fault(sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Next: 1, Code: "800.100.159 MAC 03"})
	got = k.charge(first, "order-0004")
	wantCode(t, got, http.StatusOK, "800.100.159")
	if d := got.ResultDetails; d["MerchantAdviceCode"] != "03" {
		t.Errorf("details = %v, want advice 03", d)
	}
	wantCode(t, k.charge(first, "order-0005"), http.StatusOK, "000.100.110")
	for _, bad := range []string{"declined", "800.100.152 MAC 2", "800.100.152 VCC 5"} {
		if err := k.gw.SetAnswer(t.Context(), first.RegistrationID, bad); err == nil {
			t.Errorf("%q was taken as a result", bad)
		}
	}
	if err := k.gw.SetAnswer(t.Context(), "8ac7nobody", ""); err == nil {
		t.Error("an unknown token was taken")
	}
}

func TestCardIsStoredWhenTheCardholderConfirms(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for answer, code := range map[string]string{"approve": "000.100.110", "reject": "100.380.401"} {
		c := k.checkout("order: "+answer, storing("amount", "", "currency", "", "paymentType", "")...)
		issuer, err := url.Parse(k.pay(c.ID, visaAsked, "Ada Example").Redirect)
		if err != nil {
			t.Fatal(err)
		}

		k.answer(issuer.Path, answer)

		s := k.call("GET", "/v1/checkouts/"+c.ID+"/registration")
		wantCode(t, s, http.StatusOK, code)
		if stored := s.RegistrationID != "" && s.ThreeDSecure.ECI == "05"; stored != (answer == "approve") {
			t.Errorf("%s: status = %+v", answer, s)
		}
	}
}
