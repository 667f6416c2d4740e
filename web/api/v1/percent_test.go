package v1

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/money"
)

func TestPercentagesAreExact(t *testing.T) {
	t.Parallel()

	for s, want := range map[string]money.PPM{
		"0": 0, "19": 190_000, "7.7": 77_000, "0.0001": 1, "100": 1_000_000, "8.1": 81_000, "20.0000": 200_000, "2.55": 25_500,
	} {
		if got, err := parsePercent(s); err != nil || got != want {
			t.Errorf("parsePercent(%q): %d, %v, want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", ".", "1.", ".5", "-1", "+1", "01", "1e1", "0.00001", "1,5", "19%", " 1", "99999999999999999999"} {
		if got, err := parsePercent(s); err == nil {
			t.Errorf("parsePercent(%q): %d, want an error", s, got)
		}
	}
}

func TestPercentIsReadBackAsItWas(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		want := money.PPM(rapid.Int64Range(0, 10_000_000).Draw(t, "ppm"))
		if got, err := parsePercent(percent(want)); err != nil || got != want {
			t.Errorf("%d became %q became %d, %v", want, percent(want), got, err)
		}
	})
}
