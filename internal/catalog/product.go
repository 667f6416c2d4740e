// Package catalog owns what a profile sells. A product's type fixes the type of
// the orders it can be sold in; its locks say what an order may change.
package catalog

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
)

// ID is a product's key.
type ID string

// Type is how a product is paid.
type Type string

// The four types (facts/billpro.md §1.5).
const (
	SinglePayment Type = "single_payment"
	Instalment    Type = "instalment"
	Subscription  Type = "subscription"
	Metered       Type = "metered"
)

// Types are all of them.
var Types = []Type{SinglePayment, Instalment, Subscription, Metered}

// Faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "product_not_found", "We could not find that product.")
	ErrInvalid  = fault.New(fault.Invalid, "product_invalid", "Some details of the product are missing or wrong.")
	ErrChanged  = fault.New(fault.Conflict, "product_changed", "Somebody else changed this product at the same time. Nothing was changed by you; read the product and try again.")
)

// Details are what a merchant tells of a product.
type Details struct {
	Type          Type
	Reference     string // the merchant's own article number
	Name          string
	Description   string
	Price         money.Amount // of one, like Discount and Fee
	Discount      money.Amount // lowers the price; at most the price
	DiscountRate  money.PPM    // the same as a part of the price, in place of Discount
	Fee           money.Amount // comes on top, after tax
	Tax           money.PPM    // included in the discounted price and only informative
	Plan          Plan
	PricingLocked bool // an order cannot change the price
	PaymentLocked bool // an order cannot change how it is paid
}

// Product is one of a profile's catalogue.
type Product struct {
	ID        ID
	ProfileID profile.ID
	Details
	Active    bool // can be ordered
	CreatedAt time.Time
	Version   int64
}

// Key names the product and whose it is.
func (p Product) Key() (profile.ID, string) { return p.ProfileID, string(p.ID) }

// Next is the product as it will be written: its next version, the first of which
// is made now.
func (p Product) Next(now time.Time) Product {
	if p.Version++; p.Version == 1 {
		p.CreatedAt = now
	}
	return p
}

// DiscountOn is what the product's discount takes off a price: its amount, or its
// rate of that price, rounded.
func (d Details) DiscountOn(price money.Amount) (money.Amount, error) {
	if d.DiscountRate == 0 {
		return d.Discount, nil
	}
	return price.AtRate(d.DiscountRate)
}

// mistakes collects what is wrong with a product.
type mistakes []fault.Field

func (m *mistakes) refuse(field, code, public string) {
	*m = append(*m, fault.Field{Pointer: "/product/" + field, Code: code, Public: public})
}

func (m *mistakes) err() error {
	if len(*m) == 0 {
		return nil
	}
	return ErrInvalid.With(*m...)
}

// Validate returns ErrInvalid with every wrong field.
func (d Details) Validate() error {
	var bad mistakes
	switch d.Type {
	case SinglePayment, Instalment, Subscription, Metered:
	default:
		bad.refuse("type", "product_type", "Use single_payment, instalment, subscription or metered.")
	}
	if d.Name == "" {
		bad.refuse("name", "required", "This is required.")
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"name", d.Name, 200}, {"reference", d.Reference, 200}, {"description", d.Description, 2000}} {
		if utf8.RuneCountInString(f.value) > f.most {
			bad.refuse(f.name, "too_long", fmt.Sprintf("Use at most %d characters.", f.most))
		}
	}
	d.validatePrice(&bad)
	if len(bad) == 0 { // a plan is judged by a sound price
		d.validatePlan(&bad)
	}
	return bad.err()
}

// sameKindAs refuses what orders rely on: another type, another currency.
func (d Details) sameKindAs(was Details) error {
	var bad mistakes
	if d.Type != was.Type {
		bad.refuse("type", "fixed", "This cannot be changed. Make another product.")
	}
	if d.Price.Currency() != was.Price.Currency() {
		bad.refuse("currency", "fixed", "This cannot be changed. Make another product.")
	}
	return bad.err()
}

func (d Details) validatePrice(bad *mistakes) {
	for _, f := range []struct {
		name  string
		value money.Amount
	}{{"price", d.Price}, {"discount_amount", d.Discount}, {"fee_amount", d.Fee}, {"initial_amount", d.Plan.Initial}} {
		if f.value.IsNegative() {
			bad.refuse(f.name, "negative", "An amount cannot be negative.")
		}
	}
	switch {
	case !d.Discount.IsZero() && d.DiscountRate != 0:
		bad.refuse("discount_rate", "discount_twice", "Tell the discount as an amount or as a rate, not both.")
	case !d.Price.IsNegative() && d.Discount.Minor() > d.Price.Minor():
		bad.refuse("discount_amount", "discount_too_large", "A discount cannot be larger than the price.")
	}
	for _, f := range []struct {
		name string
		rate money.PPM
	}{{"discount_rate", d.DiscountRate}, {"tax_rate", d.Tax}} {
		if f.rate < 0 || f.rate > 1_000_000 {
			bad.refuse(f.name, "rate", "Use a rate between 0 and 100 per cent.")
		}
	}
}
