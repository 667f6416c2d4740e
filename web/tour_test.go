package web_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/web"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

// tour goes once through all that the server can do: every page in its states,
// every route, and what jobs and sweeps do afterwards. It returns a paid order.
func tour(t *testing.T, app *testkit.App) testkit.Order {
	t.Helper()
	paid := tourPaying(t, app)
	tourTroubles(t, app)
	tourCards(t, app)
	tourFrames(t, app)
	tourEnding(t, app)
	tourMachines(t, app)
	tourTime(t, app)
	tourForgotten(t, app)
	tourAPI(t, app, paid)
	tourRestricted(t, app)
	app.SendMails()
	app.RunJobs()
	return paid
}

// tourForgotten cancels what nobody has paid for long, and looks at what comes next.
func tourForgotten(t *testing.T, app *testkit.App) {
	t.Helper()
	p := app.Profile
	p.Details.CancelPendingAfterDays = 1000
	if err := app.Payments.CancelUnpaid(t.Context(), p, app.Clock.Wall()); err != nil {
		t.Error(err)
	}
	if _, err := app.Payments.NextUnpaid(t.Context(), p); err != nil {
		t.Error(err)
	}
	if _, err := app.Mails.NextTimed(t.Context(), p); err != nil {
		t.Error(err)
	}
}

// tourPaying is the way of most orders, with a decline on it.
func tourPaying(t *testing.T, app *testkit.App) testkit.Order {
	t.Helper()
	o := app.NewOrder(12400)
	v := newVisitor(t, app)
	v.do(http.MethodHead, o.Link, nil)
	v.submit(v.follow(o.Link)).wantStatus(http.StatusUnprocessableEntity)
	widget := v.startPaying(o)
	path := widget.Request.URL.Path
	v.do(http.MethodHead, path, nil)
	v.do(http.MethodHead, widget.returnURL(), nil)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
	v.follow(widget.returnURL())
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	portal := v.follow(widget.returnURL())
	for _, link := range portal.doc.Find("a[href^='/orders/']").EachIter() {
		v.get(link.AttrOr("href", "")).wantStatus(http.StatusOK)
		v.do(http.MethodHead, link.AttrOr("href", ""), nil)
	}
	for _, query := range []string{"?kind=payment", "?kind=refund&status=approved", "?status=declined",
		"?kind=dispute&before=" + strconv.FormatInt(app.Clock.Wall().UnixMilli(), 36) + ".trn_00000000000000000000000000"} {
		v.get(orderPath(o) + query).wantStatus(http.StatusOK)
	}
	v.do(http.MethodHead, orderPath(o), nil)
	v.get(path)
	for _, folder := range []string{"invoices", "receipts", "credit-notes"} {
		v.get(orderPath(o) + "/" + folder + "/none.pdf").wantStatus(http.StatusNotFound)
		v.do(http.MethodHead, orderPath(o)+"/"+folder+"/none.pdf", nil)
	}
	app.Deliver()
	return o
}

