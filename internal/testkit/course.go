package testkit

import (
	"github.com/quittance/quittance/internal/schedule"
)

// Begin pays an order's checkout, or stores a card in it, so that the order goes
// on by itself, and returns it as it is then.
func (a *App) Begin(o Order) Order {
	a.TB.Helper()
	at := a.StartCheckout(o)
	if outcome := a.SubmitCard(at.CheckoutID, Card{Number: CardApproved}); outcome != "approved" {
		a.TB.Fatalf("begin %s: %s", o.ID, outcome)
	}
	a.Deliver()
	if o.Order = a.Overview(o).Order; !o.Status.Live() {
		a.TB.Fatalf("order %s is %s, want it to go on", o.ID, o.Status)
	}
	return o
}

// Planned are an order's scheduled payments by position, each as its status and
// its day.
func (a *App) Planned(o Order) []string {
	a.TB.Helper()
	return a.Strings(`SELECT status || ' ' || due_on FROM scheduled_payments WHERE order_id = $1 ORDER BY position`, string(o.ID))
}

// Charge collects an order's scheduled payment at a position, as a worker does.
func (a *App) Charge(o Order, position int) {
	a.TB.Helper()
	id := a.Strings(`SELECT id FROM scheduled_payments WHERE order_id = $1 ORDER BY position`, string(o.ID))[position]
	if err := a.Payments.Charge(a.TB.Context(), o.ProfileID, schedule.ID(id)); err != nil {
		a.TB.Fatalf("charge payment %d of %s: %v", position, o.ID, err)
	}
}
