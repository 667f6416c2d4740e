package bench

import (
	"database/sql/driver"
	"sync/atomic"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// mostStatements is what one page of the portal may cost.
const mostStatements = 4

// TestPortalPageStatements holds the portal page to its statements, which the
// drivers count: the fourth page as well as the first, so that no cache pays.
func TestPortalPageStatements(t *testing.T) {
	t.Parallel()

	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()

			first, later := portalStatements(t, engine)

			if first < 1 || first > mostStatements || later != first {
				t.Errorf("the portal page costs %d statements at first and %d later, want at most %d and the same", first, later, mostStatements)
			}
		})
	}
}

// portalStatements counts what the portal page costs when an order is first
// looked at, and when it is looked at again.
func portalStatements(tb testing.TB, engine string) (first, later int64) {
	tb.Helper()
	var n atomic.Int64
	client := newClient(tb)
	s := openShop(tb, client, testkit.Options{Engine: engine, SQL: testkit.WatchSQL(func(string, []driver.NamedValue) { n.Add(1) })}, 4, 4, 0)
	cost := func(v visit) int64 {
		before := n.Load()
		get(tb, client, v.page, v.header)
		return n.Load() - before
	}
	first = cost(s.paid[1])
	for range 3 {
		later = cost(s.paid[1])
	}
	return first, later
}
