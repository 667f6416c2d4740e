package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/testkit"
)

func TestCustomerIsCreatedAndRead(t *testing.T) {
	t.Parallel()
	a := start(t)

	made := a.do(t, call{path: "/customers", body: `{"customer":{"reference":"C-1","email":"anna@example.com","given_name":"Anna","family_name":"Schmidt",
		"company_name":"","phone":"+49 30 1","address_line1":"Lindenweg 3\tb","address_line2":"","postal_code":"10115","city":"Berlin","region":"",
		"country_code":"DE","tax_id":"DE1","language":"de"}}`})
	if made.status != http.StatusCreated {
		t.Fatalf("status %d, want 201\n%s", made.status, made.body)
	}
	want := map[string]string{"reference": "C-1", "email": "anna@example.com", "given_name": "Anna", "family_name": "Schmidt", "phone": "+49 30 1",
		"address_line1": "Lindenweg 3\tb", "postal_code": "10115", "city": "Berlin", "country_code": "DE", "tax_id": "DE1", "language": "de",
		"profile_id": string(a.Profile.ID), "created_at": a.Clock.Wall().Format("2006-01-02T15:04:05.999Z07:00")}
	for name, v := range want {
		if got := made.field(t, "customer."+name); got != v {
			t.Errorf("%s: %q, want %q", name, got, v)
		}
	}
	a.readBack(t, made, "customer", "/customers/")
}

func TestProductIsCreatedAndRead(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ fields, wantPrice, wantTax string }{
		"strings":          {`"currency":"EUR","price":"20.00","tax_rate":"7.7"`, "20.00", "7.7"},
		"numbers":          {`"currency":"EUR","price":20.5,"tax_rate":19`, "20.50", "19"},
		"number with zero": {`"currency":"EUR","price":20.50`, "20.50", "0"},
		"no decimals":      {`"currency":"JPY","price":2000`, "2000", "0"},
		"three decimals":   {`"currency":"KWD","price":"1.25"`, "1.250", "0"},
		"nothing to pay":   {`"currency":"EUR","price":"0","tax_rate":"0.0001"`, "0.00", "0.0001"},
		"most":             {`"currency":"EUR","price":92233720368547758.07`, "92233720368547758.07", "0"},
		"beyond a float":   {`"currency":"EUR","price":9007199254740993.01`, "9007199254740993.01", "0"},
	}
	a := start(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			made := a.do(t, call{path: "/products", body: `{"product":{"type":"single_payment","name":"Ticket","reference":"T-1","description":"Row 7","pricing_locked":true,` + tt.fields + `}}`})
			if made.status != http.StatusCreated {
				t.Fatalf("status %d, want 201\n%s", made.status, made.body)
			}
			if got := made.field(t, "product.price"); got != tt.wantPrice {
				t.Errorf("price: %q, want %q", got, tt.wantPrice)
			}
			if discount, fee := made.field(t, "product.discount_amount"), made.field(t, "product.fee_amount"); strings.Trim(discount+fee, "0.") != "" {
				t.Errorf("discount %q and fee %q that nobody told", discount, fee)
			}
			if got := made.field(t, "product.tax_rate"); got != tt.wantTax {
				t.Errorf("tax rate: %q, want %q", got, tt.wantTax)
			}
			if !strings.Contains(made.body, `"pricing_locked":true,"payment_locked":false,"active":true`) {
				t.Errorf("locks are not as they were sent:\n%s", made.body)
			}
			a.readBack(t, made, "product", "/products/")
		})
	}
}

