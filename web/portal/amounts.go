package portal

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	view "github.com/quittance/quittance/templates/portal"
)

// amounts are what an order costs, what was paid for it and what is open.
func amounts(texts i18n.Localizer, v payment.Overview) view.Amounts {
	paid, declined, skipped := v.Payment.Captured.Minor(), int64(0), int64(0)
	for _, p := range v.Schedule {
		switch p.Status {
		case schedule.Complete, schedule.Recovered:
			paid += p.Amount.Minor()
		case schedule.SoftDeclined, schedule.HardDeclined:
			declined += p.Amount.Minor()
		case schedule.Skipped:
			skipped += p.Amount.Minor()
		case schedule.Scheduled, schedule.Paused, schedule.Review, schedule.Merged, schedule.Cancelled:
		}
	}
	of := func(minor int64) string { return texts.Money(money.New(minor, v.Order.Total.Currency())) }
	out := view.Amounts{Paid: of(paid)}
	open := declined
	switch v.Order.Type {
	case catalog.Subscription:
		out.Label, out.Main = texts.T("portal.per_payment"), texts.Money(v.Order.Plan.Recurring)
	case catalog.SinglePayment, catalog.Instalment:
		out.Label, out.Main = texts.T("order.total"), of(v.Order.Total.Minor()-skipped)
		if open = v.Order.Total.Minor() - skipped - paid; v.Order.Plan.PreAuthorise && v.Payment.Status != payment.Authorised {
			open = 0 // what was not captured is released
		}
	case catalog.Metered:
	}
	if !v.Order.Status.Final() || v.Order.Type == catalog.SinglePayment && v.Payment.Status == payment.Paid {
		out.Open = of(max(0, open))
	}
	if v.Payment.Refunded.IsPositive() {
		out.Refunded = texts.Money(v.Payment.Refunded)
	}
	return out
}
