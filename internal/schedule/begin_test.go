package schedule_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/schedule"
)

func eur(minor int64) money.Amount { return money.New(minor, money.EUR) }

func moment(t interface{ Fatal(...any) }, text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func instalments(total, initial, splits int64) order.Order {
	return order.Order{ID: "ord_1", ProfileID: "prf_1", Type: catalog.Instalment, Status: order.Active, Total: eur(total),
		Plan: order.Plan{Initial: eur(initial), Splits: splits, Unit: catalog.Month, Interval: 1}}
}

func subscription(unit catalog.Unit, interval int64) order.Order {
	return order.Order{ID: "ord_1", ProfileID: "prf_1", Type: catalog.Subscription, Status: order.Active, Total: eur(1000),
		Plan: order.Plan{Initial: eur(1000), Recurring: eur(900), Unit: unit, Interval: interval}}
}

func TestWhatAnActivationSchedules(t *testing.T) {
	t.Parallel()
	// In Berlin it is the 31st already.
	activated := moment(t, "2027-01-30T23:30:00Z")
	register := instalments(10_000, 50, 3)
	register.Plan.Register = true
	later, earlier := instalments(10_000, 1_000, 2), instalments(10_000, 1_000, 2)
	later.Plan.StartOn, earlier.Plan.StartOn = "2027-05-31", "2027-01-31"
	trial := subscription(catalog.Month, 1)
	trial.Plan.StartOn = "2027-02-14"
	single := order.Order{Type: catalog.SinglePayment, Total: eur(100), Plan: order.Plan{Initial: eur(100)}}
	metered := order.Order{Type: catalog.Metered, Total: eur(100), Plan: order.Plan{Initial: eur(100)}}
	for _, tt := range []struct {
		name    string
		of      order.Order
		days    []string
		amounts []int64
	}{
		{"instalments after a deposit", instalments(10_000, 1_000, 4), []string{"2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"}, []int64{2250, 2250, 2250, 2250}},
		{"instalments of the whole", instalments(10_000, 0, 3), []string{"2027-02-28", "2027-03-31", "2027-04-30"}, []int64{3334, 3333, 3333}},
		{"instalments after a hold that only stores the card", register, []string{"2027-02-28", "2027-03-31", "2027-04-30"}, []int64{3334, 3333, 3333}},
		{"a first day of the order's own", later, []string{"2027-05-31", "2027-06-30"}, []int64{4500, 4500}},
		{"a first day that came too soon", earlier, []string{"2027-02-28", "2027-03-31"}, []int64{4500, 4500}},
		{"a subscription", subscription(catalog.Month, 1), []string{"2027-02-28"}, []int64{900}},
		{"a subscription of two weeks", subscription(catalog.Week, 2), []string{"2027-02-14"}, []int64{900}},
		{"a subscription with a first day", trial, []string{"2027-02-14"}, []int64{900}},
		{"a single order", single, nil, nil},
		{"a metered order", metered, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			berlin := zone(t, "Europe/Berlin")
			got, err := schedule.Begin(tt.of, activated, berlin, 1)
			if err != nil || len(got) != len(tt.days) {
				t.Fatalf("%d payments, %v", len(got), err)
			}
			for i, p := range got {
				start, _ := schedule.Start(p.DueOn, berlin)
				if p.DueOn != tt.days[i] || p.RhythmOn != tt.days[i] || p.Amount != eur(tt.amounts[i]) || p.Position != int64(i+1) ||
					p.Status != schedule.Scheduled || p.Origin != schedule.Planned || !p.CollectAt.Equal(start) || !p.CreatedAt.Equal(activated) ||
					p.OrderID != tt.of.ID || p.ProfileID != tt.of.ProfileID || !schedule.ValidID(string(p.ID)) || p.Version != 1 {
					t.Errorf("payment %d is %+v", i+1, p)
				}
			}
		})
	}
	if _, err := schedule.Begin(instalments(100, 98, 3), activated, time.UTC, 1); err == nil {
		t.Error("two cents became three instalments")
	}
}

// A subscription has one payment ahead for as long as it goes on, whatever became
// of the ones before it, and its days do not drift.
func TestOnePaymentFollowsAnother(t *testing.T) {
	t.Parallel()
	o := subscription(catalog.Month, 1)
	all, err := schedule.Begin(o, moment(t, "2027-01-31T10:00:00Z"), time.UTC, 1)
	if err != nil {
		t.Fatal(err)
	}
	became := []schedule.Status{schedule.Complete, schedule.SoftDeclined, schedule.HardDeclined, schedule.Skipped, schedule.Cancelled, schedule.Merged, schedule.Review, schedule.Recovered}
	want := []string{"2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30", "2027-07-31", "2027-08-31", "2027-09-30", "2027-10-31"}
	for i, status := range became {
		newest := len(all) - 1
		if p, ok, err := schedule.Following(o, all, time.UTC, all[newest].CollectAt); ok || err != nil {
			t.Fatalf("%s follows one that waits, %v", p.DueOn, err)
		}
		all[newest].Status = status
		p, ok, err := schedule.Following(o, all, time.UTC, all[newest].CollectAt)
		if err != nil || !ok || p.DueOn != want[i] || p.RhythmOn != want[i] || p.Position != int64(len(all)+1) || p.Amount != o.Plan.Recurring {
			t.Fatalf("after one that is %s comes %+v, %t, %v; want %s", status, p, ok, err, want[i])
		}
		all = append(all, p)
	}
}

