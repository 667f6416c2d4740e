package web_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// booked adds up, in minor units, what the API tells of an order's transactions of
// some types.
func booked(t *testing.T, app *testkit.App, o testkit.Order, types ...gateway.Type) (sum int64) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, app.URL+"/api/v1/orders/"+string(o.ID)+"/transactions?per_page=100", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+app.Key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var told struct {
		Data []struct {
			Type, State, Amount string
			Surplus             bool
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&told); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("transactions: %s, %v", resp.Status, err)
	}
	for _, x := range told.Data {
		if amount, err := money.Parse(x.Amount, money.EUR); err == nil && x.State == "approved" && !x.Surplus && slices.Contains(types, gateway.Type(x.Type)) {
			sum += amount.Minor()
		}
	}
	return sum
}

// What was given back and what a bank took back lessens no other figure, and the
// portal's figures are those of the transactions that the API tells.
func TestWhatWentBackIsAFigureOfItsOwn(t *testing.T) {
	t.Parallel()
	app := testkit.New(t)
	o := subscribed(app, "Ada Winter")
	app.ChargeDue(o, dueAt)
	var taken []payment.Transaction
	for _, x := range app.Overview(o).Transactions {
		if x.Type == gateway.Debit {
			taken = append(taken, x)
		}
	}
	if len(taken) != 2 {
		t.Fatalf("%d payments", len(taken))
	}
	if _, err := app.Payments.Refund(t.Context(), actor.TheSystem, o.ProfileID, taken[0].ID, "2.00", nil); err != nil { // of the renewal
		t.Fatal(err)
	}
	app.Deliver()
	first, err := app.Gateway.Chargeback(t.Context(), taken[1].GatewayID, "", "12.00")
	if err != nil {
		t.Fatal(err)
	}
	app.Deliver()

	v := newVisitor(t, app)
	wants := func(paid, refunded, returned string) {
		t.Helper()
		v.follow(o.Link).wantText("[data-testid=order-paid]", paid).wantText("[data-testid=order-refunded]", refunded).wantText("[data-testid=order-open]", "€0.00")
		if got := v.follow(o.Link).text("[data-testid=order-returned]"); got != returned {
			t.Errorf("the bank took back %q, want %q", got, returned)
		}
	}
	wants("€24.00", "€2.00", "€12.00")
	if sum := booked(t, app, o, gateway.Debit, gateway.Capture); sum != 2400 {
		t.Errorf("the API tells of %d taken", sum)
	}
	if sum := booked(t, app, o, gateway.Refund); sum != 200 {
		t.Errorf("the API tells of %d refunded", sum)
	}
	if sum := booked(t, app, o, gateway.Chargeback, gateway.RapidResolution) - booked(t, app, o, gateway.ChargebackReversal); sum != 1200 {
		t.Errorf("the API tells of %d taken back", sum)
	}
	if _, err := app.Gateway.WinDispute(t.Context(), first, ""); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	wants("€24.00", "€2.00", "")
}

// However long an order's schedule is, its page reads as much of it, and adds all of
// it up.
func TestPortalOfALongScheduleReadsAShortOne(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int64
			app := testkit.Start(t, testkit.Options{Engine: engine, SQL: testkit.WatchSQL(func(query string, _ []driver.NamedValue) {
				if strings.Contains(strings.ToUpper(query), "SELECT") && !strings.HasPrefix(query, "-- name:") {
					n.Add(1)
				}
			})})
			app.SetTestTime(soldAt)
			split := func(parts int64) testkit.Order {
				return app.Begin(app.Sell(catalog.Details{Type: catalog.Instalment, Name: "House", Price: money.New(10_000+parts*1000, money.EUR), Tax: 190_000,
					Plan: catalog.Plan{Initial: money.New(10_000, money.EUR), Splits: parts, Unit: catalog.Month, Interval: 1}}, order.Sale{}))
			}
			short, long, busy := split(5), split(360), app.Begin(app.Sell(testkit.Metered, order.Sale{}))
			app.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO scheduled_payments (profile_id, id, order_id, position, origin, status, due_on, rhythm_on, unit, units, description, currency, amount_minor,
       tries, decline_class, refusal, announced, created_at, row_version)
SELECT $1, 'spm_' || $2 || i, $2, i, 'request', 'complete', '2026-01-01', '', '', 0, '', 'EUR', 100, 1, '', '', TRUE, 0, 1 FROM n`, string(busy.ProfileID), string(busy.ID))
			app.Exec(`INSERT INTO payments (profile_id, id, order_id, scheduled_id, kind, status, currency, amount_minor, settles_minor, authorised_minor, captured_minor, refunded_minor,
       disputed_minor, paid_at, created_at, row_version)
SELECT s.profile_id, 'pay_' || s.id, s.order_id, s.id, 'scheduled', 'paid', 'EUR', 100, 0, 0, 100, 10, 0, 0, 0, 1 FROM scheduled_payments s WHERE s.order_id = $1`, string(busy.ID))

			v := newVisitor(t, app)
			read := map[string]int64{}
			for _, tt := range []struct {
				name                 string
				o                    testkit.Order
				rows                 int
				paid, open, refunded string
				rest                 string
			}{
				{"short", short, 5, "€100.00", "€50.00", "", ""},
				{"long", long, payment.ScheduleLimit, "€100.00", "€3,600.00", "", "336 more payments follow until 31 January 2056, €3,360.00 altogether."},
				{"busy", busy, 0, "€3,050.00", "€0.00", "€300.00", ""},
			} {
				v.follow(tt.o.Link)
				n.Store(0)
				page := v.get(orderPath(tt.o)).wantStatus(http.StatusOK).wantText("[data-testid=order-paid]", tt.paid).wantText("[data-testid=order-open]", tt.open).
					wantText("[data-testid=order-refunded]", tt.refunded).wantText("[data-testid=upcoming-rest]", tt.rest)
				read[tt.name] = n.Load()
				if got := page.doc.Find("section[aria-labelledby=upcoming] tbody tr").Length(); got != tt.rows {
					t.Errorf("%s: %d payments to come are shown, want %d", tt.name, got, tt.rows)
				}
				if w, err := app.Payments.Wallet(t.Context(), app.Overview(tt.o)); err != nil || len(w.Open) > 1 {
					t.Errorf("%s: the page of the cards reads %d scheduled payments, %v", tt.name, len(w.Open), err)
				}
			}
			if read["long"] != read["short"] || read["busy"] != read["short"] {
				t.Errorf("statements %v, want as many for each", fmt.Sprint(read))
			}
		})
	}
}
