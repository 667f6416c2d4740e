package collect

import (
	"context"
	"fmt"
	"slices"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Change is what a merchant does to a scheduled payment. It gives it up (Status
// skipped or cancelled), or moves and reprices it (Status scheduled or empty), or
// merges it with others, or has it charged at once (Action).
type Change struct {
	Status    schedule.Status
	Date      string // YYYY-MM-DD in the profile's zone
	Amount    string // decimal, of the order's currency
	Unit      catalog.Unit
	Interval  *int64
	MergeWith []schedule.ID
	Action    schedule.Command // Retry or Execute
}

// statuses are those that a merchant may give (facts/billpro.md §1.8).
var statuses = []schedule.Status{schedule.Scheduled, schedule.Skipped, schedule.Cancelled}

// check refuses what does not go together, whatever the payment.
func (in Change) check() error {
	var bad mistakes
	givesUp := in.Status == schedule.Skipped || in.Status == schedule.Cancelled
	if in.Status != "" && !slices.Contains(statuses, in.Status) {
		bad.refuse("status", "not_allowed", "Use scheduled, skipped or cancelled.")
	}
	if in.Action != "" && in.Action != schedule.Retry && in.Action != schedule.Execute {
		bad.refuse("action", "not_allowed", "Use retry or execute_now.")
	}
	merges := len(in.MergeWith) > 0
	alone := "Tell this without what else changes the payment."
	for _, f := range []struct {
		name        string
		told, clash bool
	}{
		{"status", in.Status != "", in.Action != "" || merges},
		{"date", in.Date != "", in.Action != "" || givesUp},
		{"amount", in.Amount != "", in.Action != "" || givesUp || merges},
		{"scheduled_unit", in.Unit != "", in.Action != "" || givesUp || merges},
		{"scheduled_interval", in.Interval != nil, in.Action != "" || givesUp || merges},
		{"merge_with", merges, in.Action != ""},
	} {
		if f.told && f.clash {
			bad.refuse(f.name, "not_together", alone)
		}
	}
	if merges && in.Date == "" {
		bad.refuse("date", "required", "This is required.")
	}
	if in.Unit != "" || in.Interval != nil {
		catalog.Plan{Unit: in.Unit, Interval: in.interval()}.CheckRhythm(catalog.Subscription, bad.refuse)
	}
	return bad.err()
}

func (in Change) interval() int64 {
	if in.Interval == nil {
		return 0
	}
	return *in.Interval
}

// Change changes a scheduled payment and returns it as it is then. It returns
// schedule.ErrNotFound, a fault of the order or of the payment that names why it
// cannot be changed, ErrInvalid, ErrInProgress, and for an action ErrNotAllowed
// with the rule that forbids the charge.
func (s *Service) Change(ctx context.Context, by actor.Actor, profileID profile.ID, scheduledID schedule.ID, in Change, call *idem.Call) (schedule.Payment, error) {
	if err := in.check(); err != nil {
		return schedule.Payment{}, err
	}
	p, err := s.repo.Scheduled(ctx, profileID, scheduledID)
	if err != nil {
		return schedule.Payment{}, err
	}
	w, err := s.begin(ctx, by, profileID, p.OrderID)
	if err != nil {
		return schedule.Payment{}, fmt.Errorf("change scheduled payment %s: %w", scheduledID, err)
	}
	var refused error
	err = s.within(ctx, w, func(w *work) error {
		own, err := w.find(ctx, scheduledID)
		if err != nil {
			return err
		}
		refused = nil
		switch {
		case in.Action != "":
			refused, err = w.charge(ctx, own, in.Action)
		case len(in.MergeWith) > 0:
			err = w.merge(ctx, own, in)
		case in.Status == schedule.Skipped || in.Status == schedule.Cancelled:
			err = w.giveUp(ctx, own, in.Status)
		default:
			err = w.move(ctx, own, in)
		}
		if err != nil || refused != nil {
			return err
		}
		p = *own
		return w.tx.KeepAnswer(ctx, call, p)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return schedule.Payment{}, fmt.Errorf("change scheduled payment %s: %w", scheduledID, err)
	}
	return p, nil
}

// giveUp skips or cancels a payment.
func (w *work) giveUp(ctx context.Context, p *schedule.Payment, to schedule.Status) error {
	if err := w.changeable(ctx, *p); err != nil {
		return err
	}
	do := p.Skip
	if to == schedule.Cancelled {
		do = p.Cancel
	}
	if err := do(); err != nil {
		return err
	}
	if err := w.tx.SaveScheduled(ctx, *p); err != nil {
		return err
	}
	if err := w.record(ctx, string(to), *p, nil); err != nil {
		return err
	}
	if to == schedule.Skipped {
		if err := mail.Tell(ctx, w.tx, w.order, mail.About{Kind: mail.PaymentSkipped, Subject: string(p.ID)}, w.wall); err != nil {
			return err
		}
	}
	return w.goOn(ctx)
}

// move reschedules and reprices a payment.
func (w *work) move(ctx context.Context, p *schedule.Payment, in Change) error {
	if err := w.changeable(ctx, *p); err != nil {
		return err
	}
	var bad mistakes
	w.readDay(in.Date, &bad)
	amount := p.Amount
	if in.Amount != "" {
		amount = w.readAmount(in.Amount, &bad)
	}
	if in.Unit != "" && (w.order.Type != catalog.Subscription || !w.ahead(*p)) {
		bad.refuse("scheduled_unit", "not_of_type", "Only the next payment of a subscription has these settings.")
	}
	if in.Status == schedule.Scheduled && in.Date == "" && (p.Status == schedule.SoftDeclined || p.Status == schedule.HardDeclined) {
		bad.refuse("date", "required", "This is required.")
	}
	if err := bad.err(); err != nil {
		return err
	}
	was := *p
	if err := w.apply(p, in, amount); err != nil {
		return err
	}
	if *p == was {
		return nil // it is as it is wanted
	}
	if err := w.tx.SaveScheduled(ctx, *p); err != nil {
		return err
	}
	if err := w.tellMoved(ctx, *p, was); err != nil {
		return err
	}
	if w.order.Type == catalog.Subscription && w.ahead(*p) && amount != was.Amount {
		w.order.Plan.Recurring = amount // of the payments after it too
		if err := w.tx.SaveOrder(ctx, w.order); err != nil {
			return err
		}
		w.order.Version++
	}
	return w.goOn(ctx)
}

// apply changes the payment alone.
func (w *work) apply(p *schedule.Payment, in Change, amount money.Amount) error {
	if err := p.May(schedule.Reschedule); err != nil {
		return err
	}
	if amount != p.Amount {
		if err := p.Reprice(amount); err != nil {
			return err
		}
	}
	if in.Date != "" {
		if err := p.Reschedule(in.Date, w.loc); err != nil {
			return err
		}
	}
	if in.Unit != "" {
		return p.Turn(in.Unit, in.interval())
	}
	return nil
}

// tellMoved records what changed and tells the customer.
func (w *work) tellMoved(ctx context.Context, p, was schedule.Payment) error {
	data := map[string]any{"due_on": p.DueOn, "amount": p.Amount.Decimal()}
	if err := w.record(ctx, "rescheduled", p, data); err != nil {
		return err
	}
	if p.DueOn == was.DueOn && p.Amount == was.Amount {
		return nil
	}
	return mail.Tell(ctx, w.tx, w.order, mail.About{Kind: mail.PaymentRescheduled, Subject: string(p.ID), Step: was.Version + 1}, w.wall)
}

// ahead reports whether a payment is the newest planned one of its order.
func (w *work) ahead(p schedule.Payment) bool {
	return p.Origin == schedule.Planned && !slices.ContainsFunc(w.all, func(o schedule.Payment) bool {
		return o.Origin == schedule.Planned && o.Position > p.Position
	})
}

// changeable returns a fault when the order or a charge under way keeps a payment
// from being changed.
func (w *work) changeable(ctx context.Context, p schedule.Payment) error {
	if err := w.order.May(order.Change); err != nil {
		return err
	}
	return w.idle(ctx, p)
}

// goOn lets subscription and order follow what changed.
func (w *work) goOn(ctx context.Context) error {
	return w.payments.GoOn(ctx, w.tx, &w.order, w.by, w.now)
}
