package opp

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

// The platform writes every amount in major units with two decimals, whatever
// the currency, and at most ten digits before the point.
const (
	wireDecimals = 2
	wireMaxMajor = 9_999_999_999
)

var wireForm = regexp.MustCompile(`^[0-9]{1,10}(\.[0-9]{2})?$`)

// Limits of a currency at the platform. A currency of more than two decimals can
// only be paid in steps that two decimals can write: 10 for KWD. ok is false for
// the zero currency only; which currencies an account is set up for is not known here.
func (d *Driver) Limits(c money.Currency) (gateway.Limits, bool) {
	if c.Code() == "" {
		return gateway.Limits{}, false
	}
	step := pow10(max(c.Digits()-wireDecimals, 0))
	highest := (wireMaxMajor+1)*pow10(c.Digits()) - 1
	return gateway.Limits{Step: step, Max: highest - highest%step}, true
}

// wireAmount is the amount as the platform writes it: "19.99", JPY "20.00", KWD
// "1.25". An amount that is not positive, off-step or too large is a Refusal:
// nothing is sent.
func (d *Driver) wireAmount(a money.Amount) (string, error) {
	limits, ok := d.Limits(a.Currency())
	if !ok || !a.IsPositive() || a.Minor()%limits.Step != 0 || a.Minor() > limits.Max {
		return "", refuse(fmt.Sprintf("amount %s cannot be written for this gateway", a))
	}
	whole, frac, _ := strings.Cut(a.Decimal(), ".")
	return whole + "." + (frac + "00")[:wireDecimals], nil
}

// setAmount writes amount and currency as wireAmount does.
func (d *Driver) setAmount(params url.Values, a money.Amount) error {
	amount, err := d.wireAmount(a)
	if err != nil {
		return err
	}
	params.Set("amount", amount)
	params.Set("currency", a.Currency().Code())
	return nil
}

// parseAmount reads what wireAmount writes, exactly. Two empty strings are the
// zero Amount: the platform told none. It fails for anything else that is not an
// amount of the currency, such as 20.50 yen.
func parseAmount(amount, code string) (money.Amount, error) {
	if amount == "" && code == "" {
		return money.Amount{}, nil
	}
	currency, err := money.ParseCurrency(code)
	if err != nil {
		return money.Amount{}, err
	}
	if !wireForm.MatchString(amount) {
		return money.Amount{}, money.ErrSyntax
	}
	whole, frac, _ := strings.Cut(amount, ".")
	if digits := currency.Digits(); digits < len(frac) {
		if strings.Trim(frac[digits:], "0") != "" {
			return money.Amount{}, money.ErrSyntax
		}
		frac = frac[:digits]
	}
	if frac != "" {
		whole += "." + frac
	}
	return money.Parse(whole, currency)
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
