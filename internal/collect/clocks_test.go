package collect_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
)

// begun is where the clocks of these tests stand at first.
var begun = time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)

func advance(t *testing.T, app *testkit.App, to time.Time) collect.TestClock {
	t.Helper()
	c, err := app.Clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAYearOfASubscriptionHappensAtItsOwnDates(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(begun)
		o := subscribed(app, 0)
		real := time.Now()
		c := advance(t, app, begun.AddDate(1, 0, 0))
		if c.Moving() || !c.At.Equal(begun.AddDate(1, 0, 0)) {
			t.Fatalf("the clock is at %s on its way to %s", c.At, c.Target)
		}
		t.Logf("a year took %s", time.Since(real).Round(time.Millisecond))

		if got := app.NetCharged(o); got != 13*1200 {
			t.Errorf("the gateway has charged %d, want 13 months of 1200", got)
		}
		berlin := app.Profile.Location()
		var got []string
		for _, row := range app.Strings(`SELECT due_on || ' ' || settled_at FROM scheduled_payments WHERE status = 'complete' ORDER BY position`) {
			due, settled, _ := strings.Cut(row, " ")
			got = append(got, due+" "+moment(t, settled).In(berlin).Format(time.DateTime))
		}
		var want []string
		for _, day := range []string{"2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31"} {
			want = append(want, day+" "+day+" 00:00:00")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("due and collected (-want +got):\n%s", diff)
		}
		invoices := app.Strings(`SELECT issued_on FROM documents WHERE kind = 'invoice' ORDER BY year, serial`)
		if want := append([]string{"2026-01-31"}, "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30", "2026-12-31", "2027-01-31"); !slices.Equal(invoices, want) {
			t.Errorf("invoices are dated %v, want %v", invoices, want)
		}
	})
}

func TestWhatFallsDueInBetweenHappensInOrder(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(begun)
	subscribed(app, 0)
	split := app.Sell(testkit.Instalments, order.Sale{})
	app.SubmitCard(app.StartCheckout(split).CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "then 800.100.153 MAC 24"})
	app.Deliver()

	advance(t, app, begun.AddDate(0, 6, 0))

	var before time.Time
	for _, row := range app.Strings(`SELECT occurred_at FROM events WHERE profile_id = $1 ORDER BY seq`, string(app.Profile.ID)) {
		at := moment(t, row)
		if at.Before(before) {
			t.Errorf("an event of %s comes behind one of %s", at, before)
		}
		before = at
	}
	// Declined on the day, and tried again after 1, 3, 5 and 7 days.
	want := []string{"2026-02-28", "2026-03-01", "2026-03-03", "2026-03-05", "2026-03-07"}
	var got []string
	for _, row := range app.Strings(`SELECT e.occurred_at FROM events e JOIN transactions t ON t.profile_id = e.profile_id AND t.id = e.subject JOIN attempts a ON a.profile_id = t.profile_id AND a.id = t.attempt_id
JOIN scheduled_payments s ON s.profile_id = a.profile_id AND s.id = a.scheduled_id WHERE s.order_id = $1 AND s.position = 1 AND e.type = 'payment.declined' ORDER BY e.seq`, string(split.ID)) {
		got = append(got, moment(t, row).In(app.Profile.Location()).Format(time.DateOnly))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the first instalment was declined on %v, want %v", got, want)
	}
}

// moment reads a time as it is stored.
func moment(t *testing.T, ms string) time.Time {
	t.Helper()
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(n)
}

// stumbling fails at the moments of fails, once each.
type stumbling struct {
	collect.Timed
	mu    sync.Mutex
	fails map[string]bool
	seen  []string
}

var errStumbled = errors.New("stumbled")

func (s *stumbling) Happen(ctx context.Context, profileID profile.ID, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	day := now.Format(time.DateOnly)
	s.seen = append(s.seen, day)
	if s.fails[day] {
		delete(s.fails, day)
		return errStumbled
	}
	return s.Timed.Happen(ctx, profileID, now)
}

func TestClockThatWasLeftOnItsWayIsMovedOn(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(begun)
	o := subscribed(app, 0)
	timed := &stumbling{Timed: collect.NewCharges(app.DB, app.Payments, app.App.Clock), fails: map[string]bool{"2026-03-30": true}}
	clocks := collect.NewClocks(app.DB, app.Profiles, app.App.Clock, timed)
	to := begun.AddDate(0, 6, 0)
	if _, err := clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil); !errors.Is(err, errStumbled) {
		t.Fatalf("advance: %v, want it to stumble", err)
	}
	c, err := clocks.Clock(t.Context(), app.Profile.ID)
	if err != nil || !c.Moving() || c.At.Format(time.DateOnly) != "2026-03-30" {
		t.Fatalf("the clock is at %s on its way to %s, %v; want it where it stumbled", c.At, c.Target, err)
	}
	if _, err := clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to.AddDate(1, 0, 0), nil); !errors.Is(err, collect.ErrClockMoving) {
		t.Errorf("another target meanwhile: %v, want %v", err, collect.ErrClockMoving)
	}

	// Its process died with the lease: the sweep waits until that is over.
	app.Exec(`UPDATE test_clocks SET lease_until = $1 WHERE target IS NOT NULL`, app.Clock.Wall().Add(time.Minute).UnixMilli())
	app.RunJobs()
	if c, err := clocks.Clock(t.Context(), app.Profile.ID); err != nil || !c.Moving() {
		t.Errorf("the clock was moved under another's lease, %v", err)
	}
	app.Clock.Advance(2 * time.Minute)
	app.RunJobs()

	if c, err := clocks.Clock(t.Context(), app.Profile.ID); err != nil || c.Moving() || !c.At.Equal(to) {
		t.Errorf("the clock is at %s on its way to %s, %v", c.At, c.Target, err)
	}
	if got := app.NetCharged(o); got != 7*1200 {
		t.Errorf("the gateway has charged %d, want 7 months of 1200", got)
	}
}

