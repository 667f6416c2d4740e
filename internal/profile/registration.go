package profile

import (
	"fmt"

	"github.com/quittance/quittance/internal/money"
)

// RegistrationHold is the small amount that is held, and released again, to store a
// card where the gateway cannot do it for nothing.
func (d Details) RegistrationHold(c money.Currency) (money.Amount, error) {
	text := d.RegistrationAmount
	if text == "" {
		text = "1"
	}
	a, err := money.Parse(text, c)
	if err != nil {
		return money.Amount{}, fmt.Errorf("registration amount: %w", err)
	}
	return a, nil
}
