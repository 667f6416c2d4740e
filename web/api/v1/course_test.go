package v1_test

import (
	"net/http"
	"testing"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

func TestSubscriptionIsPausedResumedAndCancelled(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.Begin(a.Sell(testkit.Monthly, order.Sale{}))
	turn := func(command string) call {
		return call{method: http.MethodPut, path: "/orders/" + string(o.ID) + "/" + command}
	}
	for _, step := range []struct {
		command string
		status  int
		want    string // the order's status, or the code
	}{
		{"resume_order", http.StatusConflict, "order_not_paused"},
		{"pause_order", http.StatusOK, "paused"},
		{"pause_order", http.StatusConflict, "order_not_pausable"},
		{"resume_order", http.StatusOK, "active"},
		{"cancel_order", http.StatusOK, "complete"},
		{"cancel_order", http.StatusConflict, "order_ended"},
		{"pause_order", http.StatusConflict, "order_ended"},
		{"resume_order", http.StatusConflict, "order_ended"},
	} {
		got := a.do(t, turn(step.command))
		told := got.problem.Code
		if got.status == http.StatusOK {
			told = got.field(t, "order.status")
			if got.field(t, "order.payment_link") != o.Link {
				t.Errorf("%s: the link is %s, want %s", step.command, got.field(t, "order.payment_link"), o.Link)
			}
			if read := a.do(t, call{path: "/orders/" + string(o.ID)}); read.body != got.body {
				t.Errorf("%s answers %s, then the order reads %s", step.command, got.body, read.body)
			}
		}
		if got.status != step.status || told != step.want {
			t.Errorf("%s: %d %s, want %d %s", step.command, got.status, told, step.status, step.want)
		}
	}
	if got := a.do(t, call{method: http.MethodPut, path: "/orders/nonsense/cancel_order"}); got.problem.Code != "order_not_found" {
		t.Errorf("no order: %d %s", got.status, got.problem.Code)
	}
	if got := a.do(t, call{method: http.MethodPut, path: turn("cancel_order").path, body: `{"when":"later"}`, invalid: true}); got.problem.Code != "body_invalid" {
		t.Errorf("with a body: %d %s", got.status, got.problem.Code)
	}
}

func TestRepeatedCancelAnswersTheSame(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	c := call{method: http.MethodPut, path: "/orders/" + string(o.ID) + "/cancel_order", repeat: "k"}
	first, again := a.do(t, c), a.do(t, c)
	if first.field(t, "order.status") != "cancelled" || again.status != http.StatusOK || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the repetition answers %d %s, want %s", again.status, again.body, first.body)
	}
	c.repeat = "another"
	if got := a.do(t, c); got.problem.Code != "order_ended" {
		t.Errorf("cancelled twice: %d %s", got.status, got.problem.Code)
	}
}
