package v1_test

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/testkit"
)

// page is one page of any list.
type page struct {
	Data       []struct{ ID, Name, Reference string }
	Page       *int
	NextCursor string `json:"next_cursor"`
}

func (a *api) list(t *testing.T, path string) page {
	t.Helper()
	return a.listAs(t, "", path)
}

func (a *api) listAs(t *testing.T, key, path string) page {
	t.Helper()
	r := a.do(t, call{path: path, key: key})
	var p page
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.status != http.StatusOK {
		t.Fatalf("GET %s: %d, %v\n%s", path, r.status, err, r.body)
	}
	return p
}

func (p page) ids() []string {
	ids := []string{}
	for _, d := range p.Data {
		ids = append(ids, d.ID)
	}
	return ids
}

// all follows cursors from the newest row to the oldest.
func (a *api) all(t *testing.T, path string) []string {
	t.Helper()
	var ids []string
	p := a.list(t, path)
	for ids = p.ids(); p.NextCursor != ""; ids = append(ids, p.ids()...) {
		p = a.list(t, path+"&cursor="+p.NextCursor)
	}
	return ids
}

func TestTheSeedsListWorksAsPrinted(t *testing.T) {
	t.Parallel()
	a := start(t)

	older, newer := a.customer(t, ""), a.customer(t, "")
	a.customer(t, a.OtherKey)
	for _, path := range []string{"/customers?page=1&profile_id=1", "/customers?page=1&profile_id=" + string(a.Profile.ID), "/customers"} {
		p := a.list(t, path)
		if diff := cmp.Diff([]string{newer, older}, p.ids()); diff != "" || p.Page == nil || *p.Page != 1 || p.NextCursor != "" {
			t.Errorf("%s: page %v, next %q (-want +got):\n%s", path, p.Page, p.NextCursor, diff)
		}
	}
	if r := a.do(t, call{path: "/products"}); r.body != `{"data":[],"page":1,"next_cursor":null}`+"\n" {
		t.Errorf("an empty list is %s", r.body)
	}
}

func TestPagesAndCursorsGoThroughAList(t *testing.T) {
	t.Parallel()
	a := start(t)

	var want []string
	for range 7 {
		want = slices.Insert(want, 0, a.product(t, "", "1"))
		if len(want)%2 == 0 {
			a.Advance(time.Second) // some of the same moment, some not
		}
	}
	if got := a.all(t, "/products?per_page=2"); !slices.Equal(got, want) {
		t.Errorf("by cursor: %v, want %v", got, want)
	}
	var got []string
	for n := 1; ; n++ {
		p := a.list(t, fmt.Sprintf("/products?per_page=3&page=%d", n))
		if got = append(got, p.ids()...); p.NextCursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("by page: %v, want %v", got, want)
	}
	if p := a.list(t, "/products?per_page=100&page=100"); len(p.Data) != 0 || p.NextCursor != "" {
		t.Errorf("behind the end: %v", p)
	}
	p := a.list(t, "/products?per_page=2&page=2")
	if next := a.list(t, "/products?per_page=1&cursor="+p.NextCursor); next.Page != nil || !slices.Equal(next.ids(), want[4:5]) {
		t.Errorf("behind page 2: page %v of %v, want %s", next.Page, next.ids(), want[4])
	}
}

// TestACursorOfAnotherListIsRefused: its place means nothing there, or something else.
func TestACursorOfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	a := start(t)
	first, second := a.NewOrder(12_400), a.NewOrder(700)
	orders, filtered := a.list(t, "/orders?per_page=1").NextCursor, a.list(t, "/orders?status=draft,pending&per_page=1").NextCursor
	if orders == "" || filtered == "" || orders == filtered {
		t.Fatalf("the cursors are %q and %q", orders, filtered)
	}

	for _, address := range []string{"/orders?per_page=50&cursor=" + orders, "/orders?profile_id=" + string(a.Profile.ID) + "&cursor=" + orders,
		"/orders?cursor=" + filtered + "&status=draft,pending"} {
		if got := a.list(t, address).ids(); !slices.Equal(got, []string{string(first.ID)}) {
			t.Errorf("%s: %v, want %s", address, got, first.ID)
		}
	}
	for _, address := range []string{"/customers?cursor=" + orders, "/products?cursor=" + orders, "/events?cursor=" + orders, "/orders?cursor=" + filtered,
		"/orders?status=draft,pending&cursor=" + orders, "/orders?status=complete&cursor=" + filtered, "/orders/" + string(second.ID) + "/transactions?cursor=" + orders} {
		r := a.do(t, call{path: address})
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, `"query_invalid"`) || !strings.Contains(r.body, `"parameter":"cursor"`) {
			t.Errorf("%s: %d %s", address, r.status, r.body)
		}
	}
}

func TestACursorNeitherSkipsNorRepeatsWhileRowsAreAdded(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			there := map[string]bool{}
			for range 25 {
				there[a.customer(t, "")] = true
			}
			stop := make(chan struct{})
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						if _, err := a.try(t.Context(), call{path: "/customers", body: `{"customer":{"email":"new@example.com","given_name":"New"}}`}); err != nil {
							t.Errorf("add: %v", err)
							return
						}
					}
				})
			}
			for range 3 {
				seen := map[string]int{}
				for _, id := range a.all(t, "/customers?per_page=2") {
					seen[id]++
				}
				for id, n := range seen {
					if n > 1 {
						t.Errorf("%s came %d times", id, n)
					}
				}
				for id := range there {
					if seen[id] == 0 {
						t.Errorf("%s was skipped", id)
					}
				}
			}
			close(stop)
			wg.Wait()
		})
	}
}

func TestFiltersChooseRows(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			startOn(t, engine).filters(t)
		})
	}
}

func (a *api) filters(t *testing.T) {
	t.Helper()
	customer := func(fields string) string {
		return a.create(t, call{path: "/customers", body: `{"customer":{` + fields + `}}`}, "customer")
	}
	anna := customer(`"reference":"C-1","email":"Anna.Ö@Example.com","given_name":"Anna","family_name":"Schmidt"`)
	a.Advance(time.Hour)
	noon := a.Clock.Wall()
	otto := customer(`"reference":"C-2","email":"otto@example.com","company_name":"Änderungen %_ GmbH","given_name":"Otto","family_name":"Anna"`)
	a.Advance(time.Hour)
	product := func(fields string) string {
		return a.create(t, call{path: "/products", body: `{"product":{"name":"P","price":"20",` + fields + `}}`}, "product")
	}
	ticket := product(`"type":"single_payment","currency":"EUR","reference":"T-1"`)
	yen := product(`"type":"single_payment","currency":"JPY","reference":"T-2"`)
	power := product(`"type":"metered","currency":"EUR"`)
	a.change(t, "/products/"+power, `{"product":{"active":false}}`)
	order := func(customer, product, currency, more string) string {
		return a.create(t, call{path: ordersPath, body: `{"order":{"customer_id":"` + customer + `","currency":"` + currency + `",` + more + `"order_products":[{"product_id":"` + product + `"}]}}`}, "order")
	}
	first := order(anna, ticket, "EUR", `"invoice_id":"ORD-1","tags":["spring","Kür"],`)
	second := order(otto, yen, "JPY", `"invoice_id":"ORD-2","tags":["spring"],`)
	a.Exec(`UPDATE orders SET status = 'complete' WHERE id = $1`, first)
	a.Exec(`UPDATE orders SET status = 'cancelled' WHERE id = $1`, order(anna, ticket, "EUR", ``))
	third := a.list(t, "/orders?per_page=1").ids()[0]

	at := url.QueryEscape(noon.In(time.FixedZone("", 7200)).Format(time.RFC3339))
	for query, want := range map[string][]string{
		"customers?reference=C-1":                              {anna},
		"customers?reference=c-1":                              {},
		"customers?email=anna.%C3%B6@EXAMPLE.com":              {anna},
		"customers?name=anna":                                  {otto, anna},
		"customers?name=Anna+Sch":                              {anna},
		"customers?name=schmidt":                               {anna},
		"customers?name=SCHMIDT+an":                            {anna},
		"customers?name=a":                                     {otto, anna},
		"customers?name=otto":                                  {},
		"customers?name=schmidt&email=anna.%C3%B6@example.com": {anna},
		"customers?name=anna&reference=C-2":                    {otto},
		"customers?name=muster&reference=C-2":                  {},
		"customers?name=%C3%A4nderungen+%25_":                  {otto},
		"customers?name=%25":                                   {},
		"customers?created_from=" + at:                         {otto},
		"customers?created_to=" + at:                           {anna},
		"customers?created_from=" + at + "&name=anna":          {otto},
		"customers?created_to=" + at + "&name=anna":            {anna},
		"products?type=metered":                                {power},
		"products?type=single_payment":                         {yen, ticket},
		"products?active=false":                                {power},
		"products?active=true":                                 {yen, ticket},
		"products?reference=T-2":                               {yen},
		"products?currency=JPY":                                {yen},
		"products?currency=KWD":                                {},
		"orders?status=complete":                               {first},
		"orders?status=complete,pending":                       {second, first},
		"orders?status=pending,cancelled,complete,pending":     {third, second, first},
		"orders?order_type=single_payment":                     {third, second, first},
		"orders?order_type=metered":                            {},
		"orders?customer_id=" + anna:                           {third, first},
		"orders?customer_email=anna.%C3%B6@example.com":        {third, first},
		"orders?customer_email=nobody@example.com":             {},
		"orders?invoice_id=ORD-2":                              {second},
		"orders?tag=spring":                                    {second, first},
		"orders?tag=K%C3%BCr":                                  {first},
		"orders?tag=spring&status=complete,cancelled":          {first},
		"orders?tag=spring&customer_id=" + otto:                {second},
		"orders?currency=EUR&customer_id=" + anna:              {third, first},
		"orders?created_to=" + at:                              {},
		"orders?created_from=" + at + "&tag=K%C3%BCr":          {first},
	} {
		got := a.list(t, "/"+query).ids()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		if got := a.all(t, "/"+query+"&per_page=1"); !slices.Equal(got, want) {
			t.Errorf("%s one by one: %v, want %v", query, got, want)
		}
	}
}

func TestEveryMistakeInAQueryIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t)

	for query, want := range map[string][]string{
		"customers?colour=red&page=0":                                   {"colour unknown_parameter", "page number"},
		"customers?per_page=101&page=01":                                {"page number", "per_page number"},
		"customers?per_page=-1&page=1.0":                                {"page number", "per_page number"},
		"customers?page=99999999999999999999":                           {"page number"},
		"customers?page=501":                                            {"page page_too_deep"},
		"customers?page=101&per_page=100":                               {"page page_too_deep"},
		"customers?page=2147483647&per_page=100":                        {"page page_too_deep"},
		"customers?cursor=x":                                            {"cursor cursor"},
		"customers?name=anna&cursor=MS5hLmI.":                           {"cursor cursor"},
		"customers?name=anna&cursor=MS5h":                               {"cursor cursor"},
		"customers?cursor=MS5hLmI":                                      {"cursor cursor"},
		"customers?name=anna&reference=C-1&cursor=MS5hLmI":              {"cursor cursor"},
		"customers?cursor=" + strings.Repeat("a", 4001):                 {"cursor too_long"},
		"customers?page=1&cursor=MS5":                                   {"cursor cursor", "page page_and_cursor"},
		"customers?reference=&email=%00&name=%ff":                       {"email control_character", "name not_unicode", "reference empty"},
		"customers?name=" + strings.Repeat("%C3%A4", 201):               {"name too_long"},
		"customers?email=a&email=b&profile_id=1&profile_id=2":           {"email repeated", "profile_id repeated"},
		"customers?created_from=2026-03-01&created_to=yesterday":        {"created_from timestamp", "created_to timestamp"},
		"orders?created_to=0001-01-01T00:00:00Z&paid_to=0001-01-01":     {"created_to timestamp", "paid_to date"},
		"products?type=gift&active=1&currency=euro":                     {"active boolean", "currency currency", "type unknown_value"},
		"products?type=metered,instalment":                              {"type repeated"},
		"products?status=pending":                                       {"status unknown_parameter"},
		"orders?status=pending,,paid&customer_id=anna":                  {"customer_id id", "status unknown_value"},
		"orders?customer_id=ord_06f6x2v0f5x0hd8x3m1cvt5w30&order_type=": {"customer_id id", "order_type empty"},
		"orders?amount=20":                                              {"currency required"},
		"orders?amount=20.001&currency=EUR":                             {"amount amount"},
		"orders?amount=20.5&currency=JPY":                               {"amount amount"},
		"orders?amount=-20&currency=EUR":                                {"amount amount"},
		"orders?amount=1e3&currency=EUR":                                {"amount amount"},
		"orders?amount=20,00&currency=EUR":                              {"amount amount"},
		"orders?amount=92233720368547758.08&currency=EUR":               {"amount amount"},
		"orders?amount=20&currency=euro":                                {"currency currency"},
		"orders?amount=&currency=":                                      {"amount empty", "currency empty"},
		"orders?card_last4=42424&card_brand=":                           {"card_brand empty", "card_last4 four_digits"},
		"orders?card_last4=%D9%A1234":                                   {"card_last4 four_digits"},
		"orders?card_brand=visa":                                        {"card_last4 required"},
		"orders?paid_from=3.5.2026&paid_to=2026-02-30":                  {"paid_from date", "paid_to date"},
		"orders?paid_from=0000-12-31&paid_to=2026-05-03T00:00:00Z":      {"paid_from date", "paid_to date"},
		"orders?limit=5":                                                {"limit unknown_parameter"},
	} {
		got := a.do(t, call{path: "/" + query, invalid: true})
		if got.status != http.StatusBadRequest || got.problem.Code != "query_invalid" {
			t.Errorf("%s: %d %s, want 400 query_invalid", query, got.status, got.problem.Code)
		}
		if diff := cmp.Diff(want, got.mistakes()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	for path, body := range map[string]string{"/customers/" + a.customer(t, "") + "?fields=email": "", "/customers?page=1": `{"customer":{"email":"a@b.de","given_name":"A"}}`} {
		if got := a.do(t, call{path: path, body: body, invalid: true}); got.problem.Code != "query_invalid" || len(got.mistakes()) != 1 || !strings.HasSuffix(got.mistakes()[0], " unknown_parameter") {
			t.Errorf("%s: %d %s %v, want the parameter named as unknown", path, got.status, got.problem.Code, got.mistakes())
		}
	}
	if got := a.do(t, call{path: "/orders?a=%zz", invalid: true}); got.status != http.StatusBadRequest || got.problem.Code != "query_invalid" {
		t.Errorf("a query that cannot be read: %d %s", got.status, got.problem.Code)
	}
}

func TestAListCostsTheSameHoweverLongItIs(t *testing.T) {
	t.Parallel()

	var statements atomic.Int64
	a := startWith(t, testkit.Options{SQL: testkit.WatchSQL(func(query string, _ []driver.NamedValue) {
		if strings.Contains(query, "SELECT") {
			statements.Add(1)
		}
	})})
	cost := func(path string) int64 {
		a.list(t, path)
		before := statements.Load()
		a.list(t, path)
		return statements.Load() - before
	}
	a.NewOrder(2000)
	paths := []string{"/orders", "/orders?status=pending,complete", "/orders?customer_email=ada@example.com", "/customers", "/products"}
	few := map[string]int64{}
	for _, path := range paths {
		few[path] = cost(path)
	}
	for range 30 {
		a.NewOrder(2000)
	}
	for _, path := range paths {
		if many := cost(path); many != few[path] || many > 2 { // whose key it is, and the list
			t.Errorf("%s costs %d statements with a row and %d with a page of them, want at most 2", path, few[path], many)
		}
	}
}
