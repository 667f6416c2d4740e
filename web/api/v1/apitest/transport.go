// Package apitest holds tests to the API's own OpenAPI document: a client with
// its Transport fails its test when a request or an answer does not fit.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	v1 "github.com/quittance/quittance/web/api/v1"
)

// Prefix is where the API lives; requests elsewhere pass unchecked.
const Prefix = "/api/v1/"

type deliberate struct{}

// Invalid marks the requests of ctx as deliberately wrong: only their answers
// are checked.
func Invalid(ctx context.Context) context.Context {
	return context.WithValue(ctx, deliberate{}, true)
}

// Transport checks every request and every answer of the API that passes
// through it and reports on t what does not fit the document.
func Transport(t testing.TB, base http.RoundTripper) http.RoundTripper {
	t.Helper()
	c, err := loaded()
	if err != nil {
		t.Fatalf("OpenAPI document: %v", err)
	}
	return &transport{t, base, c}
}

// Load is the document, checked to be a valid one, its examples included.
func Load() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(v1.Document())
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("validate: %w", err)
	}
	return doc, nil
}

type contract struct {
	doc    *openapi3.T
	router routers.Router
}

var loaded = sync.OnceValues(func() (contract, error) {
	doc, err := Load()
	if err != nil {
		return contract{}, err
	}
	router, err := gorillamux.NewRouter(doc)
	return contract{doc, router}, err
})

type transport struct {
	t    testing.TB
	base http.RoundTripper
	contract
}

// RoundTrip sends r as base does.
func (c *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Path, Prefix) {
		return c.base.RoundTrip(r)
	}
	invalid := r.Context().Value(deliberate{}) != nil
	input, err := c.request(r, invalid)
	if err != nil && !invalid {
		c.t.Errorf("%s %s: the request does not fit the OpenAPI document: %v", r.Method, r.URL.Path, err)
	}
	resp, err := c.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if err := c.answer(input, resp, body); err != nil {
		c.t.Errorf("%s %s: the answer %d does not fit the OpenAPI document: %v\n%s", r.Method, r.URL.Path, resp.StatusCode, err, body)
	}
	return resp, nil
}

var options = &openapi3filter.Options{
	MultiError:            true,
	IncludeResponseStatus: true,
	SkipSettingDefaults:   true,
	AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
}

// request finds the operation of r, nil if there is none, and checks r against it
// unless r is invalid on purpose.
func (c *transport) request(r *http.Request, invalid bool) (*openapi3filter.RequestValidationInput, error) {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return nil, err
	}
	copied := r.Clone(r.Context())
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		r.Body, copied.Body = io.NopCloser(bytes.NewReader(raw)), io.NopCloser(bytes.NewReader(raw))
	}
	input := &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route, Options: options}
	if invalid {
		return input, nil
	}
	return input, openapi3filter.ValidateRequest(r.Context(), input)
}

// answer checks a response against its operation. What no operation answers for
// must still be a problem document.
func (c *transport) answer(input *openapi3filter.RequestValidationInput, resp *http.Response, body []byte) error {
	if input != nil {
		return openapi3filter.ValidateResponse(input.Request.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Options: options,
			Body: io.NopCloser(bytes.NewReader(body)),
		})
	}
	if got := resp.Header.Get("Content-Type"); got != "application/problem+json" {
		return fmt.Errorf("content type %q outside the document's operations", got)
	}
	if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
		return errors.New("status is neither 404 nor 405 outside the document's operations")
	}
	var problem any
	if err := json.Unmarshal(body, &problem); err != nil {
		return err
	}
	return c.doc.Components.Schemas["Problem"].Value.VisitJSON(problem, openapi3.EnableJSONSchema2020())
}
