package bench

import (
	"fmt"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// sell makes one order of 2 lines as the API does, and its customer pays it. The
// shop's other orders are its copies.
func (s *shop) sell() testkit.Order {
	s.TB.Helper()
	ctx, by := s.TB.Context(), actor.TheSystem
	c, err := s.Customers.Create(ctx, by, s.Profile.ID, customer.Details{Email: "ada@example.com", GivenName: "Ada", FamilyName: "Winter",
		AddressLine1: "Lindenweg 3", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}, nil)
	if err != nil {
		s.TB.Fatalf("make customer: %v", err)
	}
	in := order.Sale{Type: catalog.SinglePayment, CustomerID: c.ID, Currency: "EUR", InvoiceID: "HB-000001"}
	for i, d := range []catalog.Details{
		{Name: "City bicycle, overhaul", Description: "Brakes, chain and lights, parts included", Price: money.New(8900, money.EUR)},
		{Name: "Bell, brass", Price: money.New(1750, money.EUR)},
	} {
		d.Type, d.Tax = catalog.SinglePayment, 190_000
		p, err := s.Products.Create(ctx, by, s.Profile.ID, d, nil)
		if err != nil {
			s.TB.Fatalf("make product: %v", err)
		}
		in.Lines = append(in.Lines, order.SaleLine{ProductID: p.ID, Quantity: int64(i + 1)})
	}
	s.wanted = fmt.Sprintf(`{"order":{"customer_id":%q,"currency":"EUR","order_products":[{"product_id":%q},{"product_id":%q,"qty":2}]}}`,
		c.ID, in.Lines[0].ProductID, in.Lines[1].ProductID)
	made, err := s.Orders.Create(ctx, by, s.Profile.ID, in, nil)
	if err != nil {
		s.TB.Fatalf("make order: %v", err)
	}
	first := testkit.Order{Order: made.Order, Token: made.Token}
	s.Pay(first)
	return first
}
