package webhooks

import (
	"context"
	"errors"
	"time"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/profile"
)

// idle is how many times as long as a look took no other of its sort is begun: what
// happens often must not keep a process looking. A brief look is no matter.
const (
	idle  = 2
	brief = 20 * time.Millisecond
)

func rest(took time.Duration) time.Duration {
	if took < brief {
		return 0
	}
	return idle * took
}

// Run sends what is due until ctx ends, and then waits for the requests under way. It
// looks at the profiles in which this process wrote an event or ended a turn, and over
// all each Every, for what other processes and time made due. Where slots are short it
// looks over all whenever one is free, so that whoever was served least recently comes
// first. Any number of processes may run it.
func (s *Service) Run(ctx context.Context) {
	all := time.NewTimer(0)
	defer all.Stop()
	w := newWorkers(s.Slots)
	defer w.Wait()
	var rested time.Time // before it all are not looked over again
	for {
		select {
		case <-ctx.Done():
			return
		case <-all.C:
			s.nudged.forget()
			pause := rest(s.look(ctx, w, nil))
			rested = time.Now().Add(pause)
			all.Reset(max(s.Every, pause))
		case <-s.nudged.some:
			of := s.nudged.take(endpoint.MostNamed)
			if len(of) == 0 || w.isShort(false) { // the next free slot has all looked over
				continue
			}
			select {
			case <-ctx.Done():
			case <-time.After(rest(s.look(ctx, w, of))):
			}
		case <-w.ended:
			if w.waitedFor() {
				all.Reset(max(0, time.Until(rested)))
			}
		}
	}
}

// look begins turns of what is due, of some profiles or, nil, of all, and tells how
// long it took to find them.
func (s *Service) look(ctx context.Context, w *workers, of []profile.ID) time.Duration {
	begun := time.Now()
	if err := s.start(ctx, w, of); err != nil && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "looking for webhooks failed", "err", err)
	}
	return time.Since(begun)
}

// Drain sends all that is due, and returns when nothing is. It is for tests and
// measurements.
func (s *Service) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		w := newWorkers(s.Slots)
		err := errors.Join(s.start(ctx, w, nil), w.wait())
		if err != nil || w.begun == 0 {
			return err
		}
	}
	return ctx.Err()
}

// start begins a turn of every endpoint that is due, of some profiles or, nil, of all,
// as far as there are slots: those that do well first. Slots that others wait for are
// not given to some profiles.
func (s *Service) start(ctx context.Context, w *workers, of []profile.ID) error {
	for _, lagging := range []bool{false, true} {
		room, resting := w.room(lagging)
		if room == 0 || of != nil && w.isShort(lagging) {
			continue
		}
		// Those that rest are found again and again, and must keep no others from being found.
		due, err := s.due(ctx, of, lagging, room+resting)
		if err != nil {
			return err
		}
		w.noted(lagging, len(due) >= room, of == nil)
		for _, e := range due {
			if !w.take(e.ID, lagging, s.Clock.Wall()) {
				continue
			}
			w.Go(func() {
				err := s.turn(ctx, e)
				if err != nil && !errors.Is(err, context.Canceled) {
					s.Log.ErrorContext(ctx, "sending webhooks failed", "endpoint", e.ID, "err", err)
				}
				w.give(e.ID, lagging, s.Clock.Wall(), err)
				s.Nudge(e.ProfileID) // it may have more to be sent
			})
		}
	}
	return nil
}

func (s *Service) due(ctx context.Context, of []profile.ID, lagging bool, limit int) ([]endpoint.Endpoint, error) {
	if of == nil {
		return s.Repo.DueEndpoints(ctx, s.Clock.Wall(), lagging, limit)
	}
	return s.Repo.DueEndpointsOf(ctx, of, s.Clock.Wall(), lagging, limit)
}
