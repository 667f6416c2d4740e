package i18n_test

import (
	"testing"

	"github.com/quittance/quittance/internal/i18n"
)

func TestCardName(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ code, bin, want string }{
		"a card":                   {"VISA", "420000", "Visa"},
		"a Visa in a wallet":       {"APPLEPAY", "420000", "Apple Pay · Visa"},
		"a Mastercard in a wallet": {"GOOGLEPAY", "520000", "Google Pay · Mastercard"},
		"a Mastercard of series 2": {"GOOGLEPAY", "272099", "Google Pay · Mastercard"},
		"just above series 2":      {"GOOGLEPAY", "272100", "Google Pay"},
		"an Amex in a wallet":      {"APPLEPAY", "374500", "Apple Pay · American Express"},
		"a wallet that tells none": {"APPLEPAY", "", "Apple Pay"},
		"an unknown brand":         {"CARTEBANCAIRE", "497010", "CARTEBANCAIRE"},
	} {
		if got := i18n.CardName(tt.code, tt.bin); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
