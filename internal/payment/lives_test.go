package payment_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/testkit"
)

// lives is a shop whose orders live random lives.
type lives struct {
	*testkit.App
	t       *rapid.T
	now     time.Time // billing time
	orders  []testkit.Order
	given   map[string]int             // commands that were given, done and refused
	altered map[order.ID]bool          // whose plan a merchant changed
	removed map[payment.MethodID]int64 // charges of a card before it was removed
}

// TestBooksAreRightWhateverHappensToOrders drives random orders of every type
// through random commands of customers, merchants and staff, random facts of the
// gateway, clock jumps, doubled and lost answers. A command is done where the tables
// permit it, or refused by a named fault; a fact is always booked. After each step
// what must always hold is checked, and at the end both books are compared.
//
// Without flags it lives a few lives only. Many long ones:
//
//	go test ./internal/payment -run TestBooksAreRight -rapid.checks=300 -rapid.steps=60 -timeout 60m
func TestBooksAreRightWhateverHappensToOrders(t *testing.T) {
	t.Parallel()
	left := fewLives
	flag.Visit(func(f *flag.Flag) {
		if f.Name == "rapid.checks" {
			left = 1 << 30
		}
	})
	given := map[string]int{}
	t.Cleanup(func() { t.Logf("commands given: %v", given) })
	rapid.Check(t, func(r *rapid.T) {
		if left <= 0 {
			return
		}
		lived := false
		defer func() {
			if left--; !lived {
				left = 1 << 30 // it failed: a shorter life is looked for that fails too
			}
		}()
		live(t, r, given)
		lived = true
	})
}

// fewLives are lived by a run of the tests without flags, within some seconds.
const fewLives = 12

// live is one life of a shop.
func live(t *testing.T, r *rapid.T, given map[string]int) {
	l := &lives{App: testkit.Start(trial{t, r}, testkit.Options{NoSMTP: true}), t: r, now: began, given: given,
		altered: map[order.ID]bool{}, removed: map[payment.MethodID]int64{}}
	l.SetTestTime(l.now)
	for range 3 {
		l.sell()
		l.begin(l.orders[len(l.orders)-1])
	}
	r.Repeat(map[string]func(*rapid.T){
		"": func(*rapid.T) { l.check() },

		"days pass":    func(r *rapid.T) { l.days(rapid.IntRange(1, 40).Draw(r, "days")) },
		"minutes pass": func(r *rapid.T) { l.minutes(rapid.IntRange(1, 90).Draw(r, "minutes")) },
		"month passes": func(*rapid.T) { l.days(30); l.due() },
		"retries":      func(*rapid.T) { l.days(2); l.due() },
		"week passes":  func(*rapid.T) { l.minutes(8 * 24 * 60) }, // holds lapse

		"bank decides":      func(*rapid.T) { l.decide() },
		"bank takes back":   func(*rapid.T) { l.dispute() },
		"card changes":      func(*rapid.T) { l.changeMind() },
		"gateway fails":     func(*rapid.T) { l.trouble() },
		"told of once more": func(*rapid.T) { l.echo() },

		"sell":            func(*rapid.T) { l.sell() },
		"change":          func(*rapid.T) { l.change() },
		"cancel":          func(*rapid.T) { l.course(order.Pause, order.Cancel) },
		"customer leaves": func(*rapid.T) { l.course(order.EndPeriod, order.UndoEnd) },
		"customer stays":  func(*rapid.T) { l.course(order.UndoEnd) },
		"pause":           func(*rapid.T) { l.course(order.Pause, order.Resume) },
		"resume":          func(*rapid.T) { l.course(order.Resume) },
		"execute":         func(*rapid.T) { l.atOnce(); l.due() },
		"hold captured":   func(*rapid.T) { l.capture() },
		"hold reversed":   func(*rapid.T) { l.reverse() },
		"merge":           func(*rapid.T) { l.merge() },
		"refund":          func(*rapid.T) { l.refund() },
		"request":         func(*rapid.T) { l.request() },
		"staff resume":    func(*rapid.T) { l.resumeCollecting() },
		"pay":             func(*rapid.T) { l.pay() },
		"pick a card":     func(*rapid.T) { l.choose() },
		"remove a card":   func(*rapid.T) { l.remove() },
		"try again":       func(*rapid.T) { l.tryAgain(); l.due() },
		"update the card": func(*rapid.T) { l.update(); l.due() },
		"update too late": func(*rapid.T) { l.outdated() },
	})
	l.settle()
	l.check()
	l.compare()
}