func TestOnlyOneMovesAClock(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(begun)
		o := subscribed(app, 0)
		to := begun.AddDate(1, 0, 0)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if _, err := app.Clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := app.NetCharged(o); got != 13*1200 {
			t.Errorf("the gateway has charged %d, want 13 months of 1200", got)
		}
		if got := app.Strings(`SELECT type FROM events WHERE type LIKE 'test_clock.%' ORDER BY seq`); !slices.Equal(got, []string{"test_clock.advancing", "test_clock.arrived"}) {
			t.Errorf("events: %v, want one advance", got)
		}
	})
}

// TestClockWaitsForTheGatewaysAnswer loses the answer to a charge that was made, and
// cuts off one that was not: neither costs a month, and each has its own date.
func TestClockWaitsForTheGatewaysAnswer(t *testing.T) {
	t.Parallel()
	for _, kind := range []sandbox.FaultKind{sandbox.FaultAnswerLost, sandbox.FaultCutBefore} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
				app.SetTestTime(begun)
				o := subscribed(app, 0)
				if err := app.Gateway.AddFault(sandbox.Fault{Kind: kind, Route: sandbox.RouteCharge, Next: 1}); err != nil {
					t.Fatal(err)
				}
				to := begun.AddDate(0, 3, 0)
				for range 2 {
					if _, err := app.Clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil); !errors.Is(err, collect.ErrUnanswered) {
						t.Fatalf("advance: %v, want %v", err, collect.ErrUnanswered)
					}
				}
				if c, err := app.Clocks.Clock(t.Context(), app.Profile.ID); err != nil || !c.Moving() || c.At.In(app.Profile.Location()).Format(time.DateOnly) != "2026-02-28" {
					t.Errorf("the clock is at %s on its way to %s, %v; want it where the charge fell due", c.At, c.Target, err)
				}
				for range 3 { // not found twice, ten minutes apart, it is sent again
					app.Advance(11 * time.Minute)
					app.RunJobs()
				}
				if c, err := app.Clocks.Clock(t.Context(), app.Profile.ID); err != nil || c.Moving() || !c.At.Equal(to) {
					t.Errorf("the clock is at %s on its way to %s, %v; want it moved on by the sweep", c.At, c.Target, err)
				}
				if got := app.NetCharged(o); got != 4*1200 {
					t.Errorf("the gateway has charged %d, want 4 months of 1200", got)
				}
				if got, want := app.Strings(`SELECT issued_on FROM documents WHERE kind = 'invoice' ORDER BY year, serial`), []string{"2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"}; !slices.Equal(got, want) {
					t.Errorf("invoices are dated %v, want %v", got, want)
				}
			})
		})
	}
}

// TestClockStandsWhileAnotherCharges has a worker that is about to send a charge, and
// then in the middle of it, until it dies.
func TestClockStandsWhileAnotherCharges(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(begun)
		o := subscribed(app, 0)
		due := app.Schedule(o)[0].CollectAt
		app.SetTestTime(due)
		app.BreakGateway(testkit.Outages["hangs up"])
		app.Charge(o, 0)
		app.MendGateway()
		to := due.AddDate(0, 1, 0)
		clocks := collect.NewClocks(app.DB, app.Profiles, app.App.Clock, collect.NewCharges(app.DB, app.Payments, app.App.Clock)).Within(100 * time.Millisecond)
		for _, at := range []string{`state = 'created', lease_until = NULL`, `state = 'unknown', lease_until = 9999999999999`} {
			app.Exec(`UPDATE attempts SET ` + at + ` WHERE kind = 'charge'`)
			c, err := clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil)
			if err != nil || !c.Moving() || !c.At.Equal(due) {
				t.Errorf("%s: the clock is at %s on its way to %s, %v; want it to wait", at, c.At, c.Target, err)
			}
		}
		app.Exec(`UPDATE attempts SET lease_until = 1 WHERE kind = 'charge'`)
		if _, err := clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil); !errors.Is(err, collect.ErrUnanswered) {
			t.Errorf("its lease is over: %v, want %v", err, collect.ErrUnanswered)
		}
	})
}

// hanging is at something until the call's time is over, and finishes it.
type hanging struct{ collect.Timed }

