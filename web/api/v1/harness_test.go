package v1_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

// api is the whole application and a client that holds it to the document.
type api struct {
	*testkit.App
	client *http.Client
}

func start(t *testing.T) *api {
	t.Helper()
	return startOn(t, "sqlite")
}

func startOn(t *testing.T, engine string) *api {
	t.Helper()
	return startWith(t, testkit.Options{Engine: engine})
}

func startWith(t *testing.T, o testkit.Options) *api {
	t.Helper()
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	return &api{testkit.Start(t, o), &http.Client{Transport: apitest.Transport(t, base)}}
}

// call is one request; what is left empty is as a good client has it.
type call struct {
	method  string // empty: POST with a body, GET without
	path    string // below /api/v1
	key     string // API key; empty: the first profile's
	repeat  string // Idempotency-Key
	body    string
	header  map[string]string // replaces; an empty value leaves the header out
	invalid bool              // does not fit the document, on purpose
}

// reply is what came back.
type reply struct {
	status  int
	header  http.Header
	body    string
	problem problem
}

type problem struct {
	Type, Title, Detail, Code, Reference string
	Status                               int
	Errors                               []struct{ Pointer, Parameter, Code, Detail string }
}

// mistakes are the problem's, each as "pointer code" or "parameter code".
func (r reply) mistakes() []string {
	var all []string
	for _, e := range r.problem.Errors {
		all = append(all, e.Pointer+e.Parameter+" "+e.Code)
	}
	return all
}

func (a *api) do(t *testing.T, c call) reply {
	t.Helper()
	r, err := a.try(t.Context(), c)
	if err != nil {
		t.Fatalf("%s: %v", c.path, err)
	}
	return r
}

// try is do for goroutines.
func (a *api) try(ctx context.Context, c call) (reply, error) {
	if c.invalid {
		ctx = apitest.Invalid(ctx)
	}
	if c.method == "" {
		if c.method = http.MethodGet; c.body != "" {
			c.method = http.MethodPost
		}
	}
	if c.key == "" {
		c.key = a.Key
	}
	req, err := http.NewRequestWithContext(ctx, c.method, a.URL+"/api/v1"+c.path, strings.NewReader(c.body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.repeat != "" {
		req.Header.Set("Idempotency-Key", c.repeat)
	}
	for name, v := range c.header {
		if req.Header.Set(name, v); v == "" {
			req.Header.Del(name)
		}
	}
	resp, err := a.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	got := reply{status: resp.StatusCode, header: resp.Header, body: string(body)}
	if resp.StatusCode >= http.StatusBadRequest {
		err = json.Unmarshal(body, &got.problem)
	}
	return got, err
}

// field reads one string of an answer, such as "order.payment_link".
func (r reply) field(t *testing.T, path string) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("answer %d is not JSON: %v\n%s", r.status, err, r.body)
	}
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("answer %d has no %s:\n%s", r.status, path, r.body)
		}
		v = m[name]
	}
	s, ok := v.(string)
	if !ok {
		t.Fatalf("answer %d: %s is %v, want a string:\n%s", r.status, path, v, r.body)
	}
	return s
}

// create posts and gives the new id; envelope is "customer", "product" or "order".
func (a *api) create(t *testing.T, c call, envelope string) string {
	t.Helper()
	r := a.do(t, c)
	if r.status != http.StatusCreated {
		t.Fatalf("POST %s: %d, want 201\n%s", c.path, r.status, r.body)
	}
	return r.field(t, envelope+".id")
}

func (a *api) customer(t *testing.T, key string) string {
	t.Helper()
	return a.create(t, call{path: "/customers", key: key, body: `{"customer":{"email":"anna@example.com","given_name":"Anna"}}`}, "customer")
}

func (a *api) product(t *testing.T, key, price string) string {
	t.Helper()
	return a.create(t, call{path: "/products", key: key, body: `{"product":{"type":"single_payment","name":"Ticket","currency":"EUR","price":"` + price + `","tax_rate":"19"}}`}, "product")
}

// change puts what fields say and gives the answer.
func (a *api) change(t *testing.T, path, body string) reply {
	t.Helper()
	r := a.do(t, call{method: http.MethodPut, path: path, body: body})
	if r.status != http.StatusOK {
		t.Fatalf("PUT %s: %d, want 200\n%s", path, r.status, r.body)
	}
	return r
}

// orderBody is a good order over one product.
func (a *api) orderBody(t *testing.T, key string) string {
	t.Helper()
	return `{"order":{"customer_id":"` + a.customer(t, key) + `","currency":"EUR","order_products":[{"product_id":"` + a.product(t, key, "20.00") + `","qty":2}]}}`
}

// count counts the rows of a table.
func (a *api) count(t *testing.T, table string) int {
	t.Helper()
	pool, _ := a.DB.SQL()
	var n int
	if err := pool.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		t.Fatalf("count %s: %v", table, err)
	}
	return n
}

// exec changes the database behind the application's back.
func (a *api) exec(t *testing.T, statement string) {
	t.Helper()
	pool, _ := a.DB.SQL()
	if _, err := pool.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
