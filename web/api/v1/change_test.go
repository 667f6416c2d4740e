package v1_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/testkit"
)

const subscription = `"type":"subscription","name":"Magazine","currency":"EUR","price":"9.90","fee_amount":"1","tax_rate":"7","scheduled_unit":"MONTH","scheduled_interval":1`

func TestOnlyNamedFieldsChange(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			buyer := "/customers/" + a.create(t, call{path: "/customers", body: `{"customer":{"email":"anna@example.com","given_name":"Anna","family_name":"Schmidt","city":"Berlin","tax_id":"DE1"}}`}, "customer")
			product := "/products/" + a.create(t, call{path: "/products", body: `{"product":{` + subscription + `}}`}, "product")
			for _, tt := range []struct{ path, body, old, new string }{
				{buyer, `{"customer":{"city":"Hamburg"}}`, `"city":"Berlin"`, `"city":"Hamburg"`},
				{buyer, `{"customer":{"active":false,"tax_id":""}}`, `"tax_id":"DE1","language":"","active":true`, `"tax_id":"","language":"","active":false`},
				{buyer, `{"customer":{"active":true}}`, `"active":false`, `"active":true`},
				{product, `{"product":{"price":12}}`, `"price":"9.90"`, `"price":"12.00"`},
				{product, `{"product":{"discount_rate":"12.5","discount_applies_to":"initial"}}`,
					`"discount_rate":"0","fee_amount":"1.00","tax_rate":"7","initial_amount":null,"split_number":null,"scheduled_unit":"MONTH","scheduled_interval":1,"discount_applies_to":"all"`,
					`"discount_rate":"12.5","fee_amount":"1.00","tax_rate":"7","initial_amount":null,"split_number":null,"scheduled_unit":"MONTH","scheduled_interval":1,"discount_applies_to":"initial"`},
				{product, `{"product":{"discount_amount":"2"}}`, `"discount_amount":"0.00","discount_rate":"12.5"`, `"discount_amount":"2.00","discount_rate":"0"`},
				{product, `{"product":{"scheduled_unit":"YEAR","type":"subscription","currency":"EUR"}}`, `"MONTH"`, `"YEAR"`},
				{product, `{"product":{"active":false,"pricing_locked":true}}`, `"pricing_locked":false,"payment_locked":false,"active":true`, `"pricing_locked":true,"payment_locked":false,"active":false`},
			} {
				before := a.do(t, call{path: tt.path}).body
				want := strings.Replace(before, tt.old, tt.new, 1)
				got := a.change(t, tt.path, tt.body)
				if want == before {
					t.Fatalf("%s is not in %s", tt.old, before)
				}
				if diff := cmp.Diff(want, got.body); diff != "" || got.header.Get("Location") != "" {
					t.Errorf("%s answers (-want +got):\n%s", tt.body, diff)
				}
				if diff := cmp.Diff(want, a.do(t, call{path: tt.path}).body); diff != "" {
					t.Errorf("after %s (-want +got):\n%s", tt.body, diff)
				}
			}
			if got := a.Strings(`SELECT type FROM events WHERE type LIKE '%.changed' ORDER BY seq`); len(got) != 8 || got[0] != "customer.changed" || got[7] != "product.changed" {
				t.Errorf("events: %v", got)
			}
		})
	}
}

func TestAnOrderKeepsTheProductAsItWas(t *testing.T) {
	t.Parallel()
	a := start(t)

	ticket := a.product(t, "", "20.00")
	order := "/orders/" + a.create(t, call{path: ordersPath, body: `{"order":{"customer_id":"` + a.customer(t, "") + `","currency":"EUR","order_products":[{"product_id":"` + ticket + `"}]}}`}, "order")
	before := a.do(t, call{path: order}).body
	a.change(t, "/products/"+ticket, `{"product":{"name":"Another","price":"25","fee_amount":"1","discount_rate":"5","tax_rate":"7","active":false}}`)
	if diff := cmp.Diff(before, a.do(t, call{path: order}).body); diff != "" {
		t.Errorf("the order changed with its product (-before +after):\n%s", diff)
	}
}

