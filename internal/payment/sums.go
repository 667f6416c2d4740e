package payment

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
)

// Sums are what an order's money adds up to, over all its payments. What was given or
// taken back lessens nothing: each movement is a figure of its own, and they are those
// of the order's approved transactions without surplus.
type Sums struct {
	Paid     money.Amount // DB and CP
	Refunded money.Amount // RF
	Returned money.Amount // by disputes: CB and RDR less CBR, of no payment less than zero
	Declined money.Amount // scheduled payments that wait for a try or another card
	Skipped  money.Amount // scheduled payments that are no part of the total any more
	GivenUp  int          // how many scheduled payments were cancelled
	Waiting  Waiting
}

// Waiting are the scheduled payments that can still be collected.
type Waiting struct {
	Count int
	Sum   money.Amount
	Until string // the day of the last
}

// SumsOf are those of an order with this one payment.
func SumsOf(p Payment) Sums {
	none := money.New(0, p.Amount.Currency())
	return Sums{Paid: p.Captured, Refunded: p.Refunded, Returned: p.disputedNow(), Declined: none, Skipped: none, Waiting: Waiting{Sum: none}}
}

// Open is what an order still asks for; ok is false for one that has ended and asks
// for nothing. Money that went back by a refund or a dispute is not asked for again:
// no link collects it, and what becomes of it is between merchant and customer.
func (v Overview) Open() (open money.Amount, ok bool) {
	ok = !v.Order.Status.Final() || v.Order.Type == catalog.SinglePayment && v.Payment.Status == Paid
	minor := v.Sums.Declined.Minor()
	switch v.Order.Type {
	case catalog.SinglePayment, catalog.Instalment:
		if minor = v.Total().Minor() - v.Sums.Paid.Minor(); v.Order.Plan.PreAuthorise && v.Payment.Status != Authorised {
			minor = 0 // what was not captured is released
		}
	case catalog.Subscription, catalog.Metered:
	}
	return money.New(max(0, minor), v.Order.Total.Currency()), ok
}

// Total is what an order with an end costs, without what was skipped.
func (v Overview) Total() money.Amount {
	return money.New(v.Order.Total.Minor()-v.Sums.Skipped.Minor(), v.Order.Total.Currency())
}
