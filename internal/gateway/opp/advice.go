package opp

import (
	"regexp"

	"github.com/quittance/quittance/internal/gateway"
)

var (
	macForm      = regexp.MustCompile(`^[0-9]{2}$`)
	categoryForm = regexp.MustCompile(`^[1-4]$`)
	responseForm = regexp.MustCompile(`^[0-9A-Z]{2}$`)
)

// advice is what scheme and issuer said, where it has their form. Some acquirers
// put Visa's category into the field of Mastercard's advice; their lengths tell
// them apart.
func (t transaction) advice() gateway.Advice {
	var a gateway.Advice
	if s := string(t.ResultDetails.MerchantAdviceCode); macForm.MatchString(s) {
		a.MAC = s
	} else if categoryForm.MatchString(s) {
		a.Category = s
	}
	if s := string(t.ResultDetails.VisaCategoryCode); categoryForm.MatchString(s) {
		a.Category = s
	}
	if s := string(t.ResultDetails.AcquirerResponse); responseForm.MatchString(s) {
		a.Response = s
	}
	return a
}
