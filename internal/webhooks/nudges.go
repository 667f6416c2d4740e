package webhooks

import (
	"sync"

	"github.com/quittance/quittance/internal/profile"
)

// nudges are the profiles in which something happened since they were looked at. It is
// no more than a hint: what is due is in rows, and a look over all finds it too.
type nudges struct {
	some chan struct{} // there are some
	mu   sync.Mutex
	of   map[profile.ID]bool
}

func newNudges() *nudges {
	return &nudges{some: make(chan struct{}, 1), of: map[profile.ID]bool{}}
}

func (n *nudges) add(p profile.ID) {
	n.mu.Lock()
	n.of[p] = true
	n.mu.Unlock()
	n.tell()
}

func (n *nudges) tell() {
	select {
	case n.some <- struct{}{}:
	default: // that is known
	}
}

// take takes so many at most, and tells of those that are left.
func (n *nudges) take(most int) []profile.ID {
	n.mu.Lock()
	defer n.mu.Unlock()
	var taken []profile.ID
	for p := range n.of {
		if len(taken) == most {
			n.tell()
			break
		}
		taken = append(taken, p)
		delete(n.of, p)
	}
	return taken
}

// forget forgets them: all are looked at.
func (n *nudges) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.of)
}
