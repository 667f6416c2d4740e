package opp

import (
	"regexp"
	"strconv"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

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
		Advice: t.advice(),
		At:     t.at(),
	}
	switch fact.Type {
	case gateway.Capture, gateway.Refund, gateway.Reversal, gateway.Chargeback, gateway.ChargebackReversal, gateway.RapidResolution: // their ndc is no checkout
	default:
		fact.CheckoutID = t.NDC.id()
	}
	if v.outcome == gateway.Approved || v.outcome == gateway.Review {
		switch {
		case fact.ID == "" || err != nil || !known(fact.Type):
			fact.Result.Outcome = gateway.Unknown
		case fact.Type == gateway.Chargeback, fact.Type == gateway.RapidResolution:
			fact.Result.Outcome = gateway.Disputed
		}
	}
	if fact.Type == gateway.ChargebackReversal && fact.Result.Outcome != gateway.Unknown && moved(v.outcome) {
		fact.Result.Outcome = gateway.Won
	}
	v.outcome = fact.Result.Outcome
	fact.Result.Retry = retryOf(fact.Result.Code, v, fact.Method.Brand, fact.Advice)
	return fact
}

// moved reports whether a result says that money moved, in whichever direction.
func moved(o gateway.Outcome) bool {
	return o == gateway.Approved || o == gateway.Review || o == gateway.Disputed
}

// known reports whether the domain knows what an approval of the type means.
func known(t gateway.Type) bool {
	switch t {
	case gateway.PreAuthorisation, gateway.Capture, gateway.Debit, gateway.Refund,
		gateway.Reversal, gateway.Registration, gateway.Chargeback, gateway.ChargebackReversal, gateway.RapidResolution:
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
	if m.Token == "" && t.PaymentType == text(gateway.Registration) && judge(string(t.Result.Code)).outcome == gateway.Approved {
		m.Token = t.ID.id()
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
