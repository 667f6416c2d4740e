package v1_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/money"
)

// planned makes bodies of one of the three types that are paid more than once.
type planned struct {
	*api
	route        string
	kind         string // the rest of its products
	buyer        string
	plain, fixed string // a product, and one whose payment is locked
}

func newPlanned(t *testing.T, route, kind string) planned {
	t.Helper()
	a := start(t)
	p := planned{api: a, route: route, kind: kind, buyer: a.customer(t, "")}
	p.plain, p.fixed = p.product(t, `"currency":"EUR","price":"20"`), p.product(t, `"currency":"EUR","price":"20","payment_locked":true`)
	return p
}

func (p planned) product(t *testing.T, fields string) string {
	t.Helper()
	return p.create(t, call{path: "/products", body: `{"product":{"name":"P",` + p.kind + `,` + fields + `}}`}, "product")
}

// order is a body with fields beside its product, and more in it.
func (p planned) order(fields, product, more string) string {
	return `{"order":{"customer_id":"` + p.buyer + `","currency":"EUR",` + fields + `"order_products":[{"product_id":"` + product + `"` + more + `}]}}`
}

// refusesAll wants what every type refuses, and own.
func (p planned) refusesAll(t *testing.T, own map[string]mistaken) {
	t.Helper()
	asleep := p.customer(t, "")
	p.change(t, "/customers/"+asleep, `{"customer":{"active":false}}`)
	ticket := p.api.product(t, "", "20")
	off, locked, yen := p.product(t, `"currency":"EUR","price":"20"`), p.product(t, `"currency":"EUR","price":"20","pricing_locked":true`), p.product(t, `"currency":"JPY","price":"20"`)
	dollars := p.product(t, `"currency":"USD","price":"20"`)
	p.change(t, "/products/"+off, `{"product":{"active":false}}`)
	p.Takes(money.EUR, money.JPY, money.KWD)
	rows := map[string]mistaken{
		"empty":             {`{"order":{}}`, "body_invalid", []string{"/order/customer_id required", "/order/currency required", "/order/order_products required"}},
		"of other types":    {p.order(`"pre_authorise":true,"total":"1",`, p.plain, ""), "body_invalid", []string{"/order/pre_authorise unknown_field", "/order/total unknown_field"}},
		"wrong types":       {p.order(`"initial_amount":true,"register_only":"yes","memo":1,`, p.plain, ""), "body_invalid", []string{"/order/initial_amount wrong_type", "/order/register_only wrong_type", "/order/memo wrong_type"}},
		"wrong forms":       {p.order(`"initial_amount":"10%","memo":"\u0000",`, p.plain, `,"qty":1.5`), "body_invalid", []string{"/order/initial_amount decimal", "/order/memo control_character", "/order/order_products/0/qty integer"}},
		"a host unknown":    {p.order(`"create_checkout":true,"embed_host":"https://evil.example",`, p.plain, ""), "body_invalid", []string{"/order/embed_host embed_host"}},
		"nobody's":          {strings.Replace(p.order(`"memo":"`+strings.Repeat("x", 2001)+`",`, p.plain, ""), p.buyer, "cus_x", 1), "customer_not_found", []string{"/order/customer_id unknown_customer", "/order/memo too_long"}},
		"nothing":           {p.order("", "prd_x", ""), "product_not_found", []string{"/order/order_products/0/product_id unknown_product"}},
		"two products":      {strings.Replace(p.order("", p.plain, ""), "]", `,{"product_id":"`+p.plain+`"}]`, 1), "order_invalid", []string{"/order/order_products one_product"}},
		"no product":        {`{"order":{"customer_id":"` + p.buyer + `","currency":"EURO","order_products":[]}}`, "order_invalid", []string{"/order/currency currency", "/order/order_products one_product"}},
		"another type":      {p.order("", ticket, ""), "order_invalid", []string{"/order/order_products/0/product_id product_type_mismatch"}},
		"another currency":  {p.order("", yen, ""), "order_invalid", []string{"/order/order_products/0/product_id currency_mismatch"}},
		"not set up":        {strings.Replace(p.order("", dollars, ""), "EUR", "USD", 1), "currency_not_supported", []string{"/order/currency currency_not_supported"}},
		"a product off":     {p.order("", off, ""), "order_invalid", []string{"/order/order_products/0/product_id product_inactive"}},
		"a customer off":    {strings.Replace(p.order("", p.plain, ""), p.buyer, asleep, 1), "order_invalid", []string{"/order/customer_id customer_inactive"}},
		"none of it":        {p.order("", p.plain, `,"qty":0`), "order_invalid", []string{"/order/order_products/0/qty quantity"}},
		"a locked price":    {p.order("", locked, `,"fee_amount":"1"`), "order_invalid", []string{"/order/order_products/0/fee_amount pricing_locked"}},
		"a larger discount": {p.order("", p.plain, `,"discount_amount":"20.01"`), "order_invalid", []string{"/order/order_products/0/discount_amount discount_too_large"}},
		"a larger tax":      {p.order("", p.plain, `,"tax_amount":"20.01"`), "order_invalid", []string{"/order/order_products/0/tax_amount tax_too_large"}},
		"too much":          {p.order("", p.plain, `,"amount":"90000000000000000","qty":1000000`), "order_invalid", []string{"/order/order_products/0/amount too_large"}},
		"half a cent":       {p.order("", p.plain, `,"amount":"20.005"`), "order_invalid", []string{"/order/order_products/0/amount amount"}},
		"beside it": {p.order(`"language":"fr","tags":["a",""],"redirect_url":"http://shop.example/",`, p.plain, ""), "order_invalid",
			[]string{"/order/language language", "/order/tags/1 required", "/order/redirect_url redirect_url"}},
		"21 tags":              {p.order(`"tags":["x"`+strings.Repeat(`,"x"`, 20)+`],`, p.plain, ""), "order_invalid", []string{"/order/tags tag_count"}},
		"a hold too large":     {p.order(`"register_only":true,"initial_amount":"1.01",`, p.plain, ""), "order_invalid", []string{"/order/initial_amount hold_too_large"}},
		"a hold below nothing": {p.order(`"register_only":true,"initial_amount":"-0.01",`, p.plain, ""), "order_invalid", []string{"/order/initial_amount amount"}},
	}
	maps.Copy(rows, own)
	p.refuses(t, post(p.route), "", nil, rows)
}

