// Package customer owns who owes: billing details, one row per customer of a
// profile. It owns no orders.
package customer

import (
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// ID is a customer's key.
type ID string

// Faults of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "customer_not_found", "We could not find that customer.")
	ErrInvalid  = fault.New(fault.Invalid, "customer_invalid", "Some details of the customer are missing or wrong.")
	ErrChanged  = fault.New(fault.Conflict, "customer_changed", "Somebody else changed this customer at the same time. Nothing was changed by you; read the customer and try again.")
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
	Active    bool    // may get new orders
	CreatedBy user.ID // empty: no user
	CreatedAt time.Time
	Version   int64
}

// Key names the customer and whose it is.
func (c Customer) Key() (profile.ID, string) { return c.ProfileID, string(c.ID) }

// Next is the customer as it will be written: its next version, the first of
// which is made now.
func (c Customer) Next(now time.Time) Customer {
	if c.Version++; c.Version == 1 {
		c.CreatedAt = now
	}
	return c
}

// Name is how a customer is addressed: the company's name, else the person's.
func (d Details) Name() string {
	if d.CompanyName != "" {
		return d.CompanyName
	}
	return strings.TrimSpace(d.GivenName + " " + d.FamilyName)
}

// FamilyFirst is how a register lists the person, family name before given name.
// It is empty where there is no family name, or Name says the same.
func (d Details) FamilyFirst() string {
	if d.FamilyName == "" {
		return ""
	}
	if listed := strings.TrimSpace(d.FamilyName + " " + d.GivenName); listed != d.Name() {
		return listed
	}
	return ""
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

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// Validate returns ErrInvalid with every wrong field.
func (d Details) Validate() error {
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
