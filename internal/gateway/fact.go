package gateway

import (
	"time"

	"github.com/quittance/quittance/internal/money"
)

// Type is what a transaction did.
type Type string

// The types of `design.md` §1, by the gateway's two letters.
const (
	PreAuthorisation Type = "PA"
	Capture          Type = "CP"
	Debit            Type = "DB"
	Refund           Type = "RF"
	Reversal         Type = "RV"
	Registration     Type = "RG"
	Chargeback       Type = "CB"
	// ChargebackReversal gives back what a chargeback took: the merchant won.
	ChargebackReversal Type = "CBR"
	// RapidResolution settles a dispute by sending the money back, before it becomes
	// a chargeback.
	RapidResolution Type = "RDR"
)

// Dispute reports whether it is a step of a dispute.
func (t Type) Dispute() bool {
	return t == Chargeback || t == ChargebackReversal || t == RapidResolution
}

// Outcome is what a result code means for money.
type Outcome string

// The outcomes. Only Approved and Review say that money moved, only Declined
// and Rejected that it did not and will not.
const (
	Approved Outcome = "approved"
	Review   Outcome = "review"   // approved, and staff should look
	Pending  Outcome = "pending"  // an answer will come, in minutes or days
	Declined Outcome = "declined" // by the bank, the scheme, 3-D Secure or risk checks
	Rejected Outcome = "rejected" // the gateway's or our own technical fault; nothing moved
	Unknown  Outcome = "unknown"
	Disputed Outcome = "disputed" // the cardholder took the money back by way of the bank
	Won      Outcome = "won"      // a dispute gave it back to the merchant
)

// Reason is why a payment was declined, in the words a page can explain
// (look.md, Words). Empty unless the outcome is Declined or Rejected.
type Reason string

// The reasons pages tell apart.
const (
	ReasonSoft          Reason = "soft"
	ReasonFunds         Reason = "funds"
	ReasonHard          Reason = "hard"
	ReasonExpiredCard   Reason = "expired_card"
	ReasonDetails       Reason = "details"
	ReasonAuthFailed    Reason = "auth_failed"
	ReasonAuthAbandoned Reason = "auth_abandoned"
	ReasonTechnical     Reason = "technical"
	// ReasonHoldOver: of a capture or a reversal, there is nothing held any more.
	ReasonHoldOver Reason = "hold_over"
)

// Result is the gateway's code and what it means.
type Result struct {
	Code        string
	Description string
	Outcome     Outcome
	Reason      Reason
	Retry       Retry
}

// Fact is one transaction as the gateway tells it. Fields it did not tell are zero.
type Fact struct {
	ID                    string // the gateway's id of the transaction
	ReferencedID          string // the transaction a CP, RF, RV or CB belongs to
	CheckoutID            string
	MerchantTransactionID string
	Type                  Type
	Amount                money.Amount // zero Amount when it told none
	Result                Result
	Method                Method
	Advice                Advice
	At                    time.Time // the gateway's own time
}

// Advice is what scheme and issuer added to a decline, as they wrote it.
type Advice struct {
	MAC      string // Mastercard's merchant advice code, two digits
	Category string // Visa's category, one digit
	Response string // the issuer's answer, two characters
}

// Method is the instrument a fact was paid with, masked. The cardholder's name
// is left at the gateway.
type Method struct {
	Token                string // registration, when one was made
	Brand                string // "VISA"
	BIN                  string
	Last4                string
	ExpiryMonth          int
	ExpiryYear           int // four digits
	InitialTransactionID string
}
