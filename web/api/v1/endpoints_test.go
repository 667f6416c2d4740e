package v1_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/testkit"
)

const (
	endpointsPath = "/webhook_endpoints"
	anEndpoint    = `{"webhook_endpoint":{"url":"https://shop.example/hooks","event_types":["order.*","payment.approved"],"description":"Shop"}}`
)

func TestAWebhookEndpointsLife(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startWith(t, testkit.Options{Engine: engine, Webhooks: []string{"127.0.0.0/8"}})
			shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
			t.Cleanup(shop.Close)
			body := strings.Replace(anEndpoint, "https://shop.example", shop.URL, 1)

			made := a.do(t, call{path: endpointsPath, body: body, repeat: "once"})
			again := a.do(t, call{path: endpointsPath, body: body, repeat: "once"})
			if made.status != http.StatusCreated || made.body != again.body || !strings.HasPrefix(made.field(t, "webhook_endpoint.secret"), "whsec_") {
				t.Fatalf("created %d, repeated %d: %s", made.status, again.status, again.body)
			}
			own := endpointsPath + "/" + made.field(t, "webhook_endpoint.id")
			for _, read := range []string{own, endpointsPath} {
				if got := a.do(t, call{path: read}); got.status != http.StatusOK || !strings.Contains(got.body, `"secret":null`) {
					t.Errorf("GET %s: %d, want it without its secret: %s", read, got.status, got.body)
				}
			}
			rotated := a.do(t, call{path: own + "/rotate_secret", body: `{"overlap_hours":2}`})
			if rotated.status != http.StatusCreated || rotated.field(t, "webhook_endpoint.secret") == made.field(t, "webhook_endpoint.secret") || rotated.field(t, "webhook_endpoint.previous_secret_until") == "" {
				t.Errorf("rotate: %d %s", rotated.status, rotated.body)
			}
			a.Clock.Advance(3 * time.Hour)
			if got := a.do(t, call{path: own}); !strings.Contains(got.body, `"previous_secret_until":null`) {
				t.Errorf("one secret signs again: %s", got.body)
			}

			a.NewOrder(12_400)
			if err := a.Webhooks.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent := a.do(t, call{path: own + "/deliveries?state=due"})
			if sent.status != http.StatusOK || !strings.Contains(sent.body, `"response_status":418,"error":"status"`) || !strings.Contains(sent.body, `"attempt_count":1`) {
				t.Errorf("deliveries: %d %s", sent.status, sent.body)
			}
			event := a.Strings(`SELECT id FROM events WHERE type = 'order.created'`)[0]
			if got := a.do(t, call{path: "/events/" + event + "/deliveries"}); got.status != http.StatusOK || got.body != a.do(t, call{path: own + "/deliveries?state=due"}).body {
				t.Errorf("deliveries of the event: %d %s, want those of its one endpoint: %s", got.status, got.body, sent.body)
			}
			delivery := own + "/deliveries/" + a.Strings(`SELECT id FROM webhook_deliveries`)[0] + "/redeliver"
			if got := a.do(t, call{method: http.MethodPost, path: delivery}); got.status != http.StatusAccepted || got.field(t, "delivery.state") != "due" {
				t.Errorf("redeliver: %d %s", got.status, got.body)
			}
			off := a.change(t, own, `{"webhook_endpoint":{"status":"disabled"}}`)
			if off.field(t, "webhook_endpoint.disabled_reason") != "asked" {
				t.Errorf("disabled: %s", off.body)
			}
			for path, want := range map[string]string{
				delivery: "409 webhook_endpoint_disabled",
				own + "/deliveries/whd_00000000000000000000000000/redeliver": "409 webhook_endpoint_disabled",
				own + "/deliveries/x/redeliver":                              "404 webhook_delivery_not_found",
				endpointsPath + "/x/rotate_secret":                           "404 webhook_endpoint_not_found",
			} {
				got := a.do(t, call{method: http.MethodPost, path: path, invalid: true})
				if s := fmt.Sprint(got.status, " ", got.problem.Code); s != want {
					t.Errorf("%s: %s, want %s", path, s, want)
				}
			}
			a.change(t, own, `{"webhook_endpoint":{"status":"enabled","event_types":["*"],"url":"https://shop.example/"}}`)
			if got := a.do(t, call{method: http.MethodPost, path: own + "/deliveries/whd_00000000000000000000000000/redeliver"}); got.problem.Code != "webhook_delivery_not_found" {
				t.Errorf("redeliver nothing: %d %s", got.status, got.body)
			}
			if got := a.do(t, call{method: http.MethodDelete, path: own}); got.status != http.StatusOK || got.field(t, "webhook_endpoint.disabled_reason") != "asked" {
				t.Errorf("delete: %d %s", got.status, got.body)
			}
			for _, method := range []string{http.MethodGet, http.MethodDelete} {
				if got := a.do(t, call{method: method, path: own}); got.status != http.StatusNotFound || got.problem.Code != "webhook_endpoint_not_found" {
					t.Errorf("%s what is deleted: %d %s", method, got.status, got.problem.Code)
				}
			}
		})
	}
}

