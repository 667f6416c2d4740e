package v1_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/testkit"
)

const ordersPath = "/orders/create_single_order"

func TestRepeatedCallGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	a := start(t)

	for path, body := range map[string]string{
		"/customers": `{"customer":{"email":"anna@example.com","given_name":"Anna"}}`,
		"/products":  `{"product":{"type":"single_payment","name":"<Ticket> & more","currency":"EUR","price":"1"}}`,
		ordersPath:   a.orderBody(t, ""),
	} {
		table := strings.Split(path, "/")[1]
		before := a.count(t, table)
		first := a.do(t, call{path: path, body: body, repeat: "key 1"})
		if first.status != http.StatusCreated || first.header.Get("Idempotency-Replayed") != "" {
			t.Fatalf("POST %s: %d, replayed %q, want 201 and not replayed\n%s", path, first.status, first.header.Get("Idempotency-Replayed"), first.body)
		}
		a.Advance(29 * 24 * time.Hour)
		again := a.do(t, call{path: path, body: body, repeat: "key 1"})
		if again.status != first.status || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("POST %s again: %d, replayed %q, want %d and replayed", path, again.status, again.header.Get("Idempotency-Replayed"), first.status)
		}
		for _, name := range []string{"Location", "Content-Type"} {
			if got, want := again.header.Get(name), first.header.Get(name); got != want {
				t.Errorf("POST %s again: %s %q, want %q", path, name, got, want)
			}
		}
		if diff := cmp.Diff(first.body, again.body); diff != "" {
			t.Errorf("POST %s again (-first +again):\n%s", path, diff)
		}
		if got := a.count(t, table); got != before+1 {
			t.Errorf("POST %s twice made %d, want 1", path, got-before)
		}
	}
}

func TestKeptAnswerIsSealed(t *testing.T) {
	t.Parallel()
	a := start(t)

	a.create(t, call{path: ordersPath, body: a.orderBody(t, ""), repeat: "key"}, "order")
	var kept []byte
	pool, _ := a.DB.SQL()
	if err := pool.QueryRowContext(t.Context(), "SELECT answer FROM idempotency_keys").Scan(&kept); err != nil {
		t.Fatal(err)
	}
	if len(kept) == 0 || bytes.Contains(kept, []byte("payment_link")) || bytes.Contains(kept, []byte("/pay/")) {
		t.Errorf("kept answer can be read: %q", kept)
	}
}

func TestKeyIsGoodForOneBodyOnly(t *testing.T) {
	t.Parallel()
	a := start(t)

	body := a.orderBody(t, "")
	a.create(t, call{path: ordersPath, body: body, repeat: "key"}, "order")
	for name, c := range map[string]call{
		"other body":      {path: ordersPath, body: strings.Replace(body, `"qty":2`, `"qty":3`, 1)},
		"another space":   {path: ordersPath, body: body + " "},
		"other query":     {path: ordersPath + "?profile_id=1", body: body},
		"an invalid body": {path: ordersPath, body: `{}`, invalid: true},
	} {
		c.repeat = "key"
		if got := a.do(t, c); got.status != http.StatusUnprocessableEntity || got.problem.Code != "idempotency_key_reused" {
			t.Errorf("%s: %d %s, want 422 idempotency_key_reused", name, got.status, got.problem.Code)
		}
	}
	if got := a.count(t, "orders"); got != 1 {
		t.Errorf("%d orders, want 1", got)
	}
}

func TestKeysOfOtherRoutesAndCallersAreOthers(t *testing.T) {
	t.Parallel()
	a := start(t)

	body := `{"customer":{"email":"anna@example.com","given_name":"Anna"}}`
	_, second, err := a.Users.CreateKey(t.Context(), actor.TheSystem, "second", a.Profile.ID)
	if err != nil {
		t.Fatal(err)
	}
	a.create(t, call{path: "/customers", body: body, repeat: "key"}, "customer")
	a.create(t, call{path: "/customers", body: body, repeat: "key", key: a.OtherKey}, "customer")
	a.create(t, call{path: "/customers", body: body, repeat: "key", key: second}, "customer")
	a.create(t, call{path: "/products", body: `{"product":{"type":"metered","name":"Power","currency":"EUR","price":"1"}}`, repeat: "key"}, "product")
	if got := a.count(t, "customers"); got != 3 {
		t.Errorf("%d customers, want 3", got)
	}
}

func TestKeyIsForgottenAfterThirtyDays(t *testing.T) {
	t.Parallel()
	a := start(t)

	body := a.orderBody(t, "")
	first := a.create(t, call{path: ordersPath, body: body, repeat: "key"}, "order")
	a.Advance(idem.Kept + time.Second)
	if again := a.create(t, call{path: ordersPath, body: body, repeat: "key"}, "order"); again == first {
		t.Error("the answer was kept for longer than 30 days")
	}
}

