//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// unsettled counts what the program itself still has to do now or later.
const unsettled = `
SELECT (SELECT count(*) FROM attempts WHERE next_attempt_at IS NOT NULL)
     + (SELECT count(*) FROM inbound_notifications WHERE next_attempt_at IS NOT NULL)
     + (SELECT count(*) FROM documents WHERE NOT drawn)
     + (SELECT count(*) FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL)` + unsent

// unsent counts the events that nobody has looked at for the merchant.
const unsent = `
     + (SELECT count(*) FROM webhook_endpoints w JOIN events e ON e.profile_id = w.profile_id AND e.seq > w.seen_seq)`

// due counts what it has to do now, and what it is at.
const due = `
SELECT (SELECT count(*) FROM attempts WHERE next_attempt_at <= $1)
     + (SELECT count(*) FROM inbound_notifications WHERE next_attempt_at <= $1)
     + (SELECT count(*) FROM documents WHERE NOT drawn)
     + (SELECT count(*) FROM webhook_deliveries WHERE next_attempt_at <= $1)` + unsent

// leaps bounds how often time is moved on: twice as far as the longest back-off and
// the longest watch after it. After manyLeaps the report tells what is left.
const leaps, manyLeaps = 24, 12

// settle ends the trouble and lets time pass until nothing is left to do. late is
// what was left after manyLeaps.
func (f *fleet) settle(ctx context.Context, step time.Duration, approve func() bool) (rounds int, late string, err error) {
	if err := f.gateway.behave(ctx); err != nil {
		return 0, "", err
	}
	f.merchant.settle()
	all := func() bool { return true }
	if err := f.gateway.settle(ctx, all, approve); err != nil {
		return 0, "", err
	}
	for rounds = range leaps {
		if err := f.stop(); err != nil {
			return rounds, late, err
		}
		left, err := count(ctx, f.openDead, unsettled)
		if err != nil || left == 0 {
			return rounds, late, err
		}
		if rounds >= manyLeaps {
			if late, err = f.leftover(ctx); err != nil {
				return rounds, late, err
			}
		}
		if err := f.advance(ctx, step); err != nil {
			return rounds, late, err
		}
		if err := f.start(ctx); err != nil {
			return rounds, late, err
		}
		if err := f.calm(ctx); err != nil {
			return rounds, late, err
		}
	}
	return leaps, late, fmt.Errorf("not settled after %d times %v:\n    %s", leaps, step, late)
}

// calm waits until the running program has done what is due by now. Time was moved
// on before it was started, so what killed processes had leased is free again.
func (f *fleet) calm(ctx context.Context) error {
	if err := f.gateway.admin(ctx, http.MethodPost, "/admin/webhooks/flush", nil, nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var left int
	err := eventually(ctx, 50*time.Millisecond, func() (bool, error) {
		f.mu.Lock()
		now := time.Now().Add(f.skew)
		f.mu.Unlock()
		var err error
		left, err = count(ctx, f.openLive, due, now.UnixMilli())
		return left == 0, err
	})
	if err != nil {
		return fmt.Errorf("%d things are due and not done: %w", left, err)
	}
	return nil
}

// rescued waits until no job is left running of those whose process was killed:
// the queue takes them up again after a minute of real time.
func (f *fleet) rescued(ctx context.Context) error {
	if err := f.start(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	var left int
	err := eventually(ctx, time.Second, func() (bool, error) {
		var err error
		left, err = count(ctx, f.openLive, `SELECT count(*) FROM river_job WHERE state <> 'completed'`)
		return left == 0, err
	})
	if err != nil {
		return fmt.Errorf("%d jobs are not completed: %w", left, err)
	}
	return f.stop()
}

// count asks a database, opened in one of two ways, for a number.
func count(ctx context.Context, open func() (*sql.DB, func() error, error), query string, args ...any) (n int, err error) {
	db, closeAll, err := open()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	err = db.QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}
