package v1_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/web/api/v1/apitest"
)

// mistaken is a body that is refused, and why.
type mistaken struct {
	body     string
	wantCode string
	want     []string // "pointer code" each, in order
}

func TestEveryMistakeInACustomerIsNamed(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("ä", 201)
	start(t).refuses(t, "/customers", nil, map[string]mistaken{
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
	price := func(text string) string {
		return `{"product":{"type":"single_payment","name":"Ticket","currency":"EUR","price":` + text + `}}`
	}
	start(t).refuses(t, "/products", nil, map[string]mistaken{
		"empty":               {`{"product":{}}`, "body_invalid", []string{"/product/type required", "/product/name required", "/product/currency required", "/product/price required"}},
		"unknown fields":      {with(`,"colour":"red","Name":"x"`), "body_invalid", []string{"/product/colour unknown_field", "/product/Name unknown_field"}},
		"wrong types":         {`{"product":{"type":1,"name":[],"currency":978,"price":{},"tax_rate":true,"pricing_locked":"true","payment_locked":0}}`, "body_invalid", []string{"/product/type wrong_type", "/product/name wrong_type", "/product/currency wrong_type", "/product/price wrong_type", "/product/tax_rate wrong_type", "/product/pricing_locked wrong_type", "/product/payment_locked wrong_type"}},
		"too many digits":     {price(`"20.001"`), "body_invalid", []string{"/product/price amount"}},
		"number too fine":     {price(`20.001`), "body_invalid", []string{"/product/price amount"}},
		"number with zeros":   {price(`20.000`), "body_invalid", []string{"/product/price amount"}},
		"exponent":            {price(`2e1`), "body_invalid", []string{"/product/price decimal"}},
		"exponent as string":  {price(`"2E1"`), "body_invalid", []string{"/product/price decimal"}},
		"comma":               {price(`"20,00"`), "body_invalid", []string{"/product/price decimal"}},
		"empty price":         {price(`""`), "body_invalid", []string{"/product/price decimal"}},
		"thousands":           {price(`"1.000.00"`), "body_invalid", []string{"/product/price amount"}},
		"price out of range":  {price(`92233720368547758.08`), "body_invalid", []string{"/product/price amount"}},
		"negative":            {price(`"-0.01"`), "product_invalid", []string{"/product/price negative"}},
		"negative discount":   {with(`,"discount_amount":"-0.01"`), "product_invalid", []string{"/product/discount_amount negative"}},
		"negative fee":        {with(`,"fee_amount":-1`), "product_invalid", []string{"/product/fee_amount negative"}},
		"discount of more":    {with(`,"discount_amount":"1.01"`), "product_invalid", []string{"/product/discount_amount discount_too_large"}},
		"discount in percent": {with(`,"discount_amount":"10%"`), "body_invalid", []string{"/product/discount_amount decimal"}},
		"fee too fine":        {with(`,"fee_amount":"0.001"`), "body_invalid", []string{"/product/fee_amount amount"}},
		"unknown currency":    {strings.Replace(price(`"1"`), "EUR", "EUX", 1), "body_invalid", []string{"/product/currency currency"}},
		"small currency":      {strings.Replace(price(`"1"`), "EUR", "eur", 1), "body_invalid", []string{"/product/currency currency"}},
		"empty currency":      {strings.Replace(price(`"1"`), "EUR", "", 1), "body_invalid", []string{"/product/currency currency"}},
		"rate too fine":       {with(`,"tax_rate":"7.00001"`), "body_invalid", []string{"/product/tax_rate tax_rate"}},
		"negative rate":       {with(`,"tax_rate":-1`), "body_invalid", []string{"/product/tax_rate tax_rate"}},
		"rate above the most": {with(`,"tax_rate":"100.0001"`), "product_invalid", []string{"/product/tax_rate tax_rate"}},
		"control character":   {with(`,"reference":"\u007f"`), "body_invalid", []string{"/product/reference control_character"}},
		"rules": {`{"product":{"type":"gift","name":"","currency":"EUR","price":"1","reference":"` + strings.Repeat("x", 201) + `","description":"` + strings.Repeat("x", 2001) + `"}}`, "product_invalid",
			[]string{"/product/type product_type", "/product/name required", "/product/reference too_long", "/product/description too_long"}},
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
	monthly := product(`"type":"subscription","currency":"EUR","price":"20"`)
	locked := product(`"type":"single_payment","currency":"EUR","price":"20","pricing_locked":true`)
	dinar := product(`"type":"single_payment","currency":"KWD","price":"1.255"`)
	of := func(currency, lines string) string {
		return `{"order":{"customer_id":"` + buyer + `","currency":"` + currency + `","order_products":[` + lines + `]}}`
	}
	line := func(id, more string) string { return `{"product_id":"` + id + `"` + more + `}` }
	// The sandbox's driver takes every currency there is.
	unreachable := []string{"currency_not_supported"}
	a.refuses(t, "/orders/create_single_order", unreachable, map[string]mistaken{
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
		"percentages": {of("EUR", line(ticket, `,"amount":"5%","discount_amount":"10%","fee_amount":"1 %","tax_amount":"19%"`)), "body_invalid",
			[]string{"/order/order_products/0/amount decimal", "/order/order_products/0/discount_amount decimal", "/order/order_products/0/fee_amount decimal", "/order/order_products/0/tax_amount decimal"}},
		"sum too large":  {of("EUR", line(dear, "")+","+line(dear, "")), "order_invalid", []string{"/order/order_products too_large"}},
		"nothing to pay": {of("EUR", line(free, "")), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
		"too much":       {of("EUR", line(dear, "")), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
		"too fine":       {of("KWD", line(dinar, "")), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
	})
	if got := a.count(t, "orders"); got != 0 {
		t.Errorf("%d orders after refusals, want none", got)
	}
}

// refuses posts every body, wants 422 (404 for what there is not) with exactly its
// mistakes, and wants a row
// for every code that the document names for the route and that can be reached.
func (a *api) refuses(t *testing.T, path string, unreachable []string, tests map[string]mistaken) {
	t.Helper()
	seen := map[string]bool{}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := a.do(t, call{path: path, body: tt.body, invalid: true})
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
		})
		for _, m := range tt.want {
			_, code, _ := strings.Cut(m, " ")
			seen[code] = true
		}
	}
	for _, code := range unreachable {
		seen[code] = true
	}
	if diff := cmp.Diff(documented(t, path), slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("codes (-in the document +in this table):\n%s", diff)
	}
}

// documented are the codes of mistakes that the document names for a POST.
func documented(t *testing.T, path string) []string {
	t.Helper()
	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, status := range []string{"404", "422"} {
		own := doc.Paths.Value(path).Post.Responses.Value(status).Value.Content["application/problem+json"].Schema.Value.AllOf[1].Value
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
