package gateway

import (
	"time"

	"github.com/quittance/quittance/internal/money"
)

// CheckoutRequest opens one try to collect an initial payment.
type CheckoutRequest struct {
	MerchantTransactionID string
	InvoiceReference      string       // the order's key, shown in the gateway's back office
	Type                  Type         // Debit, PreAuthorisation, or Registration: only to store the card
	Amount                money.Amount // none for a Registration
	Store                 Series       // what the card is stored for; the zero Series stores none
	Email, GivenName      string
	FamilyName, Country   string
}

// Checkout is an opened one.
type Checkout struct {
	ID        string
	Integrity string // "sha384-…", of the script at ScriptURL
	ScriptURL string // the widget, on the gateway's public site
}

// BackOfficeRequest captures, refunds or reverses an earlier transaction.
type BackOfficeRequest struct {
	Type                  Type // Capture, Refund or Reversal
	ReferencedID          string
	MerchantTransactionID string
	Amount                money.Amount
}

// SeriesKind is why a card is stored.
type SeriesKind string

// The kinds, by what the customer agreed to.
const (
	Subscription SeriesKind = "subscription" // charges in a fixed rhythm, open end
	Instalments  SeriesKind = "instalments"  // one purchase in a number of charges
	Unscheduled  SeriesKind = "unscheduled"  // charges as they fall due, or the customer's later ones
)

// Series is what customer and merchant agreed on when a card was stored: charges
// without the customer rest on it.
type Series struct {
	Kind      SeriesKind
	Count     int       // how many instalments in all
	EveryDays int       // the least number of days between two charges; 0: not agreed
	Until     time.Time // the last day; zero: open end
}

// ChargeRequest charges a stored card.
type ChargeRequest struct {
	Type                  Type // Debit or PreAuthorisation
	Token                 string
	MerchantTransactionID string
	InvoiceReference      string
	Amount                money.Amount
	Series                Series
	InitialTransactionID  string // of the payment that stored the card; needed unless ByCustomer
	ByCustomer            bool   // the customer is here and asked for it
}
