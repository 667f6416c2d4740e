package v1_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// scheduled are the scheduled payments of an order as the API lists them, each as
// "position date status amount".
func (a *api) scheduled(t *testing.T, o testkit.Order) []string {
	t.Helper()
	r := a.do(t, call{path: "/orders/" + string(o.ID) + "/scheduled_payments?per_page=100"})
	var page struct {
		Data []struct{ Date, Status, Amount string }
	}
	if err := json.Unmarshal([]byte(r.body), &page); err != nil || r.status != http.StatusOK {
		t.Fatalf("%d, %v\n%s", r.status, err, r.body)
	}
	var all []string
	for _, p := range page.Data {
		all = append(all, p.Date+" "+p.Status+" "+p.Amount)
	}
	return all
}

func (a *api) wantScheduled(t *testing.T, o testkit.Order, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, a.scheduled(t, o)); diff != "" {
		t.Errorf("scheduled payments (-want +got):\n%s", diff)
	}
}

func (a *api) wantOrder(t *testing.T, o testkit.Order, status string) {
	t.Helper()
	if got := a.do(t, call{path: "/orders/" + string(o.ID)}).field(t, "order.status"); got != status {
		t.Errorf("the order is %s, want %s", got, status)
	}
}

// nth is the address of an order's nth scheduled payment.
func (a *api) nth(o testkit.Order, n int) string {
	return "/scheduled_payments/" + string(a.Schedule(o)[n-1].ID)
}

// wantRefused wants a conflict with a code.
func (a *api) wantRefused(t *testing.T, c call, code string, mistakes ...string) {
	t.Helper()
	r := a.do(t, c)
	if r.status != http.StatusConflict || r.problem.Code != code || !cmp.Equal(mistakes, r.mistakes()) {
		t.Errorf("%s %s: %d %s %q, want 409 %s %q", c.path, c.body, r.status, r.problem.Code, r.mistakes(), code, mistakes)
	}
}

func put1(path, fields string) call {
	return call{method: http.MethodPut, path: path, body: `{"scheduled_payment":{` + fields + `}}`}
}

// fault has the gateway do something to the next charge of a stored card.
func (a *api) fault(t *testing.T, f sandbox.Fault) {
	t.Helper()
	f.Next = 1
	if err := a.Gateway.AddFault(f); err != nil {
		t.Fatal(err)
	}
}

// declineNext gives the next charge a result.
func (a *api) declineNext(t *testing.T, code string) {
	t.Helper()
	a.fault(t, sandbox.Fault{Kind: sandbox.FaultResult, Route: sandbox.RouteCharge, Code: code})
}

// charge does what the one job that waits was put into the queue for.
func (a *api) charge(t *testing.T, o testkit.Order, at time.Time) {
	t.Helper()
	if got := a.Strings(`SELECT args FROM river_job WHERE kind = 'payment.charge'`); len(got) != 1 {
		t.Errorf("%d charges wait, want one", len(got))
	}
	a.Exec(`DELETE FROM river_job WHERE kind = 'payment.charge'`)
	a.ChargeDue(o, at)
}

// sold is an order that was paid on the last of January.
func (a *api) sold(what func() testkit.Order) testkit.Order {
	a.SetTestTime(time.Date(2027, 1, 31, 9, 0, 0, 0, time.UTC))
	o := what()
	a.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return o
}

func (a *api) instalments() testkit.Order {
	return a.sold(func() testkit.Order { return a.Sell(testkit.Instalments, order.Sale{}) })
}

func (a *api) subscription() testkit.Order {
	return a.sold(func() testkit.Order { return a.Sell(testkit.Monthly, order.Sale{}) })
}

func (a *api) metered() testkit.Order {
	return a.sold(func() testkit.Order { return a.Sell(testkit.Metered, order.Sale{}) })
}

