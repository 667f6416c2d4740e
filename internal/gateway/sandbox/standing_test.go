package sandbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestStandingInstructionIsChecked(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	tests := map[string]struct {
		parameters string // of standingInstruction
		wrong      string // the parameters named, in order; empty when it is taken
	}{
		"none":                           {"", ""},
		"unscheduled":                    {"mode=INITIAL source=CIT type=UNSCHEDULED", ""},
		"subscription":                   {"mode=INITIAL source=CIT type=RECURRING recurringType=SUBSCRIPTION frequency=0028 expiry=9999-12-31", ""},
		"instalments":                    {"mode=INITIAL source=CIT type=INSTALLMENT numberOfInstallments=12 frequency=28 expiry=2039-12-31", ""},
		"later one by the cardholder":    {"mode=REPEATED source=CIT type=UNSCHEDULED", ""},
		"half of it":                     {"mode=INITIAL", "source type"},
		"words of its own":               {"mode=FIRST source=ME type=ANY recurringType=X industryPractice=Y", "mode source type recurringType industryPractice industryPractice recurringType"},
		"first one by the merchant":      {"mode=INITIAL source=MIT type=UNSCHEDULED", "source source"},
		"later one by the merchant":      {"mode=REPEATED source=MIT type=UNSCHEDULED initialTransactionId=x", "source"},
		"without the series' reference":  {"mode=REPEATED source=MIT type=UNSCHEDULED", "source initialTransactionId"},
		"first one with a reference":     {"mode=INITIAL source=CIT type=UNSCHEDULED initialTransactionId=x", "initialTransactionId"},
		"subscription by instalments":    {"mode=INITIAL source=CIT type=INSTALLMENT recurringType=SUBSCRIPTION numberOfInstallments=3 frequency=28 expiry=2039-12-31", "recurringType"},
		"how many instalments":           {"mode=INITIAL source=CIT type=INSTALLMENT", "numberOfInstallments"},
		"how often and until when":       {"mode=INITIAL source=CIT type=INSTALLMENT numberOfInstallments=3", "frequency expiry"},
		"too many, too rarely, too late": {"mode=INITIAL source=CIT type=INSTALLMENT numberOfInstallments=1000 frequency=0 expiry=2020-01-01", "frequency expiry numberOfInstallments"},
		"instalments of a subscription":  {"mode=INITIAL source=CIT type=RECURRING numberOfInstallments=3 frequency=28 expiry=2039-12-31", "numberOfInstallments"},
		"practice of a cardholder":       {"mode=INITIAL source=CIT type=UNSCHEDULED industryPractice=NO_SHOW", "industryPractice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pairs := []string{"amount", "1.00", "currency", "EUR", "paymentType", "DB", "merchantTransactionId", "order-0001"}
			for _, p := range strings.Fields(tt.parameters) {
				name, value, _ := strings.Cut(p, "=")
				pairs = append(pairs, "standingInstruction."+name, value)
			}

			got := k.call("POST", "/v1/checkouts", pairs...)

			status, code := http.StatusOK, "000.200.100"
			if tt.wrong != "" {
				status, code = http.StatusBadRequest, "200.300.404"
			}
			wantCode(t, got, status, code)
			var wrong []string
			for _, e := range got.Result.ParameterErrors {
				wrong = append(wrong, strings.TrimPrefix(e.Name, "standingInstruction."))
			}
			if !slices.Equal(wrong, strings.Fields(tt.wrong)) {
				t.Errorf("wrong are %q, want %q", wrong, tt.wrong)
			}
		})
	}
}

func TestChargeRestsOnThePaymentThatStoredTheCard(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first, other := k.stored("order-0001", master, "Ada Example"), k.stored("order-0002", visa, "Ada Example")
	tests := map[string]struct {
		pairs  []string
		status int
		code   string
	}{
		"the reference of another card": {[]string{"standingInstruction.initialTransactionId", other.ResultDetails["CardholderInitiatedTransactionID"]}, 400, "200.300.404"},
		"no reference":                  {[]string{"standingInstruction.initialTransactionId", ""}, 400, "200.300.404"},
		"a first one without the cardholder": {[]string{"standingInstruction.mode", "INITIAL", "standingInstruction.source", "CIT",
			"standingInstruction.initialTransactionId", ""}, 400, "300.100.100"},
		"Mastercard, recurring somehow": {[]string{"standingInstruction.type", "RECURRING"}, 400, "200.300.404"},
		"Mastercard, a subscription":    {[]string{"standingInstruction.type", "RECURRING", "standingInstruction.recurringType", "SUBSCRIPTION"}, 200, "000.100.110"},
		"a resubmission":                {[]string{"standingInstruction.industryPractice", "RESUBMISSION"}, 200, "000.100.110"},
		"a refund":                      {[]string{"paymentType", "RF"}, 400, "200.300.404"},
		"a short id":                    {[]string{"merchantTransactionId", "1234567"}, 400, "200.300.404"},
		"three decimals":                {[]string{"amount", "1.000"}, 400, "100.550.303"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := k.charge(first, "charge: "+name, tt.pairs...)

			wantCode(t, got, tt.status, tt.code)
		})
	}
}
