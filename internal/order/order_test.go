package order_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/testkit"
)

func TestOnlyAPendingOrderTakesMoney(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	for status, want := range map[order.Status]bool{order.Pending: true, order.Complete: false, order.Cancelled: false} {
		o := order.Order{Type: catalog.SinglePayment, Status: status}
		if got := o.Paid(now); got != want {
			t.Errorf("%s order took money: %t", status, got)
		}
		if want && (o.Status != order.Complete || !o.EndedAt.Equal(now)) {
			t.Errorf("a paid order is %s, ended %v", o.Status, o.EndedAt)
		}
		if !want && o.Status != status {
			t.Errorf("a refused fact changed %s to %s", status, o.Status)
		}
	}
}

// shop has a customer and products to order.
type shop struct {
	*testkit.App
	customer customer.ID
}

func open(t *testing.T) shop {
	t.Helper()
	app := testkit.New(t)
	o := app.NewOrder(12_400)
	return shop{app, o.CustomerID}
}

func (s shop) product(price money.Amount, tax money.PPM, change func(*catalog.Details)) catalog.ID {
	s.TB.Helper()
	d := catalog.Details{Type: catalog.SinglePayment, Name: "Thing", Price: price, Tax: tax}
	if change != nil {
		change(&d)
	}
	p, err := s.Products.Create(s.TB.Context(), actor.TheSystem, s.Profile.ID, d, nil)
	if err != nil {
		s.TB.Fatal(err)
	}
	return p.ID
}

func (s shop) create(currency string, lines ...order.SaleLine) (order.Created, error) {
	return s.Orders.Create(s.TB.Context(), actor.TheSystem, s.Profile.ID, order.Sale{Type: catalog.SinglePayment, CustomerID: s.customer, Currency: currency, Lines: lines}, nil)
}

func TestLinesSumToTheTotal(t *testing.T) {
	t.Parallel()
	s := open(t)
	rapid.Check(t, func(r *rapid.T) {
		var lines []order.SaleLine
		var want int64
		for range rapid.IntRange(1, 5).Draw(r, "lines") {
			price, n := rapid.Int64Range(1, 99_999).Draw(r, "price"), rapid.Int64Range(1, 50).Draw(r, "quantity")
			id := s.product(money.New(price, money.EUR), money.PPM(rapid.SampledFrom([]int64{0, 70_000, 190_000}).Draw(r, "tax")), nil)
			lines = append(lines, order.SaleLine{ProductID: id, Quantity: n})
			want += price * n
		}
		made, err := s.create("EUR", lines...)
		if err != nil {
			r.Fatal(err)
		}
		var sum money.Amount
		for _, l := range made.Order.Lines {
			if sum, err = sum.Add(l.Total); err != nil {
				r.Fatal(err)
			}
			if tax, _ := l.Total.IncludedAt(l.TaxRate); tax != l.Tax {
				r.Fatalf("line of %v at %d includes %v", l.Total, l.TaxRate, l.Tax)
			}
		}
		if sum != made.Order.Total || sum.Minor() != want {
			r.Fatalf("lines sum to %v, total is %v, want %d", sum, made.Order.Total, want)
		}
	})
}

func TestAnOrderThatCannotBeCollectedIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	eur := s.product(money.New(2000, money.EUR), 0, nil)
	fils := s.product(money.New(1_255, money.KWD), 0, nil)
	locked := s.product(money.New(2000, money.EUR), 0, func(d *catalog.Details) { d.PricingLocked = true })
	metered := s.product(money.New(2000, money.EUR), 0, func(d *catalog.Details) { d.Type = catalog.Metered })
	for name, tt := range map[string]struct {
		currency string
		line     order.SaleLine
		want     error
		field    string
	}{
		"off the gateway's step":   {"KWD", order.SaleLine{ProductID: fils, Quantity: 1}, order.ErrAmount, "amount_not_payable"},
		"nothing to pay":           {"EUR", order.SaleLine{ProductID: eur, Quantity: 1, Amount: "0"}, order.ErrAmount, "amount_not_payable"},
		"more than it can take":    {"EUR", order.SaleLine{ProductID: eur, Quantity: 1_000_000, Amount: "99999999"}, order.ErrAmount, "amount_not_payable"},
		"more before the discount": {"EUR", order.SaleLine{ProductID: eur, Quantity: 1_000_000, Amount: "90000000000000", Discount: "89999999999999"}, order.ErrInvalid, "too_large"},
		"more than can be added":   {"EUR", order.SaleLine{ProductID: eur, Quantity: 1_000_000, Amount: "90000000000000000"}, order.ErrInvalid, "too_large"},
		"another currency":         {"KWD", order.SaleLine{ProductID: eur, Quantity: 1}, order.ErrInvalid, "currency_mismatch"},
		"a locked price":           {"EUR", order.SaleLine{ProductID: locked, Quantity: 1, Amount: "1.00"}, order.ErrInvalid, "pricing_locked"},
		"another type":             {"EUR", order.SaleLine{ProductID: metered, Quantity: 1}, order.ErrInvalid, "product_type_mismatch"},
		"no such product":          {"EUR", order.SaleLine{ProductID: "prd_none", Quantity: 1}, catalog.ErrNotFound, "unknown_product"},
		"a negative amount":        {"EUR", order.SaleLine{ProductID: eur, Quantity: 1, Amount: "-1.00"}, order.ErrInvalid, "amount"},
		"no quantity":              {"EUR", order.SaleLine{ProductID: eur}, order.ErrInvalid, "quantity"},
		"no such currency":         {"XXX", order.SaleLine{ProductID: eur, Quantity: 1}, order.ErrInvalid, "currency"},
	} {
		_, err := s.create(tt.currency, tt.line)
		var f *fault.Error
		if !errors.Is(err, tt.want) || !errors.As(err, &f) || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Code == tt.field }) {
			t.Errorf("%s: %v, want %v with field %s", name, err, tt.want, tt.field)
		}
	}
	if n := len(s.Strings(`SELECT id FROM orders`)); n != 1 {
		t.Errorf("%d orders were stored, want only the first", n)
	}
}

func TestALinkCanBeShownAgainAndOpens(t *testing.T) {
	t.Parallel()
	s := open(t)
	made, err := s.create("EUR", order.SaleLine{ProductID: s.product(money.New(2000, money.EUR), 0, nil), Quantity: 1})
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Orders.LinkToken(t.Context(), s.Profile.ID, made.Order.ID)
	if err != nil || again != made.Token || len(again) != 32 {
		t.Errorf("shown again as %q, %v; made as %q", again, err, made.Token)
	}
	if l, err := s.Orders.OpenLink(t.Context(), made.Token); err != nil || l.OrderID != made.Order.ID {
		t.Errorf("opens %v, %v", l, err)
	}
	for _, wrong := range []string{"", made.Token[:31], made.Token + "a", "a" + made.Token[1:] + "", made.Token[1:] + "b"} {
		if wrong == made.Token {
			continue
		}
		if _, err := s.Orders.OpenLink(t.Context(), wrong); !errors.Is(err, order.ErrLinkUnknown) {
			t.Errorf("%q opens: %v", wrong, err)
		}
	}
}