func TestWhichDayFollows(t *testing.T) {
	t.Parallel()
	activated := "2027-01-31T10:00:00Z"
	for _, tt := range []struct {
		name   string
		change func(o *order.Order, p *schedule.Payment)
		now    string
		want   string // empty: none
	}{
		{"one month after the first", nil, "2027-02-28T00:00:00Z", "2027-03-31"},
		{"one that was moved ahead", func(_ *order.Order, p *schedule.Payment) { p.DueOn = "2027-02-14" }, "2027-02-14T00:00:00Z", "2027-03-31"},
		{"one that was moved back a little", func(_ *order.Order, p *schedule.Payment) { p.DueOn = "2027-03-10" }, "2027-03-10T00:00:00Z", "2027-03-31"},
		{"one that was moved back beyond the next day", func(_ *order.Order, p *schedule.Payment) { p.DueOn = "2027-04-15" }, "2027-04-15T00:00:00Z", "2027-04-30"},
		{"one that was moved onto the next day", func(_ *order.Order, p *schedule.Payment) { p.DueOn = "2027-03-31" }, "2027-03-31T00:00:00Z", "2027-04-30"},
		{"one that was executed ahead", nil, "2027-02-01T12:00:00Z", "2027-03-31"},
		{"after months of nothing", nil, "2027-06-03T12:00:00Z", "2027-06-30"},
		{"after months of nothing, on a day of the rhythm", nil, "2027-06-30T12:00:00Z", "2027-06-30"},
		{"another rhythm from a day on", func(_ *order.Order, p *schedule.Payment) {
			p.DueOn, p.RhythmOn, p.Unit, p.Interval = "2027-02-15", "2027-02-15", catalog.Week, 2
		}, "2027-02-15T00:00:00Z", "2027-03-01"},
		{"another rhythm, its beginning moved", func(_ *order.Order, p *schedule.Payment) {
			p.DueOn, p.RhythmOn, p.Unit, p.Interval = "2027-02-16", "2027-02-15", catalog.Week, 2
		}, "2027-02-16T00:00:00Z", "2027-03-01"},
		{"one that its customer ends", func(o *order.Order, _ *schedule.Payment) { o.CancelsOn = "2027-02-28" }, "2027-02-28T00:00:00Z", ""},
		{"one that has ended", func(o *order.Order, _ *schedule.Payment) { o.Status = order.Complete }, "2027-02-28T00:00:00Z", ""},
		{"a suspended one", func(o *order.Order, _ *schedule.Payment) { o.Status = order.Suspended }, "2027-02-28T00:00:00Z", "2027-03-31"},
		{"instalments", func(o *order.Order, _ *schedule.Payment) { o.Type = catalog.Instalment }, "2027-02-28T00:00:00Z", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := subscription(catalog.Month, 1)
			all, err := schedule.Begin(o, moment(t, activated), time.UTC, 1)
			if err != nil {
				t.Fatal(err)
			}
			all[0].Status = schedule.Complete
			if tt.change != nil {
				tt.change(&o, &all[0])
			}
			got, ok, err := schedule.Following(o, all, time.UTC, moment(t, tt.now))
			if err != nil || ok != (tt.want != "") || got.DueOn != tt.want {
				t.Errorf("%s, %t, %v; want %q", got.DueOn, ok, err, tt.want)
			}
		})
	}
	if _, ok, err := schedule.Following(subscription(catalog.Month, 1), nil, time.UTC, moment(t, activated)); ok || err != nil {
		t.Errorf("a payment follows none, %v", err)
	}
}

// Whatever is moved, and in whichever order rows are read: the payments of a
// subscription lie on days of its rhythm, each after the one before.
func TestASubscriptionKeepsItsRhythm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		unit := rapid.SampledFrom([]catalog.Unit{catalog.Week, catalog.Month, catalog.Year}).Draw(t, "unit")
		o := subscription(unit, rapid.Int64Range(1, 3).Draw(t, "interval"))
		activated := anyDay(t).Add(time.Duration(rapid.IntRange(0, 86_399).Draw(t, "second")) * time.Second)
		all, err := schedule.Begin(o, activated, loc, 1)
		if err != nil {
			t.Fatal(err)
		}
		anchor, days := schedule.DayOf(activated, loc), map[string]bool{}
		for n := range int64(400) {
			day, err := schedule.Add(anchor, o.Plan.Unit, o.Plan.Interval, n+1)
			if err != nil {
				t.Fatal(err)
			}
			days[day] = true
		}
		for range 8 {
			newest := slices.MaxFunc(all, func(a, b schedule.Payment) int { return int(a.Position - b.Position) })
			i := slices.IndexFunc(all, func(p schedule.Payment) bool { return p.ID == newest.ID })
			moved, _ := schedule.ParseDay(all[i].DueOn)
			all[i].DueOn = moved.AddDate(0, 0, rapid.IntRange(-6, 40).Draw(t, "moved by")).Format(time.DateOnly)
			all[i].Status = rapid.SampledFrom([]schedule.Status{schedule.Complete, schedule.SoftDeclined, schedule.Skipped}).Draw(t, "became")
			at, err := schedule.Start(all[i].DueOn, loc)
			if err != nil {
				t.Fatal(err)
			}
			p, ok, err := schedule.Following(o, all, loc, at.Add(time.Minute))
			if err != nil || !ok {
				t.Fatalf("nothing follows: %v", err)
			}
			if !days[p.DueOn] || p.DueOn <= all[i].DueOn || p.DueOn <= all[i].RhythmOn {
				t.Fatalf("%s follows %s, planned for %s; anchored at %s", p.DueOn, all[i].DueOn, all[i].RhythmOn, anchor)
			}
			all = slices.Insert(all, rapid.IntRange(0, len(all)).Draw(t, "row"), p)
		}
	})
}
