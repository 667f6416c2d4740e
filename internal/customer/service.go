package customer

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/rows"
	"github.com/quittance/quittance/internal/user"
)

// Filter chooses from a profile's customers; what is empty chooses all.
type Filter struct {
	CreatedBy   user.ID
	Reference   string
	Email       string    // in any case
	Name        string    // what Name or FamilyFirst begins with, in any case
	CreatedFrom time.Time // the first moment
	CreatedTo   time.Time // the first moment after it
}

// Repo is what this package needs from storage.
type Repo interface {
	Customer(ctx context.Context, profileID profile.ID, customerID ID) (Customer, error)
	// Customers are a page of a profile's, newest first; where they are chosen by
	// Name, and neither by Reference, Email nor CreatedBy, in the order of the names
	// that begin so. It returns paging.ErrCursor for a place in the other order.
	Customers(ctx context.Context, profileID profile.ID, f Filter, w paging.Window) (paging.Page[Customer], error)
	InCustomerTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on customers.
type Tx interface {
	idem.Tx
	InsertCustomer(ctx context.Context, c Customer) error
	// SaveCustomer writes a customer's next version; ErrChanged when it has one by now.
	SaveCustomer(ctx context.Context, c Customer) error
}

// Service keeps customers.
type Service struct {
	repo Repo
	keep rows.Keeper[Tx, Customer]
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock) *Service {
	return &Service{repo, rows.Keeper[Tx, Customer]{Kind: "customer", Clock: c, In: repo.InCustomerTx}}
}

// Customer finds one of a profile; ErrNotFound.
func (s *Service) Customer(ctx context.Context, profileID profile.ID, customerID ID) (Customer, error) {
	return s.repo.Customer(ctx, profileID, customerID)
}

// Customers lists a profile's customers in the order that Repo tells.
func (s *Service) Customers(ctx context.Context, profileID profile.ID, f Filter, w paging.Window) (paging.Page[Customer], error) {
	return s.repo.Customers(ctx, profileID, f, w)
}

// Create adds a customer. It returns ErrInvalid with every wrong field.
func (s *Service) Create(ctx context.Context, by actor.Actor, profileID profile.ID, d Details, call *idem.Call) (Customer, error) {
	return s.keep.Make(ctx, by, Customer{ID: ID(id.New("cus")), ProfileID: profileID, Details: d, Active: true, CreatedBy: user.ID(by.User)}, Tx.InsertCustomer, call)
}

// Change lets change alter a customer's details, or whether it is active, and
// keeps the result. It returns ErrNotFound, what change returns, ErrInvalid with
// every wrong field, or ErrChanged when somebody else was faster.
func (s *Service) Change(ctx context.Context, by actor.Actor, profileID profile.ID, customerID ID, change func(*Customer) error, call *idem.Call) (Customer, error) {
	c, err := s.repo.Customer(ctx, profileID, customerID)
	if err != nil {
		return Customer{}, err
	}
	return s.keep.Change(ctx, by, c, change, Tx.SaveCustomer, call)
}
