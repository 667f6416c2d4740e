package sandbox

import "regexp"

// Result codes that the gateway itself gives; any other can be asked for in the
// holder field.
const (
	codeApproved          = "000.100.110"
	codeRequestDone       = "000.000.100"
	codePending           = "000.200.000"
	codeCheckoutMade      = "000.200.100"
	codeNoSession         = "200.300.404" // an invalid parameter, or a payment session that is not there
	codeNoAmount          = "100.550.300"
	codeAmountFormat      = "100.550.303"
	codeNoCurrency        = "100.550.400"
	codeCurrency          = "100.550.401"
	codeCurrencyNotSet    = "600.200.500"
	codeAuthFailed        = "100.380.401"
	codeAuthTechnical     = "100.390.112"
	codeThrottled         = "800.120.100"
	codeDuplicate         = "800.130.100"
	codeNotAuthorised     = "800.900.300"
	codeReferenceAmount   = "700.100.200"
	codeReferenceCurrency = "700.100.500"
	codeReferenceType     = "700.300.100"
	codeReferenceRejected = "700.300.200"
	codeReferenceUsed     = "700.300.300"
	codeCaptureExceeds    = "700.400.100"
	codeRefundExceeds     = "700.400.200"
	codeCannotReverse     = "700.400.300"
	codeReferencePending  = "700.400.570"
	codeNoTransaction     = "700.400.580"
	codeInternal          = "999.999.999"
)

// descriptions are this gateway's words for the codes it gives most.
func descriptions() map[string]string {
	return map[string]string{
		codeApproved:          "request processed in test mode",
		codeRequestDone:       "request successful",
		codePending:           "transaction pending",
		codeCheckoutMade:      "checkout created",
		codeNoSession:         "invalid or missing parameter",
		codeNoAmount:          "no amount, or an amount of zero",
		codeAmountFormat:      "amount has a wrong format, two decimals at most",
		codeNoCurrency:        "no currency",
		codeCurrency:          "unknown currency",
		codeCurrencyNotSet:    "the channel is not set up for this currency",
		codeAuthFailed:        "cardholder authentication failed",
		codeAuthTechnical:     "technical fault in the 3-D Secure system",
		codeThrottled:         "too many requests, throttled",
		codeDuplicate:         "a transaction with the same id exists",
		codeNotAuthorised:     "invalid authentication information",
		codeReferenceAmount:   "amount differs from the referenced transaction",
		codeReferenceCurrency: "currency differs from the referenced transaction",
		codeReferenceType:     "the referenced transaction has a type that does not allow this",
		codeReferenceRejected: "the referenced transaction was rejected",
		codeReferenceUsed:     "the referenced transaction was reversed, refunded or captured already",
		codeCaptureExceeds:    "capture exceeds the authorised amount",
		codeRefundExceeds:     "refunds exceed the paid amount",
		codeCannotReverse:     "reversal is not possible any more",
		codeReferencePending:  "the referenced transaction is pending",
		codeNoTransaction:     "no such transaction",
		codeInternal:          "internal fault, nothing was booked",
		"000.400.000":         "approved, to be reviewed by hand",
		"100.100.303":         "card has expired",
		"100.396.101":         "cancelled by the cardholder",
		"100.396.104":         "timed out at the cardholder",
		"100.400.500":         "waiting for an external risk answer",
		"300.100.100":         "issuer wants the cardholder to authenticate",
		"800.100.100":         "declined, no reason given",
		"800.100.151":         "declined: invalid card",
		"800.100.152":         "declined by the authorisation system",
		"800.100.153":         "declined: wrong security code",
		"800.100.155":         "declined: amount exceeds the credit",
		"800.100.157":         "declined: wrong expiry date",
		"800.100.159":         "declined: card stolen",
		"800.100.160":         "declined: card blocked",
		"800.100.162":         "declined: limit exceeded",
		"800.100.165":         "declined: card lost",
		"800.100.171":         "declined: pick up the card",
		"800.400.500":         "waiting for confirmation of a non-instant payment",
		"900.100.300":         "timed out at the acquirer, result uncertain",
	}
}

func describe(code string) string {
	if d, ok := descriptions()[code]; ok {
		return d
	}
	return "simulated result"
}

// The groups of result codes that decide about the state of a payment.
var (
	codeSuccess   = regexp.MustCompile(`^(000\.000\.|000\.100\.1|000\.[36]|000\.400\.[1][12]0)`)
	codeReview    = regexp.MustCompile(`^(000\.400\.0[^3]|000\.400\.100)`)
	codeDispute   = regexp.MustCompile(`^000\.100\.2`)
	codeUndecided = regexp.MustCompile(`^(000\.200|800\.400\.5|100\.400\.500|900\.100\.300)`)
)

// stateOf is what a code means for the books. 900.100.300, "uncertain", is
// booked as pending: the acquirer's answer comes later.
func stateOf(code string) State {
	switch {
	case codeSuccess.MatchString(code), codeReview.MatchString(code):
		return StateApproved
	case codeUndecided.MatchString(code):
		return StatePending
	}
	return StateDeclined
}
