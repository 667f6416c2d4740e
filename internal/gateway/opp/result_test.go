package opp

import (
	"testing"

	"github.com/quittance/quittance/internal/gateway"
)

func TestJudge(t *testing.T) {
	t.Parallel()

	const (
		approved, review, pending    = gateway.Approved, gateway.Review, gateway.Pending
		declined, rejected, disputed = gateway.Declined, gateway.Rejected, gateway.Disputed
		unknown                      = gateway.Unknown

		soft, funds, hard        = gateway.ReasonSoft, gateway.ReasonFunds, gateway.ReasonHard
		expired, details         = gateway.ReasonExpiredCard, gateway.ReasonDetails
		authFailed, abandoned    = gateway.ReasonAuthFailed, gateway.ReasonAuthAbandoned
		technical, none          = gateway.ReasonTechnical, gateway.Reason("")
		success, bank, external  = "success", "reject_bank", "external_risk"
		threeDS, reject3DS, risk = "threeds", "reject_3ds", "risk_valid"
	)
	tests := map[string]verdict{
		"000.000.000": {success, approved, none},
		"000.000.100": {success, approved, none},
		"000.100.110": {success, approved, none},
		"000.100.111": {success, approved, none},
		"000.100.112": {success, approved, none},
		"000.300.000": {success, approved, none},
		"000.600.000": {success, approved, none},
		"000.400.110": {success, unknown, none}, // authenticated, not paid
		"000.400.120": {success, unknown, none},
		"000.400.000": {"review", review, none},
		"000.400.020": {"review", review, none},
		"000.400.060": {"review", review, none},
		"000.400.090": {"review", review, none},
		"000.400.100": {"review", review, none},
		"000.200.000": {groupPending, pending, none},
		"000.200.100": {groupPending, pending, none},
		"000.200.200": {groupPending, pending, none},
		"800.400.500": {"pending_long", pending, none},
		"800.400.501": {"pending_long", pending, none},
		"100.400.500": {"pending_long", pending, none}, // also external risk
		"300.100.100": {"soft_sca", declined, authFailed},
		"000.400.101": {reject3DS, declined, authFailed},
		"000.400.103": {reject3DS, declined, authFailed},
		"000.400.108": {reject3DS, declined, authFailed},
		"000.400.200": {reject3DS, declined, soft},
		"800.100.100": {bank, declined, soft},
		"800.100.151": {bank, declined, hard},
		"800.100.152": {bank, declined, soft},
		"800.100.153": {bank, declined, details},
		"800.100.155": {bank, declined, funds},
		"800.100.157": {bank, declined, details},
		"800.100.159": {bank, declined, hard},
		"800.100.160": {bank, declined, hard},
		"800.100.161": {bank, declined, soft},
		"800.100.162": {bank, declined, funds},
		"800.100.163": {bank, declined, soft},
		"800.100.165": {bank, declined, hard},
		"800.100.168": {bank, declined, hard},
		"800.100.171": {bank, declined, hard},
		"800.100.176": {bank, declined, soft},
		"800.100.192": {bank, declined, details},
		"800.100.197": {bank, declined, hard},
		"800.100.203": {bank, declined, funds},
		"800.100.403": {bank, declined, hard},
		"800.100.500": {bank, declined, hard},
		"800.100.501": {bank, declined, hard},
		"800.700.100": {bank, declined, soft},
		"800.800.102": {bank, declined, soft},
		"000.400.030": {groupCommunication, unknown, none},
		"900.100.100": {groupCommunication, unknown, none},
		"900.100.200": {groupCommunication, rejected, technical},
		"900.100.300": {groupCommunication, unknown, none},
		"900.100.310": {groupCommunication, rejected, technical},
		"900.100.400": {groupCommunication, unknown, none},
		"900.100.600": {groupCommunication, rejected, technical},
		"900.300.600": {groupCommunication, declined, abandoned},
		"800.500.110": {groupSystem, rejected, technical},
		"800.600.100": {groupSystem, unknown, none},
		"800.800.400": {groupSystem, rejected, technical},
		"800.800.800": {groupSystem, rejected, technical},
		"600.100.100": {groupSystem, rejected, technical},
		"999.999.999": {groupSystem, unknown, none},
		"100.395.501": {"async", declined, soft},
		"100.396.101": {"async", declined, abandoned},
		"100.396.104": {"async", declined, abandoned},
		"100.396.201": {"async", declined, soft},
		"100.397.101": {"async", declined, abandoned},
		"100.397.102": {"async", declined, soft},
		"100.100.701": {"blacklist", declined, hard}, // also account
		"800.200.159": {"blacklist", declined, hard},
		"800.300.401": {"blacklist", declined, hard},
		"800.400.200": {threeDS, declined, authFailed},
		"100.380.401": {threeDS, declined, authFailed}, // also external risk
		"100.390.109": {threeDS, declined, authFailed},
		"100.390.112": {threeDS, declined, authFailed},
		"100.400.142": {external, declined, hard},
		"100.380.100": {external, declined, hard},
		"100.370.100": {external, declined, hard}, // also format
		"100.370.110": {external, declined, hard},
		"100.380.501": {external, declined, abandoned},
		"100.380.101": {external, declined, hard}, // the risk management group is never reached
		"800.400.100": {"avs", declined, soft},
		"800.110.100": {risk, declined, soft},
		"800.120.100": {risk, rejected, technical},
		"800.120.101": {risk, declined, soft},
		"800.160.100": {risk, declined, soft},
		"700.600.002": {"mac_control", declined, soft},
		"700.601.003": {"mac_control", declined, hard},
		"600.200.500": {groupConfig, rejected, technical},
		"500.100.201": {groupConfig, rejected, technical},
		"800.121.100": {groupConfig, rejected, technical},
		"100.150.200": {groupRegistration, rejected, technical},
		"100.350.101": {groupRegistration, rejected, technical},
		"700.100.200": {groupReference, rejected, technical},
		"700.300.300": {groupReference, rejected, technical},
		"700.300.400": {groupReference, rejected, gateway.ReasonHoldOver},
		"700.300.700": {groupReference, rejected, gateway.ReasonHoldOver},
		"700.400.200": {groupReference, rejected, technical},
		"700.500.001": {groupReference, rejected, technical},
		"200.300.404": {groupFormat, rejected, technical},
		"100.300.200": {groupFormat, rejected, technical},
		"100.900.500": {groupFormat, rejected, technical}, // also contact
		"800.900.300": {groupFormat, rejected, technical},
		"100.800.501": {groupAddress, rejected, technical},
		"100.700.101": {groupContact, rejected, technical},
		"100.900.101": {groupContact, rejected, technical},
		"100.100.101": {"account", declined, details},
		"100.100.303": {"account", declined, expired},
		"100.100.601": {"account", declined, details},
		"100.550.303": {groupAmount, rejected, technical},
		"000.100.200": {"chargeback", disputed, none},
		"000.100.220": {"chargeback", disputed, none},

		"":             {"", unknown, none},
		"000":          {"", unknown, none},
		"000.000.":     {"", unknown, none},
		"000.000.0000": {"", unknown, none},
		"000.000.000 ": {"", unknown, none},
		"x00.000.000":  {"", unknown, none},
		"000.500.000":  {"", unknown, none},
		"100.250.100":  {"", unknown, none},
		"100.360.300":  {"", unknown, none},
		"400.000.000":  {"", unknown, none},
		"800.999.999":  {"", unknown, none},
	}
	for code, want := range tests {
		t.Run(code, func(t *testing.T) {
			t.Parallel()

			if got := judge(code); got != want {
				t.Errorf("judge(%q) = %+v, want %+v", code, got, want)
			}
		})
	}
}

// The order of the groups matters for exactly these codes of the list above.
func TestJudgeFirstMatchWins(t *testing.T) {
	t.Parallel()

	for code, want := range map[string]int{
		"100.400.500": 2, "100.100.701": 2, "100.370.100": 2, "100.380.401": 2, "100.900.500": 2,
		"000.100.110": 1, "800.100.155": 1, "000.400.030": 1,
	} {
		got := 0
		for _, g := range groups {
			if g.pattern.MatchString(code) {
				got++
			}
		}
		if got != want {
			t.Errorf("%s matches %d groups, want %d", code, got, want)
		}
	}
}

// A decline always has a reason that a page can explain; nothing else has one.
func TestReasonsGoWithDeclines(t *testing.T) {
	t.Parallel()

	for _, rules := range [][]rule{groups, singles} {
		for _, r := range rules {
			failed := r.outcome == gateway.Declined || r.outcome == gateway.Rejected
			if failed != (r.reason != "") {
				t.Errorf("%s: outcome %q with reason %q", r.pattern, r.outcome, r.reason)
			}
		}
	}
}
