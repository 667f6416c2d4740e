package opp

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

// answer is any reply of the platform, as far as it is read; fields that are not
// named here are passed over.
type answer struct {
	transaction
	Integrity text          `json:"integrity"`
	Payments  []transaction `json:"payments"`
}

// transaction is one as replies and notifications tell it.
type transaction struct {
	ID                    text   `json:"id"`
	ReferencedID          text   `json:"referencedId"`
	NDC                   text   `json:"ndc"` // of a widget payment, the checkout's id
	MerchantTransactionID text   `json:"merchantTransactionId"`
	RegistrationID        text   `json:"registrationId"`
	PaymentType           text   `json:"paymentType"`
	PaymentBrand          text   `json:"paymentBrand"`
	Amount                text   `json:"amount"`
	Currency              text   `json:"currency"`
	Timestamp             text   `json:"timestamp"`
	Result                result `json:"result"`
	ResultDetails         struct {
		InitialTransactionID text `json:"CardholderInitiatedTransactionID"`
	} `json:"resultDetails"`
	StandingInstruction struct {
		InitialTransactionID text `json:"initialTransactionId"`
	} `json:"standingInstruction"`
	Card struct {
		BIN         text `json:"bin"`
		Last4Digits text `json:"last4Digits"`
		ExpiryMonth text `json:"expiryMonth"`
		ExpiryYear  text `json:"expiryYear"`
	} `json:"card"`
}

type result struct {
	Code            text `json:"code"`
	Description     text `json:"description"`
	ParameterErrors []struct {
		Name text `json:"name"`
	} `json:"parameterErrors"`
}

// text is a JSON string, or a number by its own digits: resellers differ.
type text string

// UnmarshalJSON takes a string, a number or null.
func (t *text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return err
		}
		*t = text(s)
		return nil
	}
	if string(raw) == "null" {
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return errors.New("neither text nor number")
	}
	*t = text(n)
	return nil
}

// The longest texts of the platform that are kept.
const (
	maxID          = 255
	maxDescription = 255
	maxShort       = 32
)

// idForm is every id the platform gives; no id of another form is taken from an
// answer or put into an address.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$`)

func validID(s string) bool { return idForm.MatchString(s) }

func (t text) id() string {
	if s := string(t); validID(s) {
		return s
	}
	return ""
}

// clip is at most limit runes.
func (t text) clip(limit int) string {
	n := 0
	for i := range string(t) {
		if n == limit {
			return string(t[:i])
		}
		n++
	}
	return string(t)
}

// sideline are payment types that move no money and leave no hold: 3-D Secure,
// risk checks, schedules and deregistrations. They are not facts.
func (t transaction) sideline() bool {
	switch t.PaymentType {
	case "3D", "RI", "RE", "SD", "RS", "DS", "DR":
		return true
	}
	return false
}

// fact is the transaction as the domain reads it.
//
// An approval stands only with an id, a type that the domain knows and an amount
// that can be read; without one of them the outcome is Unknown, so that a 3-D
// Secure success or a risk check never counts as paid.
func (t transaction) fact() gateway.Fact {
	amount, err := parseAmount(string(t.Amount), string(t.Currency))
	if err != nil {
		amount = money.Amount{}
	}
	v := judge(string(t.Result.Code))
	fact := gateway.Fact{
		ID:                    t.ID.id(),
		ReferencedID:          t.ReferencedID.id(),
		MerchantTransactionID: t.MerchantTransactionID.clip(maxID),
		Type:                  gateway.Type(t.PaymentType.clip(maxShort)),
		Amount:                amount,
		Result: gateway.Result{
			Code:        t.Result.Code.clip(maxShort),
			Description: t.Result.Description.clip(maxDescription),
			Outcome:     v.outcome,
			Reason:      v.reason,
		},
		Method: t.method(),
		At:     t.at(),
	}
	switch fact.Type {
	case gateway.Capture, gateway.Refund, gateway.Reversal, gateway.Chargeback: // their ndc is no checkout
	default:
		fact.CheckoutID = t.NDC.id()
	}
	if v.outcome == gateway.Approved || v.outcome == gateway.Review {
		switch {
		case fact.ID == "" || err != nil || !known(fact.Type):
			fact.Result.Outcome = gateway.Unknown
		case fact.Type == gateway.Chargeback:
			fact.Result.Outcome = gateway.Disputed
		}
	}
	return fact
}

// known reports whether the domain knows what an approval of the type means.
func known(t gateway.Type) bool {
	switch t {
	case gateway.PreAuthorisation, gateway.Capture, gateway.Debit, gateway.Refund,
		gateway.Reversal, gateway.Registration, gateway.Chargeback:
		return true
	}
	return false
}

var (
	binForm   = regexp.MustCompile(`^[0-9]{6,8}$`)
	last4Form = regexp.MustCompile(`^[0-9]{4}$`)
)

// method is the instrument, masked; a BIN or ending of another length is dropped
// rather than risk keeping a card number.
func (t transaction) method() gateway.Method {
	m := gateway.Method{
		Token:                t.RegistrationID.id(),
		Brand:                t.PaymentBrand.clip(maxShort),
		InitialTransactionID: t.ResultDetails.InitialTransactionID.clip(maxID),
	}
	if m.InitialTransactionID == "" {
		m.InitialTransactionID = t.StandingInstruction.InitialTransactionID.clip(maxID)
	}
	if bin := string(t.Card.BIN); binForm.MatchString(bin) {
		m.BIN = bin
	}
	if last4 := string(t.Card.Last4Digits); last4Form.MatchString(last4) {
		m.Last4 = last4
	}
	month, monthErr := strconv.Atoi(string(t.Card.ExpiryMonth))
	year, yearErr := strconv.Atoi(string(t.Card.ExpiryYear))
	if monthErr == nil && yearErr == nil && month >= 1 && month <= 12 && year >= 2000 && year <= 9999 {
		m.ExpiryMonth, m.ExpiryYear = month, year
	}
	return m
}

// timestampForm is the platform's; parsing takes a fraction of a second too.
const timestampForm = "2006-01-02 15:04:05-0700"

// at is the zero time when the platform told none that can be read.
func (t transaction) at() time.Time {
	at, err := time.Parse(timestampForm, string(t.Timestamp))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
