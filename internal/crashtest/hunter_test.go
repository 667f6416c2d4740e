//go:build linux

package crashtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// hunter kills processes of a fleet, one after the other.
type hunter struct {
	fleet  *fleet
	random *rand.Rand

	mu     sync.Mutex
	aim    *aim
	victim chan kill

	counts   [phases]int
	kills    int
	detail   map[string]int
	blackout time.Time // the last one
}

type kill struct {
	member *member
	run    *run
}

// strikes reports whether the process that wrote l is to die now, and how long
// it may go on before. It runs while the process cannot pass its next line.
func (h *hunter) strikes(_ *member, r *run, l line) (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.aim == nil || !h.aim.at(r.journal, l) {
		return 0, false
	}
	if h.aim.skip--; h.aim.skip >= 0 {
		return 0, false
	}
	wait := h.aim.wait
	h.aim = nil
	return wait, true
}

func (h *hunter) struck(m *member, r *run) { h.victim <- kill{m, r} }

// hunt kills until done is closed and each phase was hit often enough.
func (h *hunter) hunt(ctx context.Context, least int, done <-chan struct{}) error {
	h.blackout = time.Now()
	for ctx.Err() == nil {
		select {
		case <-done:
			return nil
		default:
		}
		pause(time.Duration(h.random.IntN(120)) * time.Millisecond)
		var err error
		switch {
		case time.Since(h.blackout) > 3*time.Second:
			err = h.darken(ctx)
		case h.random.IntN(6) == 0:
			err = h.anyInstant(ctx)
		default:
			err = h.aimed(ctx, h.choose(least))
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// enough reports whether each phase was hit least times.
func (h *hunter) enough(least int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Min(h.counts[:]) >= least
}

// choose is a phase: mostly one that was not hit often enough.
func (h *hunter) choose(least int) phase {
	h.mu.Lock()
	defer h.mu.Unlock()
	var short []phase
	for p := range phases {
		if h.counts[p] < least {
			short = append(short, p)
		}
	}
	if len(short) > 0 && h.random.IntN(4) > 0 {
		return short[h.random.IntN(len(short))]
	}
	return phase(h.random.IntN(int(phases)))
}

// aimed kills whichever process comes to the phase next.
func (h *hunter) aimed(ctx context.Context, p phase) error {
	a := &aim{phase: p, skip: h.random.IntN(3)}
	if time.Since(h.blackout) < time.Second && h.random.IntN(3) > 0 { // customers come back and pay twice
		a.returns, a.skip = true, h.random.IntN(2)
	}
	switch p {
	case inCall, inJob, inTransaction:
		a.wait = time.Duration(h.random.IntN(8000)) * time.Microsecond
	case beforeCall, afterBooked: // the process stops at its next line, so these hit
		a.wait = time.Duration(h.random.IntN(2000)) * time.Microsecond
	case phases:
	}
	h.mu.Lock()
	h.aim = a
	h.mu.Unlock()
	patience := time.NewTimer(1500 * time.Millisecond)
	defer patience.Stop()
	select {
	case k := <-h.victim:
		return h.bury(ctx, k)
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
	}
	h.mu.Lock()
	struck := h.aim == nil // in the last moment
	h.aim = nil
	h.mu.Unlock()
	if struck {
		return h.bury(ctx, <-h.victim)
	}
	return nil
}

// anyInstant kills one process whatever it does.
func (h *hunter) anyInstant(ctx context.Context) error {
	m := h.fleet.members[h.random.IntN(len(h.fleet.members))]
	r := m.current()
	r.kill()
	return h.bury(ctx, kill{m, r})
}

// bury says where a kill hit and starts the process again.
func (h *hunter) bury(ctx context.Context, k kill) error {
	if err := h.count(ctx, k); err != nil {
		return err
	}
	if err := k.member.start(); err != nil {
		return err
	}
	return k.member.ready(ctx)
}

func (h *hunter) count(ctx context.Context, k kill) error {
	<-k.run.read
	if k.run.waitErr == nil || k.run.waitErr.Error() != "signal: killed" {
		return fmt.Errorf("%s ended by itself: %w: %v", k.member.name, k.run.waitErr, k.run.journal.odd)
	}
	hits, err := h.fleet.whereHit(ctx, k.run)
	if err != nil {
		return fmt.Errorf("say where %s was killed: %w", k.member.name, err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kills++
	if len(hits) == 0 {
		h.detail["elsewhere"]++
	}
	for p, what := range hits {
		h.counts[p]++
		h.detail[p.String()+": "+what]++
	}
	return nil
}

// darken kills all processes at once and lets time pass before they come back.
func (h *hunter) darken(ctx context.Context) error {
	dead := make([]kill, 0, len(h.fleet.members))
	for _, m := range h.fleet.members {
		dead = append(dead, kill{m, m.current()})
	}
	for _, k := range dead {
		k.run.kill()
	}
	for _, k := range dead {
		if err := h.count(ctx, k); err != nil {
			return err
		}
	}
	by := 26*time.Minute + time.Duration(h.random.IntN(60))*time.Second
	if h.random.IntN(4) == 0 {
		by = time.Duration(2+h.random.IntN(40)) * time.Minute
	}
	if err := h.fleet.advance(ctx, by); err != nil {
		return err
	}
	for _, k := range dead {
		if err := k.member.start(); err != nil {
			return err
		}
	}
	for _, k := range dead {
		if err := k.member.ready(ctx); err != nil {
			return err
		}
	}
	h.blackout = time.Now()
	h.fleet.passed(by)
	return nil
}
