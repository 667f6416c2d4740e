package mail_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

const day = 24 * time.Hour

// sweepAt does what is due of the first profile at a billing time.
func sweepAt(t *testing.T, app *testkit.App, at time.Time) {
	t.Helper()
	if err := app.Mails.SweepProfile(t.Context(), app.Profile, at); err != nil {
		t.Fatal(err)
	}
}

// owed are an order's mails of a kind that were not asked for, by their steps.
func owed(app *testkit.App, o testkit.Order, kind string) []string {
	return app.Strings(`SELECT CAST(step AS TEXT) FROM mails WHERE order_id = $1 AND kind = $2 ORDER BY step`, string(o.ID), kind)
}

func TestUnpaidOrderIsRemindedOfThreeTimesTwoDaysApart(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		made := o.CreatedAt
		for n, tt := range []struct {
			at   time.Duration
			want int
		}{{2*day - 1, 0}, {2 * day, 1}, {2*day + 1, 1}, {4*day - 1, 1}, {4 * day, 2}, {6 * day, 3}, {8 * day, 3}, {300 * day, 3}} {
			sweepAt(t, app, made.Add(tt.at))
			if got := owed(app, o, "order_reminder"); len(got) != tt.want {
				t.Fatalf("step %d, after %s: %q, want %d", n, tt.at, got, tt.want)
			}
		}
		if got, want := owed(app, o, "order_reminder"), []string{"1", "2", "3"}; !slices.Equal(got, want) {
			t.Errorf("steps %q, want %q", got, want)
		}
		app.SendMails()
		if n := len(app.Outbox.Mails()); n != 3 {
			t.Errorf("%d mails arrived, want 3", n)
		}
	})
}

func TestRemindersThatCameLateDoNotComeTogether(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	late := o.CreatedAt.Add(20 * day)
	for _, at := range []time.Time{late, late, late.Add(2*day - 1)} {
		sweepAt(t, app, at)
		if got := owed(app, o, "order_reminder"); len(got) != 1 {
			t.Fatalf("reminders %q, want the first alone", got)
		}
	}
	sweepAt(t, app, late.Add(2*day))
	if got := owed(app, o, "order_reminder"); len(got) != 2 {
		t.Errorf("reminders %q, want the second", got)
	}
}

func TestOrderThatIsNoLongerPendingIsNotRemindedOf(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	paid, cancelled := app.NewOrder(12_400), app.NewOrder(5_000)
	app.Pay(paid)
	app.Exec(`UPDATE orders SET status = 'cancelled' WHERE id = $1`, string(cancelled.ID))
	sweepAt(t, app, paid.CreatedAt.Add(2*day))
	for _, o := range []testkit.Order{paid, cancelled} {
		if got := owed(app, o, "order_reminder"); len(got) != 0 {
			t.Errorf("reminders %q of an order that is %s", got, app.Overview(o).Order.Status)
		}
	}
}

func TestDeclinedTryLetsTheOrderWaitAnew(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		o := app.NewOrder(12_400)
		sweepAt(t, app, o.CreatedAt.Add(2*day))
		app.SetTestTime(o.CreatedAt.Add(3 * day))
		app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
		app.Deliver()
		sweepAt(t, app, o.CreatedAt.Add(4*day))
		if got := owed(app, o, "order_reminder"); len(got) != 1 {
			t.Fatalf("reminders %q a day after a try", got)
		}
		sweepAt(t, app, o.CreatedAt.Add(5*day+time.Minute))
		if got := owed(app, o, "order_reminder"); len(got) != 2 {
			t.Errorf("reminders %q two days after a try", got)
		}
	})
}

func TestStepsOfRemindersThatAreSwitchedOffGoBy(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Details.MailsOff = []string{"order_reminder"} }})
	o := app.NewOrder(12_400)
	for n := range 5 {
		sweepAt(t, app, o.CreatedAt.Add(time.Duration(2+2*n)*day))
	}
	if got := owed(app, o, "order_reminder"); len(got) != 0 {
		t.Errorf("reminders %q", got)
	}
	if next, err := app.Mails.NextTimed(t.Context(), app.Profile); err != nil || !next.IsZero() {
		t.Errorf("something waits for %v, %v", next, err)
	}
}