// sell makes one more order, of any type and with or without a first payment.
func (l *lives) sell() {
	if len(l.orders) == 5 {
		return
	}
	in := order.Sale{}
	switch rapid.SampledFrom([]string{"", "", "", "store", "small hold"}).Draw(l.t, "how") {
	case "store":
		in.Register = true
	case "small hold":
		in.Register, in.Initial = true, "0.50"
	}
	var o testkit.Order
	switch rapid.SampledFrom(catalog.Types).Draw(l.t, "type") {
	case catalog.SinglePayment:
		in.Terms = order.Terms{}
		in.PreAuthorise = rapid.Bool().Draw(l.t, "held")
		o = l.Sell(bicycle, in)
	case catalog.Instalment:
		o = l.Sell(testkit.Instalments, in)
	case catalog.Subscription:
		o = l.Sell(testkit.Monthly, in)
	case catalog.Metered:
		o = l.Sell(testkit.Metered, in)
	}
	l.orders = append(l.orders, o)
}

// one is some element, drawn by its place.
func one[T any](t *rapid.T, what string, all []T) T {
	return all[rapid.IntRange(0, len(all)-1).Draw(t, what)]
}

func (l *lives) pick() testkit.Order { return one(l.t, "order", l.orders) }

// fit is mostly one of those that fit, else any of all.
func fit[T any](t *rapid.T, what string, all []T, fits func(T) bool) T {
	fitting := slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !fits(x) })
	if len(fitting) > 0 && rapid.IntRange(0, 4).Draw(t, "fitting "+what) < 4 {
		return one(t, what, fitting)
	}
	return one(t, what, all)
}

// pickFor is mostly an order of which a command is permitted.
func (l *lives) pickFor(c order.Command) testkit.Order {
	return fit(l.t, "order", l.orders, func(o testkit.Order) bool { return l.order(o).May(c) == nil })
}

// order is an order as it is now.
func (l *lives) order(o testkit.Order) order.Order {
	now, err := l.Orders.Order(l.TB.Context(), o.ProfileID, o.ID)
	if err != nil {
		l.t.Fatal(err)
	}
	return now
}

// days passes and charges nothing: nobody may be at work.
func (l *lives) days(n int) {
	l.now = l.now.AddDate(0, 0, n)
	l.SetTestTime(l.now)
}

// due charges what is due, twice over.
func (l *lives) due() {
	for range 2 {
		for _, o := range l.orders {
			for _, p := range l.Schedule(o) {
				if err := l.Payments.Charge(l.TB.Context(), o.ProfileID, p.ID); err != nil {
					l.t.Fatalf("charge: %v", err)
				}
			}
		}
	}
}

func (l *lives) minutes(n int) {
	l.Advance(time.Duration(n) * time.Minute)
	l.Deliver()
}

// number is what a query of one number finds; zero without a row.
func (l *lives) number(query string, args ...any) (n int64) {
	for _, s := range l.Strings(query, args...) {
		if _, err := fmt.Sscan(s, &n); err != nil {
			l.t.Fatalf("%s: %v", query, err)
		}
	}
	return n
}

// story is what happened to the orders, for whoever reads a failure.
func (l *lives) story() string {
	var b strings.Builder
	for _, o := range l.orders {
		fmt.Fprintf(&b, "%s %s: %v\n  %v\n", o.Type, o.ID, standing(l.App, o), l.Events(o))
	}
	return b.String()
}

// trial is the testing.TB of one run of a property: what it starts ends with the
// run, and what fails fails the run, so that a shorter one can be looked for.
type trial struct {
	testing.TB
	r *rapid.T
}

func (t trial) Cleanup(f func())             { t.r.Cleanup(f) }
func (t trial) Error(args ...any)            { t.r.Error(args...) }
func (t trial) Errorf(form string, a ...any) { t.r.Errorf(form, a...) }
func (t trial) Fatal(args ...any)            { t.r.Fatal(args...) }
func (t trial) Fatalf(form string, a ...any) { t.r.Fatalf(form, a...) }
func (t trial) TempDir() string {
	dir, err := os.MkdirTemp("", "quittance-lives-")
	if err != nil {
		t.r.Fatal(err)
	}
	t.r.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
