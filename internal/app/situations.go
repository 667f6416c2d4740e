package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
)

// situation is an order of the demo that shows one type in one state.
type situation struct {
	name string // of the situation, unique
	what string // what a visitor sees and may try
	sale catalog.Details
	tell order.Sale
	card *demoCard                                                   // what it is paid with; nil: it is not
	late bool                                                        // made when the club's clock has arrived
	then func(ctx context.Context, d *demoLife, o order.Order) error // at the end
}

// demoCard is what a visitor would type. A holder may be a result, see the README
// of the sandbox.
type demoCard struct {
	holder  string
	expires func(*demoLife) time.Time
}

var (
	goodCard = &demoCard{}

	eur = func(minor int64) money.Amount { return money.New(minor, money.EUR) }

	overhaul   = catalog.Details{Type: catalog.SinglePayment, Name: "City bicycle, overhaul", Price: eur(8_900), Tax: 190_000}
	cargo      = catalog.Details{Type: catalog.Instalment, Name: "Cargo bicycle", Price: eur(360_000), Tax: 190_000, Plan: catalog.Plan{Initial: eur(60_000), Splits: 12, Unit: catalog.Month, Interval: 1}}
	helmet     = catalog.Details{Type: catalog.Instalment, Name: "Helmet and lock", Price: eur(15_000), Tax: 190_000, Plan: catalog.Plan{Initial: eur(5_000), Splits: 2, Unit: catalog.Week, Interval: 1}}
	membership = catalog.Details{Type: catalog.Subscription, Name: "Workshop membership", Price: eur(1_900), Tax: 190_000, Plan: catalog.Plan{Initial: eur(0), Unit: catalog.Month, Interval: 1}}
	repairs    = catalog.Details{Type: catalog.Metered, Name: "Repairs on account", Price: eur(0), Tax: 190_000, Plan: catalog.Plan{Initial: eur(0)}}
)

// situations are what the demo's start page lists, in its order.
var situations = []situation{
	{name: "To pay", what: "A single order that nobody has paid yet.", sale: overhaul, late: true},
	{name: "Paid", what: "A single order with invoice and receipt.", sale: overhaul, card: goodCard},
	{name: "Card declined", what: "The last try was declined. The order waits for another card.", sale: overhaul, card: &demoCard{holder: "800.100.155"}, late: true},
	{name: "Waiting for the bank", what: "The bank has not answered. Nothing can be paid twice.", sale: overhaul, card: &demoCard{holder: "000.200.000"}, late: true},
	{name: "Partly refunded", what: "A part of the money went back, with a credit note.", sale: overhaul, card: goodCard, then: refund("20.00")},
	{name: "Refunded", what: "All of the money went back.", sale: overhaul, card: goodCard, then: refund("")},
	{name: "Charged back", what: "The cardholder's bank took the money back.", sale: overhaul, card: goodCard, then: chargeback},
	{name: "Cancelled", what: "An order that the merchant cancelled before it was paid.", sale: overhaul, then: cancel},
	{name: "Card authorised", what: "The money is held and will be taken later.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, late: true},
	{name: "Captured in part", what: "A part of what was held was taken, the rest is free again.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, late: true, then: capture("50.00")},
	{name: "Released", what: "What was held was given back.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, late: true, then: reverse},

	{name: "Instalments to begin", what: "Nothing is paid yet; the page says what is collected when.", sale: cargo, late: true},
	{name: "Instalments under way", what: "Deposit and first instalment are paid.", sale: cargo, card: goodCard},
	{name: "Instalments declined", what: "An instalment was declined. Update the card, and what is overdue is collected at once.", sale: cargo, card: &demoCard{holder: "THEN 800.100.155 MAC 02"}},
	{name: "Instalments paid", what: "All instalments were collected.", sale: helmet, card: goodCard},

	{name: "Subscription to begin", what: "The first month is paid in the checkout.", sale: membership, late: true},
	{name: "Subscription with a trial", what: "The first month is free: the checkout only stores the card.", sale: membership, tell: order.Sale{Lines: []order.SaleLine{{Quantity: 1, Discount: "19.00", DiscountOnce: new(true)}}}, late: true},
	{name: "Subscription", what: "Renewed once. Cancel it, and take that back.", sale: membership, card: goodCard},
	{name: "Subscription, payment failed", what: "A soft decline: it is tried again by itself, or with another card.", sale: membership, card: &demoCard{holder: "THEN 800.100.155 MAC 02"}},
	{name: "Subscription suspended", what: "A hard decline: nothing is collected until there is another card.", sale: membership, card: &demoCard{holder: "THEN 800.100.152 MAC 03"}},
	{name: "Card expiring", what: "The card expires soon. Only another one can be stored.", sale: membership, card: &demoCard{expires: (*demoLife).present}},
	{name: "Subscription paused", what: "Nothing is collected until the merchant resumes it.", sale: membership, card: goodCard, then: pause},
	{name: "Subscription ending", what: "Its customer has cancelled it; it runs until the paid month ends.", sale: membership, card: goodCard, then: cancelLater},
	{name: "Subscription ended", what: "The merchant has ended it at once.", sale: membership, card: goodCard, then: cancel},

	{name: "Metered to begin", what: "The checkout only stores the card.", sale: repairs, late: true},
	{name: "Metered", what: "The card is stored; the merchant asks for payments as they come.", sale: repairs, card: goodCard},
}

// refund sends an amount of an order's newest sale back; empty is all of it.
func refund(amount string) func(context.Context, *demoLife, order.Order) error {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		return d.operate(ctx, o, gateway.Debit, amount, d.app.Payments.Refund)
	}
}

func capture(amount string) func(context.Context, *demoLife, order.Order) error {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		return d.operate(ctx, o, gateway.PreAuthorisation, amount, d.app.Payments.Capture)
	}
}

func reverse(ctx context.Context, d *demoLife, o order.Order) error {
	return d.operate(ctx, o, gateway.PreAuthorisation, "", d.app.Payments.Reverse)
}

func chargeback(ctx context.Context, d *demoLife, o order.Order) error {
	t, err := d.newest(ctx, o, gateway.Debit)
	if err != nil {
		return err
	}
	if _, err := d.gateway.Chargeback(ctx, t.GatewayID, "", ""); err != nil {
		return err
	}
	return d.gateway.Flush(ctx)
}

func pause(ctx context.Context, d *demoLife, o order.Order) error {
	_, err := d.app.Course.Pause(ctx, operator, o.ProfileID, o.ID, nil)
	return err
}

func cancel(ctx context.Context, d *demoLife, o order.Order) error {
	_, err := d.app.Course.Cancel(ctx, operator, o.ProfileID, o.ID, nil)
	return err
}

func cancelLater(ctx context.Context, d *demoLife, o order.Order) error {
	_, err := d.app.Course.CancelLater(ctx, customerActor(o), o.ProfileID, o.ID)
	return err
}

var errNothingBooked = errors.New("demo: nothing was booked")

// newest is an order's newest approved transaction of a type.
func (d *demoLife) newest(ctx context.Context, o order.Order, typ gateway.Type) (payment.Transaction, error) {
	entries, _, err := d.app.Payments.History(ctx, order.Link{ProfileID: o.ProfileID, OrderID: o.ID}, payment.HistoryQuery{})
	if err != nil {
		return payment.Transaction{}, err
	}
	for _, t := range entries {
		if t.Type == typ && t.State == payment.Approved {
			return t, nil
		}
	}
	return payment.Transaction{}, fmt.Errorf("%w: no %s of order %s", errNothingBooked, typ, o.InvoiceID)
}
