package order

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/user"
)

// Faults of an amount that the profile's gateway cannot collect.
var (
	ErrCurrency = fault.New(fault.Invalid, "currency_not_supported", "This merchant's payment account cannot take this currency.")
	ErrAmount   = fault.New(fault.Invalid, "amount_not_payable", "An amount of this order cannot be collected: it is zero, too large, or finer than the payment account can handle.")
)

// Repo is what this package needs from storage.
type Repo interface {
	// Order is one order with its lines and tags.
	Order(ctx context.Context, profileID profile.ID, orderID ID) (Order, error)
	// Orders are a page of a profile's, newest first, without lines and tags.
	Orders(ctx context.Context, profileID profile.ID, f Filter, w paging.Window) (paging.Page[Order], error)
	// LinkByTokenHash finds a link that is not revoked; ErrLinkUnknown.
	LinkByTokenHash(ctx context.Context, hash []byte) (Link, error)
	// LinkOwner is whose a link is, also of one that is revoked; ErrLinkUnknown.
	LinkOwner(ctx context.Context, hash []byte) (profile.ID, error)
	// LinkHolds returns ErrLinkUnknown once a link is revoked.
	LinkHolds(ctx context.Context, l Link) error
	// CurrentLink is an order's newest link that is not revoked; ErrLinkUnknown.
	CurrentLink(ctx context.Context, profileID profile.ID, orderID ID) (StoredLink, error)
	// HasConsent reports whether an order's customer ever gave one.
	HasConsent(ctx context.Context, profileID profile.ID, orderID ID) (bool, error)
	InOrderTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on orders.
type Tx interface {
	idem.Tx
	// InsertOrder adds an order that a user made, or none.
	InsertOrder(ctx context.Context, o Order, createdBy user.ID) error
	InsertLink(ctx context.Context, l StoredLink, at time.Time) error
	// OpenPayment opens the order's initial payment: what package payment collects.
	OpenPayment(ctx context.Context, o Order) error
	InsertConsent(ctx context.Context, c Consent) error
	// RevokeLinks ends every link of an order.
	RevokeLinks(ctx context.Context, profileID profile.ID, orderID ID, at time.Time) error
}

// Drivers finds the driver of a gateway account.
type Drivers interface {
	Driver(account gateway.Account) (gateway.Driver, error)
}

// Service keeps orders.
type Service struct {
	repo      Repo
	profiles  *profile.Service
	customers *customer.Service
	products  *catalog.Service
	drivers   Drivers
	ring      *secret.Ring
	clock     clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, profiles *profile.Service, customers *customer.Service, products *catalog.Service, drivers Drivers, ring *secret.Ring, c clock.Clock) *Service {
	return &Service{repo, profiles, customers, products, drivers, ring, c}
}

// Created is a new order with the secret of its payment link.
type Created struct {
	Order Order
	Token string
}

// Order finds one of a profile, with its lines and tags; ErrNotFound.
func (s *Service) Order(ctx context.Context, profileID profile.ID, orderID ID) (Order, error) {
	return s.repo.Order(ctx, profileID, orderID)
}

// Filter chooses from a profile's orders; what is empty chooses all.
type Filter struct {
	CreatedBy     user.ID
	Statuses      []Status // any of them
	Type          catalog.Type
	CustomerID    customer.ID
	CustomerEmail string // as the customer has it now, in any case
	InvoiceID     string
	Tag           string
	Currency      string
	Total         money.Amount // exactly this; one without a currency asks for none
	CardLast4     string       // of a card that paid, or was tried
	CardBrand     string       // of the same card, as the gateway names it; only with CardLast4
	PaidFrom      time.Time    // the first moment of payment
	PaidTo        time.Time    // the first moment after it
	CreatedFrom   time.Time    // the first moment
	CreatedTo     time.Time    // the first moment after it
}

// Orders lists a profile's orders, newest first, without lines and tags.
func (s *Service) Orders(ctx context.Context, profileID profile.ID, f Filter, w paging.Window) (paging.Page[Order], error) {
	return s.repo.Orders(ctx, profileID, f, w)
}

// OpenLink finds what a payment link's token opens. It changes nothing, so mail
// scanners may open it too. It returns ErrLinkUnknown.
func (s *Service) OpenLink(ctx context.Context, token string) (Link, error) {
	if len(token) != tokenLength {
		return Link{}, ErrLinkUnknown
	}
	return s.repo.LinkByTokenHash(ctx, hashToken(token))
}

// LinkOwner is the merchant of a link that OpenLink does not open, so that who
// holds a revoked one knows whom to ask; ErrLinkUnknown when nobody made it.
func (s *Service) LinkOwner(ctx context.Context, token string) (profile.Profile, error) {
	profileID, err := s.repo.LinkOwner(ctx, hashToken(token))
	if err != nil {
		return profile.Profile{}, err
	}
	return s.profiles.Profile(ctx, profileID)
}

// LinkHolds checks that a link that a browser came by was not revoked since; it
// returns ErrLinkUnknown.
func (s *Service) LinkHolds(ctx context.Context, l Link) error { return s.repo.LinkHolds(ctx, l) }

// LinkToken is the secret of an order's payment link, to show it again. It
// returns ErrLinkUnknown when every link is revoked, or was made with a key that
// left the keyring: such a link still opens but cannot be shown.
func (s *Service) LinkToken(ctx context.Context, profileID profile.ID, orderID ID) (string, error) {
	l, err := s.repo.CurrentLink(ctx, profileID, orderID)
	if err != nil {
		return "", err
	}
	token, err := linkToken(s.ring, l.KeyID, l.Link)
	if errors.Is(err, secret.ErrNoKey) {
		return "", ErrLinkUnknown.Because(err)
	}
	return token, err
}

// RevokeLinks ends every link of an order: a merchant does it when a link fell
// into the wrong hands.
func (s *Service) RevokeLinks(ctx context.Context, by actor.Actor, profileID profile.ID, orderID ID) error {
	if _, err := s.repo.Order(ctx, profileID, orderID); err != nil {
		return err
	}
	return s.recorded(ctx, by, profileID, orderID, "order.links_revoked", func(tx Tx) error {
		return tx.RevokeLinks(ctx, profileID, orderID, s.clock.Wall())
	})
}

// Agreed reports whether the customer of an order has consented to it: what was
// agreed to once still holds in the next checkout.
func (s *Service) Agreed(ctx context.Context, profileID profile.ID, orderID ID) (bool, error) {
	return s.repo.HasConsent(ctx, profileID, orderID)
}

// KeepConsent stores the evidence of a customer's consent.
func (s *Service) KeepConsent(ctx context.Context, by actor.Actor, c Consent) error {
	c.GivenAt = s.clock.Wall()
	return s.recorded(ctx, by, c.ProfileID, c.OrderID, "order.consent_given", func(tx Tx) error {
		return tx.InsertConsent(ctx, c)
	})
}

// recorded makes a small change together with its event.
func (s *Service) recorded(ctx context.Context, by actor.Actor, profileID profile.ID, orderID ID, typ string, change func(Tx) error) error {
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return fmt.Errorf("billing time: %w", err)
	}
	e := event.Event{ProfileID: profileID, Type: typ, OrderID: string(orderID), Subject: string(orderID), By: by, At: now}
	if err := idem.Commit(ctx, s.repo.InOrderTx, change, e, nil, nil); err != nil {
		return fmt.Errorf("%s of %s: %w", typ, orderID, err)
	}
	return nil
}
