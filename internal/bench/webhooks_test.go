package bench

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/testkit"
)

// A merchant with so many endpoints, of which one is dead, and how many events
// happen in a round.
const (
	endpointsInAll = 100
	eventsPerRound = 5
)

// BenchmarkReportWebhooks prints the report's part on webhooks; -bench
// ReportWebhooks prints that alone.
func BenchmarkReportWebhooks(b *testing.B) {
	var rows []*row
	for _, engine := range testkit.Engines {
		rows = append(rows, &row{name: "webhook delivered, 1 % of endpoints dead, " + engine, round: delivering(b, engine)})
	}
	report(b, rows)
	b.ReportMetric(0, "ns/op") // the time of all rounds together says nothing
}

// delivering says how long one delivery took, from the events that are written to
// the last endpoint that took them. The dead endpoint never answers.
func delivering(tb testing.TB, engine string) func() time.Duration {
	tb.Helper()
	app := testkit.Start(tb, testkit.Options{Engine: engine, Webhooks: []string{"127.0.0.0/8"}})
	var taken atomic.Int64
	well := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		taken.Add(1)
		w.WriteHeader(http.StatusNoContent)
	}))
	over := make(chan struct{})
	dead := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	for i := range endpointsInAll {
		d := endpoint.Details{URL: well.URL, Types: []string{"customer.created"}}
		if i == 0 {
			d.URL = dead.URL
		}
		if _, err := app.Endpoints.Create(tb.Context(), actor.TheSystem, app.Profile.ID, d, nil); err != nil {
			tb.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(tb.Context()))
	ended := make(chan struct{})
	go func() { defer close(ended); app.Webhooks.Run(ctx) }()
	tb.Cleanup(func() {
		stop()
		close(over)
		<-ended
		well.Close()
		dead.Close()
	})
	var want int64
	return func() time.Duration {
		want += (endpointsInAll - 1) * eventsPerRound
		begun := time.Now()
		for range eventsPerRound {
			if _, err := app.Customers.Create(tb.Context(), actor.TheSystem, app.Profile.ID, customer.Details{Email: "a@example.com", GivenName: "A"}, nil); err != nil {
				tb.Fatal(err)
			}
		}
		until(tb, "all is delivered", func() bool { return taken.Load() >= want })
		return time.Since(begun) / ((endpointsInAll - 1) * eventsPerRound)
	}
}
