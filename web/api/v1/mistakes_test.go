package v1_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

// mistaken is a body that is refused, and why.
type mistaken struct {
	body     string
	wantCode string
	want     []string // "pointer code" each, in order
}

// post and put are routes as the document names them.
func post(path string) call { return call{method: http.MethodPost, path: path} }

func put(path string) call { return call{method: http.MethodPut, path: path} }

func TestEveryMistakeInACustomerIsNamed(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("ä", 201)
	start(t).refuses(t, post("/customers"), "", nil, map[string]mistaken{
		"no envelope":       {`{}`, "body_invalid", []string{"/customer required"}},
		"list":              {`[]`, "body_invalid", []string{" wrong_type"}},
		"other envelope":    {`{"product":{}}`, "body_invalid", []string{"/product unknown_field", "/customer required"}},
		"null":              {`{"customer":null}`, "body_invalid", []string{"/customer wrong_type"}},
		"unknown fields":    {`{"customer":{"email":"a@b.de","a/b":1,"Email":"x"}}`, "body_invalid", []string{"/customer/a~1b unknown_field", "/customer/Email unknown_field"}},
		"wrong types":       {`{"customer":{"email":1,"city":null,"phone":{},"region":[],"tax_id":true}}`, "body_invalid", []string{"/customer/email wrong_type", "/customer/city wrong_type", "/customer/phone wrong_type", "/customer/region wrong_type", "/customer/tax_id wrong_type"}},
		"control character": {`{"customer":{"email":"a@b.de","given_name":"A\u0000nna","city":"\u0085"}}`, "body_invalid", []string{"/customer/given_name control_character", "/customer/city control_character"}},
		"empty":             {`{"customer":{}}`, "customer_invalid", []string{"/customer/email required", "/customer/family_name name_required"}},
		"rules": {`{"customer":{"email":"Anna <a@b.de>","given_name":"A","country_code":"de","language":"fr","city":"` + long + `"}}`, "customer_invalid",
			[]string{"/customer/email email", "/customer/country_code country", "/customer/language language", "/customer/city too_long"}},
	})
}

