package order_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
)

var types = []catalog.Type{catalog.SinglePayment, catalog.Instalment, catalog.Subscription, catalog.Metered}

// Every command in every status, for every type: what this table does not name is
// refused.
func TestWhichCommandsAnOrderTakes(t *testing.T) {
	t.Parallel()
	all := func(catalog.Type) bool { return true }
	only := func(wanted ...catalog.Type) func(catalog.Type) bool {
		return func(c catalog.Type) bool { return slices.Contains(wanted, c) }
	}
	several := only(catalog.Instalment, catalog.Subscription, catalog.Metered)
	table := map[order.Command]struct {
		in      []order.Status
		of      func(catalog.Type) bool
		refused error
	}{
		order.SendLink:   {[]order.Status{order.Draft, order.Pending, order.Rejected}, all, order.ErrNotPayable},
		order.Pay:        {[]order.Status{order.Draft, order.Pending, order.Rejected}, all, order.ErrNotPayable},
		order.Capture:    {[]order.Status{order.Active, order.Review}, only(catalog.SinglePayment), order.ErrNotAuthorised},
		order.Reverse:    {[]order.Status{order.Active, order.Review}, only(catalog.SinglePayment), order.ErrNotAuthorised},
		order.Pause:      {[]order.Status{order.Active, order.Failed}, only(catalog.Subscription), order.ErrNotPausable},
		order.Resume:     {[]order.Status{order.Paused}, all, order.ErrNotPaused},
		order.Cancel:     {[]order.Status{order.Draft, order.Pending, order.Rejected, order.Active, order.Failed, order.Suspended, order.Paused, order.Review}, all, order.ErrEnded},
		order.EndPeriod:  {[]order.Status{order.Active, order.Failed, order.Suspended, order.Review}, only(catalog.Subscription), order.ErrNotCancellable},
		order.UndoEnd:    {nil, all, order.ErrNotCancelling},
		order.Request:    {[]order.Status{order.Active, order.Failed, order.Review}, only(catalog.Metered), order.ErrNotCollecting},
		order.Collect:    {[]order.Status{order.Active, order.Failed, order.Review}, several, order.ErrNotCollecting},
		order.Change:     {[]order.Status{order.Active, order.Failed, order.Suspended, order.Paused, order.Review}, several, order.ErrNotChangeable},
		order.ChangeCard: {[]order.Status{order.Active, order.Failed, order.Review}, several, order.ErrCardFixed},
		order.UpdateCard: {[]order.Status{order.Active, order.Failed, order.Suspended, order.Review}, several, order.ErrCardFixed},
	}
	if len(table) != len(order.Commands) {
		t.Fatalf("%d of %d commands are walked", len(table), len(order.Commands))
	}
	for _, c := range order.Commands {
		row := table[c]
		for _, status := range order.Statuses {
			for _, typ := range types {
				o := order.Order{Status: status, Type: typ, Plan: order.Plan{PreAuthorise: typ == catalog.SinglePayment}}
				err, want := o.May(c), row.refused
				switch {
				case slices.Contains(row.in, status) && row.of(typ):
					want = nil
				case c == order.Request && typ != catalog.Metered:
					want = order.ErrNotMetered
				case status.Final() && !errors.Is(row.refused, order.ErrNotPayable):
					want = order.ErrEnded
				}
				if !errors.Is(err, want) {
					t.Errorf("%s of a %s %s order: %v; want %v", c, status, typ, err, want)
				}
			}
		}
	}
}

func TestNothingIsCapturedWithoutAHold(t *testing.T) {
	t.Parallel()
	o := order.Order{Status: order.Active, Type: catalog.SinglePayment}
	for _, c := range []order.Command{order.Capture, order.Reverse} {
		if err := o.May(c); !errors.Is(err, order.ErrNotAuthorised) {
			t.Errorf("%s: %v", c, err)
		}
	}
}

func TestPauseAndResumeGiveBackTheStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []order.Status{order.Active, order.Failed} {
		o := order.Order{Status: status, Type: catalog.Subscription}
		if err := o.Pause(); err != nil || o.Status != order.Paused {
			t.Fatalf("pausing a %s one: %s, %v", status, o.Status, err)
		}
		if err := o.Pause(); !errors.Is(err, order.ErrNotPausable) {
			t.Errorf("paused twice: %v", err)
		}
		if err := o.Resume(); err != nil || o.Status != status || o.ResumesAs != "" {
			t.Errorf("resumed as %s (%s), %v", o.Status, o.ResumesAs, err)
		}
		if err := o.Resume(); !errors.Is(err, order.ErrNotPaused) {
			t.Errorf("resumed twice: %v", err)
		}
	}
}

func TestCancelEndsAnOrderAtOnce(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, status := range order.Statuses {
		o := order.Order{Status: status, Type: catalog.Subscription, ResumesAs: order.Active, CancelsOn: "2026-06-01"}
		err := o.Cancel(now)
		want := order.Complete
		switch {
		case status.Final():
			if !errors.Is(err, order.ErrEnded) || o.Status != status {
				t.Errorf("a %s order was cancelled: %s, %v", status, o.Status, err)
			}
			continue
		case status.Preliminary():
			want = order.Cancelled
		}
		if err != nil || o.Status != want || !o.EndedAt.Equal(now) || o.CancelsOn != "" || o.ResumesAs != "" {
			t.Errorf("cancelling a %s order: %+v, %v", status, o, err)
		}
	}
}

func TestACustomerEndsASubscriptionLaterAndTakesItBack(t *testing.T) {
	t.Parallel()
	o := order.Order{Status: order.Active, Type: catalog.Subscription}
	if err := o.UndoEnd(); !errors.Is(err, order.ErrNotCancelling) {
		t.Errorf("took back what was not: %v", err)
	}
	if err := o.EndOn("2026-06-01"); err != nil || o.Status != order.Active || o.CancelsOn != "2026-06-01" {
		t.Fatalf("%+v, %v", o, err)
	}
	if err := o.EndOn("2026-07-01"); !errors.Is(err, order.ErrNotCancellable) {
		t.Errorf("ended twice: %v", err)
	}
	if err := o.Pause(); !errors.Is(err, order.ErrNotPausable) {
		t.Errorf("paused while it ends: %v", err)
	}
	if err := o.UndoEnd(); err != nil || o.CancelsOn != "" {
		t.Errorf("%+v, %v", o, err)
	}
}

// What its payments make of an order, in every status.
func TestHowAnOrderStands(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, from := range order.Statuses {
		for _, to := range order.Statuses {
			o := order.Order{Status: from, ResumesAs: order.Active, CancelsOn: "2026-06-01"}
			changed := o.Stand(to, now)
			switch {
			case from.Final():
				if changed || o.Status != from {
					t.Errorf("a %s order became %s", from, o.Status)
				}
			case from == order.Paused && !to.Final():
				if o.Status != order.Paused || o.ResumesAs != to || changed != (to != order.Active) {
					t.Errorf("a paused order: %+v, changed %t", o, changed)
				}
			default:
				ended := to.Final() && o.EndedAt.Equal(now) && o.CancelsOn == ""
				if o.Status != to || changed != (from != to) || (to.Final() && !ended) {
					t.Errorf("a %s order that is now %s: %+v, changed %t", from, to, o, changed)
				}
			}
		}
	}
}
