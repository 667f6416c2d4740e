package payment_test

import (
	"errors"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quittance/quittance/internal/collect"
	faults "github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/schedule"
	"github.com/quittance/quittance/internal/testkit"
)

// ask gives a command about an order. tables is what the tables of commands say: one
// that they refuse is refused by a named fault, one that they permit is done, unless
// one of the others says why not; and what is refused changes nothing.
func (l *lives) ask(what string, o testkit.Order, tables error, others []error, do func() error) (done bool) {
	before := standing(l.App, o)
	err := do()
	var named *faults.Error
	switch {
	case err == nil && tables != nil:
		l.t.Fatalf("%s was done, the tables say %v\n%s", what, tables, l.story())
	case err == nil:
		l.given[what+" done"]++
		return true
	case !errors.As(err, &named):
		l.t.Fatalf("%s: %v is no named fault\n%s", what, err, l.story())
	case tables == nil && !slices.ContainsFunc(others, func(e error) bool { return errors.Is(err, e) }):
		l.t.Fatalf("%s was refused with %v, the tables permit it\n%s", what, err, l.story())
	}
	l.given[what+" refused: "+named.Code]++
	if slices.ContainsFunc(notNow, func(e error) bool { return errors.Is(err, e) }) && tables == nil {
		return false // the gateway was asked, and what it said is booked
	}
	if diff := cmp.Diff(before, standing(l.App, o)); diff != "" {
		l.t.Fatalf("%s was refused with %v and changed the order:\n%s", what, err, diff)
	}
	return false
}

// scheduled is some scheduled payment of an order, mostly one that permits a command.
func (l *lives) scheduled(o testkit.Order, c schedule.Command) (schedule.Payment, bool) {
	all := l.Schedule(o)
	if len(all) == 0 {
		return schedule.Payment{}, false
	}
	return fit(l.t, "scheduled", all, func(p schedule.Payment) bool { return p.May(c) == nil }), true
}

// dated is a day from today on.
func (l *lives) dated() string {
	return l.now.AddDate(0, 0, rapid.IntRange(0, 45).Draw(l.t, "ahead")).Format(time.DateOnly)
}

func (l *lives) some() string {
	return eur(int64(rapid.IntRange(100, 15_000).Draw(l.t, "cents"))).Decimal()
}

// change skips, cancels, reschedules or reprices a scheduled payment.
func (l *lives) change() {
	o := l.pickFor(order.Change)
	what := rapid.SampledFrom([]schedule.Command{schedule.Skip, schedule.Cancel, schedule.Reschedule, schedule.Reprice}).Draw(l.t, "change")
	p, ok := l.scheduled(o, what)
	if !ok {
		return
	}
	var in collect.Change
	switch what {
	case schedule.Skip:
		in.Status = schedule.Skipped
	case schedule.Cancel:
		in.Status = schedule.Cancelled
	case schedule.Reschedule:
		in.Date = l.dated()
	default:
		in.Amount = l.some()
	}
	tables := errors.Join(l.order(o).May(order.Change), p.May(what))
	if l.ask("payment: "+string(what), o, tables, []error{collect.ErrInProgress}, func() error {
		_, err := l.Collect.Change(l.TB.Context(), staff, o.ProfileID, p.ID, in, nil)
		return err
	}) && in.Amount != "" {
		l.altered[o.ID] = true
	}
}

// merge makes one scheduled payment of two or three.
func (l *lives) merge() {
	o := l.pickFor(order.Change)
	p, ok := l.scheduled(o, schedule.Join)
	if !ok {
		return
	}
	in := collect.Change{Date: l.dated()}
	tables := errors.Join(l.order(o).May(order.Change), p.May(schedule.Join))
	for range rapid.IntRange(1, 2).Draw(l.t, "others") {
		other, _ := l.scheduled(o, schedule.Join)
		if other.ID == p.ID || slices.Contains(in.MergeWith, other.ID) {
			tables = errors.Join(tables, collect.ErrInvalid)
		}
		in.MergeWith = append(in.MergeWith, other.ID)
		tables = errors.Join(tables, other.May(schedule.Join))
	}
	l.ask("merge", o, tables, []error{collect.ErrInProgress}, func() error {
		_, err := l.Collect.Change(l.TB.Context(), staff, o.ProfileID, p.ID, in, nil)
		return err
	})
}

