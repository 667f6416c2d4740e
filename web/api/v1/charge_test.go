package v1_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/testkit"
)

// TestASupportDeskFindsACharge looks for orders by what customers tell of their
// card's statement: the amount, the day and the card's last digits.
func TestASupportDeskFindsACharge(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			startOn(t, engine).charges(t)
		})
	}
}

func (a *api) charges(t *testing.T) {
	t.Helper()
	day := func() string { return a.Clock.Wall().In(a.Profile.Location()).Format(time.DateOnly) }
	pay := func(o testkit.Order, card string, declined bool) {
		at := a.StartCheckout(o)
		if declined { // the same card comes twice, then
			a.SubmitCard(at.CheckoutID, testkit.Card{Number: testkit.CardApproved, Holder: "800.100.155"})
			a.Deliver()
			a.Advance(time.Second)
		}
		if outcome := a.SubmitCard(at.CheckoutID, testkit.Card{Number: card}); outcome != "approved" {
			t.Fatalf("pay: %s", outcome)
		}
		a.Deliver()
		a.WantPaid(o)
	}
	made := []testkit.Order{a.NewOrder(4990), a.NewOrder(4990), a.NewOrder(1200), a.NewOrder(4990)}
	now := a.Clock.Wall()
	a.Advance(a.Profile.DayBegins(now.AddDate(0, 0, 2)).Sub(now)) // a day begins
	pay(made[1], testkit.CardSecond, true)
	older := day()
	a.Advance(26 * time.Hour)
	between := a.Clock.Wall().Format(time.RFC3339)
	pay(made[0], testkit.CardApproved, true)
	newer := day()
	a.Advance(time.Minute)
	pay(made[2], testkit.CardApproved, false)
	first, second, cheap, unpaid := string(made[0].ID), string(made[1].ID), string(made[2].ID), string(made[3].ID)

	for query, want := range map[string][]string{
		"amount=49.90&currency=EUR":                                                          {unpaid, second, first},
		"amount=49.9&currency=EUR&status=complete":                                           {second, first},
		"amount=12&currency=EUR":                                                             {cheap},
		"amount=49.91&currency=EUR":                                                          {},
		"amount=4990&currency=JPY":                                                           {},
		"amount=0&currency=EUR":                                                              {},
		"paid_from=" + older + "&paid_to=" + older:                                           {second},
		"paid_from=" + newer + "&paid_to=" + newer:                                           {cheap, first},
		"paid_from=" + older:                                                                 {cheap, first, second},
		"paid_to=" + older:                                                                   {second},
		"paid_from=" + newer + "&paid_to=" + older:                                           {},
		"paid_from=" + older + "&status=pending":                                             {},
		"paid_from=" + older + "&status=complete,pending":                                    {cheap, first, second},
		"paid_from=" + older + "&created_from=" + between:                                    {},
		"paid_from=" + older + "&created_to=" + between:                                      {cheap, first, second},
		"paid_to=" + newer + "&amount=49.90&currency=EUR":                                    {second, first},
		"paid_from=" + newer + "&customer_email=ada@example.com":                             {cheap, first},
		"card_last4=5454":                                                                    {second},
		"card_last4=0000":                                                                    {cheap, first, second}, // of the second it was declined
		"card_last4=0000&card_brand=visa":                                                    {cheap, first, second},
		"card_last4=0000&card_brand=MASTER":                                                  {},
		"card_last4=4242":                                                                    {},
		"card_last4=0000&created_to=" + between + "&status=pending":                          {},
		"card_last4=5454&customer_id=" + string(made[1].CustomerID):                          {second},
		"card_last4=5454&customer_id=" + string(made[0].CustomerID):                          {},
		"card_last4=0000&amount=49.90&currency=EUR&paid_from=" + newer + "&paid_to=" + newer: {first},
		"paid_from=" + newer + "&paid_to=" + newer + "&amount=49.90&currency=EUR":            {first},
	} {
		if diff := cmp.Diff(want, a.list(t, "/orders?"+query).ids()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		if got := a.all(t, "/orders?"+query+"&per_page=1"); !slices.Equal(got, want) {
			t.Errorf("%s one by one: %v, want %v", query, got, want)
		}
	}
	a.Exec(`INSERT INTO payments (profile_id, id, order_id, kind, status, currency, amount_minor, settles_minor, authorised_minor, captured_minor, refunded_minor,
       disputed_minor, paid_at, created_at, row_version)
SELECT profile_id, 'pay_00000000000000000000000000', order_id, 'scheduled', status, currency, amount_minor, 0, 0, amount_minor, 0, 0, $2, $2, 1
  FROM payments WHERE order_id = $1`, second, a.Clock.Wall().Add(time.Second).UnixMilli())
	for query, want := range map[string][]string{
		"paid_from=" + older:                       {second, cheap, first}, // once, by its last payment
		"paid_from=" + newer:                       {second, cheap, first},
		"paid_from=" + older + "&paid_to=" + older: {second},
	} {
		if got := a.all(t, "/orders?per_page=1&"+query); !slices.Equal(got, want) {
			t.Errorf("%s of an order paid twice: %v, want %v", query, got, want)
		}
	}
	other := a.OrderOf(a.Other, 4990)
	a.Pay(other)
	for _, query := range []string{"card_last4=0000", "amount=49.90&currency=EUR", "paid_from=" + older} {
		p := a.listAs(t, a.OtherKey, "/orders?"+query)
		if diff := cmp.Diff([]string{string(other.ID)}, p.ids()); diff != "" {
			t.Errorf("%s of another profile (-want +got):\n%s", query, diff)
		}
	}
}
