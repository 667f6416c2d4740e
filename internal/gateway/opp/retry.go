package opp

import (
	"regexp"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// retryOf is what a result allows afterwards. The schemes' advice goes before the
// code, because they fine merchants by it; only a cardholder's word that ends a
// series and a call for authentication go before both.
func retryOf(code string, v verdict, brand string, advice gateway.Advice) gateway.Retry {
	switch v.outcome {
	case gateway.Unknown:
		return gateway.Retry{Class: gateway.RetryUnknown}
	case gateway.Declined, gateway.Rejected:
	default:
		return gateway.Retry{}
	}
	for _, rule := range []func() gateway.Retry{
		func() gateway.Retry { return retryOfWord(code) },
		func() gateway.Retry { return retryOfResponse(brand, advice.Response) },
		func() gateway.Retry { return stricter(retryOfMAC(advice.MAC), retryOfCategory(advice.Category)) },
		func() gateway.Retry { return retryOfCode(code) },
	} {
		if r := rule(); r.Class != "" {
			return r
		}
	}
	return gateway.Retry{Class: retryOfGroup(v)}
}

// retryOfWord is what nobody's advice changes.
func retryOfWord(code string) gateway.Retry {
	switch code {
	case "800.100.403", "800.100.500", "800.100.501":
		return gateway.Retry{Class: gateway.RetryHard, Stop: true}
	case "300.100.100":
		return gateway.Retry{Class: gateway.RetryAuthenticate}
	case "800.110.100", "800.130.100": // it exists: an earlier sending arrived
		return gateway.Retry{Class: gateway.RetryUnknown}
	}
	return gateway.Retry{}
}

// retryOfResponse is what the issuer's own two characters forbid.
func retryOfResponse(brand, response string) gateway.Retry {
	switch {
	case brand == "VISA" && response == "1A", brand == "MASTER" && response == "65":
		return gateway.Retry{Class: gateway.RetryAuthenticate}
	case brand == "VISA" && slices.Contains([]string{"R0", "R1", "R3"}, response):
		return gateway.Retry{Class: gateway.RetryHard, Stop: true}
	case brand == "VISA" && slices.Contains([]string{"04", "07", "41", "43", "46"}, response):
		return gateway.Retry{Class: gateway.RetryHard}
	}
	return gateway.Retry{}
}

// retryOfMAC is Mastercard's advice; nothing where it advises nothing.
func retryOfMAC(mac string) gateway.Retry {
	switch mac {
	case "01":
		return gateway.Retry{Class: gateway.RetryMend}
	case "02":
		return gateway.Retry{Class: gateway.RetrySoft, After: 72 * hour}
	case "03", "22", "40", "41", "42", "43": // 40 and 41: a card that takes no series
		return gateway.Retry{Class: gateway.RetryHard}
	case "04", "05":
		return gateway.Retry{Class: gateway.RetrySoft}
	case "21":
		return gateway.Retry{Class: gateway.RetryHard, Stop: true}
	}
	after := map[string]time.Duration{"24": hour, "25": day, "26": 2 * day, "27": 4 * day, "28": 6 * day, "29": 8 * day, "30": 10 * day}[mac]
	if after == 0 {
		return gateway.Retry{}
	}
	return gateway.Retry{Class: gateway.RetrySoft, After: after}
}

// retryOfCategory is Visa's category; nothing where it has none.
func retryOfCategory(category string) gateway.Retry {
	return gateway.Retry{Class: map[string]gateway.RetryClass{
		"1": gateway.RetryHard, "2": gateway.RetrySoft, "3": gateway.RetryMend, "4": gateway.RetrySoft,
	}[category]}
}

// stricter is the advice that allows less.
func stricter(a, b gateway.Retry) gateway.Retry {
	order := []gateway.RetryClass{"", gateway.RetrySoft, gateway.RetryMend, gateway.RetryHard}
	if slices.Index(order, b.Class) > slices.Index(order, a.Class) {
		return b
	}
	return a
}

// retryRules are the codes that mean something else than their group when nobody
// advises.
var retryRules = []struct {
	pattern *regexp.Regexp
	retry   gateway.Retry
}{
	{regexp.MustCompile(`^800\.100\.(151|157|159|160|165|168|169|170|171|172|195|197)$`), gateway.Retry{Class: gateway.RetryHard}},
	{regexp.MustCompile(`^800\.100\.(153|154|156|192)$`), gateway.Retry{Class: gateway.RetryMend}},
	{regexp.MustCompile(`^800\.100\.(173|174|175|190|191)$`), gateway.Retry{Class: gateway.RetryOperator}},
	{regexp.MustCompile(`^700\.600\.002$`), gateway.Retry{Class: gateway.RetrySoft, After: 72 * hour}},
	{regexp.MustCompile(`^700\.600\.025$`), gateway.Retry{Class: gateway.RetrySoft, After: day}},
	{regexp.MustCompile(`^700\.601\.001$`), gateway.Retry{Class: gateway.RetryMend}},
	{regexp.MustCompile(`^700\.601`), gateway.Retry{Class: gateway.RetryHard}},
	{regexp.MustCompile(`^000\.400\.2`), gateway.Retry{Class: gateway.RetrySoft}}, // risk check out of order
}

func retryOfCode(code string) gateway.Retry {
	for _, r := range retryRules {
		if r.pattern.MatchString(code) {
			return r.retry
		}
	}
	return gateway.Retry{}
}

// retryOfGroup is what is left: the platform's group.
func retryOfGroup(v verdict) gateway.RetryClass {
	switch v.group {
	case groupConfig, groupReference, groupFormat, groupAmount, groupContact:
		return gateway.RetryOperator
	case "soft_sca", "reject_3ds", "threeds":
		return gateway.RetryAuthenticate
	case "blacklist", "external_risk", groupRegistration:
		return gateway.RetryHard
	case "avs", groupAddress, groupAccount:
		return gateway.RetryMend
	}
	return gateway.RetrySoft // the bank, the way to it, and what passes
}