func TestScheduledPaymentsAreListedByPosition(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			o := a.instalments()
			a.wantScheduled(t, o, "2027-02-28 scheduled 100.00", "2027-03-31 scheduled 100.00", "2027-04-30 scheduled 100.00", "2027-05-31 scheduled 100.00", "2027-06-30 scheduled 100.00")

			path := "/orders/" + string(o.ID) + "/scheduled_payments?per_page=2"
			var seen []string
			for next := path; next != ""; {
				r := a.do(t, call{path: next})
				var page struct {
					Data []struct{ ID string }
					Next *string `json:"next_cursor"`
				}
				if err := json.Unmarshal([]byte(r.body), &page); err != nil {
					t.Fatal(err)
				}
				for _, p := range page.Data {
					seen = append(seen, p.ID)
				}
				if next = ""; page.Next != nil {
					next = path + "&cursor=" + *page.Next
				}
			}
			var want []string
			for _, p := range a.Schedule(o) {
				want = append(want, string(p.ID))
			}
			if diff := cmp.Diff(want, seen); diff != "" {
				t.Errorf("page by page (-want +got):\n%s", diff)
			}
			if got := a.do(t, call{path: "/orders/" + string(o.ID) + "/scheduled_payments?per_page=2&page=3"}); !strings.Contains(got.body, want[4]) || strings.Contains(got.body, want[3]) {
				t.Errorf("the third page: %s", got.body)
			}
			if got := a.do(t, call{path: a.nth(o, 3)}).field(t, "scheduled_payment.id"); got != want[2] {
				t.Errorf("the third alone is %s, want %s", got, want[2])
			}
		})
	}
}

func TestAMerchantChangesInstalments(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			o := a.instalments()

			first := a.do(t, call{method: http.MethodPut, path: a.nth(o, 1), body: `{"scheduled_payment":{"date":"2027-03-05","amount":"80"}}`, repeat: "k"})
			again := a.do(t, call{method: http.MethodPut, path: a.nth(o, 1), body: `{"scheduled_payment":{"date":"2027-03-05","amount":"80"}}`, repeat: "k"})
			if first.status != http.StatusOK || again.body != first.body || again.header.Get("Idempotency-Replayed") == "" {
				t.Errorf("%d\n%s\n%s", first.status, first.body, again.body)
			}
			a.change(t, a.nth(o, 2), `{"scheduled_payment":{"status":"skipped"}}`)
			merged := a.change(t, a.nth(o, 3), `{"scheduled_payment":{"merge_with":["`+string(a.Schedule(o)[3].ID)+`"],"date":"2027-05-10"}}`)
			if got := merged.field(t, "scheduled_payment.merged_into"); got != string(a.Schedule(o)[5].ID) {
				t.Errorf("merged into %s", got)
			}
			a.wantScheduled(t, o, "2027-03-05 scheduled 80.00", "2027-03-31 skipped 100.00", "2027-04-30 merged 100.00", "2027-05-31 merged 100.00", "2027-06-30 scheduled 100.00", "2027-05-10 scheduled 200.00")
			for _, path := range []string{a.nth(o, 2), a.nth(o, 3)} {
				a.wantRefused(t, put1(path, `"status":"scheduled","date":"2027-06-01"`), "scheduled_payment_not_updatable")
			}

			a.ChargeDue(o, time.Date(2027, 7, 1, 9, 0, 0, 0, time.UTC))
			a.wantOrder(t, o, "review") // 20.00 less than was sold
			if got := a.NetCharged(o); got != 10_000+8_000+20_000+10_000 {
				t.Errorf("charged %d", got)
			}
			a.wantRefused(t, put1(a.nth(o, 1), `"status":"cancelled"`), "scheduled_payment_not_updatable")
			if diff := cmp.Diff([]string{"scheduled_payment.merged", "scheduled_payment.merged", "scheduled_payment.rescheduled", "scheduled_payment.skipped"},
				a.Strings(`SELECT type FROM events WHERE order_id = $1 AND actor LIKE 'api_key%' AND type LIKE 'scheduled_payment.%' ORDER BY type`, string(o.ID))); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"payment_merged", "payment_rescheduled", "payment_skipped"},
				a.Strings(`SELECT kind FROM mails WHERE order_id = $1 AND kind IN ('payment_merged', 'payment_rescheduled', 'payment_skipped') ORDER BY kind`, string(o.ID))); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSkippingTheRestOfTheInstalmentsCompletesTheOrder(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.instalments()
	a.ChargeDue(o, time.Date(2027, 5, 1, 9, 0, 0, 0, time.UTC))
	for n := 4; n <= 5; n++ {
		a.wantOrder(t, o, "active")
		a.change(t, a.nth(o, n), `{"scheduled_payment":{"status":"skipped"}}`)
	}
	a.wantOrder(t, o, "complete")
	a.wantRefused(t, put1(a.nth(o, 5), `"status":"scheduled","date":"2027-06-01"`), "order_ended")
}

