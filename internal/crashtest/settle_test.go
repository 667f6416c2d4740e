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
SELECT (SELECT count(*) FROM attempts a WHERE a.next_attempt_at IS NOT NULL AND NOT EXISTS
          (SELECT 1 FROM transactions t WHERE t.profile_id = a.profile_id AND t.payment_id = a.payment_id AND t.state = 'held'))
     + (SELECT count(*) FROM inbound_notifications WHERE next_attempt_at IS NOT NULL)
     + (SELECT count(*) FROM documents WHERE NOT drawn)`

// due counts what it has to do now.
const due = `
SELECT (SELECT count(*) FROM attempts WHERE next_attempt_at <= $1)
     + (SELECT count(*) FROM inbound_notifications WHERE next_attempt_at <= $1)
     + (SELECT count(*) FROM documents WHERE NOT drawn)`

// leaps bounds how often time is moved on: far more than all watches together.
const leaps = 60

// settle ends the trouble and lets time pass until nothing is left to do.
func (f *fleet) settle(ctx context.Context, step time.Duration, approve func() bool) (rounds int, err error) {
	if err := f.gateway.behave(ctx); err != nil {
		return 0, err
	}
	all := func() bool { return true }
	if err := f.gateway.settle(ctx, all, approve); err != nil {
		return 0, err
	}
	for rounds = range leaps {
		if err := f.calm(ctx); err != nil {
			return rounds, err
		}
		if err := f.stop(); err != nil {
			return rounds, err
		}
		left, err := f.count(ctx, unsettled)
		if err != nil || left == 0 {
			return rounds, err
		}
		if err := f.advance(ctx, step); err != nil {
			return rounds, err
		}
		if err := f.start(ctx); err != nil {
			return rounds, err
		}
	}
	return rounds, fmt.Errorf("not settled after %d times %v", leaps, step)
}

// calm waits until the running program has done what is due by now.
func (f *fleet) calm(ctx context.Context) error {
	if err := f.gateway.admin(ctx, http.MethodPost, "/admin/webhooks/flush", nil, nil); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var left int
	err := eventually(ctx, 50*time.Millisecond, func() (bool, error) {
		f.mu.Lock()
		now := time.Now().Add(f.skew)
		f.mu.Unlock()
		var err error
		left, err = f.count(ctx, due, now.UnixMilli())
		return left == 0, err
	})
	if err != nil {
		return fmt.Errorf("%d things are due and not done: %w", left, err)
	}
	return nil
}

func (f *fleet) count(ctx context.Context, query string, args ...any) (n int, err error) {
	db, closeAll, err := f.openBooks()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	err = db.QueryRowContext(ctx, query, args...).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return n, err
}
