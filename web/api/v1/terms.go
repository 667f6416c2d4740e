package v1

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
)

// paymentAnswer is how an order is paid; null is what its type does not have, or
// what nobody can know because the order has no end.
type paymentAnswer struct {
	Initial      string  `json:"initial_amount"`          // what the checkout takes or holds
	Collects     bool    `json:"collect_initial_payment"` // some of the price is taken or held by it
	PreAuthorise bool    `json:"pre_authorise"`
	Register     bool    `json:"register_only"` // the checkout only stores the card
	Scheduled    *string `json:"monthly_amount"`
	Instalments  *string `json:"total_installment_amount"`
	Unit         *string `json:"scheduled_unit"`
	Interval     *int64  `json:"scheduled_interval"`
	DurationUnit *string `json:"scheduled_duration_unit"`
	Duration     *int64  `json:"scheduled_duration_number"`
	StartOn      *string `json:"start_date"`
	Count        *int64  `json:"count_to_pay"`
	Total        *string `json:"total_to_pay"`
}

func describePayments(o order.Order) paymentAnswer {
	p := o.Plan
	a := paymentAnswer{Initial: p.Initial.Decimal(), Collects: !p.OnlyStores(), PreAuthorise: p.PreAuthorise, Register: p.OnlyStores()}
	if o.Type == catalog.SinglePayment || o.Type == catalog.Instalment {
		total, count := o.Total.Decimal(), p.Splits
		if a.Collects {
			count++
		}
		a.Total, a.Count = &total, &count
	}
	if o.Type == catalog.Instalment || o.Type == catalog.Subscription {
		each, unit := p.Recurring.Decimal(), string(p.Unit)
		a.Scheduled, a.Unit, a.DurationUnit, a.Interval = &each, &unit, &unit, &p.Interval
		if p.StartOn != "" {
			a.StartOn = &p.StartOn
		}
	}
	if o.Type == catalog.Instalment {
		rest := o.Split().Decimal()
		a.Instalments, a.Duration = &rest, &p.Splits
	}
	return a
}
