package sandbox

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/money"
)

// hundredths is an amount as the protocol writes it: two decimals whatever the
// currency, so one yen is 100 and a fils cannot be said.
type hundredths int64

// parseAmount reads [0-9]{1,10}(\.[0-9]{2})?. code is the gateway's refusal,
// empty when there is none.
func parseAmount(s string, c money.Currency) (amount hundredths, code string) {
	whole, cents, point := strings.Cut(s, ".")
	if s == "" {
		return 0, codeNoAmount
	}
	if len(whole) < 1 || len(whole) > 10 || (point && len(cents) != 2) || !digits(whole) || !digits(cents) {
		return 0, codeAmountFormat
	}
	if !point {
		cents = "00"
	}
	n, err := strconv.ParseInt(whole+cents, 10, 64)
	switch {
	case err != nil:
		return 0, codeAmountFormat
	case n == 0:
		return 0, codeNoAmount
	case c.Digits() == 0 && n%100 != 0:
		return 0, codeAmountFormat
	}
	return hundredths(n), ""
}

// readAmount reads an amount that is not a merchant's.
func readAmount(s, currency string) (hundredths, error) {
	c, err := money.ParseCurrency(currency)
	if err != nil {
		return 0, err
	}
	amount, code := parseAmount(s, c)
	if code != "" {
		return 0, errors.New("sandbox: " + describe(code))
	}
	return amount, nil
}

// String has two decimals, as in every answer.
func (h hundredths) String() string { return fmt.Sprintf("%d.%02d", h/100, h%100) }

// money is the same amount in the currency's minor units.
func (h hundredths) money(code string) (money.Amount, error) {
	c, err := money.ParseCurrency(code)
	if err != nil {
		return money.Amount{}, err
	}
	minor := int64(h)
	for d := c.Digits(); d > 2; d-- {
		minor *= 10
	}
	for d := c.Digits(); d < 2; d++ {
		minor /= 10
	}
	return money.New(minor, c), nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }
