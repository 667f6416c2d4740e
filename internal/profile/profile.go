// Package profile owns merchants' business cases: who they are on pages and
// papers, their settings and their gateway accounts. A profile is the tenant; every other row belongs to one.
package profile

import (
	"sync"
	"time"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/id"
)

// ID is a profile's key.
type ID = id.Profile

// Mode keeps real money and play money apart.
type Mode string

// The two modes.
const (
	Live    Mode = "live"
	Sandbox Mode = "sandbox"
)

// Faults of this package.
var (
	ErrNotFound       = fault.New(fault.NotFound, "profile_not_found", "We could not find that profile.")
	ErrNoAccount      = fault.New(fault.Unavailable, "gateway_not_configured", "Payments are not set up yet for this merchant.")
	ErrLogoNotFound   = fault.New(fault.NotFound, "logo_not_found", "We could not find that logo.")
	ErrAccountUnknown = fault.New(fault.NotFound, "gateway_account_not_found", "We could not find that gateway account.")
)

// Profile is one merchant business case.
type Profile struct {
	ID        ID
	Number    int64 // small; accepted wherever the ID is
	Mode      Mode
	Name      string // as customers know it
	Locale    string // "en", "de": its papers and its default language
	TimeZone  string // IANA; where its days begin
	Details   Details
	CreatedAt time.Time
	Version   int64
}

// Details are what pages and papers say about a merchant, and its settings.
type Details struct {
	LegalName    string   `json:"legal_name"`
	AddressLines []string `json:"address_lines"`
	CountryCode  string   `json:"country_code"`
	TaxID        string   `json:"tax_id"`
	Email        string   `json:"email"`
	Phone        string   `json:"phone"`
	Website      string   `json:"website"`
	Accent       string   `json:"accent"` // "#0b5fff"
	TermsURL     string   `json:"terms_url"`
	PrivacyURL   string   `json:"privacy_url"`
	TermsVersion string   `json:"terms_version"`
	Logo         Logo     `json:"logo,omitzero"` // set by SetLogo
	// Documents switches issued documents on: an invoice and a receipt for each
	// approved payment.
	Documents bool `json:"documents"`
	// RegistrationAmount is the small amount that is held, and released again, to store
	// a card where the gateway cannot do it for nothing; empty: one unit.
	RegistrationAmount string `json:"registration_amount,omitempty"`
	// EmbedHosts are the origins whose pages may show the checkout in a frame, such
	// as "https://shop.example.com".
	EmbedHosts []string `json:"embed_hosts,omitempty"`
	Formats
	Mails
	Retry Retry `json:"retry,omitzero"`
	// LegalLines stand at the foot of papers under name, address and tax number:
	// register, managing directors and what else the law wants there.
	LegalLines []string `json:"legal_lines,omitempty"`
	// PaperNote is printed under the totals of every paper, such as the reason why
	// no tax is shown.
	PaperNote string `json:"paper_note,omitempty"`
}

// zones are the zones that were read from this machine's files, by name.
var zones sync.Map

// Location is the profile's zone; UTC when its name is unknown to this machine.
func (p Profile) Location() *time.Location {
	if known, ok := zones.Load(p.TimeZone); ok {
		if loc, ok := known.(*time.Location); ok {
			return loc
		}
	}
	loc, err := time.LoadLocation(p.TimeZone)
	if err != nil {
		return time.UTC
	}
	zones.Store(p.TimeZone, loc)
	return loc
}

// DayBegins is the first moment of a day in the profile's zone, which is not
// midnight where the clocks are put forward over it. Of day, only the date counts.
func (p Profile) DayBegins(day time.Time) time.Time {
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, p.Location())
	if t.Day() != day.Day() { // an hour that is skipped, or comes twice
		t = t.Add(24*time.Hour - time.Duration(t.Hour())*time.Hour - time.Duration(t.Minute())*time.Minute)
	}
	return t.UTC()
}
