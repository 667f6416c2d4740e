package payment_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/testkit"
)

// sweeping makes three checkouts whose time has come and an app that calls seen
// whenever the gateway is asked about one.
func sweeping(t *testing.T, seen func(app *testkit.App)) *testkit.App {
	t.Helper()
	var app *testkit.App
	app = testkit.Start(t, testkit.Options{OnGatewayCall: func(r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/query") {
			seen(app)
		}
	}})
	for range 3 {
		app.StartCheckout(app.NewOrder(12_400))
	}
	app.Advance(3 * time.Minute)
	return app
}

func TestSweepLeasesOnlyTheAttemptItIsAt(t *testing.T) {
	t.Parallel()
	var asked, most atomic.Int64
	app := sweeping(t, func(app *testkit.App) {
		asked.Add(1)
		leased := app.Strings(`SELECT id FROM attempts WHERE lease_until > $1`, app.Clock.Wall().UnixMilli())
		most.Store(max(most.Load(), int64(len(leased))))
	})

	if err := app.Payments.SweepAttempts(t.Context()); err != nil {
		t.Fatal(err)
	}

	if asked.Load() != 3 || most.Load() != 1 {
		t.Errorf("the gateway was asked %d times while at most %d attempts were leased; want 3 and 1", asked.Load(), most.Load())
	}
}

func TestStoppedSweepFinishesTheAttemptItIsAtAndLeavesTheOthers(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	app := sweeping(t, func(*testkit.App) { stop() })

	if err := app.Payments.SweepAttempts(ctx); err != nil {
		t.Fatalf("a sweep that is stopped fails: %v", err)
	}

	now := app.Clock.Wall().UnixMilli()
	if done := app.Strings(`SELECT id FROM attempts WHERE next_attempt_at > $1`, now); len(done) != 1 {
		t.Errorf("%d attempts were taken up, want the one it was at", len(done))
	}
	if free := app.Strings(`SELECT id FROM attempts WHERE next_attempt_at <= $1 AND lease_until <= $1`, now); len(free) != 2 {
		t.Errorf("%d attempts are free for another sweep, want 2", len(free))
	}
}
