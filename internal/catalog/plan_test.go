package catalog

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/money"
)

// Whatever is accepted can be sold: instalments of at least one minor unit each
// that sum to what the deposit leaves, recurring payments of something.
func TestAnAcceptedPlanCanBeCollected(t *testing.T) {
	t.Parallel()
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		amount := func(name string, most int64) money.Amount {
			return money.New(rapid.Int64Range(0, most).Draw(t, name), money.JPY)
		}
		d := Details{Type: rapid.SampledFrom(Types).Draw(t, "type"), Name: "P", Price: amount("price", 50), Fee: amount("fee", 3)}
		if rapid.Bool().Draw(t, "in per cent") {
			d.DiscountRate = money.PPM(rapid.Int64Range(0, 1_000_000).Draw(t, "rate"))
		} else {
			d.Discount = amount("discount", 50)
		}
		d.Plan = Plan{Initial: amount("initial", 20), Splits: rapid.Int64Range(0, 12).Draw(t, "splits"), Unit: rapid.SampledFrom([]Unit{"", Day, Month}).Draw(t, "unit"),
			Interval: rapid.Int64Range(0, 2).Draw(t, "interval"), DiscountOnce: rapid.Bool().Draw(t, "discount once"), FeeOnce: rapid.Bool().Draw(t, "fee once")}
		if rapid.Bool().Draw(t, "only what the type has") {
			d.Plan = fitting(d)
		}
		if d.Validate() != nil {
			return
		}
		accepted++
		p := d.Plan
		off, err := d.DiscountOn(d.Price)
		if err != nil || off.Minor() > d.Price.Minor() {
			t.Fatalf("%v off %v: %v", off, d.Price, err)
		}
		total := d.Price.Minor() - off.Minor() + d.Fee.Minor()
		switch d.Type {
		case Instalment:
			parts, err := money.New(total-p.Initial.Minor(), money.JPY).Allocate(int(p.Splits), 1)
			if err != nil || p.Interval < 1 || p.Unit == "" {
				t.Fatalf("%+v cannot be split: %v", d, err)
			}
			for _, part := range parts {
				if !part.IsPositive() {
					t.Fatalf("%+v has an instalment of nothing", d)
				}
			}
		case Subscription:
			again := total
			if p.DiscountOnce {
				again += off.Minor()
			}
			if p.FeeOnce {
				again -= d.Fee.Minor()
			}
			if again <= 0 || p.Interval < 1 || p.Unit == "" || p.Splits != 0 || !p.Initial.IsZero() {
				t.Fatalf("%+v recurs with %d", d, again)
			}
		case SinglePayment:
			if p != (Plan{Initial: money.New(0, money.JPY)}) {
				t.Fatalf("a single payment has the plan %+v", p)
			}
		case Metered:
			if p != (Plan{Initial: p.Initial}) {
				t.Fatalf("a metered product has the plan %+v", p)
			}
		}
	})
	if accepted < 10 {
		t.Errorf("only %d products were accepted, which shows little", accepted)
	}
}

// fitting leaves of a plan what the product's type has.
func fitting(d Details) Plan {
	p := d.Plan
	switch d.Type {
	case Instalment:
		return Plan{Initial: p.Initial, Splits: p.Splits, Unit: p.Unit, Interval: p.Interval}
	case Subscription:
		return Plan{Initial: money.New(0, money.JPY), Unit: p.Unit, Interval: p.Interval, DiscountOnce: p.DiscountOnce, FeeOnce: p.FeeOnce}
	case Metered:
		return Plan{Initial: p.Initial}
	case SinglePayment:
	}
	return Plan{Initial: money.New(0, money.JPY)}
}
