package order_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
)

// request has an order of one product of a type made.
func (s shop) request(product catalog.ID, in order.Sale) (order.Order, error) {
	in.CustomerID = s.customer
	if in.Currency == "" {
		in.Currency = "EUR"
	}
	if in.Lines == nil {
		in.Lines = []order.SaleLine{{}}
	}
	in.Lines[0].ProductID, in.Lines[0].Quantity = product, 1
	made, err := s.Orders.Create(s.TB.Context(), actor.TheSystem, s.Profile.ID, in, nil)
	return made.Order, err
}

func eur(minor int64) money.Amount { return money.New(minor, money.EUR) }

func TestHowAnOrderIsPaidFollowsFromItsProductAndItsTerms(t *testing.T) {
	t.Parallel()
	s := open(t)
	course := s.product(eur(60_000), 0, func(d *catalog.Details) {
		d.Type, d.Plan = catalog.Instalment, catalog.Plan{Initial: eur(10_000), Splits: 3, Unit: catalog.Month, Interval: 1}
	})
	monthly := s.product(eur(2000), 0, func(d *catalog.Details) {
		d.Type, d.Discount, d.Fee, d.Plan = catalog.Subscription, eur(500), eur(150), catalog.Plan{Unit: catalog.Month, Interval: 1}
	})
	trial := s.product(eur(990), 0, func(d *catalog.Details) {
		d.Type, d.DiscountRate, d.PaymentLocked = catalog.Subscription, 1_000_000, true
		d.Plan = catalog.Plan{Unit: catalog.Week, Interval: 2, DiscountOnce: true}
	})
	power := s.product(eur(0), 0, func(d *catalog.Details) {
		d.Type, d.Plan = catalog.Metered, catalog.Plan{Initial: eur(5000)}
	})
	three, once := int64(3), true
	start := s.Clock.Wall().AddDate(0, 1, 0).Format("2006-01-02")
	for name, tt := range map[string]struct {
		product catalog.ID
		in      order.Sale
		want    order.Plan
		deposit int64
	}{
		"the product's instalments": {course, order.Sale{Type: catalog.Instalment},
			order.Plan{Initial: eur(10_000), Splits: 3, Recurring: eur(16_666), Unit: catalog.Month, Interval: 1}, 10_000},
		"instalments of its own": {course, order.Sale{Type: catalog.Instalment, Memo: "Winter", Terms: order.Terms{Initial: "0", Splits: &three, Unit: "WEEK", Interval: &three, StartOn: start}},
			order.Plan{Splits: 3, Recurring: eur(20_000), Unit: catalog.Week, Interval: 3, StartOn: start, Memo: "Winter"}, 0},
		"instalments, the card first": {course, order.Sale{Type: catalog.Instalment, Terms: order.Terms{Initial: "0.50", Register: true}},
			order.Plan{Initial: eur(50), Register: true, Splits: 3, Recurring: eur(20_000), Unit: catalog.Month, Interval: 1}, 0},
		"a subscription": {monthly, order.Sale{Type: catalog.Subscription},
			order.Plan{Initial: eur(1650), Recurring: eur(1650), Unit: catalog.Month, Interval: 1}, 1650},
		"a discount and a fee at first only": {monthly, order.Sale{Type: catalog.Subscription, Lines: []order.SaleLine{{DiscountOnce: &once, FeeOnce: &once}}},
			order.Plan{Initial: eur(1650), Recurring: eur(2000), Unit: catalog.Month, Interval: 1}, 1650},
		"a trial of a locked product": {trial, order.Sale{Type: catalog.Subscription, Terms: order.Terms{Register: true, Initial: "1.00", StartOn: start}},
			order.Plan{Initial: eur(100), Register: true, Recurring: eur(990), Unit: catalog.Week, Interval: 2, StartOn: start}, 0},
		"a free trial": {trial, order.Sale{Type: catalog.Subscription},
			order.Plan{Recurring: eur(990), Unit: catalog.Week, Interval: 2}, 0},
		"metered":             {power, order.Sale{Type: catalog.Metered}, order.Plan{Initial: eur(5000)}, 5000},
		"metered, only ready": {power, order.Sale{Type: catalog.Metered, Terms: order.Terms{Register: true}}, order.Plan{}, 0},
		"instalments at once": {course, order.Sale{Type: catalog.SinglePayment, PreAuthorise: true},
			order.Plan{Initial: eur(60_000), PreAuthorise: true}, 60_000},
	} {
		made, err := s.request(tt.product, tt.in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kept, err := s.Orders.Order(t.Context(), s.Profile.ID, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []*money.Amount{&tt.want.Initial, &tt.want.Recurring} {
			*a = money.New(a.Minor(), money.EUR)
		}
		for what, got := range map[string]order.Plan{"made": made.Plan, "kept": kept.Plan} {
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(money.Amount{}, money.Currency{})); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, what, diff)
			}
		}
		if kept.Plan.Deposit() != eur(tt.deposit) || kept.Plan.OnlyStores() != (tt.deposit == 0) {
			t.Errorf("%s: its checkout takes %v, want %d", name, kept.Plan.Deposit(), tt.deposit)
		}
		if got := s.initial(t, kept); got != kept.Plan.Initial {
			t.Errorf("%s: its initial payment is of %v", name, got)
		}
	}
}