func TestEveryMistakeInAnInstalmentOrderIsNamed(t *testing.T) {
	t.Parallel()
	p := newPlanned(t, "/orders/create_instalment_order", `"type":"instalment","initial_amount":"5","split_number":2,"scheduled_unit":"MONTH","scheduled_interval":1`)
	dinar := p.product(t, `"currency":"KWD","price":"20"`)
	dinars := func(fields string) string { return strings.Replace(p.order(fields, dinar, ""), "EUR", "KWD", 1) }
	p.refusesAll(t, map[string]mistaken{
		"a rhythm unknown": {p.order(`"scheduled_unit":"month","scheduled_interval":0,"split_number":361,`, p.plain, ""), "order_invalid", []string{"/order/scheduled_unit scheduled_unit", "/order/split_number split_number"}},
		"no rhythm":        {p.order(`"scheduled_interval":37,"split_number":0,`, p.plain, ""), "order_invalid", []string{"/order/scheduled_interval scheduled_interval", "/order/split_number split_number"}},
		"every 0 months":   {p.order(`"scheduled_interval":0,`, p.plain, ""), "order_invalid", []string{"/order/scheduled_interval required"}},
		"half a split":     {p.order(`"split_number":2.5,"scheduled_unit":1,`, p.plain, ""), "body_invalid", []string{"/order/split_number integer", "/order/scheduled_unit wrong_type"}},
		"a locked payment": {p.order(`"initial_amount":"1","split_number":3,"scheduled_unit":"DAY","scheduled_interval":2,`, p.fixed, ""), "order_invalid",
			[]string{"/order/initial_amount payment_locked", "/order/split_number payment_locked", "/order/scheduled_unit payment_locked", "/order/scheduled_interval payment_locked"}},
		"a locked deposit":       {p.order(`"register_only":true,`, p.fixed, ""), "order_invalid", []string{"/order/register_only payment_locked"}},
		"everything at once":     {p.order(`"initial_amount":"20",`, p.plain, ""), "order_invalid", []string{"/order/initial_amount initial_too_large"}},
		"a price below it":       {p.order(``, p.plain, `,"amount":"5"`), "order_invalid", []string{"/order/initial_amount initial_too_large"}},
		"a deposit of less":      {p.order(`"initial_amount":"-1",`, p.plain, ""), "order_invalid", []string{"/order/initial_amount amount"}},
		"parts below a cent":     {p.order(`"split_number":360,"initial_amount":"19",`, p.plain, ""), "amount_not_payable", []string{"/order/split_number split_too_fine"}},
		"parts below the step":   {dinars(`"split_number":360,"initial_amount":"17",`), "amount_not_payable", []string{"/order/split_number split_too_fine"}},
		"a deposit off the step": {dinars(`"initial_amount":"1.255",`), "amount_not_payable", []string{"/order/initial_amount amount_not_payable"}},
		"parts too large":        {p.order(``, p.plain, `,"amount":"90000000000"`), "amount_not_payable", []string{"/order/split_number amount_not_payable"}},
		"a day of no calendar":   {p.order(`"start_date":"2027-02-29",`, p.plain, ""), "order_invalid", []string{"/order/start_date start_date"}},
		"a day as BillPro's":     {p.order(`"start_date":"31/05/2027",`, p.plain, ""), "order_invalid", []string{"/order/start_date start_date"}},
		"a day gone by":          {p.order(`"start_date":"2020-01-01",`, p.plain, ""), "order_invalid", []string{"/order/start_date start_date_range"}},
		"a day far ahead":        {p.order(`"start_date":"2099-01-01",`, p.plain, ""), "order_invalid", []string{"/order/start_date start_date_range"}},
	})
}