func TestAMerchantChangesASubscription(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.subscription()
	a.wantScheduled(t, o, "2027-02-28 scheduled 12.00")

	a.change(t, a.nth(o, 1), `{"scheduled_payment":{"date":"2027-02-14"}}`) // a trial of two weeks
	a.change(t, a.nth(o, 1), `{"scheduled_payment":{"amount":"15.00"}}`)
	a.change(t, a.nth(o, 1), `{"scheduled_payment":{"status":"skipped"}}`)
	a.wantScheduled(t, o, "2027-02-14 skipped 15.00", "2027-03-31 scheduled 15.00")

	a.change(t, a.nth(o, 2), `{"scheduled_payment":{"date":"2027-04-10","scheduled_unit":"WEEK","scheduled_interval":2}}`)
	a.ChargeDue(o, time.Date(2027, 4, 10, 9, 0, 0, 0, time.UTC))
	a.wantScheduled(t, o, "2027-02-14 skipped 15.00", "2027-04-10 complete 15.00", "2027-04-24 scheduled 15.00")
	a.wantOrder(t, o, "active")
	if got := a.NetCharged(o); got != 1_200+1_500 {
		t.Errorf("charged %d", got)
	}
}

func TestADeclinedPaymentIsCollectedAgain(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.subscription()
	a.wantRefused(t, put1(a.nth(o, 1), `"action":"retry"`), "scheduled_payment_not_updatable")
	a.declineNext(t, "800.100.155")
	a.ChargeDue(o, time.Date(2027, 2, 28, 9, 0, 0, 0, time.UTC))
	a.wantScheduled(t, o, "2027-02-28 soft_declined 12.00", "2027-03-31 scheduled 12.00")
	a.wantOrder(t, o, "failed")

	noon := time.Date(2027, 2, 28, 12, 0, 0, 0, time.UTC)
	a.change(t, a.nth(o, 1), `{"scheduled_payment":{"action":"retry"}}`)
	a.charge(t, o, noon)
	a.wantScheduled(t, o, "2027-02-28 recovered 12.00", "2027-03-31 scheduled 12.00")
	a.wantOrder(t, o, "active")

	a.change(t, a.nth(o, 2), `{"scheduled_payment":{"action":"execute_now"}}`)
	a.charge(t, o, noon)
	a.wantScheduled(t, o, "2027-02-28 recovered 12.00", "2027-03-31 complete 12.00", "2027-04-30 scheduled 12.00")

	a.declineNext(t, "800.100.151") // for good
	a.ChargeDue(o, time.Date(2027, 4, 30, 9, 0, 0, 0, time.UTC))
	a.wantOrder(t, o, "suspended")
	a.wantRefused(t, put1(a.nth(o, 3), `"action":"retry"`), "order_not_collecting")
}

