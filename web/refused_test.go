package web_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

// bad is a request that nothing may come of. What it is told is a code with its
// pointer from the API, a heading on pages, a line for machines.
type bad struct {
	request *http.Request
	status  int
	told    string
}

// TestBadInputIsToldAndChangesNothing goes through what strangers and slips of
// the hand send. Every code of the API has its row in package v1's own tables.
func TestBadInputIsToldAndChangesNothing(t *testing.T) {
	t.Parallel()

	app := testkit.New(t)
	table := badOrders(t, app)
	for _, more := range []map[string]bad{badPlans(t, app), badBodies(t, app), badTokens(t, app), badNotifications(t, app)} {
		for name, row := range more {
			table[name] = row
		}
	}
	before := app.Dump()
	for name, row := range table {
		got := httptest.NewRecorder()
		app.Handler.ServeHTTP(got, row.request)
		if told := told(t, got); got.Code != row.status || told != row.told {
			t.Errorf("%s: %d %q, want %d %q", name, got.Code, told, row.status, row.told)
		}
		if diff := cmp.Diff(before, app.Dump()); diff != "" {
			t.Fatalf("%s changed the database (-before +after):\n%s", name, diff)
		}
	}
}

// told is what an answer says was wrong.
func told(t *testing.T, got *httptest.ResponseRecorder) string {
	t.Helper()
	switch media := got.Header().Get("Content-Type"); {
	case media == "application/problem+json":
		var p struct {
			Code   string
			Errors []struct{ Pointer, Code string }
		}
		if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		for _, e := range p.Errors {
			p.Code += " " + e.Pointer + " " + e.Code
		}
		return p.Code
	case strings.HasPrefix(media, "text/html"):
		doc, err := goquery.NewDocumentFromReader(got.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(doc.Find("h1").Text())
	}
	return strings.TrimSpace(got.Body.String())
}

// apiRequest is one with the first profile's key, and an Idempotency-Key that it
// must not use up.
func apiRequest(app *testkit.App, path string, body io.Reader) *http.Request {
	r := httptest.NewRequestWithContext(app.TB.Context(), http.MethodPost, "/api/v1"+path, body)
	r.Header.Set("Authorization", "Bearer "+app.Key)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "same for all")
	return r
}

