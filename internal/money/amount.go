// Package money owns amounts, currencies and rates: whole minor units in an ISO
// 4217 currency, rates in parts per million, and the one rounding rule (half
// away from zero). It knows no locale; people's formats belong to the pages.
package money

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Faults of this package. They are ours, not the customer's: callers turn them
// into a fault with a code of their own.
var (
	ErrCurrency = errors.New("money: unknown currency")
	ErrMismatch = errors.New("money: currencies differ")
	ErrOverflow = errors.New("money: amount out of range")
	ErrSyntax   = errors.New("money: not a decimal amount of this currency")
)

// Amount is a whole number of minor units. The zero Amount has no currency and
// adds to anything, so it can seed a sum.
type Amount struct {
	minor int64
	cur   Currency
}

// New is minor units of a currency: New(1999, EUR) is 19.99 euros.
func New(minor int64, c Currency) Amount { return Amount{minor, c} }

// FromDB rebuilds an amount from its two columns. It returns ErrCurrency for a
// code that is not one.
func FromDB(minor int64, code string) (Amount, error) {
	c, err := ParseCurrency(code)
	if err != nil {
		return Amount{}, fmt.Errorf("%w: %q", err, code)
	}
	return Amount{minor, c}, nil
}

// Minor is the number of minor units.
func (a Amount) Minor() int64 { return a.minor }

// Currency is the currency; the zero Currency for the zero Amount.
func (a Amount) Currency() Currency { return a.cur }

// IsZero reports whether there is no money in it, whatever the currency.
func (a Amount) IsZero() bool { return a.minor == 0 }

// IsNegative reports whether it is below zero.
func (a Amount) IsNegative() bool { return a.minor < 0 }

// IsPositive reports whether it is above zero.
func (a Amount) IsPositive() bool { return a.minor > 0 }

// Neg is -a.
func (a Amount) Neg() Amount { return Amount{-a.minor, a.cur} }

// Add is a + b. It returns ErrMismatch for two currencies and ErrOverflow when
// the sum does not fit.
func (a Amount) Add(b Amount) (Amount, error) {
	cur, err := common(a, b)
	if err != nil {
		return Amount{}, err
	}
	sum := a.minor + b.minor
	if (a.minor > 0) == (b.minor > 0) && (sum > 0) != (a.minor > 0) && a.minor != 0 && b.minor != 0 {
		return Amount{}, ErrOverflow
	}
	return Amount{sum, cur}, nil
}

// Sub is a - b, with the errors of Add.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b.minor == math.MinInt64 {
		return Amount{}, ErrOverflow
	}
	return a.Add(b.Neg())
}

// Times is a * n; ErrOverflow when it does not fit.
func (a Amount) Times(n int64) (Amount, error) {
	hi, lo := bits.Mul64(abs(a.minor), abs(n))
	if hi != 0 || lo > math.MaxInt64 {
		return Amount{}, ErrOverflow
	}
	if (a.minor < 0) != (n < 0) {
		return Amount{-int64(lo), a.cur}, nil
	}
	return Amount{int64(lo), a.cur}, nil
}

// Compare is -1, 0 or 1; ErrMismatch for two currencies.
func (a Amount) Compare(b Amount) (int, error) {
	if _, err := common(a, b); err != nil {
		return 0, err
	}
	switch {
	case a.minor < b.minor:
		return -1, nil
	case a.minor > b.minor:
		return 1, nil
	}
	return 0, nil
}

// Allocate splits a into n parts that differ by at most one step and whose sum
// is a exactly; what does not divide goes to the first parts. step is the
// smallest amount that can be paid, in minor units; a must be a multiple of it.
func (a Amount) Allocate(n int, step int64) ([]Amount, error) {
	if n < 1 || step < 1 || a.minor%step != 0 {
		return nil, fmt.Errorf("money: cannot split %d into %d parts of step %d", a.minor, n, step)
	}
	units := a.minor / step
	each, rest := units/int64(n), units%int64(n)
	parts := make([]Amount, n)
	for i := range parts {
		u := each
		if int64(i) < rest {
			u++
		} else if int64(i) < -rest {
			u--
		}
		parts[i] = Amount{u * step, a.cur}
	}
	return parts, nil
}

// PPM is a rate in parts per million: 19 % VAT is 190_000.
type PPM int64

// AtRate is a * r, rounded half away from zero: once, here, and nowhere else.
func (a Amount) AtRate(r PPM) (Amount, error) { return a.scale(int64(r), 1_000_000) }

// IncludedAt is the part of a that a tax of rate r makes up when a includes it:
// a * r / (1 + r), rounded half away from zero. r must not be negative.
func (a Amount) IncludedAt(r PPM) (Amount, error) {
	if r < 0 {
		return Amount{}, fmt.Errorf("money: negative rate %d", r)
	}
	return a.scale(int64(r), 1_000_000+int64(r))
}

// scale is a * num / den rounded half away from zero; den is positive.
func (a Amount) scale(num, den int64) (Amount, error) {
	neg := (a.minor < 0) != (num < 0)
	hi, lo := bits.Mul64(abs(a.minor), abs(num))
	lo, carry := bits.Add64(lo, uint64(den)/2, 0)
	hi += carry
	if hi >= uint64(den) {
		return Amount{}, ErrOverflow
	}
	q, _ := bits.Div64(hi, lo, uint64(den))
	if q > math.MaxInt64 {
		return Amount{}, ErrOverflow
	}
	if neg {
		return Amount{-int64(q), a.cur}, nil
	}
	return Amount{int64(q), a.cur}, nil
}

// Decimal is the plain decimal text that the API and gateways speak: "19.99",
// JPY "20", KWD "1.250".
func (a Amount) Decimal() string {
	s := strconv.FormatUint(abs(a.minor), 10)
	if d := a.cur.digits; d > 0 {
		if len(s) <= d {
			s = strings.Repeat("0", d-len(s)+1) + s
		}
		s = s[:len(s)-d] + "." + s[len(s)-d:]
	}
	if a.minor < 0 {
		return "-" + s
	}
	return s
}

// String is the decimal with its code, for logs.
func (a Amount) String() string { return strings.TrimSpace(a.Decimal() + " " + a.cur.code) }

// Parse reads a plain decimal of the currency: an optional minus, digits without
// a leading zero but the one before the point, and at most the currency's
// digits behind it. It returns ErrSyntax or ErrOverflow and never rounds.
func Parse(s string, c Currency) (Amount, error) {
	whole, frac, point := strings.Cut(s, ".")
	neg := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(whole, "-")
	if whole == "" || (len(whole) > 1 && whole[0] == '0') || (point && frac == "") || len(frac) > c.digits {
		return Amount{}, ErrSyntax
	}
	digits := whole + frac + strings.Repeat("0", c.digits-len(frac))
	for _, r := range digits {
		if r < '0' || r > '9' {
			return Amount{}, ErrSyntax
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return Amount{}, ErrOverflow
	}
	if neg {
		n = -n
	}
	return Amount{n, c}, nil
}

// Sum adds amounts of one currency; the empty sum is the zero Amount.
func Sum(amounts ...Amount) (Amount, error) {
	var total Amount
	for _, a := range amounts {
		var err error
		if total, err = total.Add(a); err != nil {
			return Amount{}, err
		}
	}
	return total, nil
}

func common(a, b Amount) (Currency, error) {
	switch {
	case a.cur == b.cur || b.cur == Currency{}:
		return a.cur, nil
	case a.cur == Currency{}:
		return b.cur, nil
	}
	return Currency{}, ErrMismatch
}

func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
