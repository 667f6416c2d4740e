package sandbox

import "regexp"

// Result codes that the gateway itself gives; any other can be asked for in the
// holder field.
const (
	codeApproved            = "000.100.110"
	codeRequestDone         = "000.000.100"
	codePending             = "000.200.000"
	codeCheckoutMade        = "000.200.100"
	codeNoSession           = "200.300.404" // an invalid parameter, or a payment session that is not there
	codeNoAmount            = "100.550.300"
	codeAmountFormat        = "100.550.303"
	codeNoCurrency          = "100.550.400"
	codeCurrency            = "100.550.401"
	codeCurrencyNotSet      = "600.200.500"
	codeAuthFailed          = "100.380.401"
	codeAuthTechnical       = "100.390.112"
	codeThrottled           = "800.120.100"
	codeDuplicate           = "800.110.100" // this merchantTransactionId has another payment
	codeExists              = "800.130.100" // this merchantTransactionId has this payment
	codeNotAuthorised       = "800.900.300"
	codeReferenceAmount     = "700.100.200"
	codeReferenceCurrency   = "700.100.500"
	codeReferenceType       = "700.300.100"
	codeReferenceRejected   = "700.300.200"
	codeReferenceUsed       = "700.300.300"
	codeCutOff              = "700.300.400"
	codeReversalLate        = "700.300.700"
	codeCaptureExceeds      = "700.400.100"
	codeRefundExceeds       = "700.400.200"
	codeCannotReverse       = "700.400.300"
	codeReferencePending    = "700.400.570"
	codeNoTransaction       = "700.400.580"
	codeNoRegistration      = "100.150.200"
	codeDeregistered        = "100.150.202"
	codeCardExpired         = "100.100.303"
	codeWantsAuthentication = "300.100.100"
	codeFraud               = "000.100.220"
	codeInternal            = "999.999.999"
)

// The groups of result codes that decide about the state of a payment.
var (
	codeSuccess   = regexp.MustCompile(`^(000\.000\.|000\.100\.1|000\.[36]|000\.400\.[1][12]0)`)
	codeReview    = regexp.MustCompile(`^(000\.400\.0[^3]|000\.400\.100)`)
	codeDispute   = regexp.MustCompile(`^000\.100\.2`)
	codeUndecided = regexp.MustCompile(`^(000\.200|800\.400\.5|100\.400\.500|900\.100\.[1345]00|000\.400\.030|800\.600\.100|999\.)`)
)

// stateOf is what a code means for the books. One that leaves the outcome open is
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