func TestEveryMistakeInASubscriptionOrderIsNamed(t *testing.T) {
	t.Parallel()
	p := newPlanned(t, "/orders/create_subscription_order", `"type":"subscription","scheduled_unit":"MONTH","scheduled_interval":1`)
	p.refusesAll(t, map[string]mistaken{
		"a rhythm unknown": {p.order(`"scheduled_unit":"HOUR",`, p.plain, ""), "order_invalid", []string{"/order/scheduled_unit scheduled_unit"}},
		"a long interval":  {p.order(`"scheduled_unit":"YEAR","recurring_collection_interval":4,`, p.plain, ""), "order_invalid", []string{"/order/scheduled_interval scheduled_interval"}},
		"two intervals":    {p.order(`"scheduled_interval":1,"recurring_collection_interval":1,`, p.plain, ""), "body_invalid", []string{"/order/recurring_collection_interval told_twice"}},
		"parts":            {p.order(`"split_number":2,`, p.plain, ""), "body_invalid", []string{"/order/split_number unknown_field"}},
		"a locked rhythm":  {p.order(`"scheduled_unit":"DAY","recurring_collection_interval":2,`, p.fixed, ""), "order_invalid", []string{"/order/scheduled_unit payment_locked", "/order/scheduled_interval payment_locked"}},
		"a locked start":   {p.order(`"register_only":true,`, p.fixed, ""), "order_invalid", []string{"/order/register_only payment_locked"}},
		"another initial":  {p.order(`"initial_amount":"5",`, p.plain, ""), "order_invalid", []string{"/order/initial_amount needs_register_only"}},
		"to some":          {p.order(``, p.plain, `,"discount_applies_to":"first","fee_applies_to":1`), "body_invalid", []string{"/order/order_products/0/discount_applies_to applies_to", "/order/order_products/0/fee_applies_to wrong_type"}},
		"to nothing":       {p.order(``, p.plain, `,"discount_amount":"20"`), "order_invalid", []string{"/order/order_products/0/amount nothing_recurs"}},
		"a fee that ends":  {p.order(``, p.plain, `,"amount":"0","fee_amount":"20","fee_applies_to":"initial"`), "order_invalid", []string{"/order/order_products/0/amount nothing_recurs"}},
		"far too much":     {p.order(``, p.plain, `,"amount":"90000000000"`), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
		"too much later":   {p.order(``, p.plain, `,"amount":"90000000000","discount_amount":"90000000000","discount_applies_to":"initial"`), "amount_not_payable", []string{"/order/order_products amount_not_payable"}},
		"a day unknown":    {p.order(`"start_date":"tomorrow",`, p.plain, ""), "order_invalid", []string{"/order/start_date start_date"}},
		"yesterday":        {p.order(`"start_date":"`+p.Clock.Wall().AddDate(0, 0, -2).Format("2006-01-02")+`",`, p.plain, ""), "order_invalid", []string{"/order/start_date start_date_range"}},
		"no interval":      {p.order(`"scheduled_interval":0,`, p.plain, ""), "order_invalid", []string{"/order/scheduled_interval required"}},
	})
}

func TestEveryMistakeInAMeteredOrderIsNamed(t *testing.T) {
	t.Parallel()
	p := newPlanned(t, "/orders/create_metered_order", `"type":"metered","initial_amount":"5"`)
	p.refusesAll(t, map[string]mistaken{
		"a rhythm":         {p.order(`"scheduled_unit":"DAY","start_date":"2030-01-01",`, p.plain, ""), "body_invalid", []string{"/order/scheduled_unit unknown_field", "/order/start_date unknown_field"}},
		"a locked payment": {p.order(`"initial_amount":"1",`, p.fixed, ""), "order_invalid", []string{"/order/initial_amount payment_locked"}},
		"a locked start":   {p.order(`"register_only":true,"initial_amount":"0.50",`, p.fixed, ""), "order_invalid", []string{"/order/register_only payment_locked"}},
		"an odd initial":   {p.order(`"initial_amount":"1.001",`, p.plain, ""), "order_invalid", []string{"/order/initial_amount amount"}},
		"too much at once": {p.order(`"initial_amount":"90000000000",`, p.plain, ""), "amount_not_payable", []string{"/order/initial_amount amount_not_payable"}},
	})
}
