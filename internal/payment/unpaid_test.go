package payment_test

import (
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

const day = 24 * time.Hour

// forgetful is a merchant who cancels what nobody has paid in ten days.
func forgetful(t *testing.T, engine string) *testkit.App {
	t.Helper()
	return testkit.Start(t, testkit.Options{Engine: engine, Profile: func(p *profile.Profile) { p.Details.CancelPendingAfterDays = 10 }})
}

func cancelAt(t *testing.T, app *testkit.App, at time.Time) {
	t.Helper()
	if err := app.Payments.CancelUnpaid(t.Context(), app.Profile, at); err != nil {
		t.Fatal(err)
	}
}

func wantStatus(t *testing.T, app *testkit.App, o testkit.Order, want string) {
	t.Helper()
	if got := app.Strings(`SELECT status FROM orders WHERE id = $1`, string(o.ID)); !slices.Equal(got, []string{want}) {
		t.Errorf("the order is %q, want %s", got, want)
	}
}

// after is some days after an order was made: those of a zone may be an hour
// shorter or longer than others.
func after(o testkit.Order, p profile.Profile, days int) time.Time {
	return o.CreatedAt.In(p.Location()).AddDate(0, 0, days).UTC()
}

func TestOrderNobodyPaysIsCancelledInTime(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := forgetful(t, engine)
			o := app.NewOrder(12_400)
			ends := after(o, app.Profile, 10)
			if next, err := app.Payments.NextUnpaid(t.Context(), app.Profile); err != nil || !next.Equal(ends) {
				t.Errorf("something waits for %v, %v, want %v", next, err, ends)
			}
			cancelAt(t, app, ends.Add(-time.Millisecond))
			wantStatus(t, app, o, "pending")
			cancelAt(t, app, ends)
			wantStatus(t, app, o, "cancelled")
			cancelAt(t, app, ends.Add(day))
			if got := app.Strings(`SELECT status FROM payments WHERE order_id = $1`, string(o.ID)); !slices.Equal(got, []string{"ended"}) {
				t.Errorf("its payment is %q", got)
			}
			if got := app.Events(o); len(got) != 2 || got[1] != "order.cancelled" {
				t.Errorf("events %q", got)
			}
		})
	}
}

func TestOrdersWaitForEverWhereTheProfileSaysSo(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	cancelAt(t, app, o.CreatedAt.Add(3000*day))
	wantStatus(t, app, o, "pending")
}

func TestOrderThatIsBeingPaidIsNotCancelled(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(*testkit.App, testkit.Order){
		"in a checkout": func(app *testkit.App, o testkit.Order) { app.StartCheckout(o) },
		"bank decides": func(app *testkit.App, o testkit.Order) {
			app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.400.500"})
			app.Deliver()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := forgetful(t, "sqlite")
			o, other := app.NewOrder(12_400), app.NewOrder(5_000)
			begin(app, o)
			cancelAt(t, app, after(o, app.Profile, 11))
			wantStatus(t, app, o, "pending")
			wantStatus(t, app, other, "cancelled")
		})
	}
}

func TestDeclinedTryGivesAnOrderItsTimeAnew(t *testing.T) {
	t.Parallel()
	app := forgetful(t, "sqlite")
	o := app.NewOrder(12_400)
	app.SetTestTime(after(o, app.Profile, 9))
	app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	app.Deliver()
	for range 8 { // the checkout ends
		app.Advance(20 * time.Minute)
		app.RunJobs()
	}
	cancelAt(t, app, after(o, app.Profile, 18))
	wantStatus(t, app, o, "pending")
	cancelAt(t, app, after(o, app.Profile, 19).Add(time.Hour))
	wantStatus(t, app, o, "cancelled")
}

func TestMoneyForAnOrderThatWasCancelledGoesBack(t *testing.T) {
	t.Parallel()
	app := forgetful(t, "sqlite")
	o := app.NewOrder(12_400)
	at := app.StartCheckout(o)
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved})
	app.Exec(`UPDATE attempts SET state = 'superseded', next_attempt_at = NULL`) // its customer was given up
	cancelAt(t, app, after(o, app.Profile, 10))
	wantStatus(t, app, o, "cancelled")
	app.Deliver()
	app.RunJobs()
	wantStatus(t, app, o, "cancelled")
	if got := app.NetCharged(o); got != 0 {
		t.Errorf("%d stayed with the merchant", got)
	}
	if got := app.Tasks(o); !slices.Contains(got, "surplus_payment") {
		t.Errorf("tasks %q", got)
	}
}
