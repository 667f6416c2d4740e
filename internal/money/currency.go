package money

import (
	"golang.org/x/text/currency"
)

// Currency is an ISO 4217 currency with its number of minor digits (JPY 0,
// EUR 2, KWD 3). The zero Currency is "none": it belongs to the zero Amount.
type Currency struct {
	code   string
	digits int
}

// Currencies that tests and demos name.
var (
	EUR = Currency{"EUR", 2}
	JPY = Currency{"JPY", 0}
	KWD = Currency{"KWD", 3}
)

// ParseCurrency takes an upper-case ISO 4217 code. It returns ErrCurrency for
// anything else.
func ParseCurrency(code string) (Currency, error) {
	if len(code) != 3 || code == "XXX" || code == "XTS" {
		return Currency{}, ErrCurrency
	}
	for _, r := range code {
		if r < 'A' || r > 'Z' {
			return Currency{}, ErrCurrency
		}
	}
	unit, err := currency.ParseISO(code)
	if err != nil {
		return Currency{}, ErrCurrency
	}
	digits, _ := currency.Standard.Rounding(unit)
	return Currency{code, digits}, nil
}

// Code is the ISO 4217 code, empty for the zero Currency.
func (c Currency) Code() string { return c.code }

// Digits is how many decimal digits the currency has.
func (c Currency) Digits() int { return c.digits }

// String is the code.
func (c Currency) String() string { return c.code }
