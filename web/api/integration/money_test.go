package integration_test

import (
	"bytes"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mistakes are told with the place of each.
func (s *shop) mistakes(t *testing.T, buyer, product string) {
	t.Helper()
	body := object{"customer_id": buyer, "currency": "EUR", "order_products": []object{{"product_id": product, "qty": 0}}}
	var p problem
	s.call(t, http.MethodPost, "/orders/create_single_order", object{"order": body}, http.StatusUnprocessableEntity, &p)
	if p.Code != "order_invalid" || len(p.Errors) != 1 || p.Errors[0] != (mistake{"/order/order_products/0/qty", "quantity"}) {
		t.Errorf("an order of nothing is refused with %+v", p)
	}
}

// sellsOnce is paid, part refunded, refunded, and has its papers.
func (s *shop) sellsOnce(t *testing.T, buyer string) string {
	t.Helper()
	ticket := s.product(t, "single_payment", "35.00", nil)
	s.mistakes(t, buyer, ticket)
	o := s.sell(t, "create_single_order", buyer, ticket, object{"invoice_id": "ORD-1001"})
	if o.Type != "single_payment" || o.First != "35.00" {
		t.Errorf("order %+v", o)
	}
	s.paid(t, o, "complete")
	s.refused(t, http.MethodPost, "/order_checkouts/"+o.ID, "order_already_paid")
	payment := s.only(t, o.ID, "DB", "35.00")
	if part := s.moves(t, o.ID, payment.ID, "refund", object{"amount": "5.00"}); part.Type != "RF" || part.Amount != "5.00" {
		t.Errorf("refunded %+v", part)
	}
	if rest := s.moves(t, o.ID, payment.ID, "refund", nil); rest.Amount != "30.00" {
		t.Errorf("refunded the rest %+v", rest)
	}
	s.refused(t, http.MethodPost, "/transactions/"+payment.ID+"/refund", "nothing_to_refund")
	if now := s.order(t, o.ID).Status; now != "complete" {
		t.Errorf("after its refund an order is %s", now)
	}

	kinds := []string{}
	until(t, "papers of "+o.ID, func() bool {
		kinds = kinds[:0]
		for _, d := range every[document](t, s, "/orders/"+o.ID+"/documents") {
			kinds = append(kinds, d.Kind)
			if status, header, pdf := s.send(t, "", http.MethodGet, d.URL, nil); status != http.StatusOK || header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
				t.Errorf("%s %s is no PDF: %d", d.Kind, d.Number, status)
			}
		}
		slices.Sort(kinds)
		return len(kinds) == 4
	})
	if diff := cmp.Diff([]string{"credit_note", "credit_note", "invoice", "receipt"}, kinds); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	return o.ID
}

// holdsAndCaptures takes a part of what it holds, and gives that back.
func (s *shop) holdsAndCaptures(t *testing.T, buyer string) string {
	t.Helper()
	o := s.sell(t, "create_single_order", buyer, s.product(t, "single_payment", "20.00", nil), object{"pre_authorise": true})
	s.paid(t, o, "active")
	captured := s.moves(t, o.ID, s.only(t, o.ID, "PA", "20.00").ID, "capture", object{"amount": "12.50"})
	if captured.Type != "CP" || captured.Amount != "12.50" {
		t.Errorf("captured %+v", captured)
	}
	s.becomes(t, o.ID, "complete")
	if back := s.moves(t, o.ID, captured.ID, "refund", nil); back.Amount != "12.50" {
		t.Errorf("refunded %+v", back)
	}
	return o.ID
}

func (s *shop) holdsAndReverses(t *testing.T, buyer string) string {
	t.Helper()
	o := s.sell(t, "create_single_order", buyer, s.product(t, "single_payment", "9.00", nil), object{"pre_authorise": true})
	s.paid(t, o, "active")
	hold := s.only(t, o.ID, "PA", "9.00").ID
	if back := s.moves(t, o.ID, hold, "reverse", nil); back.Type != "RV" {
		t.Errorf("reversed %+v", back)
	}
	s.becomes(t, o.ID, "complete")
	s.refused(t, http.MethodPost, "/transactions/"+hold+"/capture", "hold_over")
	return o.ID
}

func (s *shop) cancelsUnpaid(t *testing.T, buyer string) string {
	t.Helper()
	o := s.sell(t, "create_single_order", buyer, s.product(t, "single_payment", "1.00", nil), nil)
	if now := s.tell(t, o.ID, "cancel_order"); now != "cancelled" {
		t.Errorf("an order that was not paid is %s", now)
	}
	s.refused(t, http.MethodPut, "/orders/"+o.ID+"/cancel_order", "order_ended")
	return o.ID
}

// only is the one transaction that an order has so far, of a type.
func (s *shop) only(t *testing.T, o, kind, amount string) transaction {
	t.Helper()
	all := every[transaction](t, s, "/orders/"+o+"/transactions")
	if len(all) != 1 || all[0].Type != kind || all[0].State != "approved" || all[0].Amount != amount {
		t.Fatalf("transactions %+v, want %s of %s", all, kind, amount)
	}
	return all[0]
}

// moves begins something with a transaction and waits for what becomes of it.
func (s *shop) moves(t *testing.T, o, id, what string, body object) transaction {
	t.Helper()
	var a answer
	s.call(t, http.MethodPost, "/transactions/"+id+"/"+what, body, http.StatusAccepted, &a)
	var done transaction
	until(t, what+" of "+id, func() bool {
		all := every[transaction](t, s, "/orders/"+o+"/transactions")
		i := slices.IndexFunc(all, func(x transaction) bool { return x.AttemptID == a.Attempt.ID && x.State == "approved" })
		if i >= 0 {
			done = all[i]
		}
		return i >= 0
	})
	return done
}