// badOrders are of amounts and products that cannot be ordered.
func badOrders(t *testing.T, app *testkit.App) map[string]bad {
	t.Helper()
	o := app.NewOrder(12400)
	foreign := app.OrderOf(app.Other, 5000)
	product := func(kind catalog.Type, price money.Amount, locked bool) string {
		p, err := app.Products.Create(t.Context(), actor.TheSystem, app.Profile.ID, catalog.Details{Type: kind, Name: "P", Price: price, PricingLocked: locked}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(p.ID)
	}
	euro, yen, dinar := product(catalog.SinglePayment, money.New(2000, money.EUR), false), product(catalog.SinglePayment, money.New(20, money.JPY), false),
		product(catalog.SinglePayment, money.New(1250, money.KWD), false)
	locked, metered := product(catalog.SinglePayment, money.New(2000, money.EUR), true), product(catalog.Metered, money.New(2000, money.EUR), false)
	const (
		first      = " /order/order_products/0/"
		amount     = "order_invalid" + first + "amount amount"
		decimal    = "body_invalid" + first + "amount decimal"
		notPayable = "amount_not_payable /order/order_products amount_not_payable"
	)
	rows := map[string]bad{}
	for name, tt := range map[string]struct {
		currency, product, more string
		status                  int
		told                    string
	}{
		"unknown product":           {"EUR", "prd_00000000000000000000000000", "", 404, "product_not_found" + first + "product_id unknown_product"},
		"another profile's product": {"EUR", string(foreign.Lines[0].ProductID), "", 404, "product_not_found" + first + "product_id unknown_product"},
		"wrong currency":            {"EUR", yen, "", 422, "order_invalid" + first + "product_id currency_mismatch"},
		"type mismatch":             {"EUR", metered, "", 422, "order_invalid" + first + "product_id product_type_mismatch"},
		"negative euros":            {"EUR", euro, `"-20.00"`, 422, amount},
		"negative yen":              {"JPY", yen, `-20`, 422, amount},
		"negative dinars":           {"KWD", dinar, `"-1.250"`, 422, amount},
		"zero euros":                {"EUR", euro, `"0.00"`, 422, notPayable},
		"zero yen":                  {"JPY", yen, `0`, 422, notPayable},
		"zero dinars":               {"KWD", dinar, `"0"`, 422, notPayable},
		"too many euros":            {"EUR", euro, `"10000000000.00"`, 422, notPayable},
		"too many yen":              {"JPY", yen, `10000000000`, 422, notPayable},
		"too many dinars":           {"KWD", dinar, `"10000000000.000"`, 422, notPayable},
		"more than any amount":      {"EUR", euro, `"92233720368547758.08"`, 422, amount},
		"half a cent":               {"EUR", euro, `"20.005"`, 422, amount},
		"half a yen":                {"JPY", yen, `20.5`, 422, amount},
		"a yen with decimals":       {"JPY", yen, `"20.00"`, 422, amount},
		"half a fils":               {"KWD", dinar, `"1.2505"`, 422, amount},
		"fils off the step":         {"KWD", dinar, `"1.255"`, 422, notPayable},
		"a float":                   {"EUR", euro, `2.0e1`, 422, decimal},
		"a percentage":              {"EUR", euro, `"10%"`, 422, decimal},
		"discount in per cent":      {"EUR", euro, `"20","discount_amount":"10%"`, 422, "body_invalid" + first + "discount_amount decimal"},
		"discount_rate of an order": {"EUR", euro, `"20","discount_rate":"10"`, 422, "body_invalid" + first + "discount_rate unknown_field"},
		"discount above the price":  {"EUR", euro, `"20","discount_amount":"20.01"`, 422, "order_invalid" + first + "discount_amount discount_too_large"},
		"tax above the price":       {"EUR", euro, `"20","tax_amount":"20.01"`, 422, "order_invalid" + first + "tax_amount tax_too_large"},
		"locked price":              {"EUR", locked, `"20"`, 422, "order_invalid" + first + "amount pricing_locked"},
	} {
		if tt.more != "" {
			tt.more = `,"amount":` + tt.more
		}
		body := `{"order":{"customer_id":"` + string(o.CustomerID) + `","currency":"` + tt.currency + `","order_products":[{"product_id":"` + tt.product + `"` + tt.more + `}]}}`
		rows[name] = bad{apiRequest(app, "/orders/create_single_order", strings.NewReader(body)), tt.status, tt.told}
	}
	return rows
}

// badPlans are orders that could not be paid as they say.
func badPlans(t *testing.T, app *testkit.App) map[string]bad {
	t.Helper()
	locked := testkit.Instalments
	locked.PaymentLocked = true
	sold := map[string]testkit.Order{"instalment": app.Sell(testkit.Instalments, order.Sale{}), "locked": app.Sell(locked, order.Sale{}),
		"subscription": app.Sell(testkit.Monthly, order.Sale{}), "metered": app.Sell(testkit.Metered, order.Sale{}), "single": app.NewOrder(12400)}
	const first = " /order/order_products/0/"
	rows := map[string]bad{}
	for name, tt := range map[string]struct {
		route, product, fields, more string
		status                       int
		told                         string
	}{
		"instalments at once":         {"single", "instalment", ``, ``, 422, "order_invalid" + first + "product_id product_type_mismatch"},
		"locked instalments held":     {"single", "locked", `"pre_authorise":true,`, ``, 422, "order_invalid" + first + "product_id payment_locked"},
		"a subscription held":         {"single", "subscription", `"pre_authorise":true,`, ``, 422, "order_invalid" + first + "product_id product_type_mismatch"},
		"a ticket in instalments":     {"instalment", "single", ``, ``, 422, "order_invalid" + first + "product_id product_type_mismatch"},
		"a deposit of everything":     {"instalment", "instalment", `"initial_amount":"600.00",`, ``, 422, "order_invalid /order/initial_amount initial_too_large"},
		"0 instalments":               {"instalment", "instalment", `"split_number":0,`, ``, 422, "order_invalid /order/split_number split_number"},
		"instalments below a cent":    {"instalment", "instalment", `"split_number":2,"initial_amount":"599.99",`, ``, 422, "amount_not_payable /order/split_number split_too_fine"},
		"instalments every 0 months":  {"instalment", "instalment", `"scheduled_interval":0,`, ``, 422, "order_invalid /order/scheduled_interval required"},
		"locked instalments changed":  {"instalment", "locked", `"split_number":3,`, ``, 422, "order_invalid /order/split_number payment_locked"},
		"instalments held":            {"instalment", "instalment", `"pre_authorise":true,`, ``, 422, "body_invalid /order/pre_authorise unknown_field"},
		"instalments from 31 June":    {"instalment", "instalment", `"start_date":"2030-06-31",`, ``, 422, "order_invalid /order/start_date start_date"},
		"a subscription by the hour":  {"subscription", "subscription", `"scheduled_unit":"HOUR",`, ``, 422, "order_invalid /order/scheduled_unit scheduled_unit"},
		"a subscription to nothing":   {"subscription", "subscription", ``, `,"amount":"0"`, 422, "order_invalid" + first + "amount nothing_recurs"},
		"a subscription in the past":  {"subscription", "subscription", `"start_date":"2001-01-01",`, ``, 422, "order_invalid /order/start_date start_date_range"},
		"a subscription begun anew":   {"subscription", "subscription", `"initial_amount":"1.00",`, ``, 422, "order_invalid /order/initial_amount needs_register_only"},
		"a card checked with 1.01":    {"metered", "metered", `"register_only":true,"initial_amount":"1.01",`, ``, 422, "order_invalid /order/initial_amount hold_too_large"},
		"a metered order of less":     {"metered", "metered", `"initial_amount":"-1",`, ``, 422, "order_invalid /order/initial_amount amount"},
		"a metered order of too much": {"metered", "metered", `"initial_amount":"10000000000.00",`, ``, 422, "amount_not_payable /order/initial_amount amount_not_payable"},
	} {
		o := sold[tt.product]
		body := `{"order":{"customer_id":"` + string(o.CustomerID) + `","currency":"EUR",` + tt.fields + `"order_products":[{"product_id":"` + string(o.Lines[0].ProductID) + `"` + tt.more + `}]}}`
		rows[name] = bad{apiRequest(app, "/orders/create_"+tt.route+"_order", strings.NewReader(body)), tt.status, tt.told}
	}
	return rows
}

// badBodies are no JSON that anything would read.
func badBodies(t *testing.T, app *testkit.App) map[string]bad {
	t.Helper()
	rows := map[string]bad{}
	for name, tt := range map[string]struct {
		body   string
		status int
		told   string
	}{
		"10 MB":            {`{"customer":{"email":"` + strings.Repeat("a", 10<<20) + `"}}`, 413, "body_too_large"},
		"10 MB of nothing": {strings.Repeat(" ", 10<<20), 413, "body_too_large"},
		"broken JSON":      {`{"customer":{"email":"anna@example.com"`, 400, "json_invalid  json_syntax"},
		"two values":       {`{"customer":{}} {}`, 400, "json_invalid  trailing_data"},
		"deep JSON":        {strings.Repeat(`{"customer":`, 33) + `1` + strings.Repeat(`}`, 33), 400, "json_invalid " + strings.Repeat("/customer", 32) + " too_deep"},
		"endless JSON":     {strings.Repeat(`[`, 1<<20), 400, "json_invalid " + strings.Repeat("/0", 32) + " too_deep"},
		"duplicate keys":   {`{"customer":{"email":"a@example.com","email":"b@example.com"}}`, 400, "json_invalid /customer/email duplicate_key"},
		"bad UTF-8":        {"{\"customer\":{\"email\":\"\xff@example.com\"}}", 400, "json_invalid  not_unicode"},
		"half a character": {`{"customer":{"given_name":"\ud83d"}}`, 400, "json_invalid  not_unicode"},
		"a NUL":            {`{"customer":{"email":"a@example.com","given_name":"A\u0000"}}`, 422, "body_invalid /customer/given_name control_character"},
	} {
		rows[name] = bad{apiRequest(app, "/customers", strings.NewReader(tt.body)), tt.status, tt.told}
		unmeasured := apiRequest(app, "/customers", io.MultiReader(strings.NewReader(tt.body))) // its length is not told
		rows[name+", in chunks"] = bad{unmeasured, tt.status, tt.told}
	}
	keyless := apiRequest(app, "/customers", strings.NewReader(`{}`))
	keyless.Header.Set("Authorization", "Bearer "+app.Key+"x")
	rows["forged API key"] = bad{keyless, 401, "api_key_invalid"}
	return rows
}

// badTokens are links that open nothing.
func badTokens(t *testing.T, app *testkit.App) map[string]bad {
	t.Helper()
	o, revoked := app.NewOrder(12400), app.NewOrder(3000)
	if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, revoked.ProfileID, revoked.ID); err != nil {
		t.Fatal(err)
	}
	back := newVisitor(t, app).startPaying(o).returnURL()
	back = back[strings.Index(back, "/checkout/"):]
	rows := map[string]bad{}
	for name, path := range map[string]string{
		"tampered link":                 "/pay/" + tampered(o.Token),
		"truncated link":                "/pay/" + o.Token[:len(o.Token)-1],
		"longer link":                   "/pay/" + o.Token + "a",
		"link in capitals":              "/pay/" + strings.ToUpper(o.Token),
		"revoked link":                  "/pay/" + revoked.Token,
		"order without a link":          "/orders/" + string(o.ID),
		"return with a tampered token":  tampered(back),
		"return with a truncated token": back[:len(back)-4],
		"return without its token":      back[:strings.Index(back, "?")],
	} {
		told := "Open your payment link"
		if strings.HasPrefix(path, "/pay/") {
			told = "This link no longer works"
		}
		rows[name] = bad{httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil), 404, told}
	}
	return rows
}

