package work

import (
	"context"
	"log/slog"
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/collect"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/notify"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/webhooks"
)

// Calls forgets kept answers of old API calls.
type Calls interface {
	ForgetCalls(ctx context.Context, before time.Time, limit int) (int64, error)
}

// Sweeper looks for due rows at start and then at every interval. Any number of
// sweepers may run: each row is leased.
type Sweeper struct {
	Payments *payment.Service
	Course   *collect.Course
	Due      *collect.Sweep
	Clocks   *collect.Clocks
	Papers   *paper.Service
	Letters  *notify.Service
	Mails    *mail.Service
	Webhooks *webhooks.Service
	Calls    Calls
	Clock    clock.Clock
	Every    time.Duration // zero is a minute
	Log      *slog.Logger
	Observe  Observe // of each sweep, by what it looks for; nil is nobody
}

// Run sweeps until ctx ends.
func (s *Sweeper) Run(ctx context.Context) {
	every := s.Every
	if every == 0 {
		every = time.Minute
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		s.Sweep(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep does one round. What fails is logged and comes up again in the next.
func (s *Sweeper) Sweep(ctx context.Context) {
	for _, one := range []struct {
		what string
		run  func(context.Context) error
	}{
		{"notifications", s.Payments.SweepNotifications},
		{"attempts", s.Payments.SweepAttempts},
		{"test clocks", s.Clocks.Sweep},
		{"endings", s.Course.SweepEnding},
		{"scheduled payments", s.Due.Run},
		{"payment methods", s.Payments.SweepMethods},
		{"documents", s.Papers.SweepUndrawn},
		{"lapsing holds", s.Payments.SweepLapsing},
		{"unpaid orders", s.Payments.SweepUnpaid},
		{"timed mails", s.Mails.Sweep},
		{"mails", s.Letters.WakeDue},
		{"daily questions", s.Payments.AskDaily},
		{"webhook log", few(s.Webhooks.Forget)},
		{"kept answers", few(func(ctx context.Context, limit int) (int64, error) {
			return s.Calls.ForgetCalls(ctx, s.Clock.Wall().Add(-idem.Kept), limit)
		})},
	} {
		begun := time.Now()
		err := one.run(ctx)
		if s.Observe != nil && ctx.Err() == nil {
			s.Observe(one.what, time.Since(begun), err == nil)
		}
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "sweep failed", "what", one.what, "err", err)
		}
	}
}

// Rows are deleted so many at a time, and so many times in a sweep at most.
const (
	forgetBatch  = 250
	forgetRounds = 400
)

// few repeats a deletion of some rows while there are more.
func few(forget func(ctx context.Context, limit int) (int64, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		for range forgetRounds {
			n, err := forget(ctx, forgetBatch)
			if err != nil || n < forgetBatch {
				return err
			}
		}
		return nil
	}
}
