package testkit_test

import (
	"testing"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

func TestMultipliedOrdersAreWhole(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()

			app := testkit.Start(t, testkit.Options{Engine: engine})
			o := app.NewOrder(12400)
			app.Pay(o)

			app.Multiply(o, 100, 50)

			first := app.Overview(o)
			for _, i := range []int{1, 99} {
				v := app.Overview(app.Copy(o, i))
				if v.Order.Status != order.Complete || len(v.Order.Lines) != 2 || len(v.Transactions) != 1 || len(v.Documents) != len(first.Documents) {
					t.Errorf("copy %d is not whole: %+v", i, v)
				}
				if v.Order.CreatedAt.After(first.Order.CreatedAt) {
					t.Errorf("copy %d is younger than the order", i)
				}
			}
			unpaid := app.Copy(o, 50)
			if v := app.Overview(unpaid); v.Order.Status != order.Pending || len(v.Transactions) != 0 {
				t.Errorf("copy %d is %s with %d transactions, want it pending", 50, v.Order.Status, len(v.Transactions))
			}
			if _, err := app.Orders.OpenLink(t.Context(), unpaid.Token); err != nil {
				t.Errorf("the link of a copy: %v", err)
			}
			app.Pay(unpaid)
		})
	}
}
