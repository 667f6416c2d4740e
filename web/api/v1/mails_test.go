package v1_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

func sendLink(o order.ID) string { return "/orders/" + string(o) + "/send_payment_link" }

func TestPaymentLinkIsSentOnRequest(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	got := a.do(t, call{method: http.MethodPost, path: sendLink(o.ID)})
	if got.status != http.StatusAccepted || got.field(t, "mail.state") != "due" || got.field(t, "mail.kind") != "order_ready" || got.field(t, "mail.order_id") != string(o.ID) {
		t.Errorf("%d %s", got.status, got.body)
	}
	a.SendMails()
	if m := a.Outbox.Mails(); len(m) != 1 || m[0].To[0] != "ada@example.com" {
		t.Errorf("%d mails arrived", len(m))
	}
}

func TestRepeatedRequestForTheLinkSendsOneMail(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	first := a.do(t, call{path: sendLink(o.ID), repeat: "k", body: `{}`})
	a.SendMails()
	again := a.do(t, call{path: sendLink(o.ID), repeat: "k", body: `{}`})
	if again.status != http.StatusAccepted || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the repetition answers %d %s, want %s", again.status, again.body, first.body)
	}
	if n := a.count(t, "mails"); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
}

func TestLinkThatWaitsIsNotSentTwice(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	first := a.do(t, call{method: http.MethodPost, path: sendLink(o.ID)})
	a.Advance(time.Minute)
	second := a.do(t, call{method: http.MethodPost, path: sendLink(o.ID)})
	if first.field(t, "mail.id") != second.field(t, "mail.id") {
		t.Errorf("two mails wait: %s and %s", first.body, second.body)
	}
}

func TestLinkIsSentSoOftenAndNoMore(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	ask := func(want int) {
		t.Helper()
		got := a.do(t, call{method: http.MethodPost, path: sendLink(o.ID)})
		if got.status != want || (want == http.StatusTooManyRequests && got.problem.Code != "too_many_mails") {
			t.Fatalf("%d %s, want %d", got.status, got.body, want)
		}
		a.SendMails()
	}
	ask(http.StatusAccepted)
	ask(http.StatusTooManyRequests) // within the minute
	for range 9 {
		a.Advance(time.Minute)
		ask(http.StatusAccepted)
	}
	a.Advance(time.Hour)
	ask(http.StatusTooManyRequests)
	if got := a.do(t, call{method: http.MethodPost, path: sendLink(a.NewOrder(5000).ID)}); got.status != http.StatusAccepted {
		t.Errorf("another order: %d", got.status)
	}
	a.Advance(24 * time.Hour)
	ask(http.StatusAccepted)
	if n := len(a.Outbox.Mails()); n != 11+1 {
		t.Errorf("%d mails arrived, want 12", n)
	}
}

func TestLinkIsRefusedWhereThereIsNothingToPay(t *testing.T) {
	t.Parallel()

	a := start(t)
	refused := func(o testkit.Order, want string) {
		t.Helper()
		got := a.do(t, call{method: http.MethodPost, path: sendLink(o.ID)})
		if got.status != http.StatusConflict || got.problem.Code != want {
			t.Errorf("%d %s, want %s", got.status, got.problem.Code, want)
		}
	}
	paid := a.NewOrder(12400)
	a.SubmitCard(a.StartCheckout(paid).CheckoutID, testkit.Card{Number: testkit.CardApproved})
	a.Deliver()
	refused(paid, "order_not_payable")
	cancelled := a.NewOrder(12400)
	a.Exec(`UPDATE orders SET status = 'cancelled' WHERE id = $1`, string(cancelled.ID))
	refused(cancelled, "order_not_payable")
	revoked := a.NewOrder(12400)
	if err := a.Orders.RevokeLinks(t.Context(), actor.TheSystem, revoked.ProfileID, revoked.ID); err != nil {
		t.Fatal(err)
	}
	refused(revoked, "payment_link_revoked")
	if got := a.do(t, call{method: http.MethodPost, path: sendLink("ord_00000000000000000000000000")}); got.status != http.StatusNotFound || got.problem.Code != "order_not_found" {
		t.Errorf("nobody's order: %d %s", got.status, got.problem.Code)
	}
	if got := a.Strings(`SELECT kind FROM mails WHERE kind = 'order_ready'`); len(got) != 0 {
		t.Errorf("%d mails after refusals, want none", len(got))
	}
}

