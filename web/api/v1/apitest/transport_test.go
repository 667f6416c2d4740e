package apitest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/web/api/v1/apitest"
)

// noted is a test that keeps what is reported on it.
type noted struct {
	testing.TB
	errors []string
}

func (n *noted) Helper() {}

func (n *noted) Errorf(format string, args ...any) {
	n.errors = append(n.errors, fmt.Sprintf(format, args...))
}

// canned answers everything alike.
type canned struct {
	status      int
	contentType string
	body        string
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		if _, err := io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	h := http.Header{"Content-Type": {c.contentType}, "Location": {"https://pay.example.com/x"}}
	return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(strings.NewReader(c.body)), Request: r}, nil
}

func TestTransportReportsWhatDoesNotFit(t *testing.T) {
	t.Parallel()

	const good = `{"customer":{"email":"a@example.com","given_name":"A"}}`
	made := func(more string) string {
		return `{"customer":{"id":"cus_06f6x2v0f5x0hd8x3m1cvt5w30","profile_id":"prf_3m1cvt5w","reference":"","email":"a@example.com","given_name":"A",
			"family_name":"","company_name":"","phone":"","address_line1":"","address_line2":"","postal_code":"","city":"","region":"","country_code":"","tax_id":"","language":"","active":true,"created_at":"2026-03-01T09:00:00Z"` + more + `}}`
	}
	problem := func(status int, code string) string {
		return fmt.Sprintf(`{"type":"urn:quittance:problem:%s","title":"T","status":%d,"code":%q}`, code, status, code)
	}
	const plain, problems = "application/json", "application/problem+json"
	tests := map[string]struct {
		method, path, body string
		invalid            bool
		answer             canned
		want               string // part of the one report; empty: none
	}{
		"fits":                {"POST", "/customers", good, false, canned{201, plain, made("")}, ""},
		"elsewhere":           {"POST", "/../../orders/1", "x", false, canned{500, "text/html", "x"}, ""},
		"unknown field sent":  {"POST", "/customers", `{"customer":{"email":"a","x":1}}`, false, canned{201, plain, made("")}, "the request does not fit"},
		"sent so on purpose":  {"POST", "/customers", `{"customer":{"x":1}}`, true, canned{201, plain, made("")}, ""},
		"unknown route":       {"POST", "/nothing", good, false, canned{404, problems, problem(404, "route_not_found")}, "the request does not fit"},
		"further field":       {"POST", "/customers", good, false, canned{201, plain, made(`,"x":1`)}, "the answer 201 does not fit"},
		"missing field":       {"POST", "/customers", good, false, canned{201, plain, `{"customer":{}}`}, "the answer 201 does not fit"},
		"media type":          {"POST", "/customers", good, false, canned{201, "text/html", made("")}, "the answer 201 does not fit"},
		"undocumented status": {"POST", "/customers", good, false, canned{418, problems, problem(418, "teapot")}, "the answer 418 does not fit"},
		"wrong const":         {"POST", "/customers", good, false, canned{422, problems, problem(400, "body_invalid")}, "the answer 422 does not fit"},
		"unlisted code":       {"POST", "/customers", good, false, canned{422, problems, problem(422, "order_invalid")}, "the answer 422 does not fit"},
		"listed code":         {"POST", "/customers", good, false, canned{422, problems, problem(422, "customer_invalid")}, ""},
		"401 unchallenged":    {"POST", "/customers", good, false, canned{401, problems, problem(401, "api_key_invalid")}, "the answer 401 does not fit"},
		"no problem at all":   {"GET", "/nothing", "", true, canned{404, "text/html", "x"}, "the answer 404 does not fit"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			n := &noted{TB: t}
			ctx := t.Context()
			if tt.invalid {
				ctx = apitest.Invalid(ctx)
			}
			req, err := http.NewRequestWithContext(ctx, tt.method, "http://127.0.0.1:1"+strings.ReplaceAll("/api/v1"+tt.path, "/api/v1/../..", ""), strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			resp, err := apitest.Transport(n, tt.answer).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if body, err := io.ReadAll(resp.Body); err != nil || string(body) != tt.answer.body {
				t.Errorf("body after the check: %q, %v", body, err)
			}
			switch {
			case tt.want == "" && len(n.errors) > 0:
				t.Errorf("reported: %v, want nothing", n.errors)
			case tt.want != "" && (len(n.errors) != 1 || !strings.Contains(n.errors[0], tt.want)):
				t.Errorf("reported: %v, want one with %q", n.errors, tt.want)
			}
		})
	}
}
