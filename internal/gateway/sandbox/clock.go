package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// clock is the machine's time plus how far it was moved, which is kept in the
// books so that a restarted gateway does not fall back.
type clock struct {
	books *books
	mu    sync.Mutex // serialises advance
	ahead atomic.Int64
}

func newClock(b *books) (*clock, error) {
	c := &clock{books: b}
	var ms int64
	err := b.r.QueryRowContext(context.Background(), `SELECT value FROM settings WHERE name = 'clock_ahead_ms'`).Scan(&ms)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("sandbox: read the clock: %w", err)
	}
	c.ahead.Store(int64(time.Duration(ms) * time.Millisecond))
	return c, nil
}

// now is in UTC and whole milliseconds, as the books keep it.
func (c *clock) now() time.Time {
	return time.Now().Add(time.Duration(c.ahead.Load())).UTC().Truncate(time.Millisecond)
}

func (c *clock) advance(ctx context.Context, by time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := time.Duration(c.ahead.Load()) + by
	err := c.books.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
INSERT INTO settings (name, value) VALUES ('clock_ahead_ms', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`, ahead.Milliseconds())
		return err
	})
	if err == nil {
		c.ahead.Store(int64(ahead))
	}
	return err
}
