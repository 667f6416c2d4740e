package opp

import (
	"encoding/json"
	"errors"
	"regexp"
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
		MerchantAdviceCode   text `json:"MerchantAdviceCode"`
		VisaCategoryCode     text `json:"VisaCategoryCode"`
		AcquirerResponse     text `json:"AcquirerResponse"`
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
