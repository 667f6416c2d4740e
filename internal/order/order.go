// Package order owns what was sold: orders, their lines, their payment links and
// the consent a customer gave. It decides what may be done to an order in which
// status; whether money moved is package payment's to say.
package order

import (
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
)

// ID is an order's key.
type ID string

// Faults of this package.
var (
	ErrNotFound    = fault.New(fault.NotFound, "order_not_found", "We could not find that order.")
	ErrInvalid     = fault.New(fault.Invalid, "order_invalid", "Some details of the order are missing or wrong.")
	ErrLinkUnknown = fault.New(fault.NotFound, "link_unknown", "This link no longer works. Ask the merchant for a new one.")
	ErrNotPayable  = fault.New(fault.Conflict, "order_not_payable", "This order can no longer be paid.")
	ErrNoConsent   = fault.New(fault.Invalid, "consent_required", "Please accept the terms to continue.")
)

// Order is one sale. Total is the sum of its lines. Tags are set when it is made.
type Order struct {
	ID         ID
	ProfileID  profile.ID
	CustomerID customer.ID
	Type       catalog.Type
	Status     Status
	InvoiceID  string   // the merchant's own number of this order
	Note       string   // for the customer
	Tags       []string // sorted; filled where a method says so
	Language   string
	Total      money.Amount
	Plan       Plan
	ResumesAs  Status // of a paused order: what resuming gives back
	CancelsOn  string // the day, YYYY-MM-DD, on which a subscription ends at its customer's wish
	Lines      []Line // filled where a method says so
	// Where a browser goes on to after the payment, instead of to the portal, with
	// the order's id and status, signed. Empty: the portal.
	RedirectURL, FailedRedirectURL string
	CreatedAt                      time.Time
	EndedAt                        time.Time
	Version                        int64
}

// Line is one product of an order, as it was when the order was made. What is
// paid for it is Quantity × (Unit − Discount + Fee); tax is included in Quantity ×
// (Unit − Discount) and only informative (facts/billpro.md §1.5).
type Line struct {
	Position    int
	ProductID   catalog.ID
	Name        string
	Description string
	Quantity    int64
	Unit        money.Amount // of one, like Discount and Fee
	Discount    money.Amount
	Fee         money.Amount
	TaxRate     money.PPM    // 0 when the merchant told Tax as an amount
	Tax         money.Amount // the part of Total that is tax
	Total       money.Amount
}

// Paid is what the approval of its initial payment does to an order: a single one
// is complete, unless the money is only held; every other begins. Facts are never
// refused: it answers false where the order cannot take the money, which is then
// surplus and goes back (design.md §4.5).
func (o *Order) Paid(now time.Time) bool {
	if !o.Status.Preliminary() {
		return false
	}
	if o.Type == catalog.SinglePayment && !o.Plan.PreAuthorise {
		o.Status, o.EndedAt = Complete, now
		return true
	}
	o.Status = Active
	return true
}

// Link is the version of a payment link that a browser came with.
type Link struct {
	ProfileID profile.ID
	OrderID   ID
	Version   int64
}

// Consent is the evidence of what a customer agreed to before paying.
type Consent struct {
	ID           string
	ProfileID    profile.ID
	OrderID      ID
	TermsVersion string
	Language     string
	Text         string
	IP           string
	GivenAt      time.Time // wall time
}
