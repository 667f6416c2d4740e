package schedule

import (
	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/order"
)

// Standing is the status of an order after a fact about one of its scheduled
// payments was booked, or, with None, after a command changed them. all are its
// scheduled payments as they are now (facts/billpro.md §1.7). Of a paused order it
// is what the order will be resumed as. An order that has not begun or has ended
// stays as it is, whatever is heard of its payments.
func Standing(o order.Order, all []Payment, f Fact, autoSuspend bool) order.Status {
	s := o.Status
	if s == order.Paused {
		s = o.ResumesAs
	}
	if !s.Live() {
		return o.Status
	}
	newest, processed := newestProcessed(all)
	failing := processed && newest.Status == SoftDeclined
	switch f {
	case HardDecline:
		s = order.Suspended
	case SoftDecline, Authenticate, Mend:
		if s == order.Active && failing {
			s = order.Failed
		}
		if s == order.Failed && autoSuspend && o.Type == catalog.Subscription && usedUp(all) {
			s = order.Suspended
		}
	case Approved:
		if s == order.Failed || s == order.Suspended {
			s = order.Active
		}
	case None:
		if s == order.Failed && !failing {
			s = order.Active
		}
	case Operator, Unknown, Held:
	}
	if o.Type == catalog.Instalment {
		s = settled(o, all, s)
	}
	return s
}

// settled compares what an instalment order has collected with what it was sold
// for, less what was skipped.
func settled(o order.Order, all []Payment, s order.Status) order.Status {
	value, collected, over := o.Total.Minor(), o.Plan.Deposit().Minor(), true
	for _, p := range all {
		switch p.Status {
		case Complete, Recovered:
			collected += p.Amount.Minor()
		case Skipped:
			value -= p.Amount.Minor()
		case Scheduled, Paused, SoftDeclined, HardDeclined, Review:
			over = false
		case Merged, Cancelled:
		}
	}
	switch {
	case over && collected == value:
		return order.Complete
	case over || collected > value:
		return order.Review
	}
	return s
}

// newestProcessed is the payment with the latest day that was tried and not given
// up: the one that makes an order a failed one or not.
func newestProcessed(all []Payment) (newest Payment, found bool) {
	for _, p := range all {
		switch p.Status {
		case Complete, Recovered, SoftDeclined, HardDeclined, Review:
		case Scheduled, Paused, Skipped, Merged, Cancelled:
			continue
		}
		if !found || p.DueOn > newest.DueOn || p.DueOn == newest.DueOn && p.Position > newest.Position {
			newest, found = p, true
		}
	}
	return newest, found
}

// usedUp reports whether a declined payment has no tries left.
func usedUp(all []Payment) bool {
	for _, p := range all {
		if p.Status == SoftDeclined && p.CollectAt.IsZero() && p.Refusal.UsedUp() {
			return true
		}
	}
	return false
}
