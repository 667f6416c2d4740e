//go:build linux

package crashtest

import (
	"context"
	"fmt"
	"net/http"
)

// transactionRead and scheduledRead are what staff read of the API's lists.
type transactionRead struct {
	ID, Type, State, Amount string
	Surplus                 bool
}

type scheduledRead struct{ ID, Status string }

// staff deal with a customer's order: they capture what is held or give it back,
// charge a stored card, refund in whole and in part, and now and then end the order.
// What the order's state does not allow is refused.
func (c *customer) staff(ctx context.Context) error {
	v := newVisitor(c.fleet, c.random)
	for step := range 1 + c.random.IntN(4) {
		if err := c.deal(ctx, v, fmt.Sprintf("staff-%d-%d", c.number, step)); err != nil {
			return err
		}
	}
	return nil
}

func (c *customer) deal(ctx context.Context, v *visitor, key string) error {
	switch n := c.random.IntN(12); {
	case n == 0 && c.ware.held:
		return c.command(ctx, v, http.MethodPut, "orders/"+c.id+"/cancel_order", key, nil)
	case n < 8 && c.ware.held:
		return c.onTransaction(ctx, v, key, "PA", []string{"capture", "capture", "reverse"}[c.random.IntN(3)])
	case n < 8 && c.ware.kind == "metered":
		amount := fmt.Sprintf("%d.%02d", 1+c.random.IntN(90), c.random.IntN(100))
		return c.command(ctx, v, http.MethodPost, "orders/"+c.id+"/payments", key, map[string]any{"scheduled_payment": map[string]any{"amount": amount}})
	case n < 8 && c.ware.kind != "single":
		return c.chargeNow(ctx, v, key)
	case c.ware.held:
		return c.onTransaction(ctx, v, key, "CP", "refund")
	}
	return c.onTransaction(ctx, v, key, "DB", "refund")
}

// onTransaction does something with an approved transaction of a type, if there is
// one by now; with the whole of it or a part.
func (c *customer) onTransaction(ctx context.Context, v *visitor, key, typ, what string) error {
	var all struct{ Data []transactionRead }
	if err := v.read(ctx, "orders/"+c.id+"/transactions", &all); err != nil {
		return err
	}
	for _, x := range all.Data {
		if x.Type != typ || x.State != "approved" || x.Surplus {
			continue
		}
		body := map[string]any{}
		if what != "reverse" && c.random.IntN(2) == 0 {
			body["amount"] = []string{"1.00", "4.99", "12.00"}[c.random.IntN(3)]
		}
		return c.command(ctx, v, http.MethodPost, "transactions/"+x.ID+"/"+what, key, body)
	}
	return nil
}

// chargeNow has a scheduled payment charged before its day, or tried again.
func (c *customer) chargeNow(ctx context.Context, v *visitor, key string) error {
	var all struct{ Data []scheduledRead }
	if err := v.read(ctx, "orders/"+c.id+"/scheduled_payments", &all); err != nil {
		return err
	}
	for _, p := range all.Data {
		action := map[string]string{"scheduled": "execute_now", "soft_declined": "retry"}[p.Status]
		if action != "" {
			return c.command(ctx, v, http.MethodPut, "scheduled_payments/"+p.ID, key, map[string]any{"scheduled_payment": map[string]any{"action": action}})
		}
	}
	return nil
}

// command gives a command, and now and then once more with the same key, as staff do
// that lost the answer.
func (c *customer) command(ctx context.Context, v *visitor, method, path, key string, in any) error {
	first, err := v.call(ctx, method, path, key, in)
	if err != nil {
		return err
	}
	if c.random.IntN(3) > 0 || first.status >= 300 {
		return nil
	}
	again, err := v.call(ctx, method, path, key, in)
	if err == nil && string(again.body) != string(first.body) {
		return fmt.Errorf("%s: one idempotency key was answered with %s and %s", route(path), first.body, again.body)
	}
	return err
}
