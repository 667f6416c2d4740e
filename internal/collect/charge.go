package collect

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
)

// ruleTexts say why a card may not be charged.
var ruleTexts = map[schedule.Rule]string{
	schedule.RuleHard:         "The card was declined for good. The customer has to give another one.",
	schedule.RuleStopped:      "The cardholder has ended these payments. The customer has to give another card.",
	schedule.RuleAuthenticate: "The bank wants the customer to authenticate. The customer has to update the card.",
	schedule.RuleMend:         "The card's details are wrong. The customer has to update the card.",
	schedule.RuleTokenGone:    "No card is stored that could be charged. The customer has to give one.",
	schedule.RuleThirtyDays:   "Thirty days have passed since the first decline. Give the payment another date to collect it.",
	schedule.RuleSameAmount:   "This amount was tried on this card too often within 30 days.",
	schedule.RuleDay:          "This card was tried too often within 24 hours.",
	schedule.RuleMonth:        "This card was tried too often within 30 days.",
	schedule.RuleTooSoon:      "The bank does not allow another try yet.",
}

// charge has a payment charged at once. What the schemes forbid is refused with the
// rule, and the refusal recorded.
func (w *work) charge(ctx context.Context, p *schedule.Payment, c schedule.Command) (refused, err error) {
	if err := w.order.May(order.Collect); err != nil {
		return nil, err
	}
	if err := p.May(c); err != nil {
		return nil, err
	}
	if err := w.idle(ctx, *p); err != nil {
		return nil, err
	}
	d, err := w.payments.MayCharge(ctx, w.tx, *p, w.now)
	if err != nil {
		return nil, err
	}
	if !d.Now(w.now) {
		data := map[string]any{"rule": string(d.Rule)}
		if !d.At.IsZero() {
			data["at"] = d.At.Format(time.RFC3339)
		}
		return ErrNotAllowed.With(fault.Field{Pointer: "/scheduled_payment/action", Code: string(d.Rule), Public: ruleTexts[d.Rule]}), w.record(ctx, "retry_refused", *p, data)
	}
	do := p.Retry
	if c == schedule.Execute {
		do = p.Execute
	}
	if err := do(w.now); err != nil {
		return nil, err
	}
	if err := w.tx.SaveScheduled(ctx, *p); err != nil {
		return nil, err
	}
	if err := w.record(ctx, "charge_requested", *p, nil); err != nil {
		return nil, err
	}
	return nil, w.tx.Enqueue(ctx, payment.Charge{ProfileID: p.ProfileID, ScheduledID: p.ID, Tries: p.Tries})
}
