package testkit

import (
	"context"
	"time"
)

// StartJobs works jobs in the background, as a server does, until the test ends.
func (a *App) StartJobs() {
	a.TB.Helper()
	ctx := context.WithoutCancel(a.TB.Context())
	if err := a.Queue.Start(ctx); err != nil {
		a.TB.Fatalf("start jobs: %v", err)
	}
	a.TB.Cleanup(func() {
		stop, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := a.Queue.Stop(stop); err != nil {
			a.TB.Errorf("stop jobs: %v", err)
		}
	})
}

// Eventually waits until is answers true, and fails the test after 20 seconds.
func (a *App) Eventually(what string, is func() bool) {
	a.TB.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline.C:
			a.TB.Fatalf("did not happen in 20 s: %s", what)
		case <-tick.C:
		}
	}
}
