package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// The four types say alike how they are paid, when they are made, read and listed.
func TestAnOrderSaysHowItIsPaid(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := startOn(t, engine)
			buyer, start := a.customer(t, ""), a.Clock.Wall().AddDate(0, 1, 0).Format("2006-01-02")
			for name, tt := range map[string]struct{ route, product, fields, more, want, wantMemo string }{
				"held": {"single", `"type":"instalment","price":"20","split_number":2,"scheduled_unit":"DAY","scheduled_interval":1`, `"pre_authorise":true,`, ``,
					`"initial_amount":"20.00","collect_initial_payment":true,"pre_authorise":true,"register_only":false,"monthly_amount":null,"total_installment_amount":null,` +
						`"scheduled_unit":null,"scheduled_interval":null,"scheduled_duration_unit":null,"scheduled_duration_number":null,"start_date":null,"count_to_pay":1,"total_to_pay":"20.00"`, ""},
				"instalments": {"instalment", `"type":"instalment","price":"100","split_number":2,"scheduled_unit":"DAY","scheduled_interval":1`,
					`"initial_amount":10,"split_number":7,"scheduled_unit":"MONTH","scheduled_interval":2,"start_date":"` + start + `","memo":"Winter term",`, ``,
					`"initial_amount":"10.00","collect_initial_payment":true,"pre_authorise":false,"register_only":false,"monthly_amount":"12.85","total_installment_amount":"90.00",` +
						`"scheduled_unit":"MONTH","scheduled_interval":2,"scheduled_duration_unit":"MONTH","scheduled_duration_number":7,"start_date":"` + start + `","count_to_pay":8,"total_to_pay":"100.00"`, "Winter term"},
				"a trial": {"subscription", `"type":"subscription","price":"9.90","scheduled_unit":"MONTH","scheduled_interval":1`,
					`"recurring_collection_interval":3,`, `,"discount_amount":"9.90","discount_applies_to":"initial"`,
					`"initial_amount":"0.00","collect_initial_payment":false,"pre_authorise":false,"register_only":true,"monthly_amount":"9.90","total_installment_amount":null,` +
						`"scheduled_unit":"MONTH","scheduled_interval":3,"scheduled_duration_unit":"MONTH","scheduled_duration_number":null,"start_date":null,"count_to_pay":null,"total_to_pay":null`, ""},
				"a card first": {"metered", `"type":"metered","price":"0.30","initial_amount":"50"`, `"register_only":true,"initial_amount":"0.50",`, ``,
					`"initial_amount":"0.50","collect_initial_payment":false,"pre_authorise":false,"register_only":true,"monthly_amount":null,"total_installment_amount":null,` +
						`"scheduled_unit":null,"scheduled_interval":null,"scheduled_duration_unit":null,"scheduled_duration_number":null,"start_date":null,"count_to_pay":null,"total_to_pay":null`, ""},
			} {
				product := a.create(t, call{path: "/products", body: `{"product":{"name":"P","currency":"EUR",` + tt.product + `}}`}, "product")
				c := call{path: "/orders/create_" + tt.route + "_order", repeat: "once " + name,
					body: `{"order":{"customer_id":"` + buyer + `","currency":"EUR","tags":["t"],` + tt.fields + `"order_products":[{"product_id":"` + product + `"` + tt.more + `}]}}`}
				made := a.do(t, c)
				if made.status != http.StatusCreated || !strings.Contains(made.body, tt.want) || made.field(t, "order.memo") != tt.wantMemo {
					t.Errorf("%s: %d, want %s in\n%s", name, made.status, tt.want, made.body)
					continue
				}
				a.readBack(t, made, "order", "/orders/")
				if again := a.do(t, c); again.body != made.body || again.header.Get("Idempotency-Replayed") != "true" {
					t.Errorf("%s, sent again: %d\n%s", name, again.status, again.body)
				}
				listed := a.do(t, call{path: "/orders?customer_id=" + buyer + "&per_page=1"})
				if !strings.Contains(listed.body, tt.want) || !strings.Contains(listed.body, made.field(t, "order.id")) {
					t.Errorf("%s, listed:\n%s", name, listed.body)
				}
				a.Clock.Advance(1e6) // lists are newest first
			}
		})
	}
}
