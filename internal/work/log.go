package work

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Observe hears how long a job or a sweep took and whether it did what it should.
// It may be called from many goroutines at once.
type Observe func(kind string, took time.Duration, done bool)

// traced writes a line when a job begins and when it ends.
type traced struct {
	river.MiddlewareDefaults
	log     *slog.Logger
	observe Observe
}

// Work runs the job between the two lines.
func (t *traced) Work(ctx context.Context, j *rivertype.JobRow, doInner func(context.Context) error) error {
	t.log.DebugContext(ctx, "job begins", "kind", j.Kind, "job", j.ID)
	begun, done := time.Now(), false
	defer func() { // a panic comes by here too
		t.log.DebugContext(ctx, "job ended", "kind", j.Kind, "job", j.ID)
		if t.observe != nil {
			t.observe(j.Kind, time.Since(begun), done)
		}
	}()
	err := doInner(ctx)
	done = err == nil
	return err
}

// failures logs what a job could not do; the queue tries it again.
type failures struct{ log *slog.Logger }

// HandleError logs an error that a job returned.
func (f *failures) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job failed", "kind", j.Kind, "job", j.ID, "attempt", j.Attempt, "err", err)
	return nil
}

// HandlePanic logs a panic of a job.
func (f *failures) HandlePanic(ctx context.Context, j *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job panicked", "kind", j.Kind, "job", j.ID, "panic", value, "trace", trace)
	return nil
}

// quiet lets only the queue library's warnings through.
type quiet struct{ slog.Handler }

// Enabled reports whether the level is a warning or worse.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
