package opp

import (
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

func TestRetryOf(t *testing.T) {
	t.Parallel()

	const (
		soft, hard, authenticate = gateway.RetrySoft, gateway.RetryHard, gateway.RetryAuthenticate
		mend, operator, unknown  = gateway.RetryMend, gateway.RetryOperator, gateway.RetryUnknown
		visa, master, amex       = "VISA", "MASTER", "AMEX"
	)
	mac := func(s string) gateway.Advice { return gateway.Advice{MAC: s} }
	category := func(s string) gateway.Advice { return gateway.Advice{Category: s} }
	response := func(s string) gateway.Advice { return gateway.Advice{Response: s} }
	none := gateway.Advice{}
	tests := []struct {
		code, brand string
		advice      gateway.Advice
		want        gateway.Retry
	}{
		// Not a failure.
		{"000.100.110", visa, mac("03"), gateway.Retry{}},
		{"000.400.000", visa, none, gateway.Retry{}},
		{"000.200.000", visa, none, gateway.Retry{}},
		{"800.400.500", visa, none, gateway.Retry{}},
		{"000.100.220", visa, none, gateway.Retry{}},

		// Nobody knows.
		{"900.100.300", master, mac("03"), gateway.Retry{Class: unknown}},
		{"000.400.030", visa, none, gateway.Retry{Class: unknown}},
		{"999.999.999", visa, none, gateway.Retry{Class: unknown}},
		{"400.000.000", visa, none, gateway.Retry{Class: unknown}},
		{"", visa, none, gateway.Retry{Class: unknown}},
		{"800.110.100", visa, none, gateway.Retry{Class: unknown}},
		{"800.130.100", visa, none, gateway.Retry{Class: unknown}},

		// Mastercard's advice, whatever the code.
		{"800.100.152", master, mac("01"), gateway.Retry{Class: mend}},
		{"800.100.159", master, mac("02"), gateway.Retry{Class: soft, After: 72 * time.Hour}},
		{"800.100.152", master, mac("03"), gateway.Retry{Class: hard}},
		{"800.100.152", master, mac("04"), gateway.Retry{Class: soft}},
		{"800.100.152", master, mac("21"), gateway.Retry{Class: hard, Stop: true}},
		{"800.100.152", master, mac("22"), gateway.Retry{Class: hard}},
		{"800.100.152", master, mac("24"), gateway.Retry{Class: soft, After: time.Hour}},
		{"800.100.152", master, mac("25"), gateway.Retry{Class: soft, After: 24 * time.Hour}},
		{"800.100.152", master, mac("26"), gateway.Retry{Class: soft, After: 48 * time.Hour}},
		{"800.100.152", master, mac("27"), gateway.Retry{Class: soft, After: 96 * time.Hour}},
		{"800.100.152", master, mac("28"), gateway.Retry{Class: soft, After: 144 * time.Hour}},
		{"800.100.152", master, mac("29"), gateway.Retry{Class: soft, After: 192 * time.Hour}},
		{"800.100.152", master, mac("30"), gateway.Retry{Class: soft, After: 240 * time.Hour}},
		{"800.100.152", master, mac("40"), gateway.Retry{Class: hard}},
		{"800.100.152", master, mac("41"), gateway.Retry{Class: hard}},
		{"800.100.152", master, mac("43"), gateway.Retry{Class: hard}},
		{"800.100.159", master, mac("99"), gateway.Retry{Class: hard}}, // says nothing: the code does
		{"800.100.152", master, mac("00"), gateway.Retry{Class: soft}},

		// Visa's category and the issuer's answer.
		{"800.100.152", visa, category("1"), gateway.Retry{Class: hard}},
		{"800.100.159", visa, category("2"), gateway.Retry{Class: soft}},
		{"800.100.152", visa, category("3"), gateway.Retry{Class: mend}},
		{"800.100.152", visa, category("4"), gateway.Retry{Class: soft}},
		{"800.100.152", visa, gateway.Advice{MAC: "24", Category: "1"}, gateway.Retry{Class: hard}},
		{"800.100.152", visa, gateway.Advice{MAC: "03", Category: "2"}, gateway.Retry{Class: hard}},
		{"800.100.152", visa, response("43"), gateway.Retry{Class: hard}},
		{"800.100.152", visa, response("46"), gateway.Retry{Class: hard}},
		{"800.100.152", visa, response("R1"), gateway.Retry{Class: hard, Stop: true}},
		{"800.100.152", visa, response("1A"), gateway.Retry{Class: authenticate}},
		{"800.100.152", visa, response("65"), gateway.Retry{Class: soft}}, // Visa: too often
		{"800.100.152", master, response("65"), gateway.Retry{Class: authenticate}},
		{"800.100.152", master, response("43"), gateway.Retry{Class: soft}},

		// The cardholder's word goes before any advice.
		{"800.100.500", master, mac("24"), gateway.Retry{Class: hard, Stop: true}},
		{"800.100.501", visa, category("2"), gateway.Retry{Class: hard, Stop: true}},
		{"800.100.403", amex, none, gateway.Retry{Class: hard, Stop: true}},
		{"300.100.100", visa, category("1"), gateway.Retry{Class: authenticate}},

		// The code, where nobody advises.
		{"800.100.151", amex, none, gateway.Retry{Class: hard}},
		{"800.100.157", visa, none, gateway.Retry{Class: hard}},
		{"800.100.197", visa, none, gateway.Retry{Class: hard}},
		{"800.100.152", visa, none, gateway.Retry{Class: soft}},
		{"800.100.155", visa, none, gateway.Retry{Class: soft}},
		{"800.700.100", visa, none, gateway.Retry{Class: soft}},
		{"800.100.153", visa, none, gateway.Retry{Class: mend}},
		{"800.100.174", visa, none, gateway.Retry{Class: operator}},
		{"100.100.303", visa, none, gateway.Retry{Class: mend}},
		{"100.100.701", visa, none, gateway.Retry{Class: hard}},
		{"100.400.142", visa, none, gateway.Retry{Class: hard}},
		{"100.380.401", visa, none, gateway.Retry{Class: authenticate}},
		{"000.400.103", visa, none, gateway.Retry{Class: authenticate}},
		{"000.400.200", visa, none, gateway.Retry{Class: soft}},
		{"100.396.101", visa, none, gateway.Retry{Class: soft}},
		{"800.400.100", visa, none, gateway.Retry{Class: mend}},
		{"700.600.002", master, none, gateway.Retry{Class: soft, After: 72 * time.Hour}},
		{"700.600.025", master, none, gateway.Retry{Class: soft, After: 24 * time.Hour}},
		{"700.601.001", master, none, gateway.Retry{Class: mend}},
		{"700.601.003", master, none, gateway.Retry{Class: hard}},
		{"100.150.202", visa, none, gateway.Retry{Class: hard}},
		{"600.200.500", visa, none, gateway.Retry{Class: operator}},
		{"800.900.300", visa, none, gateway.Retry{Class: operator}},
		{"100.550.303", visa, none, gateway.Retry{Class: operator}},
		{"700.400.200", visa, none, gateway.Retry{Class: operator}},
		{"800.800.800", visa, none, gateway.Retry{Class: soft}},
		{"900.100.600", visa, none, gateway.Retry{Class: soft}},
	}
	for _, tt := range tests {
		if got := retryOf(tt.code, judge(tt.code), tt.brand, tt.advice); got != tt.want {
			t.Errorf("retryOf(%s, %s, %+v) = %+v, want %+v", tt.code, tt.brand, tt.advice, got, tt.want)
		}
	}
}

func TestAdviceHasTheSchemesForm(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		details string
		want    gateway.Advice
	}{
		"each its own":                {`{"MerchantAdviceCode":"24","VisaCategoryCode":"1","AcquirerResponse":"R0"}`, gateway.Advice{MAC: "24", Category: "1", Response: "R0"}},
		"category in the MAC's field": {`{"MerchantAdviceCode":"1","AcquirerResponse":51}`, gateway.Advice{Category: "1", Response: "51"}},
		"words":                       {`{"MerchantAdviceCode":"do not","VisaCategoryCode":"9","AcquirerResponse":"declined"}`, gateway.Advice{}},
		"nothing":                     {`{}`, gateway.Advice{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := decoded(t, `{"id":"a1","paymentType":"DB","result":{"code":"800.100.152"},"resultDetails":`+tt.details+`}`).fact().Advice
			if got != tt.want {
				t.Errorf("advice = %+v, want %+v", got, tt.want)
			}
		})
	}
}
