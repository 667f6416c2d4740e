package app

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

// situation is an order of the demo that shows one type in one state.
type situation struct {
	name string // of the situation, unique
	what string // what a visitor sees and may try
	sale catalog.Details
	tell order.Sale
	card *demoCard // what it is paid with; nil: it is not
	at   day       // when it is sold
	pays step      // what is done before it is paid
	soon step      // what is done as soon as it is paid
	then step      // what is done at the end
}

// step is something that befalls an order.
type step func(ctx context.Context, d *demoLife, o order.Order) error

// day is when an order is sold, by its merchant's clock.
type day int

const (
	weeksAgo day = iota // so that every subscription was renewed once since
	daysAgo             // so long ago that a hold on a card is nearly over
	today
)

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
	{name: "To pay", what: "A single order that nobody has paid yet.", sale: overhaul, at: today},
	{name: "Paid", what: "A single order with invoice and receipt.", sale: overhaul, card: goodCard},
	{name: "Card declined", what: "The last try was declined. The order waits for another card.", sale: overhaul, card: &demoCard{holder: "800.100.155"}, at: today},
	{name: "Waiting for the bank", what: "The bank has not answered. Nothing can be paid twice.", sale: overhaul, card: &demoCard{holder: "000.200.000"}, at: today},
	{name: "Looked at by the merchant", what: "The bank took another amount than was asked for. The merchant decides before anything goes on.", sale: overhaul, card: goodCard, at: today, pays: misbooked(sandbox.RouteFramePay)},
	{name: "Partly refunded", what: "A part of the money went back, with a credit note.", sale: overhaul, card: goodCard, then: refund("20.00")},
	{name: "Refunded", what: "All of the money went back.", sale: overhaul, card: goodCard, then: refund("")},
	{name: "Charged back", what: "The cardholder's bank took the money back.", sale: overhaul, card: goodCard, then: chargeback},
	{name: "Dispute won", what: "The bank decided for the merchant, and the money came back.", sale: overhaul, card: goodCard, then: oneByOne(chargeback, winDispute)},
	{name: "Dispute settled", what: "The merchant sent the money back to settle a dispute.", sale: overhaul, card: goodCard, then: resolveDispute},
	{name: "Cancelled", what: "An order that the merchant cancelled before it was paid.", sale: overhaul, then: cancel},
	{name: "Card authorised", what: "The money is held and will be taken later.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, at: today},
	{name: "Authorisation nearly over", what: "The hold ends within two days; the merchant has been told.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, at: daysAgo},
	{name: "Captured", what: "What was held was taken.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, at: today, then: capture("")},
	{name: "Captured in part", what: "A part of what was held was taken, the rest is free again.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, at: today, then: capture("50.00")},
	{name: "Released", what: "What was held was given back.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, at: today, then: reverse},
	{name: "Authorisation expired", what: "The hold had ended before anything was taken.", sale: overhaul, tell: order.Sale{PreAuthorise: true}, card: goodCard, at: today, then: lapse},

	{name: "Instalments to begin", what: "Nothing is paid yet; the page says what is collected when.", sale: cargo, at: today},
	{name: "Instalments under way", what: "Deposit and first instalment are paid.", sale: cargo, card: goodCard},
	{name: "Instalment left out", what: "The merchant has skipped the second instalment.", sale: cargo, card: goodCard, soon: change(1, collect.Change{Status: schedule.Skipped})},
	{name: "Instalments merged", what: "The second and third instalment are collected together.", sale: cargo, card: goodCard, soon: merge(1, 2)},
	{name: "Instalments declined", what: "An instalment was declined. Update the card, and what is overdue is collected at once.", sale: cargo, card: &demoCard{holder: "THEN 800.100.155 MAC 02"}},
	{name: "Instalments recovered", what: "They were declined at first, and collected by a later try.", sale: helmet, card: &demoCard{holder: "THEN 800.100.155 MAC 02"}, then: retried},
	{name: "Instalments paid", what: "All instalments were collected.", sale: helmet, card: goodCard},
	{name: "Instalments in review", what: "More was collected than was sold: staff look at it, and to the customer it is complete.", sale: helmet, card: goodCard, soon: change(0, collect.Change{Amount: "60.00"})},

	{name: "Subscription to begin", what: "The first month is paid in the checkout.", sale: membership, at: today},
	{name: "Subscription with a trial", what: "The first month is free: the checkout only stores the card.", sale: membership, tell: order.Sale{Lines: []order.SaleLine{{Quantity: 1, Discount: "19.00", DiscountOnce: new(true)}}}, at: today},
	{name: "Subscription", what: "Renewed once. Cancel it, and take that back.", sale: membership, card: goodCard},
	{name: "Two cards", what: "A second card was added. Choose one, remove the other.", sale: membership, card: goodCard, then: storeCard},
	{name: "Subscription, payment on its way", what: "The bank has not answered about the renewal.", sale: membership, card: &demoCard{holder: "THEN 000.200.000"}},
	{name: "Subscription, payment failed", what: "A soft decline: it is tried again by itself, or with another card.", sale: membership, card: &demoCard{holder: "THEN 800.100.155 MAC 02"}},
	{name: "Subscription suspended", what: "A hard decline: nothing is collected until there is another card.", sale: membership, card: &demoCard{holder: "THEN 800.100.152 MAC 03"}},
	{name: "Card updated", what: "A declined renewal was paid with another card.", sale: membership, card: &demoCard{holder: "THEN 800.100.152 MAC 03"}, then: storeCard},
	{name: "Subscription charged back", what: "The bank took a renewal back; the card is not charged again.", sale: membership, card: goodCard, then: chargeback},
	{name: "Card expiring", what: "The card expires soon. Only another one can be stored.", sale: membership, card: &demoCard{expires: (*demoLife).present}},
	{name: "Card expired", what: "The renewal was declined because the card had expired.", sale: membership, card: &demoCard{holder: "THEN 100.100.303", expires: (*demoLife).begun}},
	{name: "Subscription paused", what: "Nothing is collected until the merchant resumes it.", sale: membership, card: goodCard, then: pause},
	{name: "Subscription ending", what: "Its customer has cancelled it; it runs until the paid month ends.", sale: membership, card: goodCard, then: cancelLater},
	{name: "Subscription ended", what: "The merchant has ended it at once.", sale: membership, card: goodCard, then: cancel},

	{name: "Metered to begin", what: "The checkout only stores the card.", sale: repairs, at: today},
	{name: "Metered", what: "The card is stored; the merchant asks for payments as they come.", sale: repairs, card: goodCard},
	{name: "Metered, paid", what: "The merchant has asked for a payment, and for another next week.", sale: repairs, card: goodCard, then: oneByOne(request("24.50", 0), request("12.00", 7))},
	{name: "Metered, declined", what: "The payment that the merchant asked for was declined.", sale: repairs, card: &demoCard{holder: "THEN 800.100.155 MAC 02"}, then: request("24.50", 0)},
	{name: "Metered, in review", what: "For the payment that the merchant asked for, the bank took another amount.", sale: repairs, card: goodCard, at: today, soon: inReview},
	{name: "Metered, ended", what: "The merchant has ended it.", sale: repairs, card: goodCard, then: cancel},
}
