package portal

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/payment"
	view "github.com/quittance/quittance/templates/portal"
)

// amounts are what an order costs, what was paid for it, what is open, and what went
// back, by refunds and by the bank.
func amounts(texts i18n.Localizer, v payment.Overview) view.Amounts {
	out := view.Amounts{Paid: texts.Money(v.Sums.Paid)}
	switch v.Order.Type {
	case catalog.Subscription:
		out.Label, out.Main = texts.T("portal.per_payment"), texts.Money(v.Order.Plan.Recurring)
	case catalog.SinglePayment, catalog.Instalment:
		out.Label, out.Main = texts.T("order.total"), texts.Money(v.Total())
	case catalog.Metered:
	}
	if open, ok := v.Open(); ok {
		out.Open = texts.Money(open)
	}
	if v.Sums.Refunded.IsPositive() {
		out.Refunded = texts.Money(v.Sums.Refunded)
	}
	if v.Sums.Returned.IsPositive() {
		out.Returned = texts.Money(v.Sums.Returned)
	}
	return out
}