// Each of these changes a field of its own and tries again while it loses: in the
// end all of them must be there.
func TestNothingIsLostWhenManyChangeAtOnce(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			path := "/customers/" + a.customer(t, "")
			names := []string{"reference", "family_name", "company_name", "phone", "address_line1", "city"}
			begin := make(chan struct{})
			var wg sync.WaitGroup
			for _, name := range names {
				wg.Go(func() {
					<-begin
					for n := 1; n <= 5; {
						got, err := a.try(t.Context(), call{method: http.MethodPut, path: path, body: fmt.Sprintf(`{"customer":{"%s":"%d"}}`, name, n)})
						switch {
						case err != nil:
							t.Errorf("%s: %v", name, err)
							return
						case got.status == http.StatusOK:
							n++
						case got.status != http.StatusConflict || got.problem.Code != "customer_changed":
							t.Errorf("%s: %d %s, want 200 or 409 customer_changed", name, got.status, got.problem.Code)
							return
						}
					}
				})
			}
			close(begin)
			wg.Wait()
			end := a.do(t, call{path: path})
			for _, name := range names {
				if got := end.field(t, "customer."+name); got != "5" {
					t.Errorf("%s is %q, want 5", name, got)
				}
			}
			if got := a.Strings(`SELECT CAST(row_version AS TEXT) FROM customers WHERE given_name = 'Anna'`); got[0] != "31" {
				t.Errorf("version %s after 30 changes of version 1", got)
			}
		})
	}
}

func TestAChangeOfAnOldVersionIsRefused(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			for path, body := range map[string]string{
				"/customers/" + a.customer(t, ""):     `{"customer":{"city":"Rome"}}`,
				"/products/" + a.product(t, "", "20"): `{"product":{"price":"21"}}`,
			} {
				table := strings.Split(path, "/")[1]
				// A rule of the database plays the other writer, who comes in between.
				overtake(a, engine, table)
				before := a.do(t, call{path: path}).body
				got := a.do(t, call{method: http.MethodPut, path: path, body: body, repeat: "key"})
				if want := strings.TrimSuffix(table, "s") + "_changed"; got.status != http.StatusConflict || got.problem.Code != want {
					t.Errorf("%s: %d %s, want 409 %s", path, got.status, got.problem.Code, want)
				}
				if diff := cmp.Diff(before, a.do(t, call{path: path}).body); diff != "" {
					t.Errorf("%s changed all the same (-before +after):\n%s", path, diff)
				}
				if n := a.count(t, "idempotency_keys"); n != 0 {
					t.Errorf("%d answers kept of a lost race, want none", n)
				}
			}
		})
	}
}

// overtake makes every change of a table find that its row is of another version.
func overtake(a *api, engine, table string) {
	if engine == "sqlite" {
		a.Exec(`CREATE TRIGGER overtake_` + table + ` BEFORE UPDATE ON ` + table + ` BEGIN SELECT RAISE(IGNORE); END`)
		return
	}
	a.Exec(`CREATE RULE overtake AS ON UPDATE TO ` + table + ` DO INSTEAD NOTHING`)
}

func TestAChangeIsDoneOnceForItsKey(t *testing.T) {
	t.Parallel()
	a := start(t)

	path := "/products/" + a.product(t, "", "20")
	c := call{method: http.MethodPut, path: path, body: `{"product":{"price":"21"}}`, repeat: "key"}
	first := a.do(t, c)
	a.change(t, path, `{"product":{"price":"22"}}`)
	a.Advance(time.Hour)
	again := a.do(t, c)
	if again.status != http.StatusOK || again.header.Get("Idempotency-Replayed") != "true" || again.body != first.body {
		t.Errorf("again: %d, replayed %q\n%s\nwant the first answer\n%s", again.status, again.header.Get("Idempotency-Replayed"), again.body, first.body)
	}
	if got := a.do(t, call{path: path}).field(t, "product.price"); got != "22.00" {
		t.Errorf("the repetition put the price back to %s", got)
	}
	c.body = `{"product":{"price":"23"}}`
	if got := a.do(t, c); got.status != http.StatusUnprocessableEntity || got.problem.Code != "idempotency_key_reused" {
		t.Errorf("another change under the key: %d %s", got.status, got.problem.Code)
	}
}
