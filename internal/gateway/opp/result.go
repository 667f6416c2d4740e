package opp

import (
	"regexp"

	"github.com/quittance/quittance/internal/gateway"
)

// verdict is what a result code means: the platform's group, and what that is
// for money.
type verdict struct {
	group   string
	outcome gateway.Outcome
	reason  gateway.Reason
}

// rule gives a verdict to the codes that match.
type rule struct {
	pattern *regexp.Regexp
	verdict
}

func on(pattern, group string, outcome gateway.Outcome, reason gateway.Reason) rule {
	return rule{regexp.MustCompile(pattern), verdict{group, outcome, reason}}
}

// Names of the groups that more than the table speaks of.
const (
	groupPending       = "pending_short"
	groupCommunication = "communication"
	groupSystem        = "system"
	groupConfig        = "config"
	groupRegistration  = "registration"
	groupReference     = "reference"
	groupFormat        = "format"
	groupAddress       = "address"
	groupContact       = "contact"
	groupAmount        = "amount"
	groupAccount       = "account"
)

// groups are the platform's own, in its order: the first match wins, and five
// codes match two of them.
var groups = []rule{
	on(`^(000\.000\.|000\.100\.1|000\.[36]|000\.400\.[1][12]0)`, "success", gateway.Approved, ""),
	on(`^(000\.400\.0[^3]|000\.400\.100)`, "review", gateway.Review, ""),
	on(`^(000\.200)`, groupPending, gateway.Pending, ""),
	on(`^(800\.400\.5|100\.400\.500)`, "pending_long", gateway.Pending, ""),
	on(`^(300\.100\.100)`, "soft_sca", gateway.Declined, gateway.ReasonAuthFailed),
	on(`^(000\.400\.[1][0-9][1-9]|000\.400\.2)`, "reject_3ds", gateway.Declined, gateway.ReasonAuthFailed),
	on(`^(800\.[17]00|800\.800\.[123])`, "reject_bank", gateway.Declined, gateway.ReasonSoft),
	on(`^(900\.[1234]00|000\.400\.030)`, groupCommunication, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(800\.[56]|999\.|600\.1|800\.800\.[84])`, groupSystem, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(100\.39[765])`, "async", gateway.Declined, gateway.ReasonSoft),
	on(`^(100\.100\.701|800\.[32])`, "blacklist", gateway.Declined, gateway.ReasonHard),
	on(`^(800\.400\.2|100\.380\.4|100\.390)`, "threeds", gateway.Declined, gateway.ReasonAuthFailed),
	on(`^(100\.400|100\.38|100\.370\.100|100\.370\.11)`, "external_risk", gateway.Declined, gateway.ReasonHard),
	on(`^(800\.400\.1)`, "avs", gateway.Declined, gateway.ReasonSoft),
	on(`^(800\.1[123456]0)`, "risk_valid", gateway.Declined, gateway.ReasonSoft),
	on(`^(700\.60[01])`, "mac_control", gateway.Declined, gateway.ReasonSoft),
	on(`^(600\.[23]|500\.[12]|800\.121)`, groupConfig, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(100\.[13]50)`, groupRegistration, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(700\.[1345][05]0)`, groupReference, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(200\.[123]|100\.[53][07]|800\.900|100\.[69]00\.500)`, groupFormat, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(100\.800)`, groupAddress, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(100\.[97]00)`, groupContact, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(100\.100|100\.2[01])`, groupAccount, gateway.Declined, gateway.ReasonDetails),
	on(`^(100\.55)`, groupAmount, gateway.Rejected, gateway.ReasonTechnical),
	on(`^(100\.380\.[23]|100\.380\.101)`, "risk_mgmt", gateway.Declined, gateway.ReasonHard),
	on(`^(000\.100\.2)`, "chargeback", gateway.Disputed, ""),
}

// singles are codes that mean something else than their group. They never change
// the group.
var singles = []rule{
	// Authenticated only: 3-D Secure succeeded, and says nothing of a payment.
	on(`^000\.400\.1[12]0$`, "", gateway.Unknown, ""),
	// The automatic reversal failed: money may be held.
	on(`^000\.400\.030$`, "", gateway.Unknown, ""),
	// The acquirer's answer was lost, or another run of it is still going on.
	on(`^900\.100\.(100|300|400|500)$`, "", gateway.Unknown, ""),
	on(`^(999\.[0-9.]+|800\.600\.100)$`, "", gateway.Unknown, ""),

	on(`^100\.100\.303$`, "", gateway.Declined, gateway.ReasonExpiredCard),
	on(`^800\.100\.(155|162|203)$`, "", gateway.Declined, gateway.ReasonFunds),
	on(`^800\.100\.(153|157|192)$`, "", gateway.Declined, gateway.ReasonDetails),
	on(`^800\.100\.(151|159|160|165|168|169|170|171|172|195|197|403|500|501)$`, "", gateway.Declined, gateway.ReasonHard),
	on(`^700\.601`, "", gateway.Declined, gateway.ReasonHard),
	on(`^000\.400\.2`, "", gateway.Declined, gateway.ReasonSoft), // risk check out of order, not 3-D Secure
	on(`^(100\.396\.10[12346]|100\.397\.101|100\.380\.501|900\.300\.600)$`, "", gateway.Declined, gateway.ReasonAuthAbandoned),
	on(`^700\.300\.(400|700)$`, "", gateway.Rejected, gateway.ReasonHoldOver),
	on(`^800\.120\.100$`, "", gateway.Rejected, gateway.ReasonTechnical),
}

var codeForm = regexp.MustCompile(`^[0-9]{3}\.[0-9]{3}\.[0-9]{3}$`)

// judge gives a code its verdict. A code of no group, or of no code's form, is
// Unknown: never a success and never a final decline.
func judge(code string) verdict {
	if !codeForm.MatchString(code) {
		return verdict{outcome: gateway.Unknown}
	}
	v, ok := match(groups, code)
	if !ok {
		return verdict{outcome: gateway.Unknown}
	}
	if single, ok := match(singles, code); ok {
		v.outcome, v.reason = single.outcome, single.reason
	}
	return v
}

// match is the verdict of the first rule that fits.
func match(rules []rule, code string) (verdict, bool) {
	for _, r := range rules {
		if r.pattern.MatchString(code) {
			return r.verdict, true
		}
	}
	return verdict{}, false
}
