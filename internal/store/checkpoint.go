package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"time"
)

// A commit on SQLite ends when it is in the write-ahead log and the log is on the
// disk. Over a million orders each commit touches pages of its own, and to write
// them into the file costs more than the commit; so that nobody who pays waits for
// it, a checkpointer does it on a connection of its own.
const (
	checkpointEvery = time.Second                 // one with nothing to do writes nothing
	logged          = "wal_autocheckpoint(16384)" // pages after which a commit does it nevertheless: 128 MB
)

// checkpointer moves what was committed from the log into the file.
type checkpointer struct {
	pool *sql.DB
	stop context.CancelFunc
	done chan struct{} // closed when nothing runs any more
}

// startCheckpoints opens the connection past any Through: it is nobody's statement.
func startCheckpoints(path string, log *slog.Logger) (*checkpointer, error) {
	pragmas := url.Values{"_pragma": {"synchronous(FULL)", "busy_timeout(10000)"}}
	pool, err := sql.Open("sqlite", "file:"+path+"?"+pragmas.Encode())
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool.SetMaxOpenConns(1)
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{pool: pool, stop: stop, done: make(chan struct{})}
	go c.run(ctx, log)
	return c, nil
}

func (c *checkpointer) run(ctx context.Context, log *slog.Logger) {
	defer close(c.done)
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if _, err := c.checkpoint(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "checkpoint of the database failed; the next one comes in a second", "err", err)
		}
	}
}

// checkpoint writes what no reader still needs to see as it was, and waits for
// nobody. It gives how many pages of the log are not in the file yet.
func (c *checkpointer) checkpoint(ctx context.Context) (left int, err error) {
	var busy, logged, moved int
	if err := c.pool.QueryRowContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &logged, &moved); err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	return logged - moved, nil
}

// close lets a checkpoint under way end. The last connection that closes does
// what is left.
func (c *checkpointer) close() error {
	c.stop()
	<-c.done
	return c.pool.Close()
}
