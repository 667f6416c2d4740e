package schedule

import (
	"fmt"

	"github.com/quittance/quittance/internal/money"
)

// Split divides what is left of an order into n instalments in whole steps, the
// smallest amount the gateway can collect in minor units. All are equal but the
// first, which takes what does not divide; their sum is the balance exactly and
// none is zero.
func Split(balance money.Amount, n, step int64) ([]money.Amount, error) {
	if n < 1 || step < 1 || balance.Minor()%step != 0 || balance.Minor()/step < n {
		return nil, fmt.Errorf("schedule: cannot split %s into %d payments of step %d", balance, n, step)
	}
	each := balance.Minor() / step / n * step
	parts := make([]money.Amount, n)
	for i := range parts {
		parts[i] = money.New(each, balance.Currency())
	}
	parts[0] = money.New(balance.Minor()-each*(n-1), balance.Currency())
	return parts, nil
}
