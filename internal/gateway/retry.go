package gateway

import "time"

// Retry is what a failed charge allows afterwards: what a charge without the
// customer may do, which is bound by the schemes' rules (facts on cards, §3.4).
// It is the zero Retry unless the charge failed or its outcome is unknown.
type Retry struct {
	Class RetryClass
	After time.Duration // not sooner, counted from the decline; 0: the scheme names no time
	Stop  bool          // the cardholder ended the series: nothing further may be charged on it
}

// RetryClass is one of six ways to go on.
type RetryClass string

// The classes.
const (
	RetrySoft         RetryClass = "soft"         // the same card may be charged again later
	RetryHard         RetryClass = "hard"         // this card never again
	RetryAuthenticate RetryClass = "authenticate" // only with the customer, who authenticates
	RetryMend         RetryClass = "mend"         // only when the customer has mended the card's data
	RetryOperator     RetryClass = "operator"     // only when we have mended our request or account
	RetryUnknown      RetryClass = "unknown"      // money may have moved: ask before anything else
)
