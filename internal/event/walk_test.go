package event_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

var staff = actor.Actor{Kind: actor.User, ID: "test"}

// walk goes through the commands and looks at what each of them recorded.
type walk struct {
	*testkit.App
	t    *testing.T
	seen int
}

// step wants exactly these events of a command; "type xN" is N of them.
func (w *walk) step(what string, do func(ctx context.Context) error, want ...string) {
	w.t.Helper()
	if err := do(w.t.Context()); err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
	all := w.Strings(`SELECT type FROM events ORDER BY profile_id, seq`)
	counts := map[string]int{}
	for _, name := range w.Strings(`SELECT type FROM events WHERE profile_id = $1 AND seq > $2 ORDER BY seq`, string(w.Profile.ID), w.seen) {
		counts[name]++
		w.seen++
	}
	var got []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if n := counts[name]; n > 1 {
			name += " x" + strconv.Itoa(n)
		}
		got = append(got, name)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("%s, %d events so far (-want +got):\n%s", what, len(all), diff)
	}
}

// debit is what the gateway calls the approved payment of an order.
func (w *walk) debit(o testkit.Order) string {
	w.t.Helper()
	for _, x := range w.Overview(o).Transactions {
		if x.Type == gateway.Debit && x.State == payment.Approved {
			return x.GatewayID
		}
	}
	w.t.Fatalf("%s has no payment", o.ID)
	return ""
}

