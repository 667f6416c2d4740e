package payment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// damaged is what no key of ours has sealed.
var damaged = []byte("gone:00000000000000000000")

// wantSetAside sweeps, twice at once and again when the broken row has rested, and
// wants that row to be tried less and less, and staff to be told of it once.
func wantSetAside(t *testing.T, app *testkit.App, broken string, sweep func() error) {
	t.Helper()
	for i, s := range []struct {
		wait  time.Duration
		tried bool
	}{{0, true}, {0, false}, {10 * time.Minute, true}, {9 * time.Minute, false}, {2 * time.Minute, true}, {19 * time.Minute, false}, {3 * time.Minute, true}} {
		app.Advance(s.wait)
		err := sweep()
		if tried := errors.Is(err, payment.ErrUnreadable) && strings.Contains(err.Error(), broken); tried != s.tried {
			t.Errorf("sweep %d: the broken row was tried: %t, want %t (%v)", i+1, tried, s.tried, err)
		}
	}
	if diff := cmp.Diff([]string{broken}, app.Strings(`SELECT subject FROM staff_tasks WHERE kind = 'row_unreadable'`)); diff != "" {
		t.Errorf("what staff are told of (-want +got):\n%s", diff)
	}
}

func TestANotificationThatCannotBeReadKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		for range 3 {
			app.SubmitCard(app.StartCheckout(app.NewOrder(12_400)).CheckoutID, testkit.Card{Number: testkit.CardApproved})
		}
		if err := app.Gateway.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		all := app.Strings(`SELECT id FROM inbound_notifications ORDER BY next_attempt_at, id`)
		app.Exec(`UPDATE inbound_notifications SET content = $1 WHERE id = $2`, damaged, all[0])

		wantSetAside(t, app, all[0], func() error { return app.Payments.SweepNotifications(t.Context()) })

		if got := app.Strings(`SELECT id FROM inbound_notifications WHERE state = 'applied' ORDER BY id`); len(all) < 3 || len(got) != len(all)-1 {
			t.Errorf("%d of %d were booked, want all but the broken one", len(got), len(all))
		}
	})
}

func TestARemovedCardThatCannotBeReadKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(began)
		for range 3 {
			app.PayWith(app.Sell(testkit.Monthly, order.Sale{}), testkit.Card{Number: testkit.CardApproved})
		}
		app.Exec(`UPDATE payment_methods SET main = FALSE, removed_at = $1, forget_at = $1`, app.Clock.Wall().UnixMilli())
		all := app.Strings(`SELECT id FROM payment_methods ORDER BY id`)
		app.Exec(`UPDATE payment_methods SET token = $1, forget_at = forget_at - 1 WHERE id = $2`, damaged, all[0])

		wantSetAside(t, app, all[0], func() error { return app.Payments.SweepMethods(t.Context()) })

		if got := app.Strings(`SELECT id FROM payment_methods WHERE forget_at IS NULL`); len(got) != 2 {
			t.Errorf("the gateway has forgotten %d cards, want 2", len(got))
		}
	})
}

// TestAnAttemptThatCannotBeReadKeepsNoOtherWaiting has one in a currency that this
// program does not know.
func TestAnAttemptThatCannotBeReadKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		broken := app.StartCheckout(app.NewOrder(12_400))
		app.Exec(`UPDATE attempts SET currency = 'QQQ' WHERE id = $1`, string(broken.ID))
		app.Advance(time.Minute)
		other := app.StartCheckout(app.NewOrder(12_400))
		app.Advance(2 * time.Hour) // both checkouts are over

		err := app.Payments.SweepAttempts(t.Context())
		if !errors.Is(err, payment.ErrUnreadable) || !strings.Contains(err.Error(), string(broken.ID)) {
			t.Errorf("the sweep says %v, want the broken one named", err)
		}
		if err := app.Payments.SweepAttempts(t.Context()); err != nil {
			t.Errorf("the next sweep says %v: the broken one does not rest", err)
		}
		if got := app.Attempt(other).State; got != payment.AttemptExpired {
			t.Errorf("the other is %s, want expired", got)
		}
		if diff := cmp.Diff([]string{string(broken.ID)}, app.Strings(`SELECT subject FROM staff_tasks WHERE kind = 'row_unreadable'`)); diff != "" {
			t.Errorf("what staff are told of (-want +got):\n%s", diff)
		}
	})
}

func TestADailyQuestionThatCannotBeAskedKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	app, asked := asking(t, "sqlite")
	for range 3 {
		sold(app)
	}
	app.Advance(2 * time.Minute)
	app.RunJobs() // the look back
	allDue(app)
	broken := app.Strings(`SELECT id FROM attempts ORDER BY id`)[0]
	app.Exec(`UPDATE attempts SET currency = 'QQQ' WHERE id = $1`, broken)
	before := asked.Load()

	if err := app.Payments.AskDaily(t.Context()); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("the sweep says %v, want the broken one named", err)
	}
	if got := asked.Load() - before; got != 2 {
		t.Errorf("%d questions, want those about the other two", got)
	}
}
