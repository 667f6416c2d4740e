package collect

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Request is a further payment of a metered order.
type Request struct {
	Amount      string // decimal, of the order's currency
	Date        string // YYYY-MM-DD in the profile's zone; empty: now
	Description string // for the customer
}

// maxDescription is in characters.
const maxDescription = 200

// Request schedules a further payment of a metered order, or has it charged at
// once. It returns order.ErrNotFound, a fault of the order that names why it takes
// no payment, or ErrInvalid.
func (s *Service) Request(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, in Request, call *idem.Call) (schedule.Payment, error) {
	w, err := s.begin(ctx, by, profileID, orderID)
	if err != nil {
		return schedule.Payment{}, fmt.Errorf("request payment of %s: %w", orderID, err)
	}
	in.Description = strings.TrimSpace(in.Description)
	var p schedule.Payment
	err = s.within(ctx, w, func(w *work) error {
		if err := w.order.May(order.Request); err != nil {
			return err
		}
		var bad mistakes
		amount := w.readAmount(in.Amount, &bad)
		w.readDay(in.Date, &bad)
		if utf8.RuneCountInString(in.Description) > maxDescription {
			bad.refuse("description", "too_long", "Use at most 200 characters.")
		}
		if err := bad.err(); err != nil {
			return err
		}
		var err error
		if p, err = schedule.Request(w.order, amount, in.Description, in.Date, w.nextPosition(), w.loc, w.now); err != nil {
			return err
		}
		if err := w.tx.InsertScheduled(ctx, p); err != nil {
			return err
		}
		if err := w.record(ctx, "requested", p, map[string]any{"due_on": p.DueOn, "amount": p.Amount.Decimal()}); err != nil {
			return err
		}
		if !p.CollectAt.After(w.now) {
			if err := w.tx.Enqueue(ctx, payment.Charge{ProfileID: p.ProfileID, ScheduledID: p.ID, Tries: p.Tries}); err != nil {
				return err
			}
		}
		return w.tx.KeepAnswer(ctx, call, p)
	})
	if err != nil {
		return schedule.Payment{}, fmt.Errorf("request payment of %s: %w", orderID, err)
	}
	return p, nil
}
