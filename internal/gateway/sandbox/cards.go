package sandbox

import (
	"strings"
	"time"
)

// card is what may be kept of a card that was typed in.
type card struct {
	Brand, BIN, Last4       string
	ExpiryMonth, ExpiryYear string // "05", "2031"
	Holder                  string
	Flow                    string // how 3-D Secure went; see testCards
	code                    string // what this card answers by itself
}

// What 3-D Secure does for a test card.
const (
	flowNone           = "none"            // the card or the scheme knows no 3-D Secure
	flowFrictionless   = "frictionless"    // authenticated without asking the cardholder
	flowAttempt        = "attempt"         // issuer not reachable, scheme stands in
	flowError          = "error"           // authentication broke down
	flowChallenge      = "challenge"       // the cardholder is asked, and the issuer believes the answer
	flowChallengeFails = "challenge_fails" // the cardholder is asked, and the issuer believes nothing
)

// How a challenge ended.
const (
	flowPassed = "challenge_passed"
	flowFailed = "challenge_failed"
	flowLeft   = "challenge_left" // cancelled, or nobody answered
)

// challenged says whether the cardholder has to be asked first.
func (c card) challenged() bool { return c.Flow == flowChallenge || c.Flow == flowChallengeFails }

// confirmed is the card after its holder approved: a challenge that was passed
// leads to the card's own result, a failed one to none other than that.
func (c card) confirmed() card {
	switch c.Flow {
	case flowChallenge:
		c.Flow = flowPassed
	case flowChallengeFails:
		c.Flow, c.code = flowFailed, codeAuthFailed
	}
	return c
}

// testCards are the only numbers this gateway takes.
func testCards() map[string]card {
	visa := func(flow, code string) card { return card{Brand: "VISA", Flow: flow, code: code} }
	master := func(flow, code string) card { return card{Brand: "MASTER", Flow: flow, code: code} }
	amex := func(flow, code string) card { return card{Brand: "AMEX", Flow: flow, code: code} }
	return map[string]card{
		"4200000000000000": visa(flowNone, codeApproved),
		"4711100000000000": visa(flowNone, codeApproved),
		"4012001037141112": visa(flowNone, codeApproved),
		"4200000000000091": visa(flowFrictionless, codeApproved),
		"4200000000000026": visa(flowFrictionless, codeApproved),
		"4200000000000109": visa(flowAttempt, codeApproved),
		"4012001037461114": visa(flowError, codeAuthTechnical),
		"4200000000000042": visa(flowChallenge, codeApproved),
		"4200000000000067": visa(flowChallenge, codeApproved),
		"4200000000000018": visa(flowChallengeFails, codeAuthFailed),
		"4200000000000075": visa(flowChallengeFails, codeAuthFailed),
		"5454545454545454": master(flowNone, codeApproved),
		"5200000000000007": master(flowFrictionless, codeApproved),
		"5200000000000056": master(flowFrictionless, codeApproved),
		"5200000000000023": master(flowAttempt, codeApproved),
		"5434580000000006": master(flowError, codeAuthTechnical),
		"5200000000000015": master(flowChallenge, codeApproved),
		"5200000000000049": master(flowChallenge, codeApproved),
		"5200000000000064": master(flowChallengeFails, codeAuthFailed),
		"5200000000000072": master(flowChallengeFails, codeAuthFailed),
		"377777777777770":  amex(flowNone, codeApproved),
		"374500262001008":  amex(flowFrictionless, codeApproved),
	}
}

// typed is what the card form sends. It lives for one request and is never
// stored, logged or wrapped into an error.
type typed struct {
	number, expiry, cvv, holder string
	withoutCVV                  bool // the form has no field for it
}

// check turns what was typed into a card that may be kept, or into a message per
// field. The result code is the one typed in the holder field, if any.
func (t typed) check(now time.Time, texts texts) (card, map[string]string) {
	wrong := map[string]string{}
	number := compact(t.number)
	c, known := testCards()[number]
	switch {
	case number == "":
		wrong["number"] = texts.NumberMissing
	case !digits(number) || len(number) < 12 || len(number) > 19 || !luhn(number):
		wrong["number"] = texts.NumberWrong
	case !known:
		wrong["number"] = texts.NumberReal
	default:
		c.BIN, c.Last4 = number[:6], number[len(number)-4:]
	}
	month, year, ok := parseExpiry(t.expiry)
	switch {
	case strings.TrimSpace(t.expiry) == "":
		wrong["expiry"] = texts.ExpiryMissing
	case !ok:
		wrong["expiry"] = texts.ExpiryWrong
	case time.Date(year, time.Month(month)+1, 1, 0, 0, 0, 0, time.UTC).Before(now.AddDate(0, 0, -1)):
		wrong["expiry"] = texts.ExpiryPast
	default:
		end := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		c.ExpiryMonth, c.ExpiryYear = end.Format("01"), end.Format("2006")
	}
	cvv := compact(t.cvv)
	switch {
	case t.withoutCVV:
	case cvv == "":
		wrong["cvv"] = texts.CVVMissing
	case !digits(cvv) || len(cvv) < 3 || len(cvv) > 4 || (known && (len(cvv) == 4) != (c.Brand == "AMEX")):
		wrong["cvv"] = texts.CVVWrong
	}
	c.Holder = strings.Join(strings.Fields(t.holder), " ")
	result, later, wished := wish(c.Holder)
	switch {
	case c.Holder == "":
		wrong["holder"] = texts.HolderMissing
	case codeSuccess.MatchString(result + later), codeDispute.MatchString(result + later):
		wrong["holder"] = texts.HolderWrong
	case wished && result != "":
		c.code = result
	case !wished && (len(c.Holder) < 2 || len(c.Holder) > 128 || looksLikeNumber(c.Holder)):
		wrong["holder"] = texts.HolderWrong
	}
	return c, wrong
}

// parseExpiry reads MM / YY and the ways people and browsers fill it in.
func parseExpiry(s string) (month, year int, ok bool) {
	s = compact(s)
	m, y, cut := strings.Cut(s, "/")
	if !cut && len(s) == 4 {
		m, y = s[:2], s[2:]
	}
	if !digits(m) || !digits(y) || len(m) < 1 || len(m) > 2 || (len(y) != 2 && len(y) != 4) {
		return 0, 0, false
	}
	for _, r := range m {
		month = month*10 + int(r-'0')
	}
	for _, r := range y {
		year = year*10 + int(r-'0')
	}
	if len(y) == 2 {
		year += 2000
	}
	return month, year, month >= 1 && month <= 12 && year >= 2000
}

// looksLikeNumber catches a card number that slipped into the holder field,
// which is kept.
func looksLikeNumber(s string) bool {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n > 9
}

func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func compact(s string) string { return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(s) }
