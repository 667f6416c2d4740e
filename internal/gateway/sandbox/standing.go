package sandbox

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// standing is what a payment says of the stored card behind it: whether it is the
// first of a series or a later one, who began it, and what was agreed.
type standing struct {
	Mode                 string `json:"mode,omitempty"`   // INITIAL, REPEATED
	Source               string `json:"source,omitempty"` // CIT: the cardholder, MIT: the merchant
	Type                 string `json:"type,omitempty"`
	RecurringType        string `json:"recurringType,omitempty"`
	Frequency            string `json:"frequency,omitempty"` // least number of days between
	Expiry               string `json:"expiry,omitempty"`
	NumberOfInstallments string `json:"numberOfInstallments,omitempty"`
	IndustryPractice     string `json:"industryPractice,omitempty"`
	InitialTransactionID string `json:"initialTransactionId,omitempty"`
}

// The words of a standing instruction that decide something here.
const (
	modeInitial    = "INITIAL"
	modeRepeated   = "REPEATED"
	byCardholder   = "CIT"
	byMerchant     = "MIT"
	typeRecurring  = "RECURRING"
	typeInstalment = "INSTALLMENT"
)

// Value keeps a standing instruction as one text of the books.
func (s standing) Value() (driver.Value, error) {
	if s == (standing{}) {
		return "", nil
	}
	raw, err := json.Marshal(s)
	return string(raw), err
}

// Scan reads what Value wrote.
func (s *standing) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("standing instruction is a %T", src)
	}
	if *s = (standing{}); text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), s)
}

// standingOf reads the standing instruction of a call, which may have none, and
// names what is wrong with it. What rests on the stored card is checked by the
// call that charges it.
func standingOf(params url.Values, now time.Time) (standing, []paramError) {
	get := func(name string) string { return params.Get("standingInstruction." + name) }
	s := standing{get("mode"), get("source"), get("type"), get("recurringType"), get("frequency"), get("expiry"),
		get("numberOfInstallments"), get("industryPractice"), get("initialTransactionId")}
	var bad []paramError
	wrong := func(name, message string) {
		bad = append(bad, paramError{Name: "standingInstruction." + name, Value: bounded(get(name)), Message: message})
	}
	oneOf := func(name, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			wrong(name, "must be one of "+fmt.Sprint(allowed))
		}
	}
	if s == (standing{}) {
		return s, nil
	}
	oneOf("mode", s.Mode, modeInitial, modeRepeated)
	oneOf("source", s.Source, byCardholder, byMerchant)
	oneOf("type", s.Type, typeRecurring, typeInstalment, "UNSCHEDULED")
	oneOf("recurringType", s.RecurringType, "", "SUBSCRIPTION", "STANDING_ORDER")
	oneOf("industryPractice", s.IndustryPractice, "", "RESUBMISSION", "REAUTHORIZATION", "INCREMENTAL_AUTH", "DELAYED_CHARGES", "NO_SHOW")
	if s.Mode == modeInitial && s.Source == byMerchant {
		wrong("source", "the first payment is the cardholder's: CIT")
	}
	if s.IndustryPractice != "" && s.Source != byMerchant {
		wrong("industryPractice", "is for MIT only")
	}
	if s.RecurringType != "" && s.Type != typeRecurring {
		wrong("recurringType", "is for RECURRING only")
	}
	if s.Frequency != "" && !countWithin(s.Frequency, 9999) {
		wrong("frequency", "must be 1 to 9999 days")
	}
	if s.Expiry != "" {
		if day, err := time.Parse(time.DateOnly, s.Expiry); err != nil || day.Before(now.AddDate(0, 0, -1)) {
			wrong("expiry", "must be a day to come, as 2030-12-31")
		}
	}
	s.checkInstalments(wrong)
	switch {
	case s.Mode == modeRepeated && s.Source == byMerchant && s.InitialTransactionID == "":
		wrong("initialTransactionId", "is needed for a repeated payment of the merchant")
	case s.Mode == modeInitial && s.InitialTransactionID != "":
		wrong("initialTransactionId", "the first payment refers to none")
	case len(s.InitialTransactionID) > 255:
		wrong("initialTransactionId", "must have at most 255 characters")
	}
	return s, bad
}

// checkInstalments: a first instalment says how many there are, and their number
// comes with frequency and expiry.
func (s standing) checkInstalments(wrong func(name, message string)) {
	switch {
	case s.NumberOfInstallments == "":
		if s.Type == typeInstalment && s.Mode == modeInitial {
			wrong("numberOfInstallments", "is needed for the first instalment")
		}
		return
	case s.Type != typeInstalment:
		wrong("numberOfInstallments", "is for INSTALLMENT only")
	case !countWithin(s.NumberOfInstallments, 999):
		wrong("numberOfInstallments", "must be 1 to 999")
	}
	if s.Frequency == "" {
		wrong("frequency", "is needed with numberOfInstallments")
	}
	if s.Expiry == "" {
		wrong("expiry", "is needed with numberOfInstallments")
	}
}

func countWithin(s string, most int) bool {
	n, err := strconv.Atoi(s)
	return err == nil && digits(s) && n >= 1 && n <= most
}
