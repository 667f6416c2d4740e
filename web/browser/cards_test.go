package browser_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

func TestDeclinedCardIsUpdatedAndSettles(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			sold := time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC)
			app.SetTestTime(sold)
			o := app.Sell(testkit.Monthly, order.Sale{})
			app.PayWith(o, testkit.Card{Number: testkit.CardApproved, Holder: "THEN 800.100.152 MAC 03"})
			app.ChargeDue(o, sold.AddDate(0, 0, 29))
			journey(t, "cards", map[string]any{"link": o.Link, "width": width}, asks{"settle": func() any {
				app.ChargeDue(o, sold.AddDate(0, 0, 29))
				return nil
			}}, nil)
			if got := app.NetCharged(o); got != 2400 {
				t.Errorf("the gateway has charged %d, want 2400", got)
			}
		})
	}
}
