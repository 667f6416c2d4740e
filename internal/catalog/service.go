package catalog

import (
	"context"
	"fmt"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

// Filter chooses from a profile's products; what is empty chooses all.
type Filter struct {
	Type      Type
	Active    *bool
	Reference string
	Currency  string
}

// Repo is what this package needs from storage.
type Repo interface {
	Product(ctx context.Context, profileID profile.ID, productID ID) (Product, error)
	// Products are a page of a profile's, newest first.
	Products(ctx context.Context, profileID profile.ID, f Filter, w paging.Window) (paging.Page[Product], error)
	InCatalogTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on the catalogue.
type Tx interface {
	idem.Tx
	InsertProduct(ctx context.Context, p Product) error
	// SaveProduct changes a product that still has its version; ErrChanged.
	SaveProduct(ctx context.Context, p Product) error
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

// Products lists a profile's products, newest first.
func (s *Service) Products(ctx context.Context, profileID profile.ID, f Filter, w paging.Window) (paging.Page[Product], error) {
	return s.repo.Products(ctx, profileID, f, w)
}

// Create adds a product. It returns ErrInvalid with every wrong field.
func (s *Service) Create(ctx context.Context, by actor.Actor, profileID profile.ID, d Details, call *idem.Call) (Product, error) {
	p := Product{ID: ID(id.New("prd")), ProfileID: profileID, Details: d, Active: true, Version: 1}
	return s.write(ctx, by, "product.created", p, call, Tx.InsertProduct)
}

// Change lets change alter a product's details, or whether it is active, and
// keeps the result. It returns ErrNotFound, what change returns, ErrInvalid with
// every wrong field, the type and the currency among them when they differ, or
// ErrChanged when somebody else was faster.
func (s *Service) Change(ctx context.Context, by actor.Actor, profileID profile.ID, productID ID, change func(*Product) error, call *idem.Call) (Product, error) {
	p, err := s.repo.Product(ctx, profileID, productID)
	if err != nil {
		return Product{}, err
	}
	was := p.Details
	if err := change(&p); err != nil {
		return Product{}, err
	}
	if err := p.sameKindAs(was); err != nil {
		return Product{}, err
	}
	p, err = s.write(ctx, by, "product.changed", p, call, Tx.SaveProduct)
	p.Version++
	return p, err
}

// write keeps a product that was made or changed, if it is valid.
func (s *Service) write(ctx context.Context, by actor.Actor, what string, p Product, call *idem.Call, put func(Tx, context.Context, Product) error) (Product, error) {
	if err := p.validate(); err != nil {
		return Product{}, err
	}
	now, err := s.clock.Now(ctx, p.ProfileID)
	if err != nil {
		return Product{}, fmt.Errorf("billing time: %w", err)
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = now
	}
	e := event.Event{ProfileID: p.ProfileID, Type: what, Subject: string(p.ID), By: by, At: now}
	if err := idem.Commit(ctx, s.repo.InCatalogTx, func(tx Tx) error { return put(tx, ctx, p) }, e, call, p); err != nil {
		return Product{}, fmt.Errorf("%s %s: %w", what, p.ID, err)
	}
	return p, nil
}
