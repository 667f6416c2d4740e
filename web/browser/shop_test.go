package browser_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"
)

// shop is a merchant's program: it knows the API and its key.
type shop struct{ base, key string }

// customer is who an order is for. The names are rare on purpose: logs are
// searched for them.
type customer struct {
	Email        string `json:"email"`
	GivenName    string `json:"given_name"`
	FamilyName   string `json:"family_name"`
	AddressLine1 string `json:"address_line1"`
	PostalCode   string `json:"postal_code"`
	City         string `json:"city"`
	CountryCode  string `json:"country_code"`
	Language     string `json:"language"`
}

func philippa(language string) customer {
	return customer{Email: "philippa.quellwasser@post.example", GivenName: "Philippa", FamilyName: "Quellwasser",
		AddressLine1: "Kranichsteig 7", PostalCode: "20457", City: "Hamburg", CountryCode: "DE", Language: language}
}

type placed struct {
	ID       string     `json:"id"`
	Link     string     `json:"payment_link"`
	Checkout embeddable `json:"checkout"`
}

// order makes an order over 124.00 EUR, with more fields, and its payment link.
func (s shop) order(t *testing.T, c customer, more ...map[string]any) placed {
	t.Helper()
	var who struct {
		Customer struct{ ID string } `json:"customer"`
	}
	s.post(t, "/customers", map[string]any{"customer": c}, &who)
	var lines []map[string]any
	for i, p := range []map[string]string{
		{"name": "City bicycle, overhaul", "description": "Brakes, chain and lights, parts included", "price": "89.00"},
		{"name": "Bell, brass", "price": "17.50"},
	} {
		p["type"], p["currency"], p["tax_rate"] = "single_payment", "EUR", "19"
		var made struct {
			Product struct{ ID string } `json:"product"`
		}
		s.post(t, "/products", map[string]any{"product": p}, &made)
		lines = append(lines, map[string]any{"product_id": made.Product.ID, "qty": i + 1})
	}
	var made struct {
		Order placed `json:"order"`
	}
	asked := map[string]any{
		"customer_id": who.Customer.ID, "currency": "EUR", "invoice_id": "HB-1024", "note": "Ready for pick-up on Friday after 3 pm.", "order_products": lines,
	}
	for _, fields := range more {
		maps.Copy(asked, fields)
	}
	s.post(t, "/orders/create_single_order", map[string]any{"order": asked}, &made)
	return made.Order
}

func (s shop) post(t *testing.T, path string, body, into any) {
	t.Helper()
	if err := json.Unmarshal(call(t, http.MethodPost, s.base+"/api/v1"+path, s.key, body), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