func TestTwinsMakeOneOrder(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			startOn(t, engine).twins(t, 12)
		})
	}
}

// twins sends one order as n at once.
func (a *api) twins(t *testing.T, n int) {
	t.Helper()
	c := call{path: ordersPath, body: a.orderBody(t, ""), repeat: "twins"}
	var mu sync.Mutex
	var wg sync.WaitGroup
	statuses, bodies := map[string]int{}, map[string]bool{}
	begin := make(chan struct{})
	for range n {
		wg.Go(func() {
			<-begin
			got, err := a.try(t.Context(), c)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Errorf("twin: %v", err)
				return
			}
			statuses[fmt.Sprint(got.status, " ", got.problem.Code)]++
			if got.status == http.StatusCreated {
				bodies[got.body] = true
			} else if got.header.Get("Retry-After") == "" {
				t.Errorf("%d %s without Retry-After", got.status, got.problem.Code)
			}
		})
	}
	close(begin)
	wg.Wait()
	if told := statuses["201 "] + statuses["409 idempotency_key_in_work"]; told != n || statuses["201 "] == 0 {
		t.Errorf("answers: %v, want 201 and 409 idempotency_key_in_work only", statuses)
	}
	bodies[a.do(t, c).body] = true
	if len(bodies) != 1 {
		t.Errorf("%d different answers, want 1: %v", len(bodies), bodies)
	}
	if got := a.count(t, "orders"); got != 1 {
		t.Errorf("%d orders, want 1", got)
	}
}

func TestKeyInWorkIsRefusedUntilItsLeaseEnds(t *testing.T) {
	t.Parallel()
	a := start(t)

	c := call{path: ordersPath, body: a.orderBody(t, ""), repeat: "key"}
	a.create(t, c, "order")
	a.exec(t, "UPDATE idempotency_keys SET status = NULL, answer = NULL") // as if still at work
	got := a.do(t, c)
	if got.status != http.StatusConflict || got.problem.Code != "idempotency_key_in_work" || got.header.Get("Retry-After") != "1" {
		t.Errorf("%d %s, Retry-After %q, want 409 idempotency_key_in_work, 1", got.status, got.problem.Code, got.header.Get("Retry-After"))
	}
	a.Advance(idem.Lease + time.Second)
	a.create(t, c, "order")
}

func TestRefusalIsNotKept(t *testing.T) {
	t.Parallel()
	a := start(t)

	good := a.orderBody(t, "")
	for name, bad := range map[string]call{
		"malformed":     {body: `{`, invalid: true},
		"unknown field": {body: `{"order":{"x":1}}`, invalid: true},
		"refused":       {body: strings.Replace(good, "EUR", "JPY", 1)},
	} {
		bad.path, bad.repeat = ordersPath, "key "+name
		if got := a.do(t, bad); got.status < 400 || got.status >= 500 {
			t.Fatalf("%s: %d, want a refusal", name, got.status)
		}
		a.create(t, call{path: ordersPath, body: good, repeat: bad.repeat}, "order")
	}
	if got := a.count(t, "orders"); got != 3 {
		t.Errorf("%d orders, want 3", got)
	}
}

func TestFailureIsNotKept(t *testing.T) {
	t.Parallel()
	a := start(t)

	c := call{path: ordersPath, body: a.orderBody(t, ""), repeat: "key"}
	a.exec(t, "ALTER TABLE order_links RENAME TO hidden_links")
	if got := a.do(t, c); got.status != http.StatusInternalServerError || got.problem.Code != "internal_error" {
		t.Fatalf("%d %s, want 500 internal_error", got.status, got.problem.Code)
	}
	if n := a.count(t, "orders") + a.count(t, "idempotency_keys"); n != 0 {
		t.Errorf("%d rows are left of a failed call, want none", n)
	}
	a.exec(t, "ALTER TABLE hidden_links RENAME TO order_links")
	a.create(t, c, "order")
}

func TestMissingGatewayAccountIsNotKept(t *testing.T) {
	t.Parallel()
	a := start(t)

	p := app.DemoProfile()
	p.Name = "No account yet"
	p, err := a.Profiles.Apply(t.Context(), actor.TheSystem, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := a.Users.CreateKey(t.Context(), actor.TheSystem, "k", p.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := call{path: ordersPath, key: key, body: a.orderBody(t, key), repeat: "key"}
	if got := a.do(t, c); got.status != http.StatusServiceUnavailable || got.problem.Code != "gateway_not_configured" {
		t.Fatalf("%d %s, want 503 gateway_not_configured", got.status, got.problem.Code)
	}
	account := a.Account
	account.ID = ""
	if _, err := a.Profiles.Apply(t.Context(), actor.TheSystem, p, &account); err != nil {
		t.Fatal(err)
	}
	a.create(t, c, "order")
}