// TestEveryCommandRecordsItsEvents is the audit of what merchants are told.
func TestEveryCommandRecordsItsEvents(t *testing.T) {
	t.Parallel()
	w := &walk{App: testkit.New(t), t: t}
	approved := testkit.Card{Number: testkit.CardApproved}
	w.step("nothing yet", func(context.Context) error { return nil })

	var c customer.Customer
	w.step("create a customer", func(ctx context.Context) (err error) {
		c, err = w.Customers.Create(ctx, staff, w.Profile.ID, customer.Details{Email: "a@example.com", GivenName: "A"}, nil)
		return err
	}, "customer.created")
	w.step("change a customer", func(ctx context.Context) error {
		_, err := w.Customers.Change(ctx, staff, w.Profile.ID, c.ID, func(c *customer.Customer) error { c.City = "Rome"; return nil }, nil)
		return err
	}, "customer.changed")
	var p catalog.Product
	w.step("create a product", func(ctx context.Context) (err error) {
		p, err = w.Products.Create(ctx, staff, w.Profile.ID, catalog.Details{Type: catalog.SinglePayment, Name: "Ticket", Price: money.New(12_400, money.EUR)}, nil)
		return err
	}, "product.created")
	w.step("change a product", func(ctx context.Context) error {
		_, err := w.Products.Change(ctx, staff, w.Profile.ID, p.ID, func(p *catalog.Product) error { p.Name = "Seat"; return nil }, nil)
		return err
	}, "product.changed")

	var o testkit.Order
	sell := func(d catalog.Details, in order.Sale) func(context.Context) error {
		return func(context.Context) error { o = w.Sell(d, in); return nil }
	}
	pay := func(card testkit.Card) func(context.Context) error {
		return func(context.Context) error { w.PayWith(o, card); return nil }
	}
	sold := []string{"customer.created", "order.created", "product.created"}
	once := catalog.Details{Type: catalog.SinglePayment, Name: "Bicycle", Price: money.New(12_400, money.EUR)}
	w.step("sell", sell(once, order.Sale{}), sold...)
	w.step("ask for a mail", func(ctx context.Context) error {
		_, err := w.Mails.Ask(ctx, staff, o.ProfileID, o.ID, mail.OrderReady, nil)
		return err
	}, "mail.requested")
	w.step("consent", func(ctx context.Context) error {
		return w.Orders.KeepConsent(ctx, staff, order.Consent{ProfileID: o.ProfileID, OrderID: o.ID, Language: "en", Text: "I agree."})
	}, "order.consent_given")
	w.step("decline", func(context.Context) error {
		w.SubmitCard(w.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
		w.Deliver()
		return nil
	}, "checkout.started", "payment.declined")
	w.step("lift limits", func(ctx context.Context) error { return w.Payments.LiftLimits(ctx, staff, o.ProfileID, o.ID) }, "payment.limits_lifted")
	w.step("pay", pay(approved), "document.issued x2", "order.complete", "payment.approved")
	paid := o
	w.step("refund", func(ctx context.Context) error {
		_, err := w.Payments.Refund(ctx, staff, o.ProfileID, w.Overview(o).Transactions[0].ID, "1.00", nil)
		return err
	}, "payment.refund_started")
	w.step("the gateway refunds", func(context.Context) error { w.RunJobs(); w.Deliver(); return nil }, "document.issued", "payment.refunded")
	w.step("charge back", func(ctx context.Context) error {
		_, err := w.Gateway.Chargeback(ctx, w.debit(paid), "", "")
		w.Deliver()
		return err
	}, "payment.disputed")

	w.step("sell for a hold", sell(once, order.Sale{PreAuthorise: true}), sold...)
	w.step("hold", pay(approved), "checkout.started", "order.active", "payment.approved")
	w.step("capture", func(ctx context.Context) error {
		_, err := w.Payments.Capture(ctx, staff, o.ProfileID, w.Overview(o).Transactions[0].ID, "", nil)
		return err
	}, "payment.capture_started")
	w.step("the gateway captures", func(context.Context) error { w.RunJobs(); w.Deliver(); return nil }, "document.issued x2", "order.complete", "payment.captured")
	w.step("sell for another hold", sell(once, order.Sale{PreAuthorise: true}), sold...)
	w.step("hold once more", pay(approved), "checkout.started", "order.active", "payment.approved")
	w.step("cancel what is held", func(ctx context.Context) error {
		_, err := w.Course.Cancel(ctx, staff, o.ProfileID, o.ID, nil)
		return err
	}, "order.cancel_requested", "payment.reversal_started")
	w.step("the gateway gives back", func(context.Context) error { w.RunJobs(); w.Deliver(); return nil }, "order.complete", "payment.released")
	w.step("sell and forget", sell(once, order.Sale{}), sold...)
	w.step("cancel before it begins", func(ctx context.Context) error {
		_, err := w.Course.Cancel(ctx, staff, o.ProfileID, o.ID, nil)
		return err
	}, "order.cancelled")
	w.step("revoke links", func(ctx context.Context) error { return w.Orders.RevokeLinks(ctx, staff, o.ProfileID, o.ID) }, "order.links_revoked")

	w.step("sell a subscription", sell(testkit.Monthly, order.Sale{}), sold...)
	w.step("pay it", pay(approved), "checkout.started", "document.issued x2", "order.active", "payment.approved", "payment_method.stored")
	w.step("pause", func(ctx context.Context) error {
		_, err := w.Course.Pause(ctx, staff, o.ProfileID, o.ID, nil)
		return err
	}, "order.paused", "scheduled_payment.paused")
	w.step("resume", func(ctx context.Context) error {
		_, err := w.Course.Resume(ctx, staff, o.ProfileID, o.ID, nil)
		return err
	}, "order.resumed", "scheduled_payment.resumed")
	w.step("charge back a subscription", func(ctx context.Context) error {
		_, err := w.Gateway.Chargeback(ctx, w.debit(o), "", "")
		w.Deliver()
		return err
	}, "payment.disputed", "payment_method.standing_changed")
	w.step("resume collecting", func(ctx context.Context) error {
		_, err := w.Payments.ResumeCollecting(ctx, staff, o.ProfileID, o.ID, nil)
		return err
	}, "order.collecting_resumed", "payment_method.standing_changed")
	w.step("its customer ends it", func(ctx context.Context) error {
		_, err := w.Course.CancelLater(ctx, staff, o.ProfileID, o.ID)
		return err
	}, "order.cancellation_received", "scheduled_payment.cancelled")
	w.step("and takes that back", func(ctx context.Context) error {
		_, err := w.Course.UndoCancel(ctx, staff, o.ProfileID, o.ID)
		return err
	}, "order.cancellation_undone", "scheduled_payment.restored")
	next := func() schedule.Payment { all := w.Schedule(o); return all[len(all)-1] }
	change := func(in collect.Change) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := w.Collect.Change(ctx, staff, o.ProfileID, next().ID, in, nil)
			return err
		}
	}
	w.step("reprice", change(collect.Change{Amount: "10.00"}), "scheduled_payment.rescheduled")
	w.step("charge at once", change(collect.Change{Action: schedule.Execute}), "scheduled_payment.charge_requested")
	w.step("the gateway charges", func(context.Context) error {
		w.ChargeDue(o, w.Clock.Wall())
		w.RunJobs()
		w.Deliver()
		return nil
	}, "document.issued x2", "payment.approved")
	w.step("end it", func(ctx context.Context) error {
		_, err := w.Course.Cancel(ctx, staff, o.ProfileID, o.ID, nil)
		return err
	}, "order.complete", "scheduled_payment.cancelled")

	w.step("sell by meter", sell(testkit.Metered, order.Sale{}), sold...)
	w.step("pay its first part", func(context.Context) error { w.Begin(o); return nil }, "checkout.started", "document.issued x2", "order.active", "payment.approved", "payment_method.stored")
	w.step("ask for a payment", func(ctx context.Context) error {
		_, err := w.Collect.Request(ctx, staff, o.ProfileID, o.ID, collect.Request{Amount: "5.00", Date: w.Clock.Wall().Add(72 * time.Hour).Format(time.DateOnly)}, nil)
		return err
	}, "scheduled_payment.requested")
	w.step("skip it", change(collect.Change{Status: schedule.Skipped}), "scheduled_payment.skipped")

	var hooks endpoint.Endpoint
	w.step("create an endpoint", func(ctx context.Context) (err error) {
		hooks, err = w.Endpoints.Create(ctx, staff, w.Profile.ID, endpoint.Details{URL: "https://shop.example/", Types: []string{"*"}}, nil)
		return err
	}, "webhook_endpoint.created")
	w.step("change it", func(ctx context.Context) error {
		_, err := w.Endpoints.Change(ctx, staff, w.Profile.ID, hooks.ID, func(e *endpoint.Endpoint) error { e.Description = "x"; return nil }, nil)
		return err
	}, "webhook_endpoint.changed")
	w.step("rotate its secret", func(ctx context.Context) error {
		_, err := w.Endpoints.RotateSecret(ctx, staff, w.Profile.ID, hooks.ID, 0, nil)
		return err
	}, "webhook_endpoint.secret_rotated")
	w.step("delete it", func(ctx context.Context) error {
		_, err := w.Endpoints.Remove(ctx, staff, w.Profile.ID, hooks.ID, nil)
		return err
	}, "webhook_endpoint.deleted")
	w.step("advance the clock", func(ctx context.Context) error {
		_, err := w.Clocks.Advance(ctx, staff, w.Profile.ID, w.Clock.Wall().Add(time.Hour), nil)
		return err
	}, "test_clock.advancing", "test_clock.arrived")
}

// TestTheTableOfTypesIsWhole holds the table's form.
func TestTheTableOfTypesIsWhole(t *testing.T) {
	t.Parallel()
	if names := event.Names(); !slices.IsSorted(names) || len(slices.Compact(names)) != len(event.Types) {
		t.Error("the types are not in order")
	}
	for _, typ := range event.Types {
		if found, ok := event.Named(typ.Name); !ok || found.When != typ.When {
			t.Errorf("%s is not found", typ.Name)
		}
		if strings.Count(typ.Name, ".") != 1 || !strings.HasSuffix(typ.When, ".") || typ.When[0] != strings.ToUpper(typ.When)[0] {
			t.Errorf("%s: %q", typ.Name, typ.When)
		}
		for _, field := range slices.Concat([]string{typ.Subject}, typ.Data, typ.Maybe) {
			if event.Fields[field].Means == "" {
				t.Errorf("%s: %s has no meaning", typ.Name, field)
			}
		}
	}
}
