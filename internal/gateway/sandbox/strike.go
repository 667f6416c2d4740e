package sandbox

import (
	"net/http"
	"time"
)

// hits are the faults that strike one request.
type hits map[FaultKind]Fault

// result is the code that a payment gets instead of usual.
func (h hits) result(usual string) string {
	if f, ok := h[FaultResult]; ok {
		return f.Code
	}
	return usual
}

// amount is what is booked instead of asked; never less than one hundredth.
func (h hits) amount(asked hundredths) hundredths {
	if f, ok := h[FaultWrongAmount]; ok {
		return max(1, asked+hundredths(f.By))
	}
	return asked
}

// strike runs work, which books and commits, between the faults that come
// before it and those that come after.
func (s *Sandbox) strike(w http.ResponseWriter, r *http.Request, h hits, work func() reply) {
	if f, ok := h[FaultDelay]; ok {
		timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	if _, ok := h[FaultCutBefore]; ok {
		cut()
	}
	if f, ok := h[FaultErrorBefore]; ok {
		http.Error(w, http.StatusText(f.Status), f.Status)
		return
	}
	out := work()
	if _, ok := h[FaultAnswerLost]; ok {
		cut()
	}
	if f, ok := h[FaultErrorAfter]; ok {
		http.Error(w, http.StatusText(f.Status), f.Status)
		return
	}
	s.send(w, out)
}

// cut ends the connection without an answer, in the way net/http provides for it.
func cut() { panic(http.ErrAbortHandler) }
