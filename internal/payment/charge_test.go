package payment_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// standing is an order's status and its scheduled payments' statuses.
func standing(app *testkit.App, o testkit.Order) []string {
	app.TB.Helper()
	now, err := app.Orders.Order(app.TB.Context(), o.ProfileID, o.ID)
	if err != nil {
		app.TB.Fatal(err)
	}
	out := []string{string(now.Status)}
	for _, p := range app.Schedule(o) {
		out = append(out, p.DueOn+" "+string(p.Status))
	}
	return out
}

func wantStanding(t *testing.T, app *testkit.App, o testkit.Order, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, standing(app, o)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// began is the moment at which orders of these tests are paid.
var began = time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)

func TestSubscriptionIsChargedMonthAfterMonth(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	wantStanding(t, app, o, "active", "2026-02-28 scheduled")

	for _, day := range []string{"2026-02-28", "2026-03-31", "2026-04-30"} {
		at, _ := time.Parse(time.DateOnly, day)
		app.ChargeDue(o, at.Add(12*time.Hour))
	}

	wantStanding(t, app, o, "active", "2026-02-28 complete", "2026-03-31 complete", "2026-04-30 complete", "2026-05-31 scheduled")
	if got := app.NetCharged(o); got != 4_800 {
		t.Errorf("the gateway has charged %d, want 4800", got)
	}
}

func TestInstalmentsEndInACompleteOrder(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o := app.Sell(testkit.Instalments, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	wantStanding(t, app, o, "active", "2026-02-28 scheduled", "2026-03-31 scheduled", "2026-04-30 scheduled", "2026-05-31 scheduled", "2026-06-30 scheduled")

	app.ChargeDue(o, began.AddDate(0, 6, 0))

	wantStanding(t, app, o, "complete", "2026-02-28 complete", "2026-03-31 complete", "2026-04-30 complete", "2026-05-31 complete", "2026-06-30 complete")
	if got := app.NetCharged(o); got != 60_000 {
		t.Errorf("the gateway has charged %d, want 60000", got)
	}
}

func TestMeteredOrderOnlyStoresTheCard(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := app.Sell(testkit.Metered, order.Sale{Terms: order.Terms{Initial: "0"}})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	wantStanding(t, app, o, "active")
	if got := app.NetCharged(o); got != 0 {
		t.Errorf("the gateway has charged %d, want nothing", got)
	}
	methods, err := app.DB.Methods(t.Context(), o.ProfileID, o.ID)
	if err != nil || len(methods) != 1 || !methods[0].Main || methods[0].InitialTransactionID == "" {
		t.Errorf("stored cards: %+v, %v", methods, err)
	}
}

func TestDeclinedChargesMoveOrderAndSchedule(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		holder string // what charges of the stored card result in
		want   []string
		retry  time.Duration // after the due moment; zero: none by itself
		rule   schedule.Rule
	}{
		"soft":           {"THEN 800.100.152 MAC 02", []string{"failed", "2026-02-28 soft_declined", "2026-03-31 scheduled"}, 72 * time.Hour, ""},
		"hard":           {"THEN 800.100.152 MAC 03", []string{"suspended", "2026-02-28 hard_declined", "2026-03-31 scheduled"}, 0, schedule.RuleHard},
		"series ended":   {"THEN 800.100.500", []string{"suspended", "2026-02-28 hard_declined", "2026-03-31 scheduled"}, 0, schedule.RuleStopped},
		"authentication": {"THEN 300.100.100", []string{"failed", "2026-02-28 soft_declined", "2026-03-31 scheduled"}, 0, schedule.RuleAuthenticate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			app.SetTestTime(began)
			o := app.Sell(testkit.Monthly, order.Sale{})
			app.PayWith(o, testkit.Card{Number: testkit.CardApproved, Holder: tt.holder})
			due := time.Date(2026, 2, 28, 12, 0, 0, 0, time.UTC)

			app.ChargeDue(o, due)

			wantStanding(t, app, o, tt.want...)
			p := app.Schedule(o)[0]
			var want time.Time
			if tt.retry > 0 {
				want = due.Add(tt.retry)
			}
			if !p.CollectAt.Equal(want) || p.Refusal != tt.rule {
				t.Errorf("next try at %v, refused by %q; want %v, %q", p.CollectAt, p.Refusal, want, tt.rule)
			}
			if got := app.NetCharged(o); got != 1_200 {
				t.Errorf("the gateway has charged %d, want the first 1200", got)
			}
		})
	}
}

func TestChargeThatIsDueIsSentOnceHoweverManyWorkersTry(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	app.SetTestTime(began.AddDate(0, 1, 0))
	p := app.Schedule(o)[0]

	done := make(chan error)
	for range 8 {
		go func() { done <- app.Payments.Charge(t.Context(), o.ProfileID, p.ID) }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}

	if got := app.NetCharged(o); got != 2_400 {
		t.Errorf("the gateway has charged %d, want 2400", got)
	}
	if got := app.Strings(`SELECT id FROM attempts WHERE kind = 'charge'`); len(got) != 1 {
		t.Errorf("%d charges were attempted", len(got))
	}
}

func TestOperatorsCapEndsTheTriesOfACard(t *testing.T) {
	t.Parallel()
	limits := payment.DefaultLimits
	limits.Charges.SameAmount = 2
	app := testkit.Start(t, testkit.Options{Limits: limits})
	app.SetTestTime(began)
	o := app.Sell(testkit.Monthly, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved, Holder: "THEN 800.100.152"})

	for day := range 28 {
		app.ChargeDue(o, time.Date(2026, 2, 28+day, 12, 0, 0, 0, time.UTC))
	}

	if got := app.Strings(`SELECT id FROM attempts WHERE kind = 'charge'`); len(got) != 2 {
		t.Errorf("%d charges of the same amount, want two", len(got))
	}
}
