// Package schedule owns the scheduled payments of orders: when they fall due, what
// each is of, what may be done to it in which status, and what a decline allows
// afterwards. Whether money moved is package payment's to say.
package schedule

import (
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// ID is a scheduled payment's key.
type ID string

// ValidID reports whether s has the form of a scheduled payment's key.
func ValidID(s string) bool { return id.Valid("spm", s) }

// NewID makes one.
func NewID() ID { return ID(id.New("spm")) }

// ErrNotFound hides scheduled payments of other profiles.
var ErrNotFound = fault.New(fault.NotFound, "scheduled_payment_not_found", "We could not find that scheduled payment.")

// Origin is how a scheduled payment came about.
type Origin string

// The origins.
const (
	Planned   Origin = "plan"    // the order's own rhythm
	Requested Origin = "request" // a merchant's, on a metered order
	Merge     Origin = "merge"   // the sum of others
	Update    Origin = "update"  // the same, settled by its customer with another card
)

// Status is where a scheduled payment stands (facts/billpro.md §1.8).
type Status string

// The statuses. Complete and recovered are collected; skipped, merged and cancelled
// never will be.
const (
	Scheduled    Status = "scheduled"
	Complete     Status = "complete"
	Recovered    Status = "recovered" // soft-declined first, collected by a later try
	SoftDeclined Status = "soft_declined"
	HardDeclined Status = "hard_declined"
	Skipped      Status = "skipped"
	Merged       Status = "merged"
	Cancelled    Status = "cancelled"
	Paused       Status = "paused"
	Review       Status = "review" // the gateway's word does not fit: staff look
)

// Statuses are all of them.
var Statuses = []Status{Scheduled, Complete, Recovered, SoftDeclined, HardDeclined, Skipped, Merged, Cancelled, Paused, Review}

// Payment is one dated amount of an order. Times are billing time where nothing
// else is said.
type Payment struct {
	ID        ID
	ProfileID profile.ID
	OrderID   order.ID
	Position  int64
	Origin    Origin
	Status    Status
	DueOn     string // YYYY-MM-DD in the profile's zone
	// RhythmOn is the day that the order's rhythm gave a planned one; rescheduling
	// leaves it. Unit and Interval are set on one from which on there is another
	// rhythm, counted from its RhythmOn.
	RhythmOn    string
	Unit        catalog.Unit
	Interval    int64
	Description string // for the customer, of a requested one
	Amount      money.Amount
	CollectAt   time.Time // when a sweep takes it up; zero: never by itself
	LeaseUntil  time.Time // wall time
	HeldBy      string    // the registration payment that is about to settle it
	MergedInto  ID
	Tries       int64              // charges begun, of whatever outcome
	DeclinedAt  time.Time          // the first decline of this run of tries
	Class       gateway.RetryClass // of the latest decline
	NotBefore   time.Time          // declined: the scheme allows no charge of the same card sooner
	Refusal     Rule               // the rule that forbids a further try by itself
	SettledAt   time.Time
	CreatedAt   time.Time
	Version     int64
}