func TestEveryMistakeInARequestForTheLinkIsNamed(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	for name, tt := range map[string]struct{ body, code, mistake string }{
		"an address": {`{"email":"eve@example.com"}`, "body_invalid", "/email unknown_field"},
		"a list":     {`[]`, "body_invalid", " wrong_type"},
		"no JSON":    {`{`, "json_invalid", " json_syntax"},
	} {
		got := a.do(t, call{path: sendLink(o.ID), body: tt.body, invalid: true})
		if got.problem.Code != tt.code || len(got.mistakes()) != 1 || got.mistakes()[0] != tt.mistake {
			t.Errorf("%s: %s %q, want %s %s", name, got.problem.Code, got.mistakes(), tt.code, tt.mistake)
		}
	}
	if n := a.count(t, "mails"); n != 0 {
		t.Errorf("%d mails after refusals, want none", n)
	}
}

func TestWhoIsMailedIsWhoTheCustomerIsWhenItIsSent(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	a.do(t, call{method: http.MethodPost, path: sendLink(o.ID)})
	a.Exec(`UPDATE customers SET email = 'new@example.com' WHERE profile_id = $1`, string(o.ProfileID))
	a.SendMails()
	if m := a.Outbox.Mails(); len(m) != 1 || m[0].To[0] != "new@example.com" {
		t.Errorf("the mail went elsewhere: %d mails", len(m))
	}
}

func TestOtherMailsAreSentOnRequestWhereTheyMakeSense(t *testing.T) {
	t.Parallel()

	a := start(t)
	pending, single := a.NewOrder(12400), a.NewOrder(5000)
	a.Pay(single)
	monthly := a.Sell(testkit.Monthly, order.Sale{})
	a.PayWith(monthly, testkit.Card{Number: testkit.CardApproved})
	paused := a.Sell(testkit.Monthly, order.Sale{})
	a.PayWith(paused, testkit.Card{Number: testkit.CardApproved})
	a.Exec(`UPDATE orders SET status = 'paused' WHERE id = $1`, string(paused.ID))
	a.SendMails()
	before := len(a.Outbox.Mails())
	for _, tt := range []struct {
		o       testkit.Order
		command string
		want    string // the mail's kind, or the fault's code
	}{
		{pending, "send_reminder", "order_reminder"},
		{single, "send_reminder", "order_not_payable"},
		{monthly, "send_reminder", "order_not_payable"},
		{pending, "send_card_update", "card_not_changeable"},
		{single, "send_card_update", "order_ended"},
		{paused, "send_card_update", "card_not_changeable"},
		{monthly, "send_card_update", "card_details_update"},
	} {
		got := a.do(t, call{method: http.MethodPost, path: "/orders/" + string(tt.o.ID) + "/" + tt.command})
		switch {
		case got.status == http.StatusAccepted && got.field(t, "mail.kind") == tt.want:
		case got.status == http.StatusConflict && got.problem.Code == tt.want:
		default:
			t.Errorf("%s of a %s order: %d %s, want %s", tt.command, tt.o.Type, got.status, got.body, tt.want)
		}
	}
	a.SendMails()
	if n := len(a.Outbox.Mails()) - before; n != 2 {
		t.Errorf("%d mails arrived, want 2", n)
	}
}

func TestReminderOnRequestLeavesTheAutomaticOnesAlone(t *testing.T) {
	t.Parallel()

	a := start(t)
	o := a.NewOrder(12400)
	a.do(t, call{method: http.MethodPost, path: "/orders/" + string(o.ID) + "/send_reminder"})
	a.SendMails()
	for n := range 4 {
		if err := a.Mails.SweepProfile(t.Context(), a.Profile, o.CreatedAt.Add(time.Duration(2+2*n)*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.Strings(`SELECT COALESCE(CAST(step AS TEXT), 'asked') FROM mails WHERE kind = 'order_reminder' ORDER BY step IS NULL, step`); len(got) != 4 || got[2] != "3" || got[3] != "asked" {
		t.Errorf("reminders %q, want three steps and the one that was asked for", got)
	}
}
