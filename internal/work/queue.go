// Package work runs what the domain put in the queue, and the sweeps that find
// what a lost wake-up left behind. It calls the domain and holds no rule: every
// job is safe to run twice and at once.
package work

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/notify"
	"github.com/quittance/quittance/internal/paper"
	"github.com/quittance/quittance/internal/payment"
)

// How long one job may run, and when a job whose process died is taken up again.
const (
	jobTimeout  = 20 * time.Second
	rescueAfter = time.Minute
)

// Queue is the job queue on the application's own database.
type Queue struct {
	client *river.Client[*sql.Tx]
	log    *slog.Logger
}

// Config says where the queue is and how it is worked.
type Config struct {
	DB      *sql.DB
	Engine  string        // "sqlite" or "postgres"
	Poll    time.Duration // how often it looks for jobs; zero is one second
	Workers int           // jobs at once in this process; zero is four
	Log     *slog.Logger
	Observe Observe // of each job; nil is nobody
}

// New returns a queue that works nothing until Start.
func New(c Config, payments *payment.Service, papers *paper.Service, letters *notify.Service) (*Queue, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[payment.Send]) error {
		return payments.Send(ctx, j.Args.ProfileID, j.Args.AttemptID)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[payment.Charge]) error {
		return payments.Charge(ctx, j.Args.ProfileID, j.Args.ScheduledID)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[payment.Forget]) error {
		return payments.ForgetMethod(ctx, j.Args.ProfileID, j.Args.MethodID)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[payment.ApplyNotification]) error {
		return payments.ApplyNotification(ctx, j.Args.ProfileID, j.Args.NotificationID)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[document.Draw]) error {
		return papers.Draw(ctx, j.Args.ProfileID, j.Args.DocumentID)
	}))
	river.AddWorker(workers, sender{letters: letters})
	if c.Poll == 0 {
		c.Poll = time.Second
	}
	if c.Workers == 0 {
		c.Workers = 4
	}
	driver := riverdriver.Driver[*sql.Tx](riverdatabasesql.New(c.DB))
	if c.Engine == "sqlite" {
		driver = riversqlite.New(c.DB)
	}
	client, err := river.NewClient(driver, &river.Config{
		Logger:               slog.New(quiet{c.Log.Handler()}),
		Workers:              workers,
		Queues:               queues(c.Workers),
		FetchPollInterval:    c.Poll,
		FetchCooldown:        min(c.Poll, 20*time.Millisecond),
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		Middleware:           []rivertype.Middleware{&traced{log: c.Log, observe: c.Observe}},
		ErrorHandler:         &failures{c.Log},
	})
	if err != nil {
		return nil, fmt.Errorf("prepare job queue: %w", err)
	}
	return &Queue{client, c.Log}, nil
}

// unfinished are the states in which a job still stands for its wake-up, so that
// a second one is not needed. A finished one never stands in a new one's way.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
}

// Enqueue puts jobs into the queue on tx. A job that is already waiting is enough;
// one that is skipped because its twin runs right now is found by a sweep.
func (q *Queue) Enqueue(ctx context.Context, tx *sql.Tx, all ...jobs.Args) error {
	params := make([]river.InsertManyParams, len(all))
	for i, args := range all {
		params[i] = river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{Queue: queueOf(args), UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}}
	}
	inserted, err := q.client.InsertManyTx(ctx, tx, params)
	if err != nil {
		return err
	}
	for _, one := range inserted {
		if one.UniqueSkippedAsDuplicate {
			q.log.DebugContext(ctx, "job is already waiting", "kind", one.Job.Kind)
		}
	}
	return nil
}

// Start begins to work jobs.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.client.Start(ctx); err != nil {
		return fmt.Errorf("start job queue: %w", err)
	}
	return nil
}

// Stop takes no new jobs and waits for those at work, until ctx ends; then it
// cancels them.
func (q *Queue) Stop(ctx context.Context) error {
	err := q.client.Stop(ctx)
	if err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := q.client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stop job queue: %w", err)
	}
	return nil
}
