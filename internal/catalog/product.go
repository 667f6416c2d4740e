// Package catalog owns what a profile sells. A product's type fixes the type of
// the orders it can be sold in; its locks say what an order may change.
package catalog

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
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

// Faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "product_not_found", "We could not find that product.")
	ErrInvalid  = fault.New(fault.Invalid, "product_invalid", "Some details of the product are missing or wrong.")
)

// Details are what a merchant tells of a product.
type Details struct {
	Type          Type
	Reference     string // the merchant's own article number
	Name          string
	Description   string
	Price         money.Amount // of one, like Discount and Fee
	Discount      money.Amount // lowers the price; at most the price
	Fee           money.Amount // comes on top, after tax
	Tax           money.PPM    // included in the discounted price and only informative
	PricingLocked bool         // an order cannot change the price
	PaymentLocked bool         // an order cannot change how it is paid
}

// Product is one of a profile's catalogue.
type Product struct {
	ID        ID
	ProfileID profile.ID
	Details
	Active    bool
	CreatedAt time.Time
	Version   int64
}

// Repo is what this package needs from storage.
type Repo interface {
	Product(ctx context.Context, profileID profile.ID, productID ID) (Product, error)
	InCatalogTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on the catalogue.
type Tx interface {
	InsertProduct(ctx context.Context, p Product) error
	Record(ctx context.Context, e event.Event) error
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
}

// Service keeps the catalogue.
type Service struct {
	repo  Repo
	clock clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock) *Service { return &Service{repo, c} }

// Product finds one of a profile; ErrNotFound.
func (s *Service) Product(ctx context.Context, profileID profile.ID, productID ID) (Product, error) {
	return s.repo.Product(ctx, profileID, productID)
}

// Create adds a product. It returns ErrInvalid with every wrong field.
func (s *Service) Create(ctx context.Context, by actor.Actor, profileID profile.ID, d Details, call *idem.Call) (Product, error) {
	if err := d.validate(); err != nil {
		return Product{}, err
	}
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return Product{}, fmt.Errorf("billing time: %w", err)
	}
	p := Product{ID: ID(id.New("prd")), ProfileID: profileID, Details: d, Active: true, CreatedAt: now, Version: 1}
	err = s.repo.InCatalogTx(ctx, func(tx Tx) error {
		if err := tx.InsertProduct(ctx, p); err != nil {
			return err
		}
		if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "product.created", Subject: string(p.ID), By: by, At: now}); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, p)
	})
	if err != nil {
		return Product{}, fmt.Errorf("create product: %w", err)
	}
	return p, nil
}

func (d Details) validate() error {
	var bad []fault.Field
	refuse := func(field, code, public string) {
		bad = append(bad, fault.Field{Pointer: "/product/" + field, Code: code, Public: public})
	}
	switch d.Type {
	case SinglePayment, Instalment, Subscription, Metered:
	default:
		refuse("type", "product_type", "Use single_payment, instalment, subscription or metered.")
	}
	if d.Name == "" {
		refuse("name", "required", "This is required.")
	}
	for _, f := range []struct {
		name, value string
		most        int
	}{{"name", d.Name, 200}, {"reference", d.Reference, 200}, {"description", d.Description, 2000}} {
		if utf8.RuneCountInString(f.value) > f.most {
			refuse(f.name, "too_long", fmt.Sprintf("Use at most %d characters.", f.most))
		}
	}
	for _, f := range []struct {
		name  string
		value money.Amount
	}{{"price", d.Price}, {"discount_amount", d.Discount}, {"fee_amount", d.Fee}} {
		if f.value.IsNegative() {
			refuse(f.name, "negative", "An amount cannot be negative.")
		}
	}
	if !d.Price.IsNegative() && d.Discount.Minor() > d.Price.Minor() {
		refuse("discount_amount", "discount_too_large", "A discount cannot be larger than the price.")
	}
	if d.Tax < 0 || d.Tax > 1_000_000 {
		refuse("tax_rate", "tax_rate", "Use a rate between 0 and 100 per cent.")
	}
	if len(bad) > 0 {
		return ErrInvalid.With(bad...)
	}
	return nil
}
