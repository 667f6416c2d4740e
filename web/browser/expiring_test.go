package browser_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestExpiredCardIsUpdatedAndPaysOnce lets a card expire on a phone and on a desk:
// it is said before, and afterwards another card pays what is outstanding, once.
// Then more cards come and go.
func TestExpiredCardIsUpdatedAndPaysOnce(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	now := time.Now().UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	soon := month.AddDate(0, 0, 15) // from the 15th of the month before the one on the card
	if in := now.Add(time.Hour); soon.Before(in) {
		soon = in
	}
	orders := []map[string]any{{"width": 390}, {"width": 1280}}
	for _, o := range orders {
		o["link"] = d.shop.subscription(t, philippa("en")).Link
	}
	journey(t, "expiring", map[string]any{"orders": orders, "expiry": month.AddDate(0, 1, 0).Format("01 / 06")}, asks{
		"nearly over": func() any { d.shop.advance(t, soon); return nil },
		"over":        func() any { d.shop.advance(t, month.AddDate(0, 2, 0)); return nil },
	}, nil)
	for _, o := range orders {
		t.Run(fmt.Sprintf("%d px", o["width"]), func(t *testing.T) { journey(t, "choosing", o, nil, nil) })
	}
	charged := 0
	for _, b := range d.gateway.books(t) {
		if b.Type == "DB" && b.State == "approved" {
			charged++
		}
	}
	if charged != 2*len(orders) {
		t.Errorf("the gateway charged %d times, want at the beginning and for what was outstanding, %d times", charged, 2*len(orders))
	}
}

// subscription makes an order over 12.00 EUR a month and its payment link.
func (s shop) subscription(t *testing.T, c customer) placed {
	t.Helper()
	var who struct{ Customer struct{ ID string } }
	s.post(t, "/customers", map[string]any{"customer": c}, &who)
	var sold struct{ Product struct{ ID string } }
	s.post(t, "/products", map[string]any{"product": map[string]any{"name": "Magazine", "type": "subscription", "currency": "EUR", "price": "12.00", "tax_rate": "7",
		"scheduled_unit": "MONTH", "scheduled_interval": 1}}, &sold)
	var made struct{ Order placed }
	s.post(t, "/orders/create_subscription_order", map[string]any{"order": map[string]any{"customer_id": who.Customer.ID, "currency": "EUR",
		"order_products": []map[string]any{{"product_id": sold.Product.ID}}}}, &made)
	return made.Order
}

// advance moves the profile's test clock to a moment.
func (s shop) advance(t *testing.T, to time.Time) {
	t.Helper()
	call(t, http.MethodPost, s.base+"/api/v1/sandbox/clock/advance", s.key, map[string]any{"clock": map[string]any{"to": to.Format(time.RFC3339)}})
}
