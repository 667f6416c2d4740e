package catalog

import (
	"context"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/rows"
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
	// SaveProduct writes a product's next version; ErrChanged when it has one by now.
	SaveProduct(ctx context.Context, p Product) error
}

// Service keeps the catalogue.
type Service struct {
	repo Repo
	keep rows.Keeper[Tx, Product]
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock) *Service {
	return &Service{repo, rows.Keeper[Tx, Product]{Kind: "product", Clock: c, In: repo.InCatalogTx}}
}

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
	return s.keep.Make(ctx, by, Product{ID: ID(id.New("prd")), ProfileID: profileID, Details: d, Active: true}, Tx.InsertProduct, call)
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
	return s.keep.Change(ctx, by, p, func(p *Product) error {
		if err := change(p); err != nil {
			return err
		}
		return p.sameKindAs(was)
	}, Tx.SaveProduct, call)
}
