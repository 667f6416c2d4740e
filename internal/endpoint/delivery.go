package endpoint

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/profile"
)

// DeliveryID is a delivery's key.
type DeliveryID string

// State is where a delivery stands.
type State string

// The states.
const (
	Due       State = "due"
	Delivered State = "delivered"
	Failed    State = "failed" // given up
)

// States are all of them.
var States = []State{Due, Delivered, Failed}

// Delivery is one event on its way to one endpoint, with what came of each
// attempt. All times are wall time.
type Delivery struct {
	ID            DeliveryID
	ProfileID     profile.ID
	EndpointID    ID
	Event         event.Recorded
	State         State
	Attempts      int64     // how many were made
	Tried         []Attempt // the latest of them, KeptAttempts at most, in their order
	NextAttemptAt time.Time
	CreatedAt     time.Time
	DoneAt        time.Time // when it left the state due
}

// KeptAttempts is how many attempts of a delivery its log keeps: all that Gaps
// make, and as many again that were asked for.
const KeptAttempts = 20

// Attempt is one try to send an event.
type Attempt struct {
	At time.Time // when it was sent
	Answer
}

// Answer is what an endpoint said to an attempt.
type Answer struct {
	Status  int     // of HTTP; zero: none
	Trouble Trouble // empty: it took the event
	Excerpt string  // the beginning of the body
	Took    time.Duration
}

// Trouble is why an attempt failed.
type Trouble string

// The troubles.
const (
	BadStatus  Trouble = "status"   // neither from 200 to 299 nor a redirect
	Redirected Trouble = "redirect" // which is never followed
	TimedOut   Trouble = "timeout"
	Unreached  Trouble = "connection"
	Insecure   Trouble = "tls"
	Forbidden  Trouble = "address" // it leads where the operator does not permit
)

// Gaps are the waits between attempts, each drawn out by up to a fifth: the
// schedule that Standard Webhooks recommends. A delivery is given up after the
// last, between 75 and 91 hours after its first attempt.
var Gaps = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// Settle notes an attempt of which one knows at now what came. Random is from 0
// to 1.
func (d *Delivery) Settle(a Attempt, now time.Time, random float64) {
	d.Attempts++
	if d.Tried = append(d.Tried, a); len(d.Tried) > KeptAttempts {
		d.Tried = slices.Clone(d.Tried[len(d.Tried)-KeptAttempts:])
	}
	switch {
	case a.Trouble == "":
		d.State, d.DoneAt, d.NextAttemptAt = Delivered, now, time.Time{}
	case d.Attempts > int64(len(Gaps)):
		d.State, d.DoneAt, d.NextAttemptAt = Failed, now, time.Time{}
	default:
		gap := Gaps[d.Attempts-1]
		d.NextAttemptAt = now.Add(gap + time.Duration(random*float64(gap)/5))
	}
}

// Again makes the delivery due at now, whatever came of it. The time differs from
// that of the plan before, so that an attempt that is under way can tell.
func (d *Delivery) Again(now time.Time) {
	if now.Equal(d.NextAttemptAt) {
		now = now.Add(-time.Millisecond)
	}
	d.State, d.NextAttemptAt, d.DoneAt = Due, now, time.Time{}
}

// AskedSince makes a delivery whose attempt failed due as somebody has asked since it
// was claimed, and reports whether somebody has. Claimed is the delivery as the attempt
// found it, current as it is kept now.
func (d *Delivery) AskedSince(claimed, current Delivery) bool {
	if d.State == Delivered || current.NextAttemptAt.Equal(claimed.NextAttemptAt) {
		return false
	}
	d.State, d.NextAttemptAt, d.DoneAt = Due, current.NextAttemptAt, time.Time{}
	return true
}

// Lease is how long a claim of an endpoint keeps others away. It is longer than
// any turn lasts.
const Lease = time.Minute

// GiveUpAfter is how long an endpoint may do nothing but fail, and how long a
// disabled one misses nothing.
const GiveUpAfter = 72 * time.Hour

// rests are the pauses of a failing endpoint after its first failures; the last
// one is that after all later ones. One failure alone costs it nothing: the event
// may be to blame.
var rests = []time.Duration{0, 5 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute}

// SlowFrom is how long an attempt takes at least of an endpoint that counts as slow.
const SlowFrom = 2 * time.Second

// Claim begins a turn at now. It answers false when the endpoint is not to be
// sent to, or somebody is at it.
func (e *Endpoint) Claim(now time.Time) bool {
	if e.Status != Enabled || now.Before(e.RestUntil) || now.Before(e.LeaseUntil) {
		return false
	}
	e.Turn++
	e.LeaseUntil, e.ServedAt = now.Add(Lease), now
	return true
}

// Answered notes whether an attempt at now failed or took long, and disables an
// endpoint that has done nothing but fail for GiveUpAfter, or that says it is gone.
func (e *Endpoint) Answered(a Answer, now time.Time) {
	e.Slow = a.Took >= SlowFrom
	if a.Trouble == "" {
		e.Failures, e.FailingSince, e.RestUntil = 0, time.Time{}, time.Time{}
		return
	}
	if e.Failures++; e.FailingSince.IsZero() {
		e.FailingSince = now
	}
	e.RestUntil = now.Add(rests[min(e.Failures, int64(len(rests)))-1])
	switch {
	case a.Status == statusGone:
		e.disable(Gone, now)
	case now.Sub(e.FailingSince) >= GiveUpAfter:
		e.disable(Failing, now)
	}
}

const statusGone = 410
