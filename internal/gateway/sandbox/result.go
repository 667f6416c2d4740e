package sandbox

import (
	"regexp"
	"strings"
)

// A result is written like the gateway would tell it: a result code, and for a
// decline what the scheme adds, as in "800.100.155", "800.100.152 MAC 24" or
// "800.100.159 VCC 1". Testers write it into the holder field; faults, Settle and
// Release take it too. "THEN " before it keeps it for charges of the stored card.
var (
	resultForm = regexp.MustCompile(`(?i)^(\d{3}\.\d{3}\.\d{3})(?: MAC (\d{2}))?(?: VCC ([1-4]))?$`)
	holderForm = regexp.MustCompile(`(?i)^(THEN )?(\d{3}\.\d{3}\.\d{3}.*)$`)
)

// wish is the result that a holder's name asks for: now, or for later charges of
// the card when it is stored. ok is false for a name that asks for neither.
func wish(holder string) (now, later string, ok bool) {
	m := holderForm.FindStringSubmatch(holder)
	if m == nil || !resultForm.MatchString(m[2]) {
		return "", "", false
	}
	if m[1] != "" {
		return "", m[2], true
	}
	return m[2], "", true
}

// readResult takes a result apart. Where it names no advice, a decline has what
// the card's scheme would usually say.
func readResult(result, brand string) (code, advice, category string) {
	m := resultForm.FindStringSubmatch(result)
	if m == nil {
		return result, "", ""
	}
	code, advice, category = m[1], m[2], m[3]
	if advice == "" && category == "" && stateOf(code) == StateDeclined {
		return code, adviceOf(code, brand), categoryOf(code, brand)
	}
	return code, advice, category
}

// resultCode is the code of a result.
func resultCode(result string) string { code, _, _ := strings.Cut(result, " "); return code }
