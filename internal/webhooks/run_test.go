package webhooks_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/webhooks"
)

// busy is a database that takes a while to look over endpoints, of all or of some
// profiles.
type busy struct {
	webhooks.Repo
	takes     time.Duration
	all, some chan struct{}
}

func (b busy) DueEndpoints(ctx context.Context, _ time.Time, _ bool, _ int) ([]endpoint.Endpoint, error) {
	return b.look(ctx, b.all)
}

func (b busy) DueEndpointsOf(ctx context.Context, _ []profile.ID, _ time.Time, _ bool, _ int) ([]endpoint.Endpoint, error) {
	return b.look(ctx, b.some)
}

func (b busy) look(ctx context.Context, of chan struct{}) ([]endpoint.Endpoint, error) {
	select {
	case <-time.After(b.takes):
	case <-ctx.Done():
	}
	select {
	case of <- struct{}{}:
	default:
	}
	return nil, nil
}

func TestMuchThatHappensKeepsNobodyLookingAllTheTime(t *testing.T) {
	t.Parallel()
	const many, takes = 6, 20 * time.Millisecond
	for name, every := range map[string]time.Duration{"of some": time.Hour, "over all": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repo := busy{takes: takes, all: make(chan struct{}, many), some: make(chan struct{}, many)}
			looks := repo.all
			sender, err := webhooks.New(webhooks.Deps{Repo: repo, Clock: clock.Fixed(time.Unix(0, 0)), Every: every, Metrics: prometheus.NewRegistry()})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			begun := time.Now()
			go func() { defer close(done); sender.Run(ctx) }()
			<-repo.all // it begins with all
			for range many {
				if every == time.Hour {
					looks = repo.some
					sender.Nudge("prf_1")
				}
				<-looks
			}
			took := time.Since(begun)
			stop()
			<-done
			if rests := time.Duration(many/2-1) * 2 * takes * 2; took < many*takes+rests { // a look asks twice
				t.Errorf("%d looks in %s, want them to take a third of the time", many/2, took)
			}
		})
	}
}

// TestALookAfterAnEventCostsNothingForOthersEndpoints: its statements and their plans
// are the same with many endpoints of other profiles and without, and reach endpoints
// by their profile.
func TestALookAfterAnEventCostsNothingForOthersEndpoints(t *testing.T) {
	t.Parallel()
	for _, engine := range testkit.Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var seen []string
			args := map[string][]any{}
			app := testkit.Start(t, testkit.Options{Engine: engine, Webhooks: []string{"127.0.0.0/8"}, SQL: testkit.WatchSQL(func(query string, values []driver.NamedValue) {
				if !strings.Contains(query, "w.seen_seq < s.last") {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				seen, args[query] = append(seen, query), nil
				for _, v := range values {
					args[query] = append(args[query], v.Value)
				}
			})})
			shop := newSite(t, nil)
			subscribe(t, app, shop.URL, "order.created")
			sender, err := webhooks.New(webhooks.Deps{Repo: app.DB, Clock: app.Clock, Allow: endpoint.Allow{Hosts: []string{"127.0.0.1"}}, Every: time.Hour, Log: app.Logger(), Metrics: prometheus.NewRegistry()})
			if err != nil {
				t.Fatal(err)
			}
			drain(t, app)
			mu.Lock()
			seen = nil
			mu.Unlock()

			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { defer close(done); sender.Run(ctx) }()
			defer stop()
			looked := func(n int) bool {
				mu.Lock()
				defer mu.Unlock()
				return len(seen) >= n
			}
			app.Eventually("all are looked over", func() bool { return looked(2) })
			others(t, app, 5_000)
			app.NewOrder(12_400)
			sender.Nudge(app.Profile.ID)
			app.Eventually("the event is there", func() bool { return len(shop.ids()) == 1 })
			app.Eventually("the profile is looked at again", func() bool { return looked(6) })

			stop()
			<-done
			if slices.ContainsFunc(seen[2:], func(query string) bool { return query == seen[0] }) {
				t.Errorf("a nudge looks over all: %q", seen)
			}
			want := map[string]string{"sqlite": "SEARCH w USING INDEX sqlite_autoindex_webhook_endpoints_1 (profile_id=?)", "postgres": "Index Scan using webhook_endpoints_pkey on webhook_endpoints"}[engine]
			pool, _ := app.DB.SQL()
			plan := testkit.Plan(t, pool, engine, seen[2], args[seen[2]])
			if !strings.Contains(plan, want) || strings.Contains(plan, "SCAN w") || strings.Contains(plan, "Seq Scan on webhook_endpoints") {
				t.Errorf("a look after an event goes\n%swant %s", plan, want)
			}
		})
	}
}

// others gives another profile so many endpoints to which all was sent: more than it
// may have, as many profiles would.
func others(t *testing.T, app *testkit.App, n int) {
	t.Helper()
	app.Exec(`INSERT INTO event_series (profile_id, last) VALUES ($1, 1) ON CONFLICT (profile_id) DO NOTHING`, string(app.Other.ID))
	app.Exec(fmt.Sprintf(`
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO webhook_endpoints (profile_id, id, url, description, types, status, reason, secret, seen_seq, failures, slow, turn, served_at, created_at, row_version)
SELECT '%s', 'whe_other' || n.i, w.url, '', w.types, 'enabled', '', w.secret, 1000000, 0, FALSE, 0, 1, w.created_at, 1
  FROM n CROSS JOIN webhook_endpoints w WHERE w.profile_id = '%s'`, n, app.Other.ID, app.Profile.ID))
	if _, engine := app.DB.SQL(); engine == "postgres" { // SQLite plans without having counted
		app.Exec(`ANALYZE`)
	}
}
