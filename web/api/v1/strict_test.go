package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/testkit"
)

func TestRequestsAreReadStrictly(t *testing.T) {
	t.Parallel()

	good := `{"customer":{"email":"anna@example.com","given_name":"Anna"}}`
	as := func(media string) map[string]string { return map[string]string{"Content-Type": media} }
	tests := map[string]struct {
		body       string
		header     map[string]string
		repeat     string
		wantStatus int
		wantCode   string
		want       []string
	}{
		"parameter":         {good, as("application/json; charset=UTF-8"), "", 201, "", nil},
		"other case":        {good, as("Application/JSON"), "", 201, "", nil},
		"no media type":     {good, as(""), "", 415, "media_type_unsupported", nil},
		"form":              {good, as("application/x-www-form-urlencoded"), "", 415, "media_type_unsupported", nil},
		"text":              {good, as("text/plain"), "", 415, "media_type_unsupported", nil},
		"a dialect":         {good, as("application/merge-patch+json"), "", 415, "media_type_unsupported", nil},
		"two media types":   {good, as("application/json, text/plain"), "", 415, "media_type_unsupported", nil},
		"other charset":     {good, as("application/json; charset=latin1"), "", 415, "media_type_unsupported", nil},
		"compressed":        {good, map[string]string{"Content-Encoding": "gzip"}, "", 415, "media_type_unsupported", nil},
		"one megabyte":      {good + strings.Repeat(" ", 1<<20-len(good)), nil, "", 201, "", nil},
		"and one byte more": {good + strings.Repeat(" ", 1<<20-len(good)+1), nil, "", 413, "body_too_large", nil},
		"trailing data":     {good + `{}`, nil, "", 400, "json_invalid", []string{" trailing_data"}},
		"not JSON":          {`customer`, nil, "", 400, "json_invalid", []string{" json_syntax"}},
		"empty":             {` `, nil, "", 400, "json_invalid", []string{" json_syntax"}},
		"Latin-1":           {"{\"customer\":{\"city\":\"K\xf6ln\"}}", nil, "", 400, "json_invalid", []string{" not_unicode"}},
		"half a surrogate":  {`{"customer":{"city":"\ud800"}}`, nil, "", 400, "json_invalid", []string{" not_unicode"}},
		"name twice":        {`{"customer":{"city":"A","city":"B"}}`, nil, "", 400, "json_invalid", []string{"/customer/city duplicate_key"}},
		"too deep":          {`{"customer":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + `}`, nil, "", 400, "json_invalid", []string{"/customer" + strings.Repeat("/0", 31) + " too_deep"}},
		"unknown field":     {`{"customer":{"email":"a@b.de","surname":"x"}}`, nil, "", 422, "body_invalid", []string{"/customer/surname unknown_field"}},
		"key of 255":        {good, nil, strings.Repeat("k", 255), 201, "", nil},
		"key of 256":        {good, nil, strings.Repeat("k", 256), 400, "idempotency_key_invalid", nil},
		"key with umlaut":   {good, nil, "schlüssel", 400, "idempotency_key_invalid", nil},
		"key with tab":      {good, nil, "a\tb", 400, "idempotency_key_invalid", nil},
	}
	a := start(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := a.count(t, "customers")
			got := a.do(t, call{path: "/customers", body: tt.body, header: tt.header, repeat: tt.repeat, invalid: true})
			if got.status != tt.wantStatus || got.problem.Code != tt.wantCode {
				t.Errorf("%d %s, want %d %s", got.status, got.problem.Code, tt.wantStatus, tt.wantCode)
			}
			if diff := cmp.Diff(tt.want, got.mistakes()); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			want := before
			if tt.wantStatus == http.StatusCreated {
				want++
			}
			if got := a.count(t, "customers"); got != want {
				t.Errorf("%d customers after it, want %d", got, want)
			}
		})
	}
}

func TestOnlyAKeyThatReachesTheProfileIsServed(t *testing.T) {
	t.Parallel()
	a := start(t)

	buyer := a.customer(t, "")
	by := actor.Actor{Kind: actor.User, ID: "test"}
	_, both, err := a.Users.CreateKey(t.Context(), by, "both", a.Profile.ID, a.Other.ID)
	if err != nil {
		t.Fatal(err)
	}
	revoked, gone, err := a.Users.CreateKey(t.Context(), by, "revoked", a.Profile.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Users.RevokeKey(t.Context(), by, revoked.ID); err != nil {
		t.Fatal(err)
	}
	header := func(v string) map[string]string { return map[string]string{"Authorization": v} }
	tests := map[string]struct {
		key, query string
		header     map[string]string
		wantStatus int
		wantCode   string
	}{
		"its own key":             {"", "", nil, 200, ""},
		"its own key, by id":      {"", "?profile_id=" + string(a.Profile.ID), nil, 200, ""},
		"its own key, by number":  {"", "?profile_id=1", nil, 200, ""},
		"scheme in lower case":    {"", "", header("bearer " + a.Key), 200, ""},
		"no header":               {"", "", header(""), 401, "api_key_invalid"},
		"no key":                  {"", "", header("Bearer"), 401, "api_key_invalid"},
		"another scheme":          {"", "", header("Basic " + a.Key), 401, "api_key_invalid"},
		"a wrong key":             {a.Key + "x", "", nil, 401, "api_key_invalid"},
		"a revoked key":           {gone, "", nil, 401, "api_key_invalid"},
		"another profile's key":   {a.OtherKey, "", nil, 404, "customer_not_found"},
		"another profile's id":    {"", "?profile_id=" + string(a.Other.ID), nil, 404, "profile_not_found"},
		"another's number":        {"", "?profile_id=2", nil, 404, "profile_not_found"},
		"nobody's number":         {"", "?profile_id=3", nil, 404, "profile_not_found"},
		"nobody's id":             {"", "?profile_id=%00", nil, 404, "profile_not_found"},
		"key of two, unnamed":     {both, "", nil, 400, "profile_id_required"},
		"key of two, named":       {both, "?profile_id=1", nil, 200, ""},
		"key of two, other named": {both, "?profile_id=2", nil, 404, "customer_not_found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := a.do(t, call{path: "/customers/" + buyer + tt.query, key: tt.key, header: tt.header})
			if got.status != tt.wantStatus || got.problem.Code != tt.wantCode {
				t.Errorf("%d %s, want %d %s", got.status, got.problem.Code, tt.wantStatus, tt.wantCode)
			}
			if challenged := got.header.Get("WWW-Authenticate") != ""; challenged != (tt.wantStatus == http.StatusUnauthorized) {
				t.Errorf("WWW-Authenticate: %v with status %d", challenged, got.status)
			}
		})
	}
}

func TestWhatIsNoRouteIsAProblem(t *testing.T) {
	t.Parallel()
	a := start(t)

	tests := map[string]struct {
		method, path string
		wantStatus   int
		wantAllow    string
	}{
		"unknown":             {"GET", "/nothing", 404, ""},
		"unknown, posted":     {"POST", "/nothing", 404, ""},
		"the root":            {"GET", "/", 404, ""},
		"slash at the end":    {"GET", "/customers/", 404, ""},
		"below a customer":    {"POST", "/customers/cus_1/cards", 404, ""},
		"delete a list":       {"DELETE", "/customers", 405, "GET, POST"},
		"delete":              {"DELETE", "/customers/cus_1", 405, "GET, PUT"},
		"create by put":       {"PUT", "/orders/create_single_order", 405, "POST"},
		"posted document":     {"POST", "/openapi.yaml", 405, "GET"},
		"method of ones own":  {"PURGE", "/products/prd_1", 405, "GET, PUT"},
		"id with a slash":     {"GET", "/orders/a/b", 404, ""},
		"id with a zero byte": {"GET", "/orders/%00", 404, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := a.do(t, call{method: tt.method, path: tt.path, invalid: true})
			if got.status != tt.wantStatus || got.header.Get("Content-Type") != "application/problem+json" || got.problem.Status != tt.wantStatus {
				t.Errorf("%d %s, want a problem %d\n%s", got.status, got.header.Get("Content-Type"), tt.wantStatus, got.body)
			}
			if got := got.header.Get("Allow"); got != tt.wantAllow {
				t.Errorf("Allow: %q, want %q", got, tt.wantAllow)
			}
		})
	}
}

func TestGarbageForAnIDIsUnknown(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()

			a := startOn(t, engine)
			for _, garbage := range []string{"%00", "cus_%00", "%ff", "%F0%9F%98%80", strings.Repeat("a", 5000), "-1", "%27", "prd_00000000000000000000000000%00"} {
				for path, want := range map[string]string{"/customers/%s": "customer_not_found", "/products/%s": "product_not_found", "/orders/%s": "order_not_found",
					"/orders/%s/documents": "order_not_found", "/documents/%s.pdf": "document_not_found", "/documents/%s": "document_not_found"} {
					if got := a.do(t, call{path: strings.Replace(path, "%s", garbage, 1), invalid: true}); got.status != http.StatusNotFound || got.problem.Code != want {
						t.Errorf("GET %s%.20s: %d %s, want 404 %s", path, garbage, got.status, got.problem.Code, want)
					}
				}
			}
			body := `{"order":{"customer_id":"\uffff\u00a0","currency":"EUR","order_products":[{"product_id":""}]}}`
			if got := a.do(t, call{path: ordersPath, body: body}); got.status != http.StatusNotFound {
				t.Errorf("order of garbage: %d, want 404", got.status)
			}
		})
	}
}

func TestFailureOfOursIsToldByReferenceOnly(t *testing.T) {
	t.Parallel()
	a := start(t)

	o := a.NewOrder(2000)
	a.exec(t, "ALTER TABLE order_links RENAME TO hidden_links")
	got := a.do(t, call{path: "/orders/" + string(o.ID)})
	if got.status != http.StatusInternalServerError || got.problem.Code != "internal_error" {
		t.Fatalf("%d %s, want 500 internal_error", got.status, got.problem.Code)
	}
	ref := got.problem.Reference
	if ref == "" || ref != got.header.Get("X-Request-Id") || got.problem.Detail != "" || strings.Contains(got.body, "order_links") {
		t.Errorf("problem: %s, want the request's id %q and nothing more", got.body, got.header.Get("X-Request-Id"))
	}
	if n := strings.Count(a.Log.String(), "order_links"); n != 1 {
		t.Errorf("the cause is in the log %d times, want once", n)
	}
	if !strings.Contains(a.Log.String(), `"ref":"`+ref+`"`) {
		t.Error("the reference is not in the log")
	}
}
