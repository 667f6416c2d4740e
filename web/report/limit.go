package report

import (
	"sync"
	"time"

	"github.com/quittance/quittance/internal/profile"
)

// How many reports one process takes in a minute: of a profile's pages, and of these
// from one address, so that neither a merchant nor a customer whose browser complains
// without end keeps the others from being heard. What matters comes again.
const (
	perProfile = 60
	perAddress = 20
)

// limiter counts reports in memory, so that one too many writes nothing. It keeps no
// more than perProfile addresses of each profile, for a minute.
type limiter struct {
	mu    sync.Mutex
	since time.Time
	taken map[profile.ID]*minute
}

// minute is what was taken of a profile.
type minute struct {
	all  int
	from map[string]int
}

// take counts a report and says whether there is room for it.
func (l *limiter) take(profileID profile.ID, address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken == nil || now.Sub(l.since) >= time.Minute {
		l.since, l.taken = now, map[profile.ID]*minute{}
	}
	m := l.taken[profileID]
	if m == nil {
		m = &minute{from: map[string]int{}}
		l.taken[profileID] = m
	}
	if m.all >= perProfile || m.from[address] >= perAddress {
		return false
	}
	m.all++
	m.from[address]++
	return true
}
