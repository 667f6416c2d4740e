package money_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/money"
)

func TestAtRate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		minor   int64
		rate    money.PPM
		want    int64
		wantErr bool
	}{
		"exact":                 {minor: 10_000, rate: 190_000, want: 1_900},
		"half goes away from 0": {minor: 50, rate: 190_000, want: 10},   // 9.5
		"negative half too":     {minor: -50, rate: 190_000, want: -10}, // -9.5
		"below half goes down":  {minor: 49, rate: 190_000, want: 9},    // 9.31
		"zero rate":             {minor: 12_345, rate: 0, want: 0},
		"too big":               {minor: math.MaxInt64, rate: 2_000_000, wantErr: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := money.New(tt.minor, money.EUR).AtRate(tt.rate)
			if (err != nil) != tt.wantErr {
				t.Fatalf("AtRate(%d) error = %v, want error %t", tt.rate, err, tt.wantErr)
			}
			if err == nil && got.Minor() != tt.want {
				t.Errorf("AtRate(%d) = %d, want %d", tt.rate, got.Minor(), tt.want)
			}
		})
	}
}

// Figures of ordinary German invoices: gross, and the tax printed below it.
func TestIncludedAt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		gross int64
		rate  money.PPM
		want  int64
	}{
		{11_900, 190_000, 1_900}, {1_999, 190_000, 319}, {10_700, 70_000, 700}, {100, 190_000, 16}, {1, 190_000, 0}, {500, 0, 0}, {2_160, 77_000, 154},
	} {
		got, err := money.New(tt.gross, money.EUR).IncludedAt(tt.rate)
		if err != nil || got.Minor() != tt.want {
			t.Errorf("%d at %d includes %d, %v; want %d", tt.gross, tt.rate, got.Minor(), err, tt.want)
		}
	}
	if _, err := money.New(1, money.EUR).IncludedAt(-1); err == nil {
		t.Error("a negative rate was taken")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		cur  money.Currency
		want int64
		err  error
	}{
		{"20.00", money.EUR, 2000, nil}, {"20", money.EUR, 2000, nil}, {"0.5", money.EUR, 50, nil}, {"-1.25", money.EUR, -125, nil},
		{"20", money.JPY, 20, nil}, {"1.250", money.KWD, 1250, nil}, {"0", money.EUR, 0, nil},
		{"20.001", money.EUR, 0, money.ErrSyntax}, {"20.5", money.JPY, 0, money.ErrSyntax}, {"", money.EUR, 0, money.ErrSyntax},
		{"1,5", money.EUR, 0, money.ErrSyntax}, {"+1", money.EUR, 0, money.ErrSyntax}, {"01", money.EUR, 0, money.ErrSyntax}, {"1.", money.EUR, 0, money.ErrSyntax},
		{".5", money.EUR, 0, money.ErrSyntax}, {"1e3", money.EUR, 0, money.ErrSyntax}, {" 1", money.EUR, 0, money.ErrSyntax}, {"--1", money.EUR, 0, money.ErrSyntax},
		{"1.-5", money.EUR, 0, money.ErrSyntax}, {"٣", money.EUR, 0, money.ErrSyntax}, {"99999999999999999999", money.EUR, 0, money.ErrOverflow},
	}
	for _, tt := range tests {
		got, err := money.Parse(tt.text, tt.cur)
		if !errors.Is(err, tt.err) || got.Minor() != tt.want {
			t.Errorf("Parse(%q, %s) = %d, %v; want %d, %v", tt.text, tt.cur, got.Minor(), err, tt.want, tt.err)
		}
	}
}

func TestParseReadsWhatDecimalWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "minor"), rapid.SampledFrom([]money.Currency{money.EUR, money.JPY, money.KWD}).Draw(t, "currency"))
		got, err := money.Parse(a.Decimal(), a.Currency())
		if err != nil || got != a {
			t.Fatalf("Parse(%q) = %v, %v; want %v", a.Decimal(), got, err, a)
		}
	})
}

func TestAllocateIsExactAndEven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]int64{1, 10, 100}).Draw(t, "step")
		total := money.New(rapid.Int64Range(-1e12, 1e12).Draw(t, "units")*step, money.EUR)
		n := rapid.IntRange(1, 400).Draw(t, "n")
		parts, err := total.Allocate(n, step)
		if err != nil {
			t.Fatal(err)
		}
		sum, err := money.Sum(parts...)
		if err != nil || sum != total {
			t.Fatalf("parts sum to %v, %v; want %v", sum, err, total)
		}
		for i, p := range parts {
			if p.Minor()%step != 0 {
				t.Fatalf("part %d = %d is off step %d", i, p.Minor(), step)
			}
			if d := parts[0].Minor() - p.Minor(); d > step || d < -step {
				t.Fatalf("parts %d and %d differ by more than a step", parts[0].Minor(), p.Minor())
			}
			if i > 0 && absInt(parts[i-1].Minor()) < absInt(p.Minor()) {
				t.Fatalf("what does not divide went to part %d, not to the first ones", i)
			}
		}
	})
}

func TestAddRefusesOverflowAndMixedCurrencies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Int64().Draw(t, "x"), rapid.Int64().Draw(t, "y")
		sum, err := money.New(x, money.EUR).Add(money.New(y, money.EUR))
		overflow := (y > 0 && x > math.MaxInt64-y) || (y < 0 && x < math.MinInt64-y)
		if overflow != errors.Is(err, money.ErrOverflow) {
			t.Fatalf("%d + %d: err = %v, overflow = %t", x, y, err, overflow)
		}
		if !overflow && sum.Minor() != x+y {
			t.Fatalf("%d + %d = %d", x, y, sum.Minor())
		}
	})
	if _, err := money.New(1, money.EUR).Add(money.New(1, money.JPY)); !errors.Is(err, money.ErrMismatch) {
		t.Errorf("EUR + JPY = %v, want ErrMismatch", err)
	}
}

func TestCurrencyDigits(t *testing.T) {
	t.Parallel()
	for code, digits := range map[string]int{"EUR": 2, "JPY": 0, "KWD": 3, "CHF": 2, "USD": 2} {
		c, err := money.ParseCurrency(code)
		if err != nil || c.Digits() != digits {
			t.Errorf("%s has %d digits, %v; want %d", code, c.Digits(), err, digits)
		}
	}
	for _, code := range []string{"", "eur", "EURO", "XXX", "XTS", "ZZZ", "E R"} {
		if _, err := money.ParseCurrency(code); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("ParseCurrency(%q) = %v, want ErrCurrency", code, err)
		}
	}
}

func absInt(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