func TestWhatTheSchemesForbidIsRefusedWithItsRule(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.subscription()
	a.declineNext(t, "300.100.100") // the bank wants the customer
	a.ChargeDue(o, time.Date(2027, 2, 28, 9, 0, 0, 0, time.UTC))
	a.wantScheduled(t, o, "2027-02-28 soft_declined 12.00", "2027-03-31 scheduled 12.00")
	if got := a.do(t, call{path: a.nth(o, 1)}).field(t, "scheduled_payment.refusal"); got != "authentication_needed" {
		t.Errorf("refused by %s", got)
	}
	a.wantRefused(t, put1(a.nth(o, 1), `"action":"retry"`), "charge_not_allowed", "/scheduled_payment/action authentication_needed")
	if got := a.Strings(`SELECT data FROM events WHERE type = 'scheduled_payment.retry_refused' AND actor LIKE 'api_key%'`); len(got) != 1 || !strings.Contains(got[0], "authentication_needed") {
		t.Errorf("the refusal is recorded as %q", got)
	}
}

func TestNothingIsChangedWhileItIsBeingCollected(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.instalments()
	a.fault(t, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge})
	a.fault(t, sandbox.Fault{Kind: sandbox.FaultWebhookNever})
	a.ChargeDue(o, time.Date(2027, 2, 28, 9, 0, 0, 0, time.UTC))
	for _, fields := range []string{`"status":"skipped"`, `"status":"cancelled"`, `"date":"2027-04-01"`, `"amount":"1"`, `"action":"execute_now"`, `"merge_with":["` + string(a.Schedule(o)[1].ID) + `"],"date":"2027-04-01"`} {
		a.wantRefused(t, put1(a.nth(o, 1), fields), "scheduled_payment_in_progress")
	}
	a.wantRefused(t, put1(a.nth(o, 2), `"merge_with":["`+string(a.Schedule(o)[0].ID)+`"],"date":"2027-04-01"`), "scheduled_payment_in_progress")
	a.change(t, a.nth(o, 2), `{"scheduled_payment":{"status":"skipped"}}`)

	a.Exec(`UPDATE scheduled_payments SET held_by = 'pay_1' WHERE order_id = $1`, string(o.ID))
	a.wantRefused(t, put1(a.nth(o, 3), `"status":"skipped"`), "scheduled_payment_held")
}

func TestAMeteredOrderTakesPaymentsOnRequest(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			o := a.metered()
			path := "/orders/" + string(o.ID) + "/payments"
			now := call{path: path, body: `{"scheduled_payment":{"amount":"12.50","description":"125 kWh"}}`, repeat: "k"}
			first, again := a.do(t, now), a.do(t, now)
			if first.status != http.StatusCreated || again.body != first.body || first.header.Get("Location") != a.URL+"/api/v1"+a.nth(o, 1) {
				t.Fatalf("%d %s\n%s\n%s", first.status, first.header.Get("Location"), first.body, again.body)
			}
			a.create(t, call{path: path, body: `{"scheduled_payment":{"amount":20,"date":"2027-02-02"}}`}, "scheduled_payment")
			a.charge(t, o, time.Date(2027, 1, 31, 10, 0, 0, 0, time.UTC))
			a.wantScheduled(t, o, "2027-01-31 complete 12.50", "2027-02-02 scheduled 20.00")
			a.ChargeDue(o, time.Date(2027, 2, 1, 23, 30, 0, 0, time.UTC)) // the second in Berlin
			a.wantScheduled(t, o, "2027-01-31 complete 12.50", "2027-02-02 complete 20.00")
			a.wantOrder(t, o, "active")
			if got := a.NetCharged(o); got != 5_000+1_250+2_000 {
				t.Errorf("charged %d", got)
			}
		})
	}
}