// TestNoStepStartsTwiceHoweverManySweepsRun lets sweeps race each other over
// random times, and counts.
func TestNoStepStartsTwiceHoweverManySweepsRun(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		rapid.Check(t, func(r *rapid.T) {
			o := app.NewOrder(12_400)
			at, last := o.CreatedAt, time.Time{}
			steps := 0
			for range rapid.IntRange(1, 5).Draw(r, "rounds") {
				at = at.Add(time.Duration(rapid.IntRange(0, 80).Draw(r, "hours")) * time.Hour)
				if steps < 3 && ((last.IsZero() && !at.Before(o.CreatedAt.Add(2*day))) || (!last.IsZero() && !at.Before(last.Add(2*day)))) {
					steps, last = steps+1, at
				}
				done := make(chan error, 4)
				for range cap(done) {
					go func() { done <- app.Mails.SweepProfile(context.WithoutCancel(t.Context()), app.Profile, at) }()
				}
				for range cap(done) {
					if err := <-done; err != nil {
						r.Fatal(err)
					}
				}
				if got := owed(app, o, "order_reminder"); len(got) != steps {
					r.Fatalf("after %s: steps %q, want %d", at.Sub(o.CreatedAt), got, steps)
				}
			}
		})
	})
}

// TestStepIsNotLostWhereTheSweepDies lets the row of the mail fail.
func TestStepIsNotLostWhereTheSweepDies(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	app.Exec(`CREATE TRIGGER dies BEFORE INSERT ON mails BEGIN SELECT RAISE(ABORT, 'killed'); END`)
	if err := app.Mails.SweepProfile(t.Context(), app.Profile, o.CreatedAt.Add(2*day)); err == nil {
		t.Fatal("the sweep did not fail")
	}
	app.Exec(`DROP TRIGGER dies`)
	sweepAt(t, app, o.CreatedAt.Add(2*day))
	if got, want := owed(app, o, "order_reminder"), []string{"1"}; !slices.Equal(got, want) {
		t.Errorf("steps %q, want %q", got, want)
	}
}

// subscribed is a running subscription with one payment ahead.
func subscribed(t *testing.T, app *testkit.App, d catalog.Details, in order.Sale) testkit.Order {
	t.Helper()
	o := app.Sell(d, in)
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return o
}

func TestSubscriptionIsAnnouncedAWeekAheadAndOnce(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(time.Date(2030, 3, 10, 15, 0, 0, 0, time.UTC))
		o := subscribed(t, app, testkit.Monthly, order.Sale{})
		told := time.Date(2030, 4, 2, 22, 0, 0, 0, time.UTC) // 3 April in Berlin, where summer time has begun
		if next, err := app.Mails.NextTimed(t.Context(), app.Profile); err != nil || !next.Equal(told) {
			t.Errorf("something waits for %v, %v, want %v", next, err, told)
		}
		sweepAt(t, app, told.Add(-1))
		if got := owed(app, o, "subscription_renews"); len(got) != 0 {
			t.Errorf("told too early: %q", got)
		}
		for range 3 {
			sweepAt(t, app, told)
		}
		if got, want := owed(app, o, "subscription_renews"), []string{"20300410"}; !slices.Equal(got, want) {
			t.Errorf("told of %q, want %q", got, want)
		}
		app.ChargeDue(o, time.Date(2030, 4, 10, 0, 0, 0, 0, time.UTC))
		sweepAt(t, app, time.Date(2030, 5, 3, 0, 0, 0, 0, time.UTC))
		if got, want := owed(app, o, "subscription_renews"), []string{"20300410", "20300510"}; !slices.Equal(got, want) {
			t.Errorf("told of %q, want %q", got, want)
		}
	})
}

func TestPaymentThatWasMovedIsAnnouncedAgain(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(time.Date(2030, 3, 10, 15, 0, 0, 0, time.UTC))
	o := subscribed(t, app, testkit.Monthly, order.Sale{})
	sweepAt(t, app, time.Date(2030, 4, 3, 12, 0, 0, 0, time.UTC))
	p := app.Schedule(o)[0]
	p.DueOn, p.CollectAt = "2030-04-20", time.Date(2030, 4, 19, 22, 0, 0, 0, time.UTC)
	app.Save(p)
	sweepAt(t, app, time.Date(2030, 4, 12, 12, 0, 0, 0, time.UTC))
	if got := owed(app, o, "subscription_renews"); len(got) != 1 {
		t.Fatalf("told of %q, want of the old day alone", got)
	}
	sweepAt(t, app, time.Date(2030, 4, 13, 12, 0, 0, 0, time.UTC))
	if got, want := owed(app, o, "subscription_renews"), []string{"20300410", "20300420"}; !slices.Equal(got, want) {
		t.Errorf("told of %q, want %q", got, want)
	}
}

