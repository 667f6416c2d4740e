package testkit

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// The products of the three types that tests sell most.
var (
	// Instalments of 600.00: 100.00 at once, then 5 monthly ones of 100.00.
	Instalments = catalog.Details{Type: catalog.Instalment, Name: "Course", Price: money.New(60_000, money.EUR), Tax: 190_000,
		Plan: catalog.Plan{Initial: money.New(10_000, money.EUR), Splits: 5, Unit: catalog.Month, Interval: 1}}
	// Monthly is a subscription of 12.00 a month.
	Monthly = catalog.Details{Type: catalog.Subscription, Name: "Magazine", Price: money.New(1200, money.EUR), Tax: 70_000,
		Plan: catalog.Plan{Unit: catalog.Month, Interval: 1}}
	// Metered begins with 50.00.
	Metered = catalog.Details{Type: catalog.Metered, Name: "Electricity", Price: money.New(0, money.EUR), Tax: 190_000,
		Plan: catalog.Plan{Initial: money.New(5000, money.EUR)}}
)

// Sell makes an order of one new product of the first profile. What in leaves
// empty, its type and currency among it, is the product's; a line of it without a
// product is of that.
func (a *App) Sell(d catalog.Details, in order.Sale) Order {
	a.TB.Helper()
	ctx := a.TB.Context()
	product, err := a.Products.Create(ctx, tester, a.Profile.ID, d, nil)
	if err != nil {
		a.TB.Fatalf("make product: %v", err)
	}
	if in.Type == "" {
		in.Type = d.Type
	}
	if in.Lines == nil {
		in.Lines = []order.SaleLine{{Quantity: 1}}
	}
	in.CustomerID, in.Currency, in.Lines[0].ProductID = a.customer(a.Profile), d.Price.Currency().Code(), product.ID
	return a.order(a.Profile, in)
}

// customer makes the one who buys.
func (a *App) customer(p profile.Profile) customer.ID {
	a.TB.Helper()
	c, err := a.Customers.Create(a.TB.Context(), tester, p.ID, customer.Details{Email: "ada@example.com", GivenName: "Ada", FamilyName: "Winter",
		AddressLine1: "Lindenweg 3", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}, nil)
	if err != nil {
		a.TB.Fatalf("make customer: %v", err)
	}
	return c.ID
}

func (a *App) order(p profile.Profile, in order.Sale) Order {
	a.TB.Helper()
	made, err := a.Orders.Create(a.TB.Context(), tester, p.ID, in, nil)
	if err != nil {
		a.TB.Fatalf("make order: %v", err)
	}
	return Order{made.Order, made.Token, a.URL + "/pay/" + made.Token}
}
