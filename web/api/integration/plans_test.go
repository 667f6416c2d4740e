package integration_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// splits collects the first instalment on its day, the second at once, and ends the
// order before the third.
func (s *shop) splits(t *testing.T, buyer string) string {
	t.Helper()
	terms := object{"initial_amount": "50.00", "split_number": 3, "scheduled_unit": "MONTH", "scheduled_interval": 1}
	o := s.sell(t, "create_instalment_order", buyer, s.product(t, "instalment", "600.00", terms), nil)
	if o.Total == nil || *o.Total != "600.00" || o.First != "50.00" {
		t.Errorf("order %+v", o)
	}
	s.paid(t, o, "active")
	s.only(t, o.ID, "DB", "50.00")
	s.planned(t, o.ID, "scheduled 183.34", "scheduled 183.33", "scheduled 183.33")
	s.advance(t, 32)
	plan := s.planned(t, o.ID, "complete 183.34", "scheduled 183.33", "scheduled 183.33")
	var a answer
	s.call(t, http.MethodPut, "/scheduled_payments/"+plan[1].ID, object{"scheduled_payment": object{"action": "execute_now"}}, http.StatusOK, &a)
	s.planned(t, o.ID, "complete 183.34", "complete 183.33", "scheduled 183.33")
	if now := s.tell(t, o.ID, "cancel_order"); now != "complete" {
		t.Errorf("cancelled, an instalment order is %s", now)
	}
	s.planned(t, o.ID, "complete 183.34", "complete 183.33", "cancelled 183.33")
	return o.ID
}

// subscribes pauses over a payment's day, resumes and ends.
func (s *shop) subscribes(t *testing.T, buyer string) string {
	t.Helper()
	o := s.sell(t, "create_subscription_order", buyer, s.product(t, "subscription", "9.90", object{"scheduled_unit": "MONTH", "scheduled_interval": 1}), nil)
	if o.Total != nil || o.First != "9.90" {
		t.Errorf("order %+v", o)
	}
	s.paid(t, o, "active")
	first := s.planned(t, o.ID, "scheduled 9.90")[0]
	if now := s.tell(t, o.ID, "pause_order"); now != "paused" {
		t.Errorf("paused, a subscription is %s", now)
	}
	s.refused(t, http.MethodPut, "/orders/"+o.ID+"/pause_order", "order_not_pausable")
	s.planned(t, o.ID, "paused 9.90")
	s.advance(t, 40)
	s.only(t, o.ID, "DB", "9.90")
	if now := s.tell(t, o.ID, "resume_order"); now != "active" {
		t.Errorf("resumed, a subscription is %s", now)
	}
	if again := s.planned(t, o.ID, "scheduled 9.90")[0]; again.Date <= first.Date {
		t.Errorf("the payment of %s is due on %s", first.Date, again.Date)
	}
	if now := s.tell(t, o.ID, "cancel_order"); now != "complete" || s.order(t, o.ID).EndedAt == nil {
		t.Errorf("cancelled, a subscription is %s", now)
	}
	s.refused(t, http.MethodPut, "/orders/"+o.ID+"/resume_order", "order_ended")
	return o.ID
}

// meters stores a card and charges it as amounts come up.
func (s *shop) meters(t *testing.T, buyer string) string {
	t.Helper()
	o := s.sell(t, "create_metered_order", buyer, s.product(t, "metered", "0.30", nil), object{"register_only": true})
	s.paid(t, o, "active")
	var a answer
	s.call(t, http.MethodPost, "/orders/"+o.ID+"/payments", object{"scheduled_payment": object{"amount": "12.50", "description": "125 kWh"}}, http.StatusCreated, &a)
	if got := s.planned(t, o.ID, "complete 12.50")[0].ID; got != a.Scheduled.ID {
		t.Errorf("asked for %s, charged %s", a.Scheduled.ID, got)
	}
	s.tell(t, o.ID, "cancel_order")
	s.becomes(t, o.ID, "complete")
	return o.ID
}

// planned waits until an order's scheduled payments are as wanted, each as its
// status and amount.
func (s *shop) planned(t *testing.T, o string, want ...string) []scheduled {
	t.Helper()
	var all []scheduled
	until(t, "plan of "+o+": "+strings.Join(want, ", "), func() bool {
		all = every[scheduled](t, s, "/orders/"+o+"/scheduled_payments")
		got := make([]string, len(all))
		for i, p := range all {
			got[i] = p.Status + " " + p.Amount
		}
		return slices.Equal(got, want)
	})
	return all
}

// advance moves the test clock by days and waits until it has arrived.
func (s *shop) advance(t *testing.T, days int) {
	t.Helper()
	var a answer
	s.get(t, "/sandbox/clock", &a)
	now, err := time.Parse(time.RFC3339, a.Clock.At)
	if err != nil {
		t.Fatal(err)
	}
	to := now.AddDate(0, 0, days).Format(time.RFC3339Nano)
	if status, _, text := s.send(t, "clock to "+to, http.MethodPost, "/sandbox/clock/advance", object{"clock": object{"to": to}}); status != http.StatusOK && status != http.StatusAccepted {
		t.Fatalf("advance the clock: %d %s", status, text)
	}
	until(t, "the clock stands at "+to, func() bool {
		s.get(t, "/sandbox/clock", &a)
		return a.Clock.Status == "standing"
	})
}