func TestEveryMistakeInAProductIsNamed(t *testing.T) {
	t.Parallel()

	with := func(fields string) string {
		return `{"product":{"type":"single_payment","name":"Ticket","currency":"EUR","price":"1"` + fields + `}}`
	}
	of := func(kind, fields string) string { return strings.Replace(with(fields), "single_payment", kind, 1) }
	price := func(text string) string {
		return `{"product":{"type":"single_payment","name":"Ticket","currency":"EUR","price":` + text + `}}`
	}
	start(t).refuses(t, post("/products"), "", nil, map[string]mistaken{
		"empty":                           {`{"product":{}}`, "body_invalid", []string{"/product/type required", "/product/name required", "/product/currency required", "/product/price required"}},
		"unknown fields":                  {with(`,"colour":"red","Name":"x"`), "body_invalid", []string{"/product/colour unknown_field", "/product/Name unknown_field"}},
		"wrong types":                     {`{"product":{"type":1,"name":[],"currency":978,"price":{},"tax_rate":true,"pricing_locked":"true","payment_locked":0}}`, "body_invalid", []string{"/product/type wrong_type", "/product/name wrong_type", "/product/currency wrong_type", "/product/price wrong_type", "/product/tax_rate wrong_type", "/product/pricing_locked wrong_type", "/product/payment_locked wrong_type"}},
		"too many digits":                 {price(`"20.001"`), "body_invalid", []string{"/product/price amount"}},
		"number too fine":                 {price(`20.001`), "body_invalid", []string{"/product/price amount"}},
		"number with zeros":               {price(`20.000`), "body_invalid", []string{"/product/price amount"}},
		"exponent":                        {price(`2e1`), "body_invalid", []string{"/product/price decimal"}},
		"exponent as string":              {price(`"2E1"`), "body_invalid", []string{"/product/price decimal"}},
		"comma":                           {price(`"20,00"`), "body_invalid", []string{"/product/price decimal"}},
		"empty price":                     {price(`""`), "body_invalid", []string{"/product/price decimal"}},
		"thousands":                       {price(`"1.000.00"`), "body_invalid", []string{"/product/price amount"}},
		"price out of range":              {price(`92233720368547758.08`), "body_invalid", []string{"/product/price amount"}},
		"negative":                        {price(`"-0.01"`), "product_invalid", []string{"/product/price negative"}},
		"negative discount":               {with(`,"discount_amount":"-0.01"`), "product_invalid", []string{"/product/discount_amount negative"}},
		"negative fee":                    {with(`,"fee_amount":-1`), "product_invalid", []string{"/product/fee_amount negative"}},
		"discount of more":                {with(`,"discount_amount":"1.01"`), "product_invalid", []string{"/product/discount_amount discount_too_large"}},
		"discount in percent":             {with(`,"discount_amount":"10%"`), "body_invalid", []string{"/product/discount_amount decimal"}},
		"fee too fine":                    {with(`,"fee_amount":"0.001"`), "body_invalid", []string{"/product/fee_amount amount"}},
		"unknown currency":                {strings.Replace(price(`"1"`), "EUR", "EUX", 1), "body_invalid", []string{"/product/currency currency"}},
		"small currency":                  {strings.Replace(price(`"1"`), "EUR", "eur", 1), "body_invalid", []string{"/product/currency currency"}},
		"empty currency":                  {strings.Replace(price(`"1"`), "EUR", "", 1), "body_invalid", []string{"/product/currency currency"}},
		"rate too fine":                   {with(`,"tax_rate":"7.00001"`), "body_invalid", []string{"/product/tax_rate rate"}},
		"negative rate":                   {with(`,"tax_rate":-1`), "body_invalid", []string{"/product/tax_rate rate"}},
		"rate above the most":             {with(`,"tax_rate":"100.0001"`), "product_invalid", []string{"/product/tax_rate rate"}},
		"control character":               {with(`,"reference":"\u007f"`), "body_invalid", []string{"/product/reference control_character"}},
		"discount told twice":             {with(`,"discount_amount":"0.50","discount_rate":"10"`), "product_invalid", []string{"/product/discount_rate discount_twice"}},
		"discount of everything and more": {with(`,"discount_rate":"100.0001"`), "product_invalid", []string{"/product/discount_rate rate"}},
		"plan of a single payment": {with(`,"initial_amount":"0.50","split_number":2,"scheduled_unit":"MONTH","scheduled_interval":1,"discount_applies_to":"initial","fee_applies_to":"initial"`), "product_invalid",
			[]string{"/product/initial_amount not_of_type", "/product/split_number not_of_type", "/product/scheduled_unit not_of_type", "/product/scheduled_interval not_of_type", "/product/discount_applies_to not_of_type", "/product/fee_applies_to not_of_type"}},
		"instalments without a plan":      {of("instalment", ``), "product_invalid", []string{"/product/scheduled_unit required", "/product/split_number split_number"}},
		"instalments of an odd plan":      {of("instalment", `,"split_number":361,"scheduled_unit":"month","scheduled_interval":1`), "product_invalid", []string{"/product/scheduled_unit scheduled_unit", "/product/split_number split_number"}},
		"instalments at once":             {of("instalment", `,"split_number":-1,"scheduled_unit":"DAY","scheduled_interval":0`), "product_invalid", []string{"/product/scheduled_interval required", "/product/split_number split_number"}},
		"a deposit of everything":         {of("instalment", `,"split_number":1,"scheduled_unit":"YEAR","scheduled_interval":1,"initial_amount":"1"`), "product_invalid", []string{"/product/initial_amount initial_too_large"}},
		"instalments of less than 1 cent": {of("instalment", `,"split_number":51,"scheduled_unit":"WEEK","scheduled_interval":1,"initial_amount":"0.50"`), "product_invalid", []string{"/product/split_number split_too_fine"}},
		"a subscription of 4 years":       {of("subscription", `,"scheduled_unit":"YEAR","scheduled_interval":4`), "product_invalid", []string{"/product/scheduled_interval scheduled_interval"}},
		"a subscription with instalments": {of("subscription", `,"scheduled_unit":"DAY","scheduled_interval":1,"split_number":3,"initial_amount":"1"`), "product_invalid", []string{"/product/initial_amount not_of_type", "/product/split_number not_of_type"}},
		"a subscription to nothing":       {of("subscription", `,"scheduled_unit":"DAY","scheduled_interval":1,"discount_rate":"100"`), "product_invalid", []string{"/product/price nothing_recurs"}},
		"a fee that ends leaves nothing":  {of("subscription", `,"scheduled_unit":"DAY","scheduled_interval":1,"discount_amount":"1","fee_amount":"5","fee_applies_to":"initial"`), "product_invalid", []string{"/product/price nothing_recurs"}},
		"a subscription to too much":      {strings.Replace(of("subscription", `,"scheduled_unit":"DAY","scheduled_interval":1,"fee_amount":"0.01"`), `"price":"1"`, `"price":"92233720368547758.07"`, 1), "product_invalid", []string{"/product/price too_large"}},
		"applies to some":                 {of("subscription", `,"discount_applies_to":"first","fee_applies_to":1`), "body_invalid", []string{"/product/discount_applies_to applies_to", "/product/fee_applies_to wrong_type"}},
		"a metered rhythm":                {of("metered", `,"scheduled_unit":"DAY","initial_amount":"-1"`), "product_invalid", []string{"/product/initial_amount negative"}},
		"a metered product monthly":       {of("metered", `,"scheduled_unit":"MONTH"`), "product_invalid", []string{"/product/scheduled_unit not_of_type"}},
		"half an instalment":              {of("instalment", `,"split_number":2.5,"scheduled_interval":"1"`), "body_invalid", []string{"/product/split_number integer", "/product/scheduled_interval wrong_type"}},
		"switched off from the start":     {with(`,"active":false`), "body_invalid", []string{"/product/active unknown_field"}},
		"rules": {`{"product":{"type":"gift","name":"","currency":"EUR","price":"1","reference":"` + strings.Repeat("x", 201) + `","description":"` + strings.Repeat("x", 2001) + `"}}`, "product_invalid",
			[]string{"/product/type product_type", "/product/name required", "/product/reference too_long", "/product/description too_long"}},
	})
}

func TestEveryMistakeInAChangeOfACustomerIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t)

	a.refuses(t, put("/customers/{id}"), a.customer(t, ""), nil, map[string]mistaken{
		"no envelope":    {`{}`, "body_invalid", []string{"/customer required"}},
		"nothing":        {`{"customer":{}}`, "body_invalid", []string{"/customer nothing_told"}},
		"what is ours":   {`{"customer":{"id":"cus_1","created_at":"x"}}`, "body_invalid", []string{"/customer/id unknown_field", "/customer/created_at unknown_field"}},
		"wrong types":    {`{"customer":{"active":"no","city":1,"region":"\u0000"}}`, "body_invalid", []string{"/customer/active wrong_type", "/customer/city wrong_type", "/customer/region control_character"}},
		"what is needed": {`{"customer":{"email":"","given_name":""}}`, "customer_invalid", []string{"/customer/email required", "/customer/family_name name_required"}},
		"one of many":    {`{"customer":{"city":"Berlin","language":"fr","country_code":"x","email":"a@","phone":"` + strings.Repeat("1", 201) + `"}}`, "customer_invalid", []string{"/customer/email email", "/customer/country_code country", "/customer/language language", "/customer/phone too_long"}},
	})
}

func TestEveryMistakeInAChangeOfAProductIsNamed(t *testing.T) {
	t.Parallel()
	a := start(t)

	split := a.create(t, call{path: "/products", body: `{"product":{"type":"instalment","name":"Course","currency":"EUR","price":"20","split_number":2,"scheduled_unit":"DAY","scheduled_interval":30}}`}, "product")
	to := func(fields string) string { return `{"product":{` + fields + `}}` }
	unreachable := []string{"nothing_recurs"} // of an instalment; see the product's own table
	a.refuses(t, put("/products/{id}"), split, unreachable, map[string]mistaken{
		"nothing":             {to(``), "body_invalid", []string{"/product nothing_told"}},
		"what is ours":        {to(`"id":"x"`), "body_invalid", []string{"/product/id unknown_field"}},
		"another type":        {to(`"type":"metered"`), "product_invalid", []string{"/product/type fixed"}},
		"another currency":    {to(`"currency":"JPY"`), "product_invalid", []string{"/product/currency fixed"}},
		"both, and its price": {to(`"type":"gift","currency":"JPY","price":"20"`), "product_invalid", []string{"/product/type fixed", "/product/currency fixed"}},
		"no currency":         {to(`"currency":"euro"`), "body_invalid", []string{"/product/currency currency"}},
		"no name":             {to(`"name":"","description":"` + strings.Repeat("x", 2001) + `"`), "product_invalid", []string{"/product/name required", "/product/description too_long"}},
		"wrong types":         {to(`"active":1,"split_number":2.0,"reference":"\u0000"`), "body_invalid", []string{"/product/active wrong_type", "/product/split_number integer", "/product/reference control_character"}},
		"a finer price":       {to(`"price":"20.001"`), "body_invalid", []string{"/product/price amount"}},
		"a percentage":        {to(`"discount_amount":"10%","discount_rate":"10.00001"`), "body_invalid", []string{"/product/discount_amount decimal", "/product/discount_rate rate"}},
		"a negative fee":      {to(`"fee_amount":"-1"`), "product_invalid", []string{"/product/fee_amount negative"}},
		"a larger discount":   {to(`"discount_amount":"20.01"`), "product_invalid", []string{"/product/discount_amount discount_too_large"}},
		"both discounts":      {to(`"discount_amount":"1","discount_rate":"1"`), "product_invalid", []string{"/product/discount_rate discount_twice"}},
		"a deposit":           {to(`"initial_amount":"20"`), "product_invalid", []string{"/product/initial_amount initial_too_large"}},
		"a smaller price":     {to(`"price":"0.01"`), "product_invalid", []string{"/product/split_number split_too_fine"}},
		"a price too large":   {to(`"price":"92233720368547758.07","fee_amount":"0.01"`), "product_invalid", []string{"/product/price too_large"}},
		"another rhythm":      {to(`"split_number":0,"scheduled_unit":"HOUR"`), "product_invalid", []string{"/product/scheduled_unit scheduled_unit", "/product/split_number split_number"}},
		"a shorter unit":      {to(`"scheduled_unit":"YEAR"`), "product_invalid", []string{"/product/scheduled_interval scheduled_interval"}},
		"of a subscription":   {to(`"discount_applies_to":"initial"`), "product_invalid", []string{"/product/discount_applies_to not_of_type"}},
		"applies to some":     {to(`"fee_applies_to":""`), "body_invalid", []string{"/product/fee_applies_to applies_to"}},
	})
}

