package v1

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestLimiterLetsTheRateThroughAtOnceAndThenEvenly(t *testing.T) {
	t.Parallel()

	l, now := newLimiter(60), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for i := range 60 {
		if got, want := l.take("a", now), (standing{left: 59 - i, whole: time.Duration(i+1) * time.Second}); got != want {
			t.Fatalf("call %d: %+v, want %+v", i+1, got, want)
		}
	}
	if got := l.take("a", now); got.wait != time.Second || got.left != 0 {
		t.Errorf("one call too many: %+v, want to wait a second", got)
	}
	if got := l.take("b", now); got.wait != 0 || got.left != 59 {
		t.Errorf("another key: %+v, want it untouched", got)
	}
	if got := l.take("a", now.Add(999*time.Millisecond)); got.wait != time.Millisecond {
		t.Errorf("a millisecond early: %+v, want to wait that", got)
	}
	if got := l.take("a", now.Add(time.Second)); got.wait != 0 || got.left != 0 {
		t.Errorf("a second later: %+v, want one call", got)
	}
	if got := l.take("a", now.Add(time.Hour)); got.left != 59 {
		t.Errorf("after a rest: %+v, want all but one", got)
	}
}

func TestLimiterForgetsKeysAtRest(t *testing.T) {
	t.Parallel()

	l, now := newLimiter(60), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, key := range []string{"a", "b", "c"} {
		l.take(key, now)
	}
	l.take("c", now.Add(time.Hour))
	if len(l.full) != 1 {
		t.Errorf("%d keys are kept, want 1", len(l.full))
	}
}

func TestLimiterCountsCallsAtOnce(t *testing.T) {
	t.Parallel()

	l, now := newLimiter(100), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var through atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if l.take("a", now).wait == 0 {
					through.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if through.Load() != 100 {
		t.Errorf("%d calls came through, want 100", through.Load())
	}
}