// tourTroubles are the states that an order should not get into.
func tourTroubles(t *testing.T, app *testkit.App) {
	t.Helper()
	v := newVisitor(t, app)

	twice := app.NewOrder(3000) // paid in a checkout and in the one before
	older := v.startPaying(twice)
	app.Advance(checkoutOver)
	newer := v.get(v.submit(v.get(older.Request.URL.Path)).Header.Get("Location"))
	for _, widget := range []answer{newer, older} {
		app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
		app.Deliver()
	}
	v.follow(orderPath(twice))

	pending := v.startPaying(app.NewOrder(4000))
	app.SubmitCard(pending.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "000.200.000"})
	v.follow(pending.returnURL())
	app.Deliver()

	held := v.startPaying(app.NewOrder(5000))
	bookWrongAmount(t, app)
	app.SubmitCard(held.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	v.follow(held.returnURL())
	app.Deliver()

	refused := app.NewOrder(6000)
	declining := v.startPaying(refused)
	for range 12 {
		app.SubmitCard(declining.gatewayID(), testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
		v.follow(declining.returnURL())
	}
	app.Deliver()
	if err := app.Payments.LiftLimits(t.Context(), actor.TheSystem, refused.ProfileID, refused.ID); err != nil {
		t.Error(err)
	}

	lost := app.NewOrder(7000) // its checkout's answer never comes
	addFault(t, app, sandbox.Fault{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCheckoutCreate, Next: 1})
	v.submit(v.follow(lost.Link), "consent_terms", "1")
	if err := app.Orders.RevokeLinks(t.Context(), actor.TheSystem, lost.ProfileID, lost.ID); err != nil {
		t.Error(err)
	}
	v.get(lost.Link).wantStatus(http.StatusNotFound)
	for range 8 {
		app.Advance(20 * time.Minute)
		app.RunJobs()
	}
}

// tourCards are the ways to another card.
func tourCards(t *testing.T, app *testkit.App) {
	t.Helper()
	o := declinedOrder(app, "THEN 800.100.152 MAC 02")
	v := newVisitor(t, app)
	v.follow(o.Link)
	v.do(http.MethodHead, cardPath(o), nil)
	v.storesCard(o, "THEN 800.100.152 MAC 02")
	app.ChargeDue(o, openedAt)
	v.press(v.get(cardPath(o)), cardPath(o), "consent_terms", "1")
	v.press(v.get(cardPath(o)), cardPath(o)+"/try")
	for _, token := range tokens(app, o) {
		if err := app.Gateway.SetAnswer(t.Context(), token, ""); err != nil {
			t.Fatal(err)
		}
	}
	app.ChargeDue(o, openedAt)
	cards := subscribed(app, "Ada Winter")
	v.follow(cards.Link)
	v.storesCard(cards, "Ada Winter")
	v.press(v.get(cardPath(cards)), cardPath(cards)+"/choose")
	v.press(v.get(cardPath(cards)), cardPath(cards)+"/remove")
	app.RunJobs()
}

// tourFrames pays in a frame of a merchant's page.
func tourFrames(t *testing.T, app *testkit.App) {
	t.Helper()
	mayEmbed(t, app, shopHost)
	made := embed(t, app, app.NewOrder(12400), shopHost)
	v := newVisitor(t, app)
	v.do(http.MethodHead, made.EmbedURL, nil)
	v.submit(v.get(made.EmbedURL), "consent_terms", "1")
	widget := v.get(made.EmbedURL)
	app.SubmitCard(widget.gatewayID(), testkit.Card{Number: testkit.CardApproved})
	v.do(http.MethodHead, widget.returnURL(), nil)
	v.get(widget.returnURL())
	v.get(made.Script.URL)
	v.do(http.MethodHead, made.Script.URL, nil)
}

// tourMachines are the addresses for programs.
func tourMachines(t *testing.T, app *testkit.App) {
	t.Helper()
	v := newVisitor(t, app)
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/static/none.css", "/logos/" + strings.Repeat("0", 64) + ".png"} {
		v.get(path)
		v.do(http.MethodHead, path, nil)
	}
	v.get("/checkout/probe/" + string(app.Profile.ID)).wantStatus(http.StatusNotFound)
	v.do(http.MethodHead, "/checkout/probe/"+string(app.Profile.ID), nil)
	if found, err := app.Tamper.Look(t.Context(), app.Profile.ID); err != nil || len(found) > 0 {
		t.Errorf("the payment page differs in %q, %v", found, err)
	}
	v.report("/csp-reports", `{}`)
	v.do(http.MethodPost, "/webhooks/opp/"+app.Account.ID, url.Values{}).wantStatus(http.StatusUnauthorized)
	if err := app.Gateway.Stray(t.Context(), app.Account.EntityID); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
}

// tourTime lets a month pass in which something falls due.
func tourTime(t *testing.T, app *testkit.App) {
	t.Helper()
	app.PayWith(app.Sell(testkit.Monthly, order.Sale{}), testkit.Card{Number: testkit.CardApproved})
	app.Advance(32 * 24 * time.Hour)
	app.RunJobs()
}