func TestEveryMistakeInAnOrderIsNamed(t *testing.T) {
	t.Parallel()

	a := start(t)
	buyer, ticket := a.customer(t, ""), a.product(t, "", "20.00")
	free, dear := a.product(t, "", "0"), a.product(t, "", "92233720368547758.07")
	product := func(fields string) string {
		return a.create(t, call{path: "/products", body: `{"product":{"name":"P",` + fields + `}}`}, "product")
	}
	yen := product(`"type":"single_payment","currency":"JPY","price":"20"`)
	monthly := product(`"type":"subscription","currency":"EUR","price":"20","scheduled_unit":"MONTH","scheduled_interval":1`)
	split := product(`"type":"instalment","currency":"EUR","price":"20","split_number":2,"scheduled_unit":"DAY","scheduled_interval":30`)
	whole := product(`"type":"instalment","currency":"EUR","price":"20","split_number":2,"scheduled_unit":"DAY","scheduled_interval":30,"payment_locked":true`)
	power := product(`"type":"metered","currency":"EUR","price":"20"`)
	off := product(`"type":"single_payment","currency":"EUR","price":"20"`)
	a.change(t, "/products/"+off, `{"product":{"active":false}}`)
	asleep := a.customer(t, "")
	a.change(t, "/customers/"+asleep, `{"customer":{"active":false}}`)
	locked := product(`"type":"single_payment","currency":"EUR","price":"20","pricing_locked":true`)
	dinar := product(`"type":"single_payment","currency":"KWD","price":"1.255"`)
	of := func(currency, lines string) string {
		return `{"order":{"customer_id":"` + buyer + `","currency":"` + currency + `","order_products":[` + lines + `]}}`
	}
	with := func(fields string) string {
		return strings.Replace(of("EUR", `{"product_id":"`+ticket+`"}`), `"currency"`, fields+`,"currency"`, 1)
	}
	line := func(id, more string) string { return `{"product_id":"` + id + `"` + more + `}` }
	dollars := product(`"type":"single_payment","currency":"USD","price":"20"`)
	a.Takes(money.EUR, money.JPY, money.KWD)
	a.refuses(t, post("/orders/create_single_order"), "", nil, map[string]mistaken{
		"empty":             {`{"order":{}}`, "body_invalid", []string{"/order/customer_id required", "/order/currency required", "/order/order_products required"}},
		"unknown fields":    {`{"order":{"customer_id":"x","currency":"EUR","order_products":[{"product_id":"y","price":"1"}],"total":1}}`, "body_invalid", []string{"/order/order_products/0/price unknown_field", "/order/total unknown_field"}},
		"wrong types":       {`{"order":{"customer_id":1,"currency":null,"invoice_id":[],"note":{},"order_products":{}}}`, "body_invalid", []string{"/order/customer_id wrong_type", "/order/currency wrong_type", "/order/invoice_id wrong_type", "/order/note wrong_type", "/order/order_products wrong_type"}},
		"wrong lines":       {of("EUR", `1,{},{"product_id":2,"qty":"1","amount":true}`), "body_invalid", []string{"/order/order_products/0 wrong_type", "/order/order_products/1/product_id required", "/order/order_products/2/product_id wrong_type", "/order/order_products/2/qty wrong_type", "/order/order_products/2/amount wrong_type"}},
		"quantity 1.0":      {of("EUR", line(ticket, `,"qty":1.0`)), "body_invalid", []string{"/order/order_products/0/qty integer"}},
		"quantity 1e0":      {of("EUR", line(ticket, `,"qty":1e0`)), "body_invalid", []string{"/order/order_products/0/qty integer"}},
		"huge quantity":     {of("EUR", line(ticket, `,"qty":9223372036854775808`)), "body_invalid", []string{"/order/order_products/0/qty integer"}},
		"exponent":          {of("EUR", line(ticket, `,"amount":2e1`)), "body_invalid", []string{"/order/order_products/0/amount decimal"}},
		"empty amount":      {of("EUR", line(ticket, `,"amount":""`)), "body_invalid", []string{"/order/order_products/0/amount decimal"}},
		"control character": {`{"order":{"customer_id":"\u0000","currency":"EUR","order_products":[]}}`, "body_invalid", []string{"/order/customer_id control_character"}},
		"nobody's":          {`{"order":{"customer_id":"cus_x","currency":"euro","invoice_id":"` + strings.Repeat("x", 101) + `","note":"` + strings.Repeat("x", 2001) + `","order_products":[]}}`, "customer_not_found", []string{"/order/customer_id unknown_customer", "/order/currency currency", "/order/invoice_id too_long", "/order/note too_long", "/order/order_products line_count"}},
		"201 lines":         {of("EUR", strings.Repeat(line(ticket, "")+",", 200)+line(ticket, "")), "order_invalid", []string{"/order/order_products line_count"}},
		"wrong products": {of("EUR", strings.Join([]string{line("prd_x", ""), line(yen, ""), line(monthly, ""), line(ticket, `,"qty":0`), line(ticket, `,"qty":-1`), line(ticket, `,"qty":1000001`), line(locked, `,"amount":"1"`), line(ticket, `,"amount":"1.001"`), line(ticket, `,"amount":"-1"`), line(dear, `,"qty":2`),
			line(ticket, `,"discount_amount":"20.01"`), line(ticket, `,"tax_amount":"20.01"`), line(ticket, `,"discount_amount":"15","tax_amount":"5.01"`), line(ticket, `,"fee_amount":"-0.01"`),
			line(locked, `,"discount_amount":"1"`), line(locked, `,"fee_amount":"1"`), line(locked, `,"tax_amount":"1"`)}, ",")), "product_not_found",
			[]string{"/order/order_products/0/product_id unknown_product", "/order/order_products/1/product_id currency_mismatch", "/order/order_products/2/product_id product_type_mismatch",
				"/order/order_products/3/qty quantity", "/order/order_products/4/qty quantity", "/order/order_products/5/qty quantity", "/order/order_products/6/amount pricing_locked",
				"/order/order_products/7/amount amount", "/order/order_products/8/amount amount", "/order/order_products/9/amount too_large",
				"/order/order_products/10/discount_amount discount_too_large", "/order/order_products/11/tax_amount tax_too_large", "/order/order_products/12/tax_amount tax_too_large",
				"/order/order_products/13/fee_amount amount", "/order/order_products/14/discount_amount pricing_locked", "/order/order_products/15/fee_amount pricing_locked", "/order/order_products/16/tax_amount pricing_locked"}},
		"other types":            {of("EUR", line(split, "")+","+line(power, "")+","+line(monthly, "")), "order_invalid", []string{"/order/order_products/0/product_id product_type_mismatch", "/order/order_products/1/product_id product_type_mismatch", "/order/order_products/2/product_id product_type_mismatch"}},
		"held at once":           {strings.Replace(of("EUR", line(whole, "")+","+line(power, "")), `"currency"`, `"pre_authorise":true,"currency"`, 1), "order_invalid", []string{"/order/order_products/0/product_id payment_locked", "/order/order_products/1/product_id product_type_mismatch"}},
		"a host unknown":         {with(`"create_checkout":1,"embed_host":"https://evil.example"`), "body_invalid", []string{"/order/create_checkout wrong_type", "/order/embed_host embed_host"}},
		"split in one payment":   {with(`"split_number":2,"register_only":true,"pre_authorise":1`), "body_invalid", []string{"/order/split_number unknown_field", "/order/register_only unknown_field", "/order/pre_authorise wrong_type"}},
		"a product that is off":  {of("EUR", line(off, "")), "order_invalid", []string{"/order/order_products/0/product_id product_inactive"}},
		"a customer that is off": {strings.Replace(of("EUR", line(ticket, "")), buyer, asleep, 1), "order_invalid", []string{"/order/customer_id customer_inactive"}},
		"beside the products": {with(`"language":"fr","tags":["a","","` + strings.Repeat("ä", 41) + `"],"redirect_url":"http://shop.example/","failed_redirect_url":"https://` + strings.Repeat("x", 2000) + `"`), "order_invalid",
			[]string{"/order/language language", "/order/tags/1 required", "/order/tags/2 too_long", "/order/redirect_url redirect_url", "/order/failed_redirect_url too_long"}},
		"21 tags":         {with(`"tags":["x"` + strings.Repeat(`,"x"`, 20) + `]`), "order_invalid", []string{"/order/tags tag_count"}},
		"tags as a text":  {with(`"tags":"spring"`), "body_invalid", []string{"/order/tags wrong_type"}},
		"tags of numbers": {with(`"tags":["a",1,"\u0000"]`), "body_invalid", []string{"/order/tags/1 wrong_type", "/order/tags/2 control_character"}},
		"percentages": {of("EUR", line(ticket, `,"amount":"5%","discount_amount":"10%","fee_amount":"1 %","tax_amount":"19%"`)), "body_invalid",
			[]string{"/order/order_products/0/amount decimal", "/order/order_products/0/discount_amount decimal", "/order/order_products/0/fee_amount decimal", "/order/order_products/0/tax_amount decimal"}},
		"sum too large":  {of("EUR", line(dear, "")+","+line(dear, "")), "order_invalid", []string{"/order/order_products too_large"}},
		"nothing to pay": {of("EUR", line(free, "")), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
		"too much":       {of("EUR", line(dear, "")), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
		"not set up":     {of("USD", line(dollars, "")), "currency_not_supported", []string{"/order/currency currency_not_supported"}},
		"too fine":       {of("KWD", line(dinar, "")), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
	})
}

// refuses sends every body to a route, with id in the place of {id}, and wants 422
// (404 for what there is not) with exactly its mistakes, and nothing changed. It
// wants a row for every code that the document names for the route and that can
// be reached.
func (a *api) refuses(t *testing.T, route call, id string, unreachable []string, tests map[string]mistaken) {
	t.Helper()
	seen := map[string]bool{}
	c := call{method: route.method, path: strings.Replace(route.path, "{id}", id, 1), invalid: true}
	before := a.Dump()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c.body = tt.body
			got := a.do(t, c)
			want := http.StatusUnprocessableEntity
			if strings.HasSuffix(tt.wantCode, "_not_found") {
				want = http.StatusNotFound
			}
			if got.status != want || got.problem.Code != tt.wantCode {
				t.Errorf("%d %s, want %d %s", got.status, got.problem.Code, want, tt.wantCode)
			}
			if diff := cmp.Diff(tt.want, got.mistakes()); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, a.Dump()); diff != "" {
				t.Fatalf("the refusal changed the database (-before +after):\n%s", diff)
			}
		})
		for _, m := range tt.want {
			_, code, _ := strings.Cut(m, " ")
			seen[code] = true
		}
	}
	for _, code := range unreachable {
		seen[code] = true
	}
	if diff := cmp.Diff(documented(t, route), slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("codes (-in the document +in this table):\n%s", diff)
	}
}

// documented are the codes of mistakes that the document names for a route.
func documented(t *testing.T, route call) []string {
	t.Helper()
	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, status := range []string{"404", "422"} {
		own := doc.Paths.Value(route.path).GetOperation(route.method).Responses.Value(status).Value.Content["application/problem+json"].Schema.Value.AllOf[1].Value
		mistakes := own.Properties["errors"]
		if mistakes == nil {
			continue
		}
		for _, code := range mistakes.Value.Items.Value.Properties["code"].Value.Enum {
			codes = append(codes, fmt.Sprint(code))
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