func TestOrderIsCreatedAndReadWithItsPaymentLink(t *testing.T) {
	t.Parallel()
	a := start(t)

	ticket, bell, buyer := a.product(t, "", "20.00"), a.product(t, "", "5"), a.customer(t, "")
	made := a.do(t, call{path: "/orders/create_single_order", body: `{"order":{"customer_id":"` + buyer + `","currency":"EUR","invoice_id":"ORD-1","note":"Thank you!",
		"order_products":[{"product_id":"` + ticket + `","qty":2,"amount":17.50},{"product_id":"` + bell + `"}]}}`})
	if made.status != http.StatusCreated {
		t.Fatalf("status %d, want 201\n%s", made.status, made.body)
	}
	for name, want := range map[string]string{"order_type": "single_payment", "status": "pending", "invoice_id": "ORD-1", "customer_id": buyer,
		"currency": "EUR", "total_to_pay": "40.00", "note": "Thank you!", "profile_id": string(a.Profile.ID)} {
		if got := made.field(t, "order."+name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	wantLines := `"order_products":[{"product_id":"` + ticket + `","name":"Ticket","description":"","qty":2,"amount":"17.50","discount_amount":"0.00","fee_amount":"0.00","tax_rate":"19","tax_amount":"5.59","total_amount":"35.00"},` +
		`{"product_id":"` + bell + `","name":"Ticket","description":"","qty":1,"amount":"5.00","discount_amount":"0.00","fee_amount":"0.00","tax_rate":"19","tax_amount":"0.80","total_amount":"5.00"}]`
	if !strings.Contains(made.body, wantLines) {
		t.Errorf("lines: want %s in\n%s", wantLines, made.body)
	}
	link := made.field(t, "order.payment_link")
	token, ok := strings.CutPrefix(link, a.URL+"/pay/")
	if !ok {
		t.Fatalf("payment link %q, want one below %s/pay/", link, a.URL)
	}
	opened, err := a.Orders.OpenLink(t.Context(), token)
	if err != nil || string(opened.OrderID) != made.field(t, "order.id") || opened.ProfileID != a.Profile.ID {
		t.Errorf("link opens %+v, %v", opened, err)
	}
	a.readBack(t, made, "order", "/orders/")
}

func TestPriceOfAnOrderIsTheCataloguesUnlessItSaysOtherwise(t *testing.T) {
	t.Parallel()
	a := start(t)

	buyer := a.customer(t, "")
	ticket := a.create(t, call{path: "/products", body: `{"product":{"type":"single_payment","name":"Ticket","currency":"EUR","price":"20.00","discount_amount":"1","fee_amount":0.5,"tax_rate":"19"}}`}, "product")
	for name, tt := range map[string]struct{ fields, wantDiscount, wantFee, wantRate, wantTax, wantTotal string }{
		"the catalogue's":     {``, "1.00", "0.50", "19", "9.10", "58.50"},
		"the seed's amounts":  {`,"amount":"20.00","discount_amount":"10","fee_amount":"20"`, "10.00", "20.00", "19", "4.79", "90.00"},
		"nothing off, no fee": {`,"discount_amount":0,"fee_amount":"0.00"`, "0.00", "0.00", "19", "9.58", "60.00"},
		"tax as an amount":    {`,"tax_amount":"1.25"`, "1.00", "0.50", "0", "3.75", "58.50"},
		"no tax":              {`,"tax_amount":"0"`, "1.00", "0.50", "0", "0.00", "58.50"},
	} {
		t.Run(name, func(t *testing.T) {
			made := a.do(t, call{path: ordersPath, body: `{"order":{"customer_id":"` + buyer + `","currency":"EUR","order_products":[{"product_id":"` + ticket + `","qty":3` + tt.fields + `}]}}`})
			want := `"qty":3,"amount":"20.00","discount_amount":"` + tt.wantDiscount + `","fee_amount":"` + tt.wantFee + `","tax_rate":"` + tt.wantRate +
				`","tax_amount":"` + tt.wantTax + `","total_amount":"` + tt.wantTotal + `"}`
			if made.status != http.StatusCreated || !strings.Contains(made.body, want) || made.field(t, "order.total_to_pay") != tt.wantTotal {
				t.Errorf("%d, want %s in\n%s", made.status, want, made.body)
			}
		})
	}
}

func TestOrderKeepsWhatIsBesideItsProducts(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			german := a.create(t, call{path: "/customers", body: `{"customer":{"email":"anna@example.com","given_name":"Anna","language":"de"}}`}, "customer")
			order := func(fields string) reply {
				return a.do(t, call{path: ordersPath, body: `{"order":{"customer_id":"` + german + `","currency":"EUR",` + fields + `"order_products":[{"product_id":"` + a.product(t, "", "1") + `"}]}}`})
			}
			made := order(`"tags":["spring","Ä","spring","a"],"language":"en","redirect_url":"https://shop.example/thanks?a=b","failed_redirect_url":"http://localhost:3000/sorry",`)
			for _, want := range []string{`"tags":["a","spring","Ä"]`, `"language":"en"`, `"redirect_url":"https://shop.example/thanks?a=b"`, `"failed_redirect_url":"http://localhost:3000/sorry"`} {
				if !strings.Contains(made.body, want) {
					t.Errorf("%d, want %s in\n%s", made.status, want, made.body)
				}
			}
			a.readBack(t, made, "order", "/orders/")
			plain := order(``)
			for _, want := range []string{`"tags":[]`, `"language":"de"`, `"redirect_url":""`, `"failed_redirect_url":""`} {
				if !strings.Contains(plain.body, want) {
					t.Errorf("%d, want %s in\n%s", plain.status, want, plain.body)
				}
			}
		})
	}
}

func TestRevokedLinkIsNull(t *testing.T) {
	t.Parallel()
	a := start(t)

	o := a.NewOrder(2000)
	if err := a.Orders.RevokeLinks(t.Context(), actor.TheSystem, a.Profile.ID, o.ID); err != nil {
		t.Fatal(err)
	}
	if r := a.do(t, call{path: "/orders/" + string(o.ID)}); r.status != http.StatusOK || !strings.Contains(r.body, `"payment_link":null`) {
		t.Errorf("order with a revoked link: %d, want 200 and no link\n%s", r.status, r.body)
	}
}

func TestPaidOrderIsComplete(t *testing.T) {
	t.Parallel()
	a := start(t)

	o := a.NewOrder(2000)
	a.exec(t, "UPDATE orders SET status = 'complete'")
	if got := a.do(t, call{path: "/orders/" + string(o.ID)}).field(t, "order.status"); got != "complete" {
		t.Errorf("status: %q, want complete", got)
	}
}

// readBack follows Location and wants the very same answer there.
func (a *api) readBack(t *testing.T, made reply, envelope, below string) {
	t.Helper()
	location := made.header.Get("Location")
	if want := a.URL + "/api/v1" + below + made.field(t, envelope+".id"); location != want {
		t.Fatalf("Location: %q, want %q", location, want)
	}
	got := a.do(t, call{path: strings.TrimPrefix(location, a.URL+"/api/v1")})
	if got.status != http.StatusOK {
		t.Fatalf("GET %s: %d, want 200", location, got.status)
	}
	if diff := cmp.Diff(made.body, got.body); diff != "" {
		t.Errorf("read after created (-created +read):\n%s", diff)
	}
	if got := got.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: %q, want no-store", got)
	}
}
