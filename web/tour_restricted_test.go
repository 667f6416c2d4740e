package web_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/user"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

// tourRestricted reads as a user for whom there is only what is of its own making:
// an order with all that hangs on it, and the lists by each parameter.
func tourRestricted(t *testing.T, app *testkit.App) {
	t.Helper()
	u, key := app.NewUser(user.Restricted)
	mine := *app
	mine.Key = key
	o := app.Sell(testkit.Instalments, order.Sale{})
	app.PayWith(o, testkit.Card{Number: testkit.CardApproved})
	app.Exec(`UPDATE orders SET created_by = $3 WHERE profile_id = $1 AND id = $2`, string(o.ProfileID), string(o.ID), string(u.ID))
	app.Exec(`UPDATE customers SET created_by = $3 WHERE profile_id = $1 AND id = $2`, string(o.ProfileID), string(o.CustomerID), string(u.ID))
	at := app.Overview(o)
	for _, address := range []string{"/customers/" + string(o.CustomerID), "/orders/" + string(o.ID), "/orders/" + string(o.ID) + "/transactions",
		"/scheduled_payments/" + string(app.Schedule(o)[0].ID), "/documents/" + string(at.Documents[0].ID) + ".pdf"} {
		wantDone(t, &mine, http.MethodGet, address, "", "")
	}
	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/customers", "/orders"} {
		item := doc.Paths.Value(path)
		wantDone(t, &mine, http.MethodGet, path, "", "")
		for _, parameter := range slices.Concat(item.Parameters, item.Get.Parameters) {
			if p := parameter.Value; p.In == openapi3.ParameterInQuery {
				wantDone(t, &mine, http.MethodGet, asking(&mine, path, p), "", "")
			}
		}
	}
}