// initial is what an order's initial payment asks for.
func (s shop) initial(t *testing.T, o order.Order) money.Amount {
	t.Helper()
	v, err := s.Payments.Overview(t.Context(), order.Link{ProfileID: o.ProfileID, OrderID: o.ID, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	return v.Payment.Amount
}

// Whatever is accepted can be collected at a gateway of coarse steps, part by part,
// and sums to the price.
func TestInstalmentsSumToThePriceInTheGatewaysSteps(t *testing.T) {
	t.Parallel()
	s := open(t)
	product := s.product(money.New(20_000, money.KWD), 0, func(d *catalog.Details) {
		d.Type, d.Plan = catalog.Instalment, catalog.Plan{Initial: money.New(0, money.KWD), Splits: 1, Unit: catalog.Day, Interval: 1}
	})
	accepted := 0
	rapid.Check(t, func(r *rapid.T) {
		fils := func(name string, least, most int64) money.Amount {
			off := rapid.SampledFrom([]int64{0, 0, 0, 0, 5}).Draw(r, name+" off the step")
			return money.New(rapid.Int64Range(least, most).Draw(r, name)*10+off, money.KWD)
		}
		price, deposit := fils("price", 5, 60), fils("deposit", 0, 20)
		n := rapid.Int64Range(1, 12).Draw(r, "parts")
		o, err := s.request(product, order.Sale{Type: catalog.Instalment, Currency: "KWD", Lines: []order.SaleLine{{Amount: price.Decimal()}},
			Terms: order.Terms{Initial: deposit.Decimal(), Splits: &n}})
		rest := price.Minor() - deposit.Minor()
		can := rest > 0 && price.Minor()%10 == 0 && deposit.Minor()%10 == 0 && rest/10 >= n
		if (err == nil) != can {
			r.Fatalf("%v less %v in %d parts: %v", price, deposit, n, err)
		}
		if err != nil {
			if !errors.Is(err, order.ErrAmount) && !errors.Is(err, order.ErrInvalid) {
				r.Fatal(err)
			}
			return
		}
		accepted++
		if each := o.Plan.Recurring.Minor(); each%10 != 0 || each < 10 || rest-each*n < 0 || rest-each*n >= 10*n {
			r.Fatalf("%v less %v in %d parts is %v each", price, deposit, n, o.Plan.Recurring)
		}
	})
	if accepted < 5 {
		t.Errorf("only %d orders were accepted, which shows little", accepted)
	}
}
