package v1_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// TestAnOutageOfTheGatewayIsToldAndLosesNothing makes every call that has to do with
// the gateway while that gives no answer, and looks at the gateway's books after it
// has come back: each is done once.
func TestAnOutageOfTheGatewayIsToldAndLosesNothing(t *testing.T) {
	t.Parallel()

	for name, outage := range testkit.Outages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			monthly := a.Begin(a.Sell(testkit.Monthly, order.Sale{}))
			captured, capture := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
			released, reversal := a.paidBy(t, bicycle(), order.Sale{PreAuthorise: true}, gateway.PreAuthorisation)
			refunded, refund := a.paidBy(t, bicycle(), order.Sale{}, gateway.Debit)
			waiting, old := a.NewOrder(12_400), a.NewOrder(12_400)
			a.StartCheckout(old)
			a.Advance(26 * time.Minute)

			a.BreakGateway(outage)
			said := func(c call, want int, code string) reply {
				t.Helper()
				got := a.do(t, c)
				if got.status != want || got.problem.Code != code {
					t.Errorf("%s: %d %s, want %d %s", c.path, got.status, got.problem.Code, want, code)
				}
				return got
			}
			body := a.checkoutBody(t, "")
			made := said(call{path: ordersPath, body: body, repeat: "k"}, http.StatusCreated, "")
			if again := said(call{path: ordersPath, body: body, repeat: "k"}, http.StatusCreated, ""); again.body != made.body || !strings.Contains(made.body, `"checkout":null`) {
				t.Errorf("the order is made as %s, repeated as %s", made.body, again.body)
			}
			said(renew(waiting.ID), http.StatusServiceUnavailable, "gateway_unavailable")
			said(renew(old.ID), http.StatusConflict, "payment_in_progress") // perhaps it was paid
			said(call{path: "/transactions/" + capture + "/capture", body: `{}`}, http.StatusAccepted, "")
			said(call{path: "/transactions/" + reversal + "/reverse", body: `{}`}, http.StatusAccepted, "")
			said(call{path: "/transactions/" + refund + "/refund", body: `{"amount":"24.00"}`}, http.StatusAccepted, "")
			a.RunJobs()
			to := a.Clock.Wall().AddDate(0, 3, 1)
			clock := call{path: advanceClock, body: clockTo(to), repeat: "k"}
			said(clock, http.StatusServiceUnavailable, "charge_unanswered")
			said(clock, http.StatusServiceUnavailable, "charge_unanswered")
			said(call{path: advanceClock, body: clockTo(to.AddDate(0, 1, 0))}, http.StatusConflict, "clock_moving")
			said(call{method: http.MethodPut, path: "/orders/" + string(waiting.ID) + "/cancel_order"}, http.StatusOK, "")

			a.MendGateway()
			for range 12 { // twice not found, sent again, told
				a.Advance(15 * time.Minute)
				a.Deliver()
			}
			if got := said(clock, http.StatusOK, ""); got.field(t, "clock.at") != to.Format(time.RFC3339Nano) {
				t.Errorf("after the outage the clock is %s, want it at %s", got.body, to)
			}
			for what, got := range map[string][2]int64{
				"the subscription": {a.NetCharged(monthly), 4 * 1200},
				"the capture":      {a.Captured(captured), 12_400},
				"the reversal":     {a.NetCharged(released), 0},
				"the refund":       {a.NetCharged(refunded), 10_000},
			} {
				if got[0] != got[1] {
					t.Errorf("%s: the gateway has %d, want %d", what, got[0], got[1])
				}
			}
			if left := a.Strings(`SELECT kind || ' ' || state FROM attempts WHERE kind <> 'checkout' AND state <> 'approved'`); len(left) > 0 {
				t.Errorf("not settled: %v", left)
			}
			for _, o := range []order.ID{order.ID(made.field(t, "order.id")), old.ID} {
				said(renew(o), http.StatusOK, "")
			}
		})
	}
}
