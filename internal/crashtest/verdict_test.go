//go:build linux

package crashtest

import (
	"context"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// justNow is how long after its answer a call still counts as what a process was at.
const justNow = 20 * time.Millisecond

// whereHit says in which phases a kill found a process and what it was at. It
// reads the process's own log up to its death, our books as they were left, and
// the gateway's.
func (f *fleet) whereHit(ctx context.Context, r *run) (map[phase]string, error) {
	j := r.journal
	hits := map[phase]string{}
	for _, a := range j.attempts {
		if !f.everSent(a.MerchantID) {
			hits[beforeCall] = a.Kind
		}
	}
	for _, c := range j.calls {
		if c.ended.IsZero() {
			hits[inCall] = c.route
		}
	}
	for _, t := range j.open {
		if len(t.bookings) > 0 {
			hits[inTransaction] = "booking"
		}
	}
	for _, kind := range j.openJobs() {
		hits[inJob] = kind
	}
	what, err := f.bookedMeanwhile(ctx, r)
	if what != "" {
		hits[afterBooked] = what
	}
	return hits, err
}

// everSent reports whether any process began a call that opens or sends an
// attempt.
func (f *fleet) everSent(merchantID string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.runs {
		r.journal.mu.Lock()
		sent := r.journal.sent[merchantID]
		r.journal.mu.Unlock()
		if sent {
			return true
		}
	}
	return false
}

// bookedMeanwhile names the route by which the dead process was finding out, or
// had just been told, what the gateway booked before its death and our books do
// not have; empty when there is none. It counts only calls that could tell: open
// ones, and those that had just ended.
func (f *fleet) bookedMeanwhile(ctx context.Context, r *run) (string, error) {
	theirs, err := sandbox.ReadBooks(f.gateway.file)
	if err != nil {
		return "", err
	}
	ours, err := f.ledgerNow(ctx)
	if err != nil {
		return "", err
	}
	ahead := f.gateway.ahead()
	lacking := map[string]time.Time{} // by merchant transaction id: when it was booked, in real time
	for _, e := range theirs {
		booked := e.ChangedAt.Add(-ahead)
		if e.State != sandbox.StatePending && !ours.settled[e.ID] && booked.Before(r.killedAt) {
			lacking[e.MerchantTransactionID] = booked
		}
	}
	asking := false
	for _, c := range r.journal.calls {
		if !c.ended.IsZero() && r.killedAt.Sub(c.ended) > justNow {
			continue
		}
		booked, ok := lacking[c.merchantID]
		switch {
		case strings.HasSuffix(c.route, "/checkouts"): // opens one, and tells of no payment
		case c.merchantID == "":
			asking = true
		case ok && (c.ended.IsZero() || c.begun.After(booked) || strings.HasPrefix(c.route, "POST ") && c.ended.After(booked)):
			return c.route, nil
		}
	}
	// A status call does not say whose it is, but who asked is in our books.
	for merchantID, booked := range lacking {
		if asked := ours.askedAt[merchantID]; asking && asked.Add(-ahead).After(booked) && r.killedAt.Sub(asked.Add(-ahead)) < 10*justNow {
			return "status", nil
		}
	}
	return "", nil
}
