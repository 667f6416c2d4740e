package sandbox

import "strings"

// adviceOf is Mastercard's merchant advice code for a decline, "" when it gives
// none: 01 new card data needed, 02 try again later, 03 do not try again, 21 the
// cardholder ended the series.
func adviceOf(code, brand string) string {
	if brand != "MASTER" {
		return ""
	}
	switch code {
	case "800.100.500", "800.100.501", "800.100.403":
		return "21"
	}
	return map[string]string{never: "03", notNow: "02", data: "01"}[kindOf(code)]
}

// categoryOf is Visa's category of a decline, "" when it gives none: 1 the issuer
// will never approve, 2 not now, 3 data to be mended, 4 anything else.
func categoryOf(code, brand string) string {
	if brand != "VISA" {
		return ""
	}
	return map[string]string{never: "1", notNow: "2", data: "3", generic: "4"}[kindOf(code)]
}

// The kinds of a bank's decline.
const (
	never   = "never"
	notNow  = "not now"
	data    = "data"
	generic = "generic"
)

// kindOf is what kind of decline a code is, "" when no bank said it.
func kindOf(code string) string {
	switch code {
	case "800.100.151", "800.100.159", "800.100.160", "800.100.165", "800.100.168", "800.100.169", "800.100.170",
		"800.100.171", "800.100.172", "800.100.195", "800.100.197", "800.100.403", "800.100.500", "800.100.501":
		return never
	case "800.100.100", "800.100.152", "800.100.155", "800.100.161", "800.100.162", "800.100.163", "800.100.176", "800.100.179":
		return notNow
	case "100.100.303", "800.100.153", "800.100.154", "800.100.156", "800.100.157", "800.100.192":
		return data
	}
	if strings.HasPrefix(code, "800.100.") {
		return generic
	}
	return ""
}

// acquirerResponse is the two characters that the issuer answered with, "" when
// no issuer was asked.
func acquirerResponse(code, brand string) string {
	if stateOf(code) == StateApproved {
		return "00"
	}
	if code == "300.100.100" { // authentication required
		if brand == "VISA" {
			return "1A"
		}
		return "65"
	}
	known := map[string]string{
		"100.100.303": "54", "800.100.151": "14", "800.100.153": "82", "800.100.154": "30", "800.100.155": "51",
		"800.100.157": "54", "800.100.159": "43", "800.100.160": "62", "800.100.161": "75", "800.100.162": "61",
		"800.100.163": "65", "800.100.165": "41", "800.100.168": "62", "800.100.169": "57", "800.100.170": "57",
		"800.100.171": "04", "800.100.172": "46", "800.100.176": "91", "800.100.192": "82", "800.100.403": "R0",
		"800.100.500": "R0", "800.100.501": "R1",
	}
	if r, ok := known[code]; ok {
		return r
	}
	if kindOf(code) != "" {
		return "05"
	}
	return ""
}
