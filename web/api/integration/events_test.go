package integration_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// subscribe makes an endpoint for everything and returns its secret.
func (s *shop) subscribe(t *testing.T) string {
	t.Helper()
	var a answer
	s.call(t, http.MethodPost, "/webhook_endpoints", object{"webhook_endpoint": object{"url": s.hooks.url, "event_types": []string{"*"}}}, http.StatusCreated, &a)
	if a.Endpoint.Status != "enabled" || !strings.HasPrefix(a.Endpoint.Secret, "whsec_") {
		t.Fatalf("endpoint %+v", a.Endpoint)
	}
	return a.Endpoint.Secret
}

// hearsOf reads the events of everything that happened, and finds the same in the
// webhooks, signed.
func (s *shop) hearsOf(t *testing.T, secret string, orders []string) {
	t.Helper()
	w, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]event{}
	until(t, "every event came as a webhook", func() bool {
		for _, m := range s.hooks.messages() {
			if err := w.Verify(m.body, m.header); err != nil {
				t.Fatalf("webhook %s: %v", m.header.Get("webhook-id"), err)
			}
			var e event
			if err := json.Unmarshal(m.body, &e); err != nil || e.ID != m.header.Get("webhook-id") {
				t.Fatalf("webhook %s: %v\n%s", m.header.Get("webhook-id"), err, m.body)
			}
			told[e.ID] = e
		}
		for _, e := range every[event](t, s, "/events") {
			if _, ok := told[e.ID]; !ok {
				return false
			}
		}
		return true
	})
	for _, o := range orders {
		var types []string
		for _, e := range every[event](t, s, "/events?order_id="+o) {
			if diff := cmp.Diff(e, told[e.ID]); diff != "" {
				t.Errorf("event %s (-read +sent):\n%s", e.ID, diff)
			}
			types = append(types, e.Type)
		}
		if !slices.Contains(types, "order.created") || !slices.Contains(types, "order.complete") && !slices.Contains(types, "order.cancelled") {
			t.Errorf("order %s: %v", o, types)
		}
	}
	for _, kind := range []string{"payment.approved", "payment.captured", "payment.refunded", "order.paused", "order.resumed", "document.issued"} {
		of := every[event](t, s, "/events?type="+kind)
		if len(of) == 0 || slices.ContainsFunc(of, func(e event) bool { return e.Type != kind }) {
			t.Errorf("events %s: %v", kind, of)
		}
	}
	if first := s.hooks.messages()[0]; w.Verify(append(slices.Clone(first.body), ' '), first.header) == nil {
		t.Error("a changed body verifies")
	}
}
