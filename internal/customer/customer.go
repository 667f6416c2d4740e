// Package customer owns who owes: billing details, one row per customer of a
// profile. It owns no orders.
package customer

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/profile"
)

// ID is a customer's key.
type ID string

// Faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "customer_not_found", "We could not find that customer.")
	ErrInvalid  = fault.New(fault.Invalid, "customer_invalid", "Some details of the customer are missing or wrong.")
)

// Details are what a merchant tells of a customer.
type Details struct {
	Reference    string // the merchant's own number of this customer
	Email        string
	GivenName    string
	FamilyName   string
	CompanyName  string
	Phone        string
	AddressLine1 string
	AddressLine2 string
	PostalCode   string
	City         string
	Region       string
	CountryCode  string // ISO 3166-1 alpha-2, upper case
	TaxID        string
	Language     string // "en" or "de"; empty: the profile's
}

// Customer is one of a profile.
type Customer struct {
	ID        ID
	ProfileID profile.ID
	Details
	CreatedAt time.Time
	Version   int64
}

// Name is how a customer is addressed: the company's name, else the person's.
func (d Details) Name() string {
	if d.CompanyName != "" {
		return d.CompanyName
	}
	return strings.TrimSpace(d.GivenName + " " + d.FamilyName)
}

// Address is the postal address, a line each, without the name, the country and
// empty lines.
func (d Details) Address() []string {
	var lines []string
	for _, l := range []string{d.AddressLine1, d.AddressLine2, strings.TrimSpace(d.PostalCode + " " + d.City), d.Region} {
		if l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// Repo is what this package needs from storage.
type Repo interface {
	Customer(ctx context.Context, profileID profile.ID, customerID ID) (Customer, error)
	InCustomerTx(ctx context.Context, fn func(Tx) error) error
}

// Tx is one unit of work on customers.
type Tx interface {
	InsertCustomer(ctx context.Context, c Customer) error
	Record(ctx context.Context, e event.Event) error
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
}

// Service keeps customers.
type Service struct {
	repo  Repo
	clock clock.Clock
}

// NewService returns a Service.
func NewService(repo Repo, c clock.Clock) *Service { return &Service{repo, c} }

// Customer finds one of a profile; ErrNotFound.
func (s *Service) Customer(ctx context.Context, profileID profile.ID, customerID ID) (Customer, error) {
	return s.repo.Customer(ctx, profileID, customerID)
}

// Create adds a customer. It returns ErrInvalid with every wrong field.
func (s *Service) Create(ctx context.Context, by actor.Actor, profileID profile.ID, d Details, call *idem.Call) (Customer, error) {
	if err := d.validate(); err != nil {
		return Customer{}, err
	}
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return Customer{}, fmt.Errorf("billing time: %w", err)
	}
	c := Customer{ID: ID(id.New("cus")), ProfileID: profileID, Details: d, CreatedAt: now, Version: 1}
	err = s.repo.InCustomerTx(ctx, func(tx Tx) error {
		if err := tx.InsertCustomer(ctx, c); err != nil {
			return err
		}
		if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "customer.created", Subject: string(c.ID), By: by, At: now}); err != nil {
			return err
		}
		return tx.KeepAnswer(ctx, call, c)
	})
	if err != nil {
		return Customer{}, fmt.Errorf("create customer: %w", err)
	}
	return c, nil
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

func (d Details) validate() error {
	var bad []fault.Field
	refuse := func(field, code, public string) {
		bad = append(bad, fault.Field{Pointer: "/customer/" + field, Code: code, Public: public})
	}
	if d.Email == "" {
		refuse("email", "required", "This is required.")
	} else if a, err := mail.ParseAddress(d.Email); err != nil || a.Address != d.Email {
		refuse("email", "email", "Enter an e-mail address such as name@example.com.")
	}
	if d.Name() == "" {
		refuse("family_name", "name_required", "Enter a person's name or a company's name.")
	}
	if d.CountryCode != "" && !country.MatchString(d.CountryCode) {
		refuse("country_code", "country", "Use two capital letters such as DE.")
	}
	if d.Language != "" && d.Language != "en" && d.Language != "de" {
		refuse("language", "language", "Use en or de.")
	}
	for _, f := range []struct{ name, value string }{
		{"reference", d.Reference}, {"email", d.Email}, {"given_name", d.GivenName}, {"family_name", d.FamilyName},
		{"company_name", d.CompanyName}, {"phone", d.Phone}, {"address_line1", d.AddressLine1}, {"address_line2", d.AddressLine2},
		{"postal_code", d.PostalCode}, {"city", d.City}, {"region", d.Region}, {"tax_id", d.TaxID},
	} {
		if utf8.RuneCountInString(f.value) > 200 {
			refuse(f.name, "too_long", "Use at most 200 characters.")
		}
	}
	if len(bad) > 0 {
		return ErrInvalid.With(bad...)
	}
	return nil
}
