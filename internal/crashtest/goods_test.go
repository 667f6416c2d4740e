//go:build linux

package crashtest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// ware is a kind of order, with what of it there is in the catalogue.
type ware struct {
	kind     string             // of order, as its path names it
	held     bool               // the money is authorised, and staff capture it
	products map[string]product // by name
}

// wares are what customers buy in turn. What falls due by itself does so months
// later: staff have it charged sooner.
var wares = []ware{
	{"single", false, map[string]product{"Overhaul": {"type": "single_payment", "price": "89.00"}, "Bell": {"type": "single_payment", "price": "17.50"}}},
	{"single", true, map[string]product{"Bicycle": {"type": "single_payment", "price": "640.00"}}},
	{"instalment", false, map[string]product{"Course": {"type": "instalment", "price": "300.00", "initial_amount": "100.00", "split_number": 3, "scheduled_unit": "MONTH", "scheduled_interval": 1}}},
	{"subscription", false, map[string]product{"Magazine": {"type": "subscription", "price": "12.00", "scheduled_unit": "MONTH", "scheduled_interval": 1}}},
	{"metered", false, map[string]product{"Electricity": {"type": "metered", "price": "0.30", "initial_amount": "50.00"}}},
}

type product map[string]any

// goods is what the merchant sells, made once: of each of the wares its products.
type goods struct {
	customerID string
	products   [][]string
}

// stock makes a customer and the products over the API.
func stock(ctx context.Context, f *fleet) (goods, error) {
	v := newVisitor(f, rand.New(rand.NewPCG(1, 1)))
	var made struct {
		Customer, Product struct {
			ID string `json:"id"`
		}
	}
	g := goods{}
	if err := v.create(ctx, "customers", "customer", map[string]any{"customer": map[string]any{
		"given_name": "Ada", "family_name": "Winter", "email": "ada@example.com", "country_code": "DE"}}, &made); err != nil {
		return g, err
	}
	g.customerID = made.Customer.ID
	for _, w := range wares {
		var ids []string
		for _, name := range slices.Sorted(maps.Keys(w.products)) {
			p := maps.Clone(w.products[name])
			p["name"], p["currency"], p["tax_rate"] = name, "EUR", "19"
			if err := v.create(ctx, "products", name, map[string]any{"product": p}, &made); err != nil {
				return g, err
			}
			ids = append(ids, made.Product.ID)
		}
		g.products = append(g.products, ids)
	}
	return g, nil
}

// order makes the customer's order, and now and then asks once more with the same
// key, as a merchant does that lost the answer.
func (c *customer) order(ctx context.Context, g goods) error {
	v := newVisitor(c.fleet, c.random)
	turn := c.number % len(wares)
	c.ware = wares[turn]
	var lines []map[string]any
	for _, id := range g.products[turn] {
		line := map[string]any{"product_id": id}
		if c.ware.kind == "single" {
			line["qty"] = 1 + c.random.IntN(4)
		}
		lines = append(lines, line)
	}
	in := map[string]any{"customer_id": g.customerID, "currency": "EUR", "invoice_id": fmt.Sprintf("CT-%05d", c.number), "order_products": lines}
	if c.ware.held {
		in["pre_authorise"] = true
	}
	for range 1 + c.random.IntN(2) {
		var made struct {
			Order struct {
				ID   string `json:"id"`
				Link string `json:"payment_link"`
			} `json:"order"`
		}
		if err := v.create(ctx, "orders/create_"+c.ware.kind+"_order", fmt.Sprintf("order-%d", c.number), map[string]any{"order": in}, &made); err != nil {
			return err
		}
		if c.id != "" && made.Order.ID != c.id {
			return fmt.Errorf("one idempotency key made the orders %s and %s", c.id, made.Order.ID)
		}
		c.id, c.link = made.Order.ID, made.Order.Link
	}
	return nil
}
