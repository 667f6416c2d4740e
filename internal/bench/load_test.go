package bench

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/quittance/quittance/internal/testkit"
)

// How many calls of a kind the load is measured over.
const (
	loadOfGets    = 4000
	loadOfCreates = 1000
)

// connections is how many the application opens to PostgreSQL at most. To open one
// and prepare its statements takes longer than a hundred calls, so that the first
// crowd pays for them, not the measured one.
const connections = 16

// BenchmarkReportLoad prints the report's part on load; -bench ReportLoad prints
// that alone. The callers share the processors with what they call, so a server of
// its own carries more.
func BenchmarkReportLoad(b *testing.B) {
	client := newClient(b)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "per second per core\tat half load: median\tp99\tslowest\t")
	for _, engine := range testkit.Engines {
		s := openShop(b, client, testkit.Options{Engine: engine}, few, few, 0)
		for _, of := range []struct {
			what string
			n    int
			call func()
		}{
			{"order get", loadOfGets, s.getAnyAtOnce()},
			{"order create", loadOfCreates, s.create},
		} {
			together(connections, of.n/4, of.call) // warms up
			rate := together(2*runtime.GOMAXPROCS(0), of.n, of.call)
			took := paced(of.n, rate/2, of.call)
			fmt.Fprintf(t, "%.0f\t%s\t%s\t%s\t  %s, %s\n", rate/float64(runtime.GOMAXPROCS(0)),
				micro(took[len(took)/2]), micro(took[len(took)*99/100]), micro(took[len(took)-1]), of.what, engine)
		}
	}
	if err := t.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(0, "ns/op") // the time of all calls together says nothing
}

// getAnyAtOnce is getAny for several callers at once: it goes through the sample.
func (s *shop) getAnyAtOnce() func() {
	var next atomic.Uint64
	return func() { s.call("/orders/" + s.places[next.Add(1)%uint64(len(s.places))].Key) }
}

// together makes n calls by a number of callers, and gives how many were done in a
// second.
func together(at, n int, call func()) float64 {
	var left atomic.Int64
	left.Store(int64(n))
	begun := time.Now()
	var callers sync.WaitGroup
	for range at {
		callers.Go(func() {
			for left.Add(-1) >= 0 {
				call()
			}
		})
	}
	callers.Wait()
	return float64(n) / time.Since(begun).Seconds()
}

// paced begins n calls at a steady rate, whether those before are answered or not,
// and gives how long each took from the moment it was to begin, the fastest first.
func paced(n int, perSecond float64, call func()) []time.Duration {
	took := make([]time.Duration, n)
	begun := time.Now()
	var callers sync.WaitGroup
	for i := range n {
		due := begun.Add(time.Duration(float64(i) / perSecond * float64(time.Second)))
		time.Sleep(time.Until(due))
		callers.Go(func() {
			call()
			took[i] = time.Since(due)
		})
	}
	callers.Wait()
	slices.Sort(took)
	return took
}