func (s hanging) Happen(ctx context.Context, profileID profile.ID, now time.Time) error {
	<-ctx.Done()
	return s.Timed.Happen(context.WithoutCancel(ctx), profileID, now)
}

// TestClockIsOnItsWayWhenItsTimeIsOver has something on the way take longer than a
// call works, as charges do when the gateway hangs: what would come next is cut off.
func TestClockIsOnItsWayWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		app.SetTestTime(begun)
		o := subscribed(app, 0)
		clocks := collect.NewClocks(app.DB, app.Profiles, app.App.Clock, hanging{collect.NewCharges(app.DB, app.Payments, app.App.Clock)}, collect.Endings{Course: app.Course},
			collect.Swept{Profiles: app.Profiles, First: app.Payments.NextUnpaid, Sweep: app.Payments.CancelUnpaid},
			collect.Swept{Profiles: app.Profiles, First: app.Payments.NextHold, Sweep: app.Payments.WatchHolds},
			collect.Swept{Profiles: app.Profiles, First: app.Mails.NextTimed, Sweep: app.Mails.SweepProfile}).Within(time.Millisecond)
		to := begun.AddDate(0, 3, 0)
		c, err := clocks.Advance(t.Context(), actor.TheSystem, app.Profile.ID, to, nil)
		if err != nil || !c.Moving() || !c.LeaseUntil.IsZero() {
			t.Fatalf("the clock is at %s on its way to %s, leased until %s, %v; want it on its way, and free to be moved on", c.At, c.Target, c.LeaseUntil, err)
		}
		app.RunJobs()
		if c, err = clocks.Clock(t.Context(), app.Profile.ID); err != nil || c.Moving() || !c.At.Equal(to) {
			t.Errorf("the clock is at %s on its way to %s, %v", c.At, c.Target, err)
		}
		if got := app.NetCharged(o); got != 4*1200 {
			t.Errorf("the gateway has charged %d, want 4 months of 1200", got)
		}
	})
}

func TestAnotherProfilesTimeStandsStill(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.Exec(`INSERT INTO test_clocks (profile_id, at) SELECT id, $1 FROM profiles`, begun.UnixMilli())
	advance(t, app, begun.AddDate(1, 0, 0))
	c, err := app.Clocks.Clock(t.Context(), app.Other.ID)
	if err != nil || !c.At.Equal(begun) {
		t.Errorf("the other profile's clock is at %s, %v", c.At, err)
	}
}

func TestClockIsRefused(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	live := app.Profile
	live.ID, live.Mode, live.Number = "", profile.Live, 0
	live, err := app.Profiles.Apply(t.Context(), actor.TheSystem, live, nil)
	if err != nil {
		t.Fatal(err)
	}
	app.SetTestTime(begun)
	for name, tt := range map[string]struct {
		profile profile.ID
		to      time.Time
		want    error
	}{
		"live":      {live.ID, begun.AddDate(0, 1, 0), collect.ErrClockLive},
		"backwards": {app.Profile.ID, begun.Add(-time.Millisecond), collect.ErrClockTo},
		"too far":   {app.Profile.ID, begun.AddDate(5, 0, 1), collect.ErrClockTo},
		"nobody's":  {"prf_00000000", begun, profile.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := app.Clocks.Advance(t.Context(), actor.TheSystem, tt.profile, tt.to, nil); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
	if _, err := app.Clocks.Clock(t.Context(), live.ID); !errors.Is(err, collect.ErrClockLive) {
		t.Errorf("clock of a live profile: %v", err)
	}
}

func TestMailsRenewalsAndEndingsHappenOnTheWay(t *testing.T) {
	t.Parallel()
	app := testkit.Start(t, testkit.Options{Profile: func(p *profile.Profile) { p.Details.CancelPendingAfterDays = 20 }})
	app.SetTestTime(begun)
	o := subscribed(app, 0)
	unpaid := app.NewOrder(12_400)
	advance(t, app, begun.AddDate(0, 2, 0))
	if _, err := app.Course.CancelLater(t.Context(), actor.TheSystem, o.ProfileID, o.ID); err != nil {
		t.Fatal(err)
	}
	advance(t, app, begun.AddDate(1, 0, 0))

	if got := app.NetCharged(o); got != 3*1200 {
		t.Errorf("the gateway has charged %d, want 3 months of 1200", got)
	}
	ended := app.Strings(`SELECT status || ' ' || ended_at FROM orders WHERE id IN ($1, $2) ORDER BY status`, string(o.ID), string(unpaid.ID))
	var got []string
	for _, row := range ended {
		status, at, _ := strings.Cut(row, " ")
		got = append(got, status+" "+moment(t, at).In(app.Profile.Location()).Format(time.DateOnly))
	}
	if want := []string{"cancelled 2026-02-20", "complete 2026-04-30"}; !slices.Equal(got, want) {
		t.Errorf("the orders ended %v, want %v", got, want)
	}
	for kind, want := range map[string]int{"order_reminder": 3} {
		if got := app.Strings(`SELECT id FROM mails WHERE kind = $1`, kind); len(got) != want {
			t.Errorf("%d mails %s, want %d", len(got), kind, want)
		}
	}
}
