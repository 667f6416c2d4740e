package opp

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

func TestWireAmount(t *testing.T) {
	t.Parallel()

	clf, err := money.ParseCurrency("CLF") // four decimals
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		amount money.Amount
		want   string
	}{
		"euros":                {money.New(1999, money.EUR), "19.99"},
		"one cent":             {money.New(1, money.EUR), "0.01"},
		"yen":                  {money.New(20, money.JPY), "20.00"},
		"dinars":               {money.New(1250, money.KWD), "1.25"},
		"ten fils":             {money.New(10, money.KWD), "0.01"},
		"four decimals":        {money.New(12300, clf), "1.23"},
		"most euros":           {money.New(999_999_999_999, money.EUR), "9999999999.99"},
		"most yen":             {money.New(9_999_999_999, money.JPY), "9999999999.00"},
		"most dinars":          {money.New(9_999_999_999_990, money.KWD), "9999999999.99"},
		"dinars off step":      {money.New(1251, money.KWD), ""},
		"four off step":        {money.New(12301, clf), ""},
		"nothing":              {money.New(0, money.EUR), ""},
		"negative":             {money.New(-1, money.EUR), ""},
		"no currency":          {money.Amount{}, ""},
		"one cent too many":    {money.New(1_000_000_000_000, money.EUR), ""},
		"one yen too many":     {money.New(10_000_000_000, money.JPY), ""},
		"dinars over the most": {money.New(10_000_000_000_000, money.KWD), ""},
	}
	d := New(Config{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := d.wireAmount(tt.amount)

			if got != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("wireAmount(%v) = %q, %v, want %q", tt.amount, got, err, tt.want)
			}
			if err != nil && !errors.Is(err, gateway.ErrRefused) {
				t.Errorf("wireAmount(%v) error %v is not ErrRefused", tt.amount, err)
			}
		})
	}
}

func TestParseAmount(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		amount, currency string
		want             money.Amount
		wantErr          bool
	}{
		"euros":             {"92.00", "EUR", money.New(9200, money.EUR), false},
		"without decimals":  {"92", "EUR", money.New(9200, money.EUR), false},
		"below one":         {"0.50", "EUR", money.New(50, money.EUR), false},
		"yen":               {"20.00", "JPY", money.New(20, money.JPY), false},
		"dinars":            {"1.25", "KWD", money.New(1250, money.KWD), false},
		"told none":         {"", "", money.Amount{}, false},
		"half a yen":        {"20.50", "JPY", money.Amount{}, true},
		"no currency":       {"20.00", "", money.Amount{}, true},
		"no amount":         {"", "EUR", money.Amount{}, true},
		"currency unknown":  {"20.00", "QQQ", money.Amount{}, true},
		"lower case":        {"20.00", "eur", money.Amount{}, true},
		"one decimal":       {"20.5", "EUR", money.Amount{}, true},
		"three decimals":    {"20.500", "KWD", money.Amount{}, true},
		"negative":          {"-20.00", "EUR", money.Amount{}, true},
		"thousands":         {"1,000.00", "EUR", money.Amount{}, true},
		"exponent":          {"1e3", "EUR", money.Amount{}, true},
		"eleven digits":     {"10000000000.00", "EUR", money.Amount{}, true},
		"padded with zeros": {"007.00", "EUR", money.Amount{}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := parseAmount(tt.amount, tt.currency)

			if got != tt.want || (err != nil) != tt.wantErr {
				t.Errorf("parseAmount(%q, %q) = %v, %v, want %v, error %t", tt.amount, tt.currency, got, err, tt.want, tt.wantErr)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()

	d := New(Config{})
	for currency, want := range map[money.Currency]gateway.Limits{
		money.EUR: {Step: 1, Max: 999_999_999_999},
		money.JPY: {Step: 1, Max: 9_999_999_999},
		money.KWD: {Step: 10, Max: 9_999_999_999_990},
	} {
		if got, ok := d.Limits(currency); !ok || got != want {
			t.Errorf("Limits(%s) = %+v, %t, want %+v", currency, got, ok, want)
		}
	}
	if got, ok := d.Limits(money.Currency{}); ok {
		t.Errorf("Limits of no currency = %+v, want none", got)
	}
}

func TestAmountsComeBackExactly(t *testing.T) {
	t.Parallel()

	d := New(Config{})
	codes := []string{"EUR", "JPY", "KWD", "USD", "CLF", "BHD", "KRW", "GBP"}
	rapid.Check(t, func(t *rapid.T) {
		currency, err := money.ParseCurrency(rapid.SampledFrom(codes).Draw(t, "currency"))
		if err != nil {
			t.Fatal(err)
		}
		limits, ok := d.Limits(currency)
		if !ok {
			t.Fatalf("no limits of %s", currency)
		}
		want := money.New(rapid.Int64Range(1, limits.Max/limits.Step).Draw(t, "steps")*limits.Step, currency)
		wire, err := d.wireAmount(want)
		if err != nil {
			t.Fatalf("wireAmount(%v): %v", want, err)
		}
		if !wireForm.MatchString(wire) || wire[len(wire)-3] != '.' {
			t.Fatalf("wireAmount(%v) = %q, not the platform's form", want, wire)
		}
		got, err := parseAmount(wire, currency.Code())
		if err != nil || got != want {
			t.Fatalf("parseAmount(%q) = %v, %v, want %v", wire, got, err, want)
		}
	})
}
