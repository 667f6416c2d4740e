package app

import (
	"context"
	"slices"

	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
)

// refund sends an amount of an order's newest sale back; empty is all of it.
func refund(amount string) step {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		return d.operate(ctx, o, gateway.Debit, amount, d.app.Payments.Refund)
	}
}

func capture(amount string) step {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		return d.operate(ctx, o, gateway.PreAuthorisation, amount, d.app.Payments.Capture)
	}
}

func reverse(ctx context.Context, d *demoLife, o order.Order) error {
	return d.operate(ctx, o, gateway.PreAuthorisation, "", d.app.Payments.Reverse)
}

// lapse tries to take what is held when the card's bank has let it go.
func lapse(ctx context.Context, d *demoLife, o order.Order) error {
	if err := d.gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteCapture, Code: "700.300.400", Next: 1}); err != nil {
		return err
	}
	return capture("")(ctx, d, o)
}

// misbooked lets the bank take another amount than it is asked for next.
func misbooked(at sandbox.Route) step {
	return func(_ context.Context, d *demoLife, _ order.Order) error {
		return d.gateway.AddFault(sandbox.Fault{Kind: sandbox.FaultWrongAmount, Route: at, Next: 1})
	}
}

// inReview asks for a payment of which the bank takes more. It waits for that, so
// that no other order's payment is taken for it.
func inReview(ctx context.Context, d *demoLife, o order.Order) error {
	if err := oneByOne(misbooked(sandbox.RouteCharge), request("24.50", 0))(ctx, d, o); err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		all, err := d.scheduled(ctx, o)
		return len(all) == 1 && all[0].Status == schedule.Review, err
	})
}

// oneByOne does one step after the other.
func oneByOne(steps ...step) step {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		for _, do := range steps {
			if err := do(ctx, d, o); err != nil {
				return err
			}
		}
		return nil
	}
}

func chargeback(ctx context.Context, d *demoLife, o order.Order) error {
	return d.dispute(ctx, o, gateway.Debit, func(id string) (string, error) { return d.gateway.Chargeback(ctx, id, "", "") })
}

func winDispute(ctx context.Context, d *demoLife, o order.Order) error {
	return d.dispute(ctx, o, gateway.Chargeback, func(id string) (string, error) { return d.gateway.WinDispute(ctx, id, "") })
}

func resolveDispute(ctx context.Context, d *demoLife, o order.Order) error {
	return d.dispute(ctx, o, gateway.Debit, func(id string) (string, error) { return d.gateway.ResolveDispute(ctx, id, "") })
}

// dispute lets the bank do something about an order's newest transaction of a type,
// and the books hear of it.
func (d *demoLife) dispute(ctx context.Context, o order.Order, typ gateway.Type, do func(gatewayID string) (string, error)) error {
	t, err := d.newest(ctx, o, typ)
	if err != nil {
		return err
	}
	id, err := do(t.GatewayID)
	if err != nil {
		return err
	}
	return until(ctx, func() (bool, error) {
		last, err := d.history(ctx, o)
		return slices.ContainsFunc(last, func(t payment.Transaction) bool { return t.GatewayID == id }), err
	})
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

// change changes an order's scheduled payment at a place.
func change(place int, in collect.Change) step {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		all, err := d.scheduled(ctx, o)
		if err != nil {
			return err
		}
		_, err = d.app.Collect.Change(ctx, operator, o.ProfileID, all[place].ID, in, nil)
		return err
	}
}

// merge makes one payment of the two at these places, due when the second was.
func merge(place, with int) step {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		all, err := d.scheduled(ctx, o)
		if err != nil {
			return err
		}
		return change(place, collect.Change{MergeWith: []schedule.ID{all[with].ID}, Date: all[with].DueOn})(ctx, d, o)
	}
}

// retried charges an order's two instalments again, which the bank now
// approves.
func retried(ctx context.Context, d *demoLife, o order.Order) error {
	cards, err := d.app.DB.Methods(ctx, o.ProfileID, o.ID)
	if err != nil {
		return err
	}
	for _, m := range cards {
		if err := d.gateway.SetAnswer(ctx, m.Token, ""); err != nil {
			return err
		}
	}
	retry := collect.Change{Action: schedule.Retry}
	return oneByOne(change(0, retry), change(1, retry))(ctx, d, o)
}

// request asks for a payment of a metered order in some days; none is now.
func request(amount string, days int) step {
	return func(ctx context.Context, d *demoLife, o order.Order) error {
		in := collect.Request{Amount: amount, Description: "Brake pads"}
		if days > 0 {
			in.Date = schedule.DayOf(d.present().AddDate(0, 0, days), d.profile.Location())
		}
		_, err := d.app.Collect.Request(ctx, operator, o.ProfileID, o.ID, in, nil)
		return err
	}
}

// scheduled are an order's scheduled payments by position.
func (d *demoLife) scheduled(ctx context.Context, o order.Order) ([]schedule.Payment, error) {
	page, err := d.app.Collect.ScheduledOf(ctx, o.ProfileID, o.ID, paging.Window{Limit: 20})
	return page.Rows, err
}
