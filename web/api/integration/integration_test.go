// Package integration_test is a merchant's shop, written from the API's OpenAPI
// document and its pages alone: what it needs to know and does not find there is a
// mistake of theirs.
package integration_test

import (
	"net/http"
	"net/url"
	"testing"
)

// TestShopIsBuiltFromTheDocumentAlone lives through what a shop does with orders of
// each type, and then reads of all of it in the events and in the webhooks.
func TestShopIsBuiltFromTheDocumentAlone(t *testing.T) {
	t.Parallel()
	s := open(t)

	secret := s.subscribe(t)
	buyer := s.customer(t)
	orders := []string{
		s.sellsOnce(t, buyer), s.holdsAndCaptures(t, buyer), s.holdsAndReverses(t, buyer), s.splits(t, buyer),
		s.subscribes(t, buyer), s.meters(t, buyer), s.cancelsUnpaid(t, buyer),
	}
	s.hearsOf(t, secret, orders)
}

// customer makes one, who moves.
func (s *shop) customer(t *testing.T) string {
	t.Helper()
	var made, moved, found answer
	body := object{"customer": object{"email": "anna@example.com", "given_name": "Anna", "family_name": "Schmidt", "reference": "C-1001", "country_code": "DE", "language": "en"}}
	header := s.call(t, http.MethodPost, "/customers", body, http.StatusCreated, &made)
	s.call(t, http.MethodPut, "/customers/"+made.Customer.ID, object{"customer": object{"city": "Berlin"}}, http.StatusOK, &moved)
	s.get(t, header.Get("Location"), &found)
	if found.Customer != moved.Customer || moved.Customer.City != "Berlin" || moved.Customer.Email != "anna@example.com" {
		t.Errorf("customer %+v, changed to %+v, read as %+v", made.Customer, moved.Customer, found.Customer)
	}
	type row struct{ ID string }
	if all := every[row](t, s, "/customers?reference=C-1001"); len(all) != 1 || all[0].ID != made.Customer.ID {
		t.Errorf("customers with the reference: %v", all)
	}
	return made.Customer.ID
}

// product makes one of a type.
func (s *shop) product(t *testing.T, kind, price string, terms object) string {
	t.Helper()
	body := object{"type": kind, "name": "A " + kind, "currency": "EUR", "price": price, "tax_rate": "19"}
	for name, v := range terms {
		body[name] = v
	}
	var a answer
	s.call(t, http.MethodPost, "/products", object{"product": body}, http.StatusCreated, &a)
	if a.Product.Price != price {
		t.Errorf("a product of %s costs %s", price, a.Product.Price)
	}
	return a.Product.ID
}

// sell makes an order with a checkout, twice, as a shop does whose connection broke.
func (s *shop) sell(t *testing.T, route, buyer, product string, terms object) order {
	t.Helper()
	body := object{"customer_id": buyer, "currency": "EUR", "create_checkout": true, "redirect_url": "https://shop.example.com/thanks?cart=7",
		"order_products": []object{{"product_id": product}}}
	for name, v := range terms {
		body[name] = v
	}
	var first, second answer
	intent := "cart of " + product
	s.repeat(t, intent, http.MethodPost, "/orders/"+route, object{"order": body}, http.StatusCreated, &first)
	header := s.repeat(t, intent, http.MethodPost, "/orders/"+route, object{"order": body}, http.StatusCreated, &second)
	if second.Order.ID != first.Order.ID || header.Get("Idempotency-Replayed") != "true" {
		t.Fatalf("repeated, order %s is %s", first.Order.ID, second.Order.ID)
	}
	if o := first.Order; o.Status != "pending" || o.Link == nil || o.Checkout.ID == "" {
		t.Fatalf("new order %+v", o)
	}
	return first.Order
}

// paid lets an order be paid and waits for a status.
func (s *shop) paid(t *testing.T, o order, status string) {
	t.Helper()
	back, err := url.Parse(s.pay(t, o.Checkout))
	if err != nil {
		t.Fatal(err)
	}
	if q := back.Query(); back.Host != "shop.example.com" || q.Get("cart") != "7" || q.Get("order_id") != o.ID || q.Get("status") != "approved" || q.Get("signature") == "" {
		t.Errorf("the customer came back to %s", back)
	}
	s.becomes(t, o.ID, status)
}

func (s *shop) order(t *testing.T, id string) order {
	t.Helper()
	var a answer
	s.get(t, "/orders/"+id, &a)
	return a.Order
}

// becomes waits for an order's status.
func (s *shop) becomes(t *testing.T, id, status string) {
	t.Helper()
	until(t, "order "+id+" is "+status, func() bool { return s.order(t, id).Status == status })
}

// tell gives an order a command and returns the status that it answers.
func (s *shop) tell(t *testing.T, id, command string) string {
	t.Helper()
	var a answer
	s.call(t, http.MethodPut, "/orders/"+id+"/"+command, nil, http.StatusOK, &a)
	return a.Order.Status
}

// refused gives a command that is answered 409, with a code.
func (s *shop) refused(t *testing.T, method, path, code string) {
	t.Helper()
	var p problem
	s.call(t, method, path, nil, http.StatusConflict, &p)
	if p.Code != code {
		t.Errorf("%s %s is refused with %s, want %s", method, path, p.Code, code)
	}
}
