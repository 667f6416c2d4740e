// Package payment owns money on its way: what an order asks to be paid, every
// attempt to move it, and every transaction the gateway reports. It is the one
// place that books facts. Its invariants are those of design.md §4.
package payment

import (
	"time"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// The keys of the three things this package owns.
type (
	// ID is a payment's key.
	ID string
	// AttemptID is an attempt's key.
	AttemptID string
	// TransactionID is a transaction's key.
	TransactionID string
)

// ValidTransactionID reports whether s has the form of a transaction's key.
func ValidTransactionID(s string) bool { return id.Valid("trn", s) }

// Faults that a customer can meet.
var (
	ErrAttemptNotFound    = fault.New(fault.NotFound, "checkout_not_found", "We could not find that checkout.")
	ErrPaymentNotFound    = fault.New(fault.NotFound, "payment_not_found", "We could not find that payment.")
	ErrMethodNotFound     = fault.New(fault.NotFound, "payment_method_not_found", "We could not find that payment method.")
	ErrPaid               = fault.New(fault.Conflict, "order_already_paid", "This order is already paid.")
	ErrInProgress         = fault.New(fault.Conflict, "payment_in_progress", "We're waiting for your bank's answer. Don't pay again.")
	ErrOpening            = fault.New(fault.Conflict, "checkout_opening", "The checkout is being opened. Ask for it again in a moment.")
	ErrHeld               = fault.New(fault.Conflict, "payment_held", "Your payment is being checked by the merchant. Don't pay again; they will be in touch.")
	ErrTooManyTries       = fault.New(fault.TooMany, "too_many_tries", "Too many tries for now. No money was taken. Try again later.")
	ErrOutstandingChanged = fault.New(fault.Conflict, "outstanding_changed", "The outstanding amount has changed. Nothing was charged. Please look at it again.")
	ErrCardInUse          = fault.New(fault.Conflict, "card_in_use", "This card pays for your order, so it can't be removed. Choose or add another card first.")
	ErrMustUpdate         = fault.New(fault.Conflict, "card_update_needed", "The card of this order needs to be updated first.")
	ErrCardUnusable       = fault.New(fault.Conflict, "card_not_usable", "This card can't be charged at the moment. Please use another card.")
	ErrGateway            = fault.New(fault.Unavailable, "gateway_unavailable", "The payment page could not be opened. You will not be charged twice. Try again in a moment.")
)

// Kind is why money is asked for.
type Kind string

// The kinds.
const (
	Initial      Kind = "initial"      // an order's first payment
	Registration Kind = "registration" // the storing of another card; its amount is zero
	Scheduled    Kind = "scheduled"    // a scheduled payment
)

// Status is whether what was asked for has been paid.
type Status string

// The statuses of a payment.
const (
	Open       Status = "open"
	Authorised Status = "authorised" // the money is held, not taken
	Paid       Status = "paid"       // of a registration: the card is stored
	Ended      Status = "ended"      // given up, released or lapsed: nothing was taken
)

// Payment is one amount that an order asks for. Captured, Refunded and Disputed
// leave out surplus money, which is nobody's sale.
type Payment struct {
	ID          ID
	ProfileID   profile.ID
	OrderID     order.ID
	ScheduledID schedule.ID // of a scheduled payment
	Kind        Kind
	Status      Status
	Amount      money.Amount // zero only stores a card
	Settles     money.Amount // registration: what its customer agreed to pay with the new card at once
	Authorised  money.Amount // held at the most
	Captured    money.Amount
	Refunded    money.Amount
	Disputed    money.Amount // charged back, less what was won
	HoldsUntil  time.Time    // authorised: when the hold is expected to lapse, billing time
	PaidAt      time.Time    // billing time
	CreatedAt   time.Time
	Version     int64
}

// New is an open payment of an order.
func New(profileID profile.ID, orderID order.ID, kind Kind, amount money.Amount, at time.Time) Payment {
	none := money.New(0, amount.Currency())
	return Payment{ID: ID(id.New("pay")), ProfileID: profileID, OrderID: orderID, Kind: kind, Status: Open,
		Amount: amount, Settles: none, Authorised: none, Captured: none, Refunded: none, Disputed: none, CreatedAt: at, Version: 1}
}

// Refundable is what may still be sent back: captured less refunded less charged
// back, never below zero.
func (p Payment) Refundable() money.Amount {
	left := max(0, p.Captured.Minor()-p.Refunded.Minor()-p.disputedNow().Minor())
	return money.New(left, p.Amount.Currency())
}

// State is where a transaction stands.
type State string

// The states of a transaction. Held is money that does not fit what we asked
// for: staff decide.
const (
	Approved State = "approved"
	Declined State = "declined"
	Pending  State = "pending"
	Held     State = "held"
)

// Final reports whether a later pending fact must be ignored.
func (s State) Final() bool { return s == Approved || s == Declined }

// Transaction is what a gateway did, booked once per gateway account and gateway
// id.
type Transaction struct {
	ID           TransactionID
	ProfileID    profile.ID
	OrderID      order.ID
	PaymentID    ID
	AttemptID    AttemptID
	AccountID    string
	GatewayID    string
	ReferencedID string
	Type         gateway.Type
	State        State
	Surplus      bool // approved, but not the sale: it goes back
	Amount       money.Amount
	ResultCode   string
	Reason       gateway.Reason
	Retry        gateway.RetryClass // what a decline allows afterwards
	Method       Method
	GatewayAt    time.Time // the gateway's time; zero when it told none
	BookedAt     time.Time // billing time of its present state
	CreatedAt    time.Time // billing time
}

// Method is the masked instrument of a transaction.
type Method struct {
	Brand, BIN, Last4       string
	ExpiryMonth, ExpiryYear int
}
