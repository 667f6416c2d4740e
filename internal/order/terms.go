package order

import (
	"context"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/profile"
)

// plan is how an order of one product is paid: as the product says, with the terms
// that were told in place of what is not locked. Whether the amounts can be
// collected is collectable's to say.
func (in Sale) plan(p catalog.Product, l Line, sound bool, bad *mistakes) Plan {
	cur := p.Price.Currency()
	none := money.New(0, cur)
	was := len(*bad)
	first := p.Plan.Initial // what the product alone would have the checkout collect
	if in.Type == catalog.Subscription {
		first = l.Total
	}
	terms := in.terms(p, first.IsZero(), bad)
	out := Plan{Initial: terms.Initial, Recurring: none, Splits: terms.Splits, Unit: terms.Unit, Interval: terms.Interval, StartOn: in.StartOn}
	if in.Type == catalog.Subscription && sound {
		out.Initial, out.Recurring = first, in.recurring(p, l, bad)
	}
	if in.Register {
		out.Initial = in.hold(cur, bad)
		out.Register = out.Initial.IsPositive()
	}
	if in.Type == catalog.Instalment && sound && len(*bad) == was && out.Deposit().Minor() >= l.Total.Minor() {
		bad.refuse("initial_amount", "initial_too_large", "The initial payment must be less than the price, so that something is left to split.")
	}
	return out
}

// terms are a product's plan with what was told in its place. A product whose
// payment is locked takes nothing of it, but register_only where its own initial
// payment is of nothing.
func (in Sale) terms(p catalog.Product, free bool, bad *mistakes) catalog.Plan {
	out := p.Plan
	for _, f := range []struct {
		name string
		told bool
	}{
		{"initial_amount", in.Initial != "" && !in.Register}, {"register_only", in.Register && !free},
		{"split_number", in.Splits != nil}, {"scheduled_unit", in.Unit != ""}, {"scheduled_interval", in.Interval != nil},
	} {
		if p.PaymentLocked && f.told {
			bad.refuse(f.name, "payment_locked", "How this product is paid is locked.")
		}
	}
	switch {
	case in.Initial == "" || in.Register:
	case in.Type == catalog.Subscription:
		bad.refuse("initial_amount", "needs_register_only", "A subscription's initial payment follows from its price. Tell another amount with register_only only.")
	default:
		out.Initial = readAmount(in.Initial, p.Price.Currency(), bad)
	}
	if in.Splits != nil {
		out.Splits = *in.Splits
	}
	if in.Unit != "" {
		out.Unit = catalog.Unit(in.Unit)
	}
	if in.Interval != nil {
		out.Interval = *in.Interval
	}
	out.CheckRhythm(in.Type, bad.refuse)
	return out
}

// recurring is what a subscription's later payments are of: its price without a
// discount or a fee that counts for the initial one only.
func (in Sale) recurring(p catalog.Product, l Line, bad *mistakes) money.Amount {
	once := func(told *bool, products bool) bool {
		if told != nil {
			return *told
		}
		return products
	}
	asked := in.Lines[0]
	each, err := l.Unit, error(nil)
	if !once(asked.DiscountOnce, p.Plan.DiscountOnce) {
		each, err = each.Sub(l.Discount)
	}
	if err == nil && !once(asked.FeeOnce, p.Plan.FeeOnce) {
		each, err = each.Add(l.Fee)
	}
	if err == nil {
		each, err = each.Times(l.Quantity)
	}
	switch {
	case err != nil:
		bad.refuse("order_products/0/amount", "too_large", "This amount is too large.")
	case !each.IsPositive():
		bad.refuse("order_products/0/amount", "nothing_recurs", "The payments after the initial one would be of nothing.")
	}
	return each
}

// hold is the small amount that checks a card which is only stored; zero leaves
// it to the gateway and the profile.
func (in Sale) hold(cur money.Currency, bad *mistakes) money.Amount {
	if in.Initial == "" {
		return money.New(0, cur)
	}
	hold := readAmount(in.Initial, cur, bad)
	if hold.Minor() > largestHold(cur) {
		bad.refuse("initial_amount", "hold_too_large", "A card that is only stored is checked with at most one unit of the currency.")
	}
	return hold
}

// largestHold is one unit of a currency in minor units, and never less than a
// hundred of them: 1.00 euro, 100 yen.
func largestHold(cur money.Currency) int64 {
	one := int64(100)
	for range cur.Digits() - 2 {
		one *= 10
	}
	return one
}

func readAmount(text string, cur money.Currency, bad *mistakes) money.Amount {
	told, err := money.Parse(text, cur)
	if err != nil || told.IsNegative() {
		bad.refuse("initial_amount", "amount", "Use a decimal amount of the order's currency such as 20.00.")
		return money.New(0, cur)
	}
	return told
}

// collectable asks the gateway's capability whether the profile can collect every
// amount that an order asks for, and splits what an instalment order leaves. told
// is whether the merchant told the initial amount.
func (s *Service) collectable(ctx context.Context, o *Order, told bool) error {
	limits, err := s.limits(ctx, o.ProfileID, o.Total.Currency())
	if err != nil {
		return err
	}
	fits := func(a money.Amount) bool {
		return a.IsPositive() && a.Minor() <= limits.Max && a.Minor()%limits.Step == 0
	}
	refused := func(pointer, code, public string) error {
		return ErrAmount.With(fault.Field{Pointer: "/order/" + pointer, Code: code, Public: public})
	}
	initialAt := "order_products"
	if told {
		initialAt = "initial_amount"
	}
	storesOnly := o.Plan.Initial.IsZero() && o.Type != catalog.SinglePayment
	switch {
	case !storesOnly && !fits(o.Plan.Initial):
		return refused(initialAt, "amount_not_payable", "The initial payment cannot be collected.")
	case o.Type == catalog.Subscription && !fits(o.Plan.Recurring):
		return refused("order_products", "amount_not_payable", "The payments after the initial one cannot be collected.")
	case o.Type != catalog.Instalment:
		return nil
	}
	rest, n := o.Split(), o.Plan.Splits
	if rest.Minor()%limits.Step != 0 {
		return refused("order_products", "amount_not_payable", "What is left to split cannot be collected.")
	}
	o.Plan.Recurring = money.New(rest.Minor()/limits.Step/n*limits.Step, rest.Currency())
	switch {
	case o.Plan.Recurring.IsZero():
		return refused("split_number", "split_too_fine", "The price is too small for so many payments.")
	case !fits(o.FirstPart()):
		return refused("split_number", "amount_not_payable", "A payment of this size cannot be collected.")
	}
	return nil
}

// limits are what the profile's gateway can collect in a currency; ErrCurrency.
func (s *Service) limits(ctx context.Context, profileID profile.ID, cur money.Currency) (gateway.Limits, error) {
	account, err := s.profiles.Account(ctx, profileID)
	if err != nil {
		return gateway.Limits{}, err
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return gateway.Limits{}, err
	}
	limits, ok := driver.Limits(cur)
	if !ok || !account.Takes(cur) {
		return limits, ErrCurrency.With(fault.Field{Pointer: "/order/currency", Code: "currency_not_supported", Public: "This currency cannot be taken."})
	}
	return limits, nil
}