func TestWhatNeedsNoAnnouncementGetsNone(t *testing.T) {
	t.Parallel()
	weekly := testkit.Monthly
	weekly.Plan.Unit = catalog.Week
	for name, tt := range map[string]struct {
		sold catalog.Details
		then func(*testkit.App, testkit.Order)
	}{
		"instalments": {sold: testkit.Instalments},
		"a week":      {sold: weekly},
		"paused": {testkit.Monthly, func(app *testkit.App, o testkit.Order) {
			app.Exec(`UPDATE orders SET status = 'paused' WHERE id = $1`, string(o.ID))
		}},
		"ending": {testkit.Monthly, func(app *testkit.App, o testkit.Order) {
			app.Exec(`UPDATE orders SET cancels_on = '2030-04-10' WHERE id = $1`, string(o.ID))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			app.SetTestTime(time.Date(2030, 3, 10, 15, 0, 0, 0, time.UTC))
			o := subscribed(t, app, tt.sold, order.Sale{})
			if tt.then != nil {
				tt.then(app, o)
			}
			for n := range 40 {
				sweepAt(t, app, time.Date(2030, 3, 10+n, 20, 0, 0, 0, time.UTC))
			}
			if got := owed(app, o, "subscription_renews"); len(got) != 0 {
				t.Errorf("told of %q", got)
			}
		})
	}
}

func TestExpiringCardIsToldSixWeeksAheadAndWhenItHasExpired(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		o := subscribed(t, app, testkit.Monthly, order.Sale{})
		app.Exec(`UPDATE payment_methods SET expiry_year = 2034, expiry_month = 12`)
		app.Exec(`UPDATE scheduled_payments SET announced = TRUE`)
		soon, over := time.Date(2034, 11, 14, 23, 0, 0, 0, time.UTC), time.Date(2034, 12, 31, 23, 0, 0, 0, time.UTC) // midnight in Berlin
		for _, tt := range []struct {
			at              time.Time
			expiring, ended int
			next            time.Time // that something is due afterwards
		}{{soon.Add(-1), 0, 0, soon}, {soon, 1, 0, over}, {over.Add(-1), 1, 0, over}, {over, 1, 1, time.Time{}}, {over.Add(100 * day), 1, 1, time.Time{}}} {
			sweepAt(t, app, tt.at)
			if a, b := owed(app, o, "card_expiring"), owed(app, o, "card_expired"); len(a) != tt.expiring || len(b) != tt.ended {
				t.Fatalf("at %v: told %d times that it expires and %d times that it has, want %d and %d", tt.at, len(a), len(b), tt.expiring, tt.ended)
			}
			if next, err := app.Mails.NextTimed(t.Context(), app.Profile); err != nil || !next.Equal(tt.next) {
				t.Errorf("at %v something waits for %v, %v, want %v", tt.at, next, err, tt.next)
			}
		}
	})
}

func TestCardThatIsNotChargedAgainIsNotWarnedOf(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]string{
		"order has ended":  `UPDATE orders SET status = 'complete'`,
		"another is main":  `UPDATE payment_methods SET main = FALSE`,
		"it was removed":   `UPDATE payment_methods SET removed_at = 1`,
		"it has no expiry": `UPDATE payment_methods SET expiry_year = 0, expiry_month = 0`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			o := subscribed(t, app, testkit.Monthly, order.Sale{})
			app.Exec(then)
			sweepAt(t, app, time.Date(2036, 1, 1, 12, 0, 0, 0, time.UTC))
			if got := append(owed(app, o, "card_expiring"), owed(app, o, "card_expired")...); len(got) != 0 {
				t.Errorf("told %q", got)
			}
		})
	}
}

func TestCustomersAreToldWhatHappensToTheirMoney(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(time.Date(2030, 3, 10, 15, 0, 0, 0, time.UTC))
	o := subscribed(t, app, testkit.Monthly, order.Sale{})
	app.ChargeDue(o, time.Date(2030, 4, 10, 0, 0, 0, 0, time.UTC))
	app.SendMails()
	var got []string
	for _, m := range app.Outbox.Mails() {
		subject, _, _ := strings.Cut(m.Subject, ":")
		got = append(got, subject)
	}
	slices.Sort(got)
	if want := []string{"Payment confirmed", "Payment received", "Your payment agreement"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}
