package webhooks

import (
	"sync"
	"time"

	"github.com/quittance/quittance/internal/endpoint"
)

// failedRest is how long a turn is not begun again that failed on our side.
const failedRest = time.Minute

// workers are the turns under way in this process.
type workers struct {
	sync.WaitGroup
	mu      sync.Mutex
	free    int
	lagging int // how many more lagging endpoints may be served
	begun   int
	short   [2]bool // of slots for those that do well, or for lagging ones: somebody may wait for one
	busy    map[endpoint.ID]bool
	broken  map[endpoint.ID]time.Time // whose turn failed on our side, until when they rest
	err     error                     // of the last such turn
	ended   chan struct{}             // a turn ended, and there may be more to do
}

func newWorkers(n int) *workers {
	return &workers{free: n, lagging: max(1, n/2), busy: map[endpoint.ID]bool{}, broken: map[endpoint.ID]time.Time{}, ended: make(chan struct{}, 1)}
}

// wait waits for the turns under way, and tells whether one failed on our side.
func (w *workers) wait() error {
	w.Wait()
	return w.err
}

// room is how many slots there are for lagging endpoints or the others, and how many
// endpoints may rest. Without a slot they are short.
func (w *workers) room(lagging bool) (room, resting int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if room = w.roomFor(lagging); room == 0 {
		w.short[half(lagging)] = true
	}
	return room, len(w.broken)
}

func (w *workers) roomFor(lagging bool) int {
	if lagging {
		return min(w.free, w.lagging)
	}
	return w.free
}

// noted notes after a look whether somebody may wait for a slot. That nobody does is
// known from a look over all only.
func (w *workers) noted(lagging, short, all bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if short || all {
		w.short[half(lagging)] = short
	}
}

func (w *workers) isShort(lagging bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.short[half(lagging)]
}

// waitedFor reports whether there is a slot that somebody may wait for.
func (w *workers) waitedFor() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.short[0] && w.roomFor(false) > 0 || w.short[1] && w.roomFor(true) > 0
}

func half(lagging bool) int {
	if lagging {
		return 1
	}
	return 0
}

// take takes a slot for an endpoint unless it has one, or rests.
func (w *workers) take(e endpoint.ID, lagging bool, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.free == 0 || w.busy[e] || lagging && w.lagging == 0 || now.Before(w.broken[e]) {
		return false
	}
	delete(w.broken, e)
	if w.free--; lagging {
		w.lagging--
	}
	w.begun++
	w.busy[e] = true
	return true
}

// give gives a slot back. A turn that failed leaves its endpoint due, which is then
// not begun again at once, for ever.
func (w *workers) give(e endpoint.ID, lagging bool, now time.Time, err error) {
	w.mu.Lock()
	if w.free++; lagging {
		w.lagging++
	}
	delete(w.busy, e)
	if err != nil {
		w.broken[e], w.err = now.Add(failedRest), err
	}
	w.mu.Unlock()
	select {
	case w.ended <- struct{}{}:
	default:
	}
}
