package payment

import (
	"context"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// leastDays is the least number of days between two payments of a rhythm: months
// may be short, and a payment may be late by a day.
var leastDays = map[catalog.Unit]int64{catalog.Day: 1, catalog.Week: 7, catalog.Month: 28, catalog.Year: 365}

// seriesOf is what a customer of an order agrees to when its card is stored.
func seriesOf(o order.Order) gateway.Series {
	every := int(o.Plan.Interval * leastDays[o.Plan.Unit])
	switch o.Type {
	case catalog.Subscription:
		return gateway.Series{Kind: gateway.Subscription, EveryDays: every}
	case catalog.Instalment:
		count := int(o.Plan.Splits)
		if o.Plan.Initial.IsPositive() && !o.Plan.Register {
			count++
		}
		return gateway.Series{Kind: gateway.Instalments, Count: count, EveryDays: every}
	case catalog.Metered, catalog.SinglePayment:
	}
	return gateway.Series{Kind: gateway.Unscheduled}
}

// stores reports whether the card of an order's checkout is kept.
func stores(o order.Order) bool { return o.Type != catalog.SinglePayment }

// tryOf is what a checkout of a payment asks the gateway for. A payment of nothing
// registers the card: as such where the gateway can, else by a small hold that is
// released again.
func (s *Service) tryOf(ctx context.Context, tx Tx, account gateway.Account, o order.Order, p Payment) (gateway.Type, money.Amount, error) {
	if p.Amount.IsPositive() {
		if p.Kind == Initial && (o.Plan.PreAuthorise || o.Plan.Register) {
			return gateway.PreAuthorisation, p.Amount, nil
		}
		return gateway.Debit, p.Amount, nil
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return "", money.Amount{}, err
	}
	if driver.Capabilities().Registers {
		return gateway.Registration, p.Amount, nil
	}
	merchant, err := tx.Profile(ctx, o.ProfileID)
	if err != nil {
		return "", money.Amount{}, err
	}
	hold, err := merchant.Details.RegistrationHold(p.Amount.Currency())
	return gateway.PreAuthorisation, hold, err
}

// registers reports whether an approved transaction of a payment only stored a
// card.
func (b *booking) registers() bool {
	return b.payment.Amount.IsZero() || b.payment.Kind == Initial && b.order.Plan.Register
}