// tampered is a token with another last character.
func tampered(token string) string {
	all, last := token[:len(token)-1], token[len(token)-1:]
	if last == "a" {
		return all + "b"
	}
	return all + "a"
}

// badNotifications are forged, or were there before.
func badNotifications(t *testing.T, app *testkit.App) map[string]bad {
	t.Helper()
	path := "/webhooks/opp/" + app.Account.ID
	header, body := aNotification(t, app, path)
	const forged = "This notification is not authentic."
	with := func(path string, body []byte, change func(http.Header)) *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body))
		r.Header = header.Clone()
		if change != nil {
			change(r.Header)
		}
		return r
	}
	flipped := bytes.Clone(body)
	flipped[0] = map[bool]byte{true: '1', false: '0'}[flipped[0] == '0']
	other, err := app.Profiles.Account(t.Context(), app.Other.ID)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]bad{
		"replayed notification":           {with(path, body, nil), 200, ""},
		"replayed once more":              {with(path, body, nil), 200, ""},
		"changed notification":            {with(path, flipped, nil), 401, forged},
		"truncated notification":          {with(path, body[:len(body)-2], nil), 401, forged},
		"notification with another tag":   {with(path, body, func(h http.Header) { h.Set("X-Authentication-Tag", strings.Repeat("0", 32)) }), 401, forged},
		"notification without its tag":    {with(path, body, func(h http.Header) { h.Del("X-Authentication-Tag") }), 401, forged},
		"notification with a short tag":   {with(path, body, func(h http.Header) { h.Set("X-Authentication-Tag", h.Get("X-Authentication-Tag")[:8]) }), 401, forged},
		"notification of another account": {with("/webhooks/opp/"+other.ID, body, nil), 401, forged},
		"notification in plain text":      {with(path, []byte(`{"type":"PAYMENT"}`), nil), 401, forged},
		"empty notification":              {with(path, nil, nil), 401, forged},
		"huge notification":               {with(path, bytes.Repeat([]byte("0"), 256<<10+1), nil), 413, "The request is too large."},
		"notification to nobody":          {with("/webhooks/opp/gwa_0", body, nil), 404, "We could not find that gateway account."},
	}
}

// aNotification has an order paid, and gives what the gateway posted about it and
// we have booked already.
func aNotification(t *testing.T, app *testkit.App, path string) (http.Header, []byte) {
	t.Helper()
	var mu sync.Mutex
	var header http.Header
	var body []byte
	o := app.NewOrder(7000)
	app.OnNotification(path, func(r *http.Request, posted []byte) {
		mu.Lock()
		defer mu.Unlock()
		header, body = r.Header.Clone(), posted
	})
	if got := app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved}); got != "approved" {
		t.Fatalf("pay: %s", got)
	}
	app.Deliver()
	app.WantPaid(o)
	mu.Lock()
	defer mu.Unlock()
	if len(body) == 0 {
		t.Fatal("the gateway posted nothing")
	}
	return header, body
}
