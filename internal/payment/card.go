package payment

import (
	"time"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// CardState is what a customer has to know of a stored card.
type CardState string

// The states.
const (
	CardGood     CardState = "good"
	CardExpiring CardState = "expiring" // from the 15th of the month before it expires
	CardExpired  CardState = "expired"
	CardDeclined CardState = "declined" // its latest charge was, or it may not be charged any more
)

// State is a card's at billing time now: of one that has expired this is said,
// whatever it was declined for. One whose expiry nobody told does not expire.
func (m StoredMethod) State(now time.Time) CardState {
	end := m.Method.Expires()
	switch known := m.Method.ExpiryYear != 0; {
	case known && !now.Before(end):
		return CardExpired
	case m.Standing != Good:
		return CardDeclined
	case known && !now.Before(time.Date(end.Year(), end.Month()-2, 15, 0, 0, 0, 0, time.UTC)):
		return CardExpiring
	}
	return CardGood
}

// MustUpdate reports whether nothing but another card, with which what is
// outstanding is paid, may follow an order's main card (facts/billpro.md §1.10).
// cards begin with the main one.
func MustUpdate(o order.Order, cards []StoredMethod, outstanding money.Amount, now time.Time) bool {
	return len(cards) == 0 || cards[0].State(now) != CardGood || outstanding.IsPositive() || o.Status == order.Suspended
}
