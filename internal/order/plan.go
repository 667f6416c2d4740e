package order

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
)

// Plan is how an order is paid, beyond its lines. It is fixed when the order is
// made, but for Recurring. The zero Plan is one payment of the whole, at once.
type Plan struct {
	// Initial is what the checkout collects; zero only stores a card. Of a single
	// order it is the total.
	Initial money.Amount
	// PreAuthorise holds the total of a single order, to be captured later.
	PreAuthorise bool
	// Register makes Initial a small hold that only stores the card: it is released
	// and never captured.
	Register bool

	Splits int64 // instalment: how many payments follow the initial one
	// Recurring is what each later payment of a subscription is of, and every scheduled
	// one of an instalment order but the first, which takes what does not divide.
	Recurring money.Amount
	Unit      catalog.Unit // instalment and subscription: a payment every Interval units
	Interval  int64
	// StartOn is the day of the first scheduled payment, YYYY-MM-DD in the profile's
	// zone; empty: one interval after the activation.
	StartOn string
	Memo    string // for the customer, on pages and papers
}

// Deposit is what the checkout takes of the order's price: nothing when it only
// stores the card.
func (p Plan) Deposit() money.Amount {
	if p.Register {
		return money.New(0, p.Initial.Currency())
	}
	return p.Initial
}

// Split is what the scheduled payments of an instalment order come to.
func (o Order) Split() money.Amount { return plus(o.Total, o.Plan.Deposit(), -1) }

// FirstPart is what the first scheduled payment of an instalment order is of.
func (o Order) FirstPart() money.Amount { return plus(o.Split(), o.Plan.Recurring, 1-o.Plan.Splits) }

// OnlyStores reports whether the checkout stores the card and takes nothing.
func (p Plan) OnlyStores() bool { return p.Deposit().IsZero() }