func TestOnlyAMeteredOrderTakesPaymentsOnRequest(t *testing.T) {
	t.Parallel()
	a := start(t)
	ask := func(o testkit.Order) call {
		return call{path: "/orders/" + string(o.ID) + "/payments", body: `{"scheduled_payment":{"amount":"1"}}`}
	}
	a.wantRefused(t, ask(a.subscription()), "order_not_metered")
	o := a.Sell(testkit.Metered, order.Sale{})
	a.wantRefused(t, ask(o), "order_not_collecting")
	a.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	a.Exec(`UPDATE orders SET status = 'complete' WHERE id = $1`, string(o.ID))
	a.wantRefused(t, ask(o), "order_ended")
}

func TestAPausedPaymentTakesADateAndStaysPaused(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.subscription()
	a.Exec(`UPDATE orders SET status = 'paused', resumes_as = 'active' WHERE id = $1`, string(o.ID))
	a.Exec(`UPDATE scheduled_payments SET status = 'paused', collect_at = NULL WHERE order_id = $1`, string(o.ID))
	a.change(t, a.nth(o, 1), `{"scheduled_payment":{"status":"scheduled"}}`)
	a.change(t, a.nth(o, 1), `{"scheduled_payment":{"status":"scheduled","date":"2027-03-03"}}`)
	a.wantScheduled(t, o, "2027-03-03 paused 12.00")
	a.wantRefused(t, put1(a.nth(o, 1), `"status":"skipped"`), "scheduled_payment_not_updatable")
	a.wantRefused(t, put1(a.nth(o, 1), `"action":"execute_now"`), "order_not_collecting")
}

func TestEveryMistakeInAChangeOfAScheduledPaymentIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.subscription()
	to := func(fields string) string { return `{"scheduled_payment":{` + fields + `}}` }
	at := func(all ...string) []string {
		for i := range all {
			all[i] = "/scheduled_payment/" + all[i]
		}
		return all
	}
	own := string(a.Schedule(o)[0].ID)
	a.Exec(`UPDATE scheduled_payments SET origin = 'request' WHERE id = $1`, own) // so that it is not the next of the subscription
	a.refuses(t, put("/scheduled_payments/{id}"), own, nil, map[string]mistaken{
		"nothing":            {to(``), "body_invalid", []string{"/scheduled_payment nothing_told"}},
		"no envelope":        {`{}`, "body_invalid", []string{"/scheduled_payment required"}},
		"what is ours":       {to(`"tries":0,"due_on":"2027-04-01"`), "body_invalid", at("tries unknown_field", "due_on unknown_field")},
		"empty":              {to(`"status":"","date":"","merge_with":[],"action":"","amount":""`), "body_invalid", at("status required", "date required", "merge_with required", "action required", "amount decimal")},
		"wrong types":        {to(`"status":1,"date":20270401,"scheduled_interval":1.5,"merge_with":[1,"\u0000"]`), "body_invalid", at("status wrong_type", "date wrong_type", "scheduled_interval integer", "merge_with/0 wrong_type", "merge_with/1 control_character")},
		"too many":           {to(`"date":"2027-04-01","merge_with":["a"` + strings.Repeat(`,"a"`, 360) + `]`), "body_invalid", at("merge_with too_many")},
		"other statuses":     {to(`"status":"complete"`), "scheduled_payment_invalid", at("status not_allowed")},
		"other actions":      {to(`"action":"pause"`), "scheduled_payment_invalid", at("action not_allowed")},
		"skipped on a date":  {to(`"status":"skipped","date":"2027-04-01","amount":"1","scheduled_unit":"DAY","scheduled_interval":1`), "scheduled_payment_invalid", at("date not_together", "amount not_together", "scheduled_unit not_together", "scheduled_interval not_together")},
		"an action and more": {to(`"action":"retry","status":"scheduled","date":"2027-04-01","merge_with":["spm_1"]`), "scheduled_payment_invalid", at("status not_together", "date not_together", "merge_with not_together")},
		"merged and more":    {to(`"merge_with":["spm_1"],"status":"skipped","amount":"1"`), "scheduled_payment_invalid", at("status not_together", "amount not_together", "date required")},
		"half a rhythm":      {to(`"scheduled_unit":"MONTH"`), "scheduled_payment_invalid", at("scheduled_interval required")},
		"the other half":     {to(`"scheduled_interval":1`), "scheduled_payment_invalid", at("scheduled_unit required")},
		"no rhythm":          {to(`"scheduled_unit":"month","scheduled_interval":1`), "scheduled_payment_invalid", at("scheduled_unit scheduled_unit")},
		"four years":         {to(`"scheduled_unit":"YEAR","scheduled_interval":4`), "scheduled_payment_invalid", at("scheduled_interval scheduled_interval")},
		"a rhythm of one":    {to(`"scheduled_unit":"YEAR","scheduled_interval":1`), "scheduled_payment_invalid", at("scheduled_unit not_of_type")},
		"no date":            {to(`"date":"31.01.2027"`), "scheduled_payment_invalid", at("date date")},
		"yesterday":          {to(`"date":"2027-01-30"`), "scheduled_payment_invalid", at("date date_over")},
		"in eleven years":    {to(`"date":"2038-01-31"`), "scheduled_payment_invalid", at("date date_too_far")},
		"nothing to pay":     {to(`"amount":"0"`), "scheduled_payment_invalid", at("amount amount")},
		"too fine":           {to(`"amount":"1.001"`), "scheduled_payment_invalid", at("amount amount")},
		"too much":           {to(`"amount":"92233720368547758.07"`), "scheduled_payment_invalid", at("amount amount_not_payable")},
		"merged with nobody": {to(`"date":"2027-04-01","merge_with":["spm_1"]`), "scheduled_payment_invalid", at("merge_with scheduled_payment_not_found")},
		"merged with itself": {to(`"date":"2027-04-01","merge_with":["` + own + `"]`), "scheduled_payment_invalid", at("merge_with repeated")},
	})
	a.Exec(`UPDATE scheduled_payments SET status = 'soft_declined' WHERE id = $1`, own)
	r := a.do(t, put1("/scheduled_payments/"+own, `"status":"scheduled"`))
	if diff := cmp.Diff(at("date required"), r.mistakes()); r.problem.Code != "scheduled_payment_invalid" || diff != "" {
		t.Errorf("collected again on no day: %d %s\n%s", r.status, r.problem.Code, diff)
	}
}

func TestEveryMistakeInARequestedPaymentIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t)
	o := a.metered()
	of := func(fields string) string { return `{"scheduled_payment":{` + fields + `}}` }
	a.refuses(t, post("/orders/{id}/payments"), string(o.ID), nil, map[string]mistaken{
		"nothing":     {of(``), "body_invalid", []string{"/scheduled_payment/amount required"}},
		"more":        {of(`"amount":"1","status":"scheduled"`), "body_invalid", []string{"/scheduled_payment/status unknown_field"}},
		"wrong types": {of(`"amount":true,"date":1,"description":"\u0000"`), "body_invalid", []string{"/scheduled_payment/amount wrong_type", "/scheduled_payment/date wrong_type", "/scheduled_payment/description control_character"}},
		"no amount":   {of(`"amount":"1e3"`), "body_invalid", []string{"/scheduled_payment/amount decimal"}},
		"rules": {of(`"amount":"-1","date":"2027-02-30","description":"` + strings.Repeat("ä", 201) + `"`), "scheduled_payment_invalid",
			[]string{"/scheduled_payment/amount amount", "/scheduled_payment/date date", "/scheduled_payment/description too_long"}},
		"too much, too late": {of(`"amount":"92233720368547758.07","date":"2037-02-01"`), "scheduled_payment_invalid", []string{"/scheduled_payment/amount amount_not_payable", "/scheduled_payment/date date_too_far"}},
		"over":               {of(`"amount":"1","date":"2027-01-30"`), "scheduled_payment_invalid", []string{"/scheduled_payment/date date_over"}},
	})
}