func TestAProfileHasAHundredWebhookEndpoints(t *testing.T) {
	t.Parallel()
	a := start(t)
	for range 100 {
		a.create(t, call{path: endpointsPath, body: anEndpoint}, "webhook_endpoint")
	}
	if got := a.do(t, call{path: endpointsPath, body: anEndpoint}); got.status != http.StatusConflict || got.problem.Code != "too_many_webhook_endpoints" {
		t.Errorf("one more: %d %s", got.status, got.problem.Code)
	}
	if got := a.do(t, call{path: endpointsPath, body: anEndpoint, key: a.OtherKey}); got.status != http.StatusCreated {
		t.Errorf("of another profile: %d %s", got.status, got.problem.Code)
	}
}

func TestEveryMistakeInAWebhookEndpointIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t)
	of := func(fields string) string { return `{"webhook_endpoint":{` + fields + `}}` }
	url := func(u string) string { return of(`"url":"` + u + `","event_types":["*"]`) }
	types := func(list string) string { return of(`"url":"https://shop.example/","event_types":` + list) }
	wrongURL := []string{"/webhook_endpoint/url webhook_url"}
	tests := map[string]mistaken{
		"empty":          {of(``), "body_invalid", []string{"/webhook_endpoint/url required", "/webhook_endpoint/event_types required"}},
		"unknown fields": {of(`"url":"https://a.example","event_types":["*"],"secret":"x"`), "body_invalid", []string{"/webhook_endpoint/secret unknown_field"}},
		"wrong types":    {of(`"url":1,"event_types":"*","description":"\u0000"`), "body_invalid", []string{"/webhook_endpoint/url wrong_type", "/webhook_endpoint/event_types wrong_type", "/webhook_endpoint/description control_character"}},
		"no url":         {url(""), "webhook_endpoint_invalid", []string{"/webhook_endpoint/url required"}},
		"long": {of(`"url":"https://a.example/` + strings.Repeat("x", 2000) + `","event_types":["*"],"description":"` + strings.Repeat("ä", 201) + `"`), "webhook_endpoint_invalid",
			[]string{"/webhook_endpoint/url too_long", "/webhook_endpoint/description too_long"}},
		"no type":      {types(`[]`), "webhook_endpoint_invalid", []string{"/webhook_endpoint/event_types event_type_count"}},
		"unknown type": {types(`["order.created","order.made"]`), "webhook_endpoint_invalid", []string{"/webhook_endpoint/event_types event_type"}},
		"no such area": {types(`["orders.*"]`), "webhook_endpoint_invalid", []string{"/webhook_endpoint/event_types event_type"}},
		"half a type":  {types(`["order.c*"]`), "webhook_endpoint_invalid", []string{"/webhook_endpoint/event_types event_type"}},
	}
	for _, u := range []string{"http://shop.example/", "ftp://shop.example/", "shop.example", "https://", "https://me:pw@shop.example/", "https://shop.example:0/", "https://shop.example:65536/", "https://shop.example/#a", "https://localhost/", "https://a.localhost/",
		"https://intranet/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://192.168.0.1/", "https://169.254.169.254/latest", "https://[fd00:ec2::254]/", "https://100.100.100.200/",
		"https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://0.0.0.0/", "https://168.63.129.16/", "https://[2002:7f00:1::]/"} {
		tests["url "+u] = mistaken{url(u), "webhook_endpoint_invalid", wrongURL}
	}
	a.refuses(t, post(endpointsPath), "", nil, tests)

	own := a.create(t, call{path: endpointsPath, body: anEndpoint}, "webhook_endpoint")
	a.refuses(t, put(endpointsPath+"/{id}"), own, nil, map[string]mistaken{
		"nothing":      {of(``), "body_invalid", []string{"/webhook_endpoint nothing_told"}},
		"what is ours": {of(`"id":"x"`), "body_invalid", []string{"/webhook_endpoint/id unknown_field"}},
		"a status":     {of(`"status":"off"`), "body_invalid", []string{"/webhook_endpoint/status endpoint_status"}},
		"wrong types":  {of(`"status":1,"description":"\u0000"`), "body_invalid", []string{"/webhook_endpoint/status wrong_type", "/webhook_endpoint/description control_character"}},
		"no url":       {of(`"url":"","event_types":[]`), "webhook_endpoint_invalid", []string{"/webhook_endpoint/url required", "/webhook_endpoint/event_types event_type_count"}},
		"a long url":   {of(`"url":"https://a.example/` + strings.Repeat("x", 2000) + `","event_types":["x"]`), "webhook_endpoint_invalid", []string{"/webhook_endpoint/url too_long", "/webhook_endpoint/event_types event_type"}},
		"inside":       {of(`"url":"https://10.0.0.1"`), "webhook_endpoint_invalid", wrongURL},
	})
	a.refuses(t, post(endpointsPath+"/{id}/rotate_secret"), own, nil, map[string]mistaken{
		"unknown fields": {`{"overlap":1}`, "body_invalid", []string{"/overlap unknown_field"}},
		"no number":      {`{"overlap_hours":"1"}`, "body_invalid", []string{"/overlap_hours wrong_type"}},
		"half an hour":   {`{"overlap_hours":0.5}`, "body_invalid", []string{"/overlap_hours integer"}},
		"too long":       {`{"overlap_hours":169}`, "body_invalid", []string{"/overlap_hours overlap"}},
		"negative":       {`{"overlap_hours":-1}`, "body_invalid", []string{"/overlap_hours overlap"}},
	})
}