// posts are the API's writing routes, each with a body that is taken.
func posts(app *testkit.App, o testkit.Order) map[string]string {
	sale := func(o testkit.Order) string {
		return `{"order":{"customer_id":"` + string(o.CustomerID) + `","currency":"EUR","order_products":[{"product_id":"` + string(o.Lines[0].ProductID) + `"}]}}`
	}
	return map[string]string{
		"POST /customers":                        `{"customer":{"email":"a@example.com","given_name":"A"}}`,
		"POST /products":                         `{"product":{"type":"single_payment","name":"P","currency":"EUR","price":"1"}}`,
		"POST /orders/create_single_order":       sale(o),
		"POST /orders/create_instalment_order":   sale(app.Sell(testkit.Instalments, order.Sale{})),
		"POST /orders/create_subscription_order": sale(app.Sell(testkit.Monthly, order.Sale{})),
		"POST /orders/create_metered_order":      sale(app.Sell(testkit.Metered, order.Sale{})),
		"POST /orders/{id}/send_payment_link":    `{}`,
		"POST /order_checkouts/{id}":             `{}`,
		"PUT /orders/{id}/pause_order":           `{}`,
		"PUT /orders/{id}/resume_order":          `{}`,
		"PUT /orders/{id}/cancel_order":          `{}`,
		"POST /sandbox/clock/advance":            `{"clock":{"to":"` + o.CreatedAt.AddDate(0, 3, 0).Format(time.RFC3339) + `"}}`,
		"POST /orders/{id}/send_reminder":        `{}`,
		"POST /orders/{id}/send_card_update":     `{}`,
		"PUT /orders/{id}/resume_collecting":     `{}`,
		"POST /transactions/{id}/capture":        `{"amount":"10.00"}`,
		"POST /transactions/{id}/reverse":        `{}`,
		"POST /transactions/{id}/refund":         `{"amount":"1.00"}`,
		"POST /orders/{id}/payments":             `{"scheduled_payment":{"amount":"5.00"}}`,
		"PUT /scheduled_payments/{id}":           `{"scheduled_payment":{"amount":"10.00"}}`,
		"PUT /customers/{id}":                    `{"customer":{"city":"Rome"}}`,
		"PUT /products/{id}":                     `{"product":{"active":true}}`,
		"POST /webhook_endpoints":                `{"webhook_endpoint":{"url":"https://shop.example/hooks","event_types":["*"]}}`,
		"PUT /webhook_endpoints/{id}":            `{"webhook_endpoint":{"status":"disabled"}}`,
		"DELETE /webhook_endpoints/{id}":         `{}`,

		"POST /webhook_endpoints/{id}/rotate_secret":                   `{}`,
		"POST /webhook_endpoints/{id}/deliveries/{delivery}/redeliver": `{}`,
	}
}

// needs are what parameters cannot do without.
var needs = map[string]string{"amount": "currency=EUR&", "card_brand": "card_last4=4242&"}

// behind is the address of a list from a place on.
func behind(app *testkit.App, address string, p paging.Place) string {
	path, filters, filtered := strings.Cut(address, "?")
	values, err := url.ParseQuery(filters)
	if err != nil {
		app.TB.Fatal(err)
	}
	if !filtered {
		address += "?"
	}
	return address + "&cursor=" + paging.List{Owner: string(app.Profile.ID), Path: "/api/v1" + path, Filters: values.Encode()}.Cursor(p)
}

// asking is the address with a parameter's example, or with a cursor of that list.
func asking(app *testkit.App, address string, p *openapi3.Parameter) string {
	if p.Name == "cursor" {
		return behind(app, address, someplace(address))
	}
	return address + "?" + needs[p.Name] + url.Values{p.Name: {written(example(p))}}.Encode()
}

// someplace is a place in the list of a path.
func someplace(path string) paging.Place {
	p := paging.Place{At: time.UnixMilli(1_800_000_000_000), Key: "ord_00000000000000000000000000"}
	if path == "/events" {
		p.Key = "42"
	}
	return p
}

