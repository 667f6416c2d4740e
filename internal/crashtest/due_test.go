//go:build linux

package crashtest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

var dueCount = flag.Int("due", 0, "how many payments fall due at once; 0 is 20000 in the long form and 600 in the short")

// TestCrashDuePayments lets two servers and a worker share payments that are all
// due, while one process after the other is killed and started again, and wants
// the gateway to have charged each exactly once.
func TestCrashDuePayments(t *testing.T) {
	t.Parallel()
	n, within, gap := 600, 5*time.Minute, time.Second
	if *long {
		n, within, gap = 20_000, 45*time.Minute, 8*time.Second
	}
	if *dueCount > 0 {
		n = *dueCount
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	began := time.Now()
	f := newFleet(t, program(t), "postgres", max(*seed, 1))
	f.hunter = &hunter{fleet: f} // which never strikes: processes die at any instant
	t.Cleanup(f.end)
	fallDue(t, f, n)
	if err := f.gateway.stumble(ctx); err != nil {
		t.Fatal(err)
	}
	made := time.Since(began)
	kills, took, err := f.collectAndKill(ctx, n, gap, rand.New(rand.NewPCG(max(*seed, 1), 11)))
	if err != nil {
		t.Fatal(err)
	}
	rounds, late, err := f.settle(ctx, 31*time.Minute, func() bool { return true })
	if err != nil {
		t.Fatalf("%v\n%s", err, late)
	}
	wrong, tries, err := f.collectedOnce(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	f.complaints(&wrong, map[string]int{})
	if len(wrong) > 0 {
		t.Errorf("%s:\n  %s", disagree, strings.Join(wrong[:min(len(wrong), 20)], "\n  "))
	}
	t.Logf("%d due payments made in %.0f s, collected by two servers and a worker in %.0f s (%.0f a second) under %d kills, with %d charges sent; %d leaps to settle, %.0f s in all",
		n, made.Seconds(), took.Seconds(), float64(n)/took.Seconds(), kills, tries, rounds, time.Since(began).Seconds())
}

// stumble makes the gateway lose answers and fail, before it has booked a charge
// and after.
func (b *bank) stumble(ctx context.Context) error {
	for _, f := range []sandbox.Fault{
		{Kind: sandbox.FaultErrorBefore, Route: sandbox.RouteCharge, Probability: 0.005},
		{Kind: sandbox.FaultCutBefore, Route: sandbox.RouteCharge, Probability: 0.005},
		{Kind: sandbox.FaultErrorAfter, Route: sandbox.RouteCharge, Probability: 0.005},
		{Kind: sandbox.FaultAnswerLost, Route: sandbox.RouteCharge, Probability: 0.005},
		{Kind: sandbox.FaultWebhookTwice, Probability: 0.05},
	} {
		if err := b.admin(ctx, "POST", "/admin/faults", f, nil); err != nil {
			return err
		}
	}
	return nil
}

// untaken counts payments that are due and of which no charge has begun.
const untaken = `SELECT count(*) FROM scheduled_payments WHERE collect_at <= $1`

// collectAndKill starts the fleet and kills one process after the other until nine
// of ten payments are taken; then it waits for the rest. What a killed process had
// begun is taken up after a minute of real time. Between two kills lies gap to three
// times gap; took is until all were taken.
func (f *fleet) collectAndKill(ctx context.Context, n int, gap time.Duration, random *rand.Rand) (kills int, took time.Duration, err error) {
	if err := f.start(ctx); err != nil {
		return 0, 0, err
	}
	began := time.Now()
	next := began.Add(gap)
	err = eventually(ctx, 50*time.Millisecond, func() (bool, error) {
		left, err := count(ctx, f.openLive, untaken, began.UnixMilli())
		if err != nil || left == 0 {
			return true, err
		}
		if left < n/10 && kills >= 3 || time.Now().Before(next) {
			return false, nil
		}
		m := f.members[random.IntN(len(f.members))]
		r := m.current()
		r.kill()
		<-r.read
		if r.waitErr == nil || r.waitErr.Error() != "signal: killed" {
			return false, fmt.Errorf("%s ended by itself: %w", m.name, errors.Join(r.waitErr))
		}
		kills++
		next = time.Now().Add(gap + time.Duration(random.Int64N(int64(2*gap))))
		return false, m.start()
	})
	took = time.Since(began)
	if err != nil {
		return kills, took, err
	}
	for _, m := range f.members {
		if err := m.ready(ctx); err != nil {
			return kills, took, err
		}
	}
	return kills, took, f.drain(ctx)
}

// drain waits until all notifications have come and nothing is due, which after
// thousands of payments takes longer than calm waits.
func (f *fleet) drain(ctx context.Context) error {
	return eventually(ctx, time.Second, func() (bool, error) {
		if f.gateway.admin(ctx, "POST", "/admin/webhooks/flush", nil, nil) != nil {
			return false, ctx.Err() // there are more than it delivers in one call
		}
		left, err := count(ctx, f.openLive, due, time.Now().UnixMilli())
		return left == 0, err
	})
}
