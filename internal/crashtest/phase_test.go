//go:build linux

package crashtest

import (
	"strings"
	"time"
)

// phase is where a kill found a process. One kill may count for several.
type phase int

const (
	beforeCall    phase = iota // an attempt is committed and its call not begun
	inCall                     // a call to the gateway is under way
	afterBooked                // the gateway has booked what this process was finding out, and our books lack it
	inTransaction              // a transaction that books what the gateway did is under way
	inJob                      // a job is at work
	phases
)

func (p phase) String() string {
	return [...]string{"before the call", "in the call", "after the gateway booked", "in the transaction", "in a job"}[p]
}

// aim is a kill to come: at the line that matches, after skipping some, and a
// moment later.
type aim struct {
	phase   phase
	returns bool // only where surplus money goes back
	skip    int
	wait    time.Duration
}

// at reports whether a line begins the phase.
func (a *aim) at(j *journal, l line) bool {
	back := l.Route == "POST /v1/payments/{id}"
	switch a.phase {
	case beforeCall:
		kind := j.wroteAttempt(l)
		return kind == "return" || kind != "" && !a.returns
	case inCall:
		return l.Message == "gateway call begins" && (back || !a.returns)
	case afterBooked:
		return l.Message == "gateway call ended" && l.Status != 0 && (back || !a.returns) && !strings.HasSuffix(l.Route, "/checkouts")
	case inTransaction:
		return l.Message == "booking written"
	case inJob:
		return l.Message == "job begins" && (l.Kind == "payment.send_back" || !a.returns)
	case phases:
	}
	return false
}