// together are queries whose parameters make another statement than each alone.
func together(app *testkit.App) []string {
	byName := paging.Place{At: time.UnixMilli(1), Key: "cus_00000000000000000000000000", Name: "muster"}
	byTime := someplace("/orders")
	return []string{
		"/orders?card_last4=4242&card_brand=VISA&currency=EUR&amount=49.90&paid_from=2026-05-03&paid_to=2026-05-03",
		behind(app, "/orders?card_last4=4242&status=complete&created_to=2026-05-03T00:00:00Z", byTime),
		behind(app, "/orders?paid_from=2026-05-03&paid_to=2026-05-03&currency=EUR&amount=49.90", byTime),
		behind(app, "/orders?paid_from=2026-05-03&currency=EUR&amount=49.90", byTime),
		behind(app, "/orders?customer_email=a@example.com&card_last4=4242", byTime),
		behind(app, "/orders?customer_email=a@example.com&created_from=2026-05-03T00:00:00Z", byTime),
		"/orders?paid_to=2026-05-03&status=complete,pending&created_from=2026-05-03T00:00:00Z",
		behind(app, "/customers?name=muster", byName) + "&per_page=100",
		"/customers?name=muster&created_from=2026-03-01T00:00:00Z",
		"/customers?name=muster&email=a@example.com",
		"/customers?name=muster&reference=C-1001",
	}
}

// tourAPI calls every operation of the document: the writing ones with the bodies
// of posts, twice under one Idempotency-Key; the reading ones plain, and with each
// query parameter that the document describes, and some together.
func tourAPI(t *testing.T, app *testkit.App, o testkit.Order) {
	t.Helper()
	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	bodies := posts(app, o)
	power := app.Sell(testkit.Metered, order.Sale{})
	app.PayWith(power, testkit.Card{Number: testkit.CardApproved})
	ids := map[string]string{"/customers/": string(o.CustomerID), "/products/": string(o.Lines[0].ProductID), "/orders/": string(o.ID),
		"/documents/": string(app.Overview(o).Documents[0].ID), "/transactions/": string(app.Overview(o).Transactions[0].ID),
		"/events/": app.Strings(`SELECT id FROM events WHERE profile_id = $1 AND seq = 1`, string(o.ProfileID))[0]}
	for _, address := range together(app) {
		wantDone(t, app, http.MethodGet, address, "", "")
	}
	paths := doc.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(paths)) { // what one leaves behind the next finds, in each run alike
		item := paths[path]
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			operation := operations[method]
			address := regexp.MustCompile(`/(\w+)/\{\w+\}`).ReplaceAllStringFunc(path, func(part string) string {
				folder := part[:strings.Index(part, "{")]
				return folder + ids[folder]
			})
			if strings.HasPrefix(path, "/webhook_endpoints/{id}") {
				endpointID, deliveryID := hooked(app)
				address = strings.NewReplacer("{id}", endpointID, "{delivery}", deliveryID).Replace(path)
			}
			if path == "/orders/{id}/resume_collecting" {
				address = strings.Replace(path, "{id}", string(chargedBack(t, app)), 1)
			}
			if id := operated(app, path); id != "" {
				address = strings.Replace(path, "{id}", string(id), 1)
			}
			if path == "/scheduled_payments/{id}" { // of an order of its own: where the clock was moved, an older one has collected them all
				split := app.Sell(testkit.Instalments, order.Sale{})
				app.PayWith(split, testkit.Card{Number: testkit.CardApproved})
				address = strings.Replace(path, "{id}", string(app.Schedule(split)[4].ID), 1)
			}
			if path == "/orders/{id}/payments" { // of a metered order
				address = strings.Replace(address, string(o.ID), string(power.ID), 1)
			}
			if path == "/orders/{id}/send_payment_link" || path == "/orders/{id}/send_reminder" || path == "/order_checkouts/{id}" { // of an order that is not paid
				address = strings.Replace(path, "{id}", string(app.NewOrder(9000).ID), 1)
			}
			if id, ok := turning(app, path); ok {
				address = strings.Replace(address, string(o.ID), id, 1)
			}
			if method != http.MethodGet {
				body, ok := bodies[method+" "+path]
				if !ok {
					t.Errorf("%s %s: posts has no body for it", method, path)
				}
				for range 2 {
					wantDone(t, app, method, address, body, method+path)
				}
				continue
			}
			wantDone(t, app, method, address, "", "")
			for _, parameter := range slices.Concat(item.Parameters, operation.Parameters) {
				if p := parameter.Value; p.In == openapi3.ParameterInQuery {
					wantDone(t, app, method, asking(app, address, p), "", "")
				}
			}
		}
	}
}

