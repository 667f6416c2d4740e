package payment_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// mortal is a process that is killed before one of its instructions: a statement of
// its database, or a call of the gateway. None after it is carried out, until the
// process is started again: all that it knows then is in the database.
type mortal struct {
	steps atomic.Int64
	last  atomic.Int64 // it dies before the step after this one; 0: it lives
}

var errKilled = errors.New("killed")

func (m *mortal) step() error {
	if n, last := m.steps.Add(1), m.last.Load(); last > 0 && n > last {
		return errKilled
	}
	return nil
}

// until lets the process live for so many steps; restart lets it live on.
func (m *mortal) until(steps int64) { m.steps.Store(0); m.last.Store(steps) }
func (m *mortal) restart()          { m.last.Store(0) }

// mortalApp is an app whose process can be killed.
func mortalApp(t *testing.T) (*testkit.App, *mortal) {
	t.Helper()
	m := &mortal{}
	return testkit.Start(t, testkit.Options{SQL: testkit.CutSQL(m.step), OnGatewayCall: func(r *http.Request) {
		if m.step() != nil {
			r.URL.Scheme = "killed" // so that it is not sent
		}
	}}), m
}

// update is the whole way of a customer who settles what is outstanding with another
// card, as far as the process lives.
func update(app *testkit.App, o testkit.Order, shown int64, holder string) {
	if at, err := register(app, o, shown); err == nil {
		finish(app, o, at, holder)
	}
}

// finish is that way from the card's form on.
func finish(app *testkit.App, o testkit.Order, at payment.Attempt, holder string) {
	ctx := context.WithoutCancel(app.TB.Context())
	app.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardSecond, Holder: holder})
	if _, err := app.Payments.CheckReturn(ctx, at.ProfileID, at.ID); err != nil {
		return
	}
	open, err := app.DB.OpenSchedule(ctx, o.ProfileID, o.ID, "9999-12-31")
	if err != nil {
		return
	}
	for _, p := range open {
		if p.Origin == schedule.Update {
			_ = app.Payments.Charge(ctx, o.ProfileID, p.ID) // whose end the sweeps find
		}
	}
}

// TestInvariant11CardUpdateKilledAtAnyInstruction: between the registration of the
// other card, the merging of what is outstanding and its one charge. Whatever was
// reached, sweeps end it or the customer begins anew; nothing is collected twice,
// nothing lost, and what is declined is back as it was.
func TestInvariant11CardUpdateKilledAtAnyInstruction(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		of      catalog.Details
		now     time.Time
		shown   int64
		holder  string
		stored  bool // the way to the card's form is the other's
		charged []int64
		want    []string
	}{
		"paid": {testkit.Monthly, later, 1200, "Ada Winter", false, []int64{1200}, []string{"active", "2026-02-28 merged", "2026-03-31 scheduled", "2026-03-02 complete"}},
		"declined": {testkit.Instalments, began.AddDate(0, 2, 1), 20_000, soft, true, nil,
			[]string{"failed", "2026-02-28 soft_declined", "2026-03-31 soft_declined", "2026-04-30 scheduled", "2026-05-31 scheduled", "2026-06-30 scheduled"}},
	} {
		app, m := mortalApp(t)
		whole := declined(app, tt.of, hard)
		app.SetTestTime(tt.now)
		m.until(1_000_000)
		at := mustRegister(app, whole, tt.shown)
		first := int64(1)
		if tt.stored {
			first = m.steps.Load()
		}
		finish(app, whole, at, tt.holder)
		steps := m.steps.Load()
		if steps < 50 {
			t.Fatalf("%s: an update has %d steps only", name, steps)
		}
		t.Logf("%s: killed at each of the steps %d to %d", name, first, steps)
		const few = 10 // of one app, whose log is read again and again
		for from := first; from <= steps; from += few {
			t.Run(fmt.Sprintf("%s from %d", name, from), func(t *testing.T) {
				t.Parallel()
				app, m := mortalApp(t)
				for last := from; last < min(from+few, steps+1); last++ {
					app.Exec(`DELETE FROM charge_tries`) // of the orders before: their customers have the same cards
					o := declined(app, tt.of, hard)
					app.SetTestTime(tt.now)
					m.until(last)
					update(app, o, tt.shown, tt.holder)
					m.restart()

					sweepAll(app, o, tt.now)
					if outstanding(app, o) {
						update(app, o, tt.shown, tt.holder)
						sweepAll(app, o, tt.now)
					}

					wantUpdated(t, app, o, last, tt.charged, tt.want)
				}
			})
		}
	}
}

// sweepAll lets the time pass in which all is decided that a kill left open.
func sweepAll(app *testkit.App, o testkit.Order, now time.Time) {
	for _, d := range []time.Duration{50 * time.Minute, 11 * time.Minute, 11 * time.Minute, 11 * time.Minute} {
		app.Advance(d)
		app.RunJobs()
		app.ChargeDue(o, now)
	}
}

// outstanding reports whether the order still waits for another card: no charge of it
// was tried.
func outstanding(app *testkit.App, o testkit.Order) bool {
	return app.Overview(o).Order.Status == "suspended"
}

func wantUpdated(t *testing.T, app *testkit.App, o testkit.Order, killed int64, chargedWant []int64, want []string) {
	t.Helper()
	if diff := cmp.Diff(chargedWant, charged(app, o)); diff != "" {
		t.Errorf("killed after step %d: charges (-want +got):\n%s", killed, diff)
	}
	got := slices.DeleteFunc(standing(app, o), func(s string) bool { return strings.HasSuffix(s, " cancelled") })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("killed after step %d (-want +got):\n%s", killed, diff)
	}
	if held := app.Strings(`SELECT id FROM scheduled_payments WHERE order_id = $1 AND held_by IS NOT NULL AND status NOT IN ('merged', 'cancelled')`, string(o.ID)); len(held) > 0 {
		t.Errorf("killed after step %d: %d payments are still held", killed, len(held))
	}
	if open := app.Strings(`SELECT kind || ' ' || state FROM attempts WHERE order_id = $1 AND next_attempt_at IS NOT NULL`, string(o.ID)); len(open) > 0 {
		t.Errorf("killed after step %d: open are %v", killed, open)
	}
	if card := cards(app, o)[0]; !card.Main || card.Method.Last4 != "5454" {
		t.Errorf("killed after step %d: the main card ends in %s", killed, card.Method.Last4)
	}
	booked := app.Strings(`SELECT gateway_id FROM transactions WHERE order_id = $1 AND state = 'approved'`, string(o.ID))
	for _, e := range app.GatewayBooks(o) {
		if e.State == sandbox.StateApproved && !slices.Contains(booked, e.ID) && e.Type != "RG" {
			t.Errorf("killed after step %d: the gateway's %s of %s is not booked", killed, e.Type, e.Amount)
		}
	}
}