// atOnce has a scheduled payment charged now.
func (l *lives) atOnce() {
	what := rapid.SampledFrom([]schedule.Command{schedule.Retry, schedule.Execute}).Draw(l.t, "action")
	o := fit(l.t, "order", l.orders, func(o testkit.Order) bool {
		return l.order(o).May(order.Collect) == nil && slices.ContainsFunc(l.Schedule(o), func(p schedule.Payment) bool { return p.May(what) == nil })
	})
	if what == schedule.Retry {
		l.days(1) // banks want some time between two tries
	}
	p, ok := l.scheduled(o, what)
	if !ok {
		return
	}
	tables := errors.Join(l.order(o).May(order.Collect), p.May(what))
	l.ask(string(what), o, tables, []error{collect.ErrInProgress, collect.ErrNotAllowed}, func() error {
		_, err := l.Collect.Change(l.TB.Context(), staff, o.ProfileID, p.ID, collect.Change{Action: what}, nil)
		return err
	})
}

// request asks for one more payment of a metered order, now or on a day.
func (l *lives) request() {
	o := l.pickFor(order.Request)
	in := collect.Request{Amount: l.some(), Description: "July"}
	if rapid.Bool().Draw(l.t, "dated") {
		in.Date = l.dated()
	}
	l.ask("request", o, l.order(o).May(order.Request), nil, func() error {
		_, err := l.Collect.Request(l.TB.Context(), staff, o.ProfileID, o.ID, in, nil)
		return err
	})
}

// course gives one of the commands that pause, resume or end an order, or by which its
// customer ends it and takes that back.
func (l *lives) course(commands ...order.Command) {
	what := rapid.SampledFrom(commands).Draw(l.t, "command")
	o, ctx := l.pickFor(what), l.TB.Context()
	var others []error
	do := map[order.Command]func() (order.Order, error){
		order.Pause:     func() (order.Order, error) { return l.Course.Pause(ctx, staff, o.ProfileID, o.ID, nil) },
		order.Resume:    func() (order.Order, error) { return l.Course.Resume(ctx, staff, o.ProfileID, o.ID, nil) },
		order.Cancel:    func() (order.Order, error) { return l.Course.Cancel(ctx, staff, o.ProfileID, o.ID, nil) },
		order.EndPeriod: func() (order.Order, error) { return l.Course.CancelLater(ctx, customer, o.ProfileID, o.ID) },
		order.UndoEnd:   func() (order.Order, error) { return l.Course.UndoCancel(ctx, customer, o.ProfileID, o.ID) },
	}[what]
	switch what {
	case order.Pause:
		others = []error{schedule.ErrHeld}
	case order.Cancel:
		others = []error{payment.ErrHoldDeciding}
	case order.UndoEnd:
		others = []error{order.ErrEnded} // its day has come, and no sweep
	default:
	}
	l.ask(string(what), o, l.order(o).May(what), others, func() error { _, err := do(); return err })
}

// resumeCollecting lets cards be charged again that a chargeback stopped.
func (l *lives) resumeCollecting() {
	stopped := func(o testkit.Order) bool {
		return slices.ContainsFunc(cards(l.App, o), func(m payment.StoredMethod) bool { return m.Standing == payment.Disputed })
	}
	o := fit(l.t, "order", l.orders, stopped)
	var tables error
	if l.order(o).Status.Final() {
		tables = order.ErrEnded
	} else if !stopped(o) {
		tables = payment.ErrNotStopped
	}
	l.ask("resume collecting", o, tables, nil, func() error {
		_, err := l.Payments.ResumeCollecting(l.TB.Context(), staff, o.ProfileID, o.ID, nil)
		return err
	})
}