// hooked is a webhook endpoint with an event that was sent to it in vain.
func hooked(app *testkit.App) (endpointID, deliveryID string) {
	ctx := app.TB.Context()
	e, err := app.Endpoints.Create(ctx, actor.TheSystem, app.Profile.ID, endpoint.Details{URL: "https://shop.invalid/hooks", Types: []string{"customer.*", "webhook_endpoint.created"}}, nil)
	if err != nil {
		app.TB.Fatal(err)
	}
	if err := app.Webhooks.Drain(ctx); err != nil {
		app.TB.Fatal(err)
	}
	return string(e.ID), app.Strings(`SELECT id FROM webhook_deliveries WHERE profile_id = $1 AND endpoint_id = $2`, string(e.ProfileID), string(e.ID))[0]
}

// turning is a subscription that a command on whole orders is permitted on; ok is
// false for the path of any other operation.
func turning(app *testkit.App, path string) (id string, ok bool) {
	command, ok := strings.CutSuffix(strings.TrimPrefix(path, "/orders/{id}/"), "_order")
	if !ok && path != "/orders/{id}/send_card_update" {
		return "", false
	}
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	if command == "resume" {
		if _, err := app.Course.Pause(app.TB.Context(), actor.TheSystem, o.ProfileID, o.ID, nil); err != nil {
			app.TB.Fatal(err)
		}
	}
	return string(o.ID), true
}

// chargedBack is a subscription whose card was charged back.
func chargedBack(t *testing.T, app *testkit.App) order.ID {
	t.Helper()
	o := app.Begin(app.Sell(testkit.Monthly, order.Sale{}))
	if _, err := app.Gateway.Chargeback(t.Context(), app.Overview(o).Transactions[0].GatewayID, "", ""); err != nil {
		t.Fatal(err)
	}
	app.Deliver()
	return o.ID
}

// operated is a transaction with which an operation can be begun; empty for the
// other operations.
func operated(app *testkit.App, path string) payment.TransactionID {
	var in order.Sale
	switch path {
	case "/transactions/{id}/refund":
	case "/transactions/{id}/capture", "/transactions/{id}/reverse":
		in.PreAuthorise = true
	default:
		return ""
	}
	o := app.Sell(catalog.Details{Type: catalog.SinglePayment, Name: "Bicycle", Price: money.New(12_400, money.EUR)}, in)
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	return app.Overview(o).Transactions[0].ID
}

// example is a value of a parameter as the document has it.
func example(p *openapi3.Parameter) any {
	switch s := p.Schema.Value; {
	case p.Example != nil:
		return p.Example
	case s.Example != nil:
		return s.Example
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type.Is("integer"), s.Type.Is("number"):
		return 1
	}
	return "x"
}

// written is a value as a query has it: lists are separated by commas.
func written(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	var all []string
	for _, one := range list {
		all = append(all, fmt.Sprint(one))
	}
	return strings.Join(all, ",")
}

// wantDone calls the API, fails where it is not taken and gives the answer's body.
func wantDone(t *testing.T, app *testkit.App, method, address, body, key string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, app.URL+"/api/v1"+address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+app.Key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= http.StatusBadRequest {
		t.Errorf("%s %s: %s", method, address, resp.Status)
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

var logged = regexp.MustCompile(`"msg":"request","method":"(\w+)","route":"([^"]+)"`)

// unvisited are the server's routes that the log has no request of.
func unvisited(app *testkit.App) []string {
	visited := map[string]bool{}
	for _, m := range logged.FindAllStringSubmatch(app.Log.String(), -1) {
		visited[m[1]+" "+m[2]] = true
	}
	var missed []string
	for _, r := range web.Routes(app.Handler) {
		if route := r.Method + " " + r.Path; !visited[route] {
			missed = append(missed, route)
		}
	}
	return missed
}
