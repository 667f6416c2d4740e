// Package store keeps all domains' rows in one SQL database: SQLite inside the
// program, or PostgreSQL. The SQL is written by hand, one text for both
// engines; what differs is a value in Dialect. It holds no rule.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/secret"
)

// ErrLocked means that another process has the SQLite file open.
var ErrLocked = errors.New("store: another process is using this database file; SQLite serves one process, PostgreSQL any number")

// Dialect holds the few places where the two engines differ.
type Dialect struct {
	Name       string // "sqlite" or "postgres"
	ForUpdate  string // locks the selected rows; "" on SQLite, whose writers are serial
	SkipLocked string // the same for queues, passing over what others hold
}

var (
	sqliteDialect   = Dialect{Name: "sqlite"}
	postgresDialect = Dialect{Name: "postgres", ForUpdate: " FOR UPDATE", SkipLocked: " FOR UPDATE SKIP LOCKED"}
)

// Enqueuer puts jobs into the queue on a transaction. Package work provides it.
type Enqueuer func(ctx context.Context, tx *sql.Tx, all ...jobs.Args) error

// DB is an open database. On SQLite writes go through one connection and reads
// through a pool that cannot write.
type DB struct {
	writer, readers *sql.DB
	reader          querier // the readers, through which everything outside a transaction is read
	dialect         Dialect
	ring            *secret.Ring
	enqueue         Enqueuer
	meter           Meter // nil: nobody counts
	lock            *os.File
	log             *slog.Logger
	profiles        sync.Map      // profile.ID to profile.Profile, see profileAt
	begun           atomic.Uint64 // transactions, numbered for the log
}

// Open opens "sqlite:PATH" or a "postgres://" URL. It migrates nothing. It
// returns ErrLocked when another process has the SQLite file.
func Open(database string, ring *secret.Ring, log *slog.Logger) (*DB, error) {
	return OpenThrough(nil, database, ring, log)
}

// OpenThrough is Open with something between database/sql and the engine's own
// driver, such as what counts statements in a test. A nil through is nothing.
func OpenThrough(through Through, database string, ring *secret.Ring, log *slog.Logger) (*DB, error) {
	if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
		return openSQLite(through, path, ring, log)
	}
	if strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://") {
		return openPostgres(through, database, ring, log)
	}
	return nil, errors.New(`store: database must be "sqlite:PATH" or "postgres://…"`)
}

func openSQLite(through Through, path string, ring *secret.Ring, log *slog.Logger) (_ *DB, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	d := &DB{dialect: sqliteDialect, ring: ring, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if d.lock, err = lockFile(path + ".lock"); err != nil {
		return nil, err
	}
	if err = private(path); err != nil {
		return nil, err
	}
	pragmas := url.Values{"_pragma": {paged, "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(10000)"}, "_journal_mode": {"WAL"}, "_txlock": {"immediate"}}
	if d.writer, err = through.open("sqlite", "file:"+path+"?"+pragmas.Encode()); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	d.writer.SetMaxOpenConns(1)
	if err := d.writer.PingContext(context.Background()); err != nil { // the file must exist before it is opened read-only
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pragmas = url.Values{"_pragma": {"query_only(1)", "busy_timeout(10000)", mapped, cached}, "mode": {"ro"}}
	if d.readers, err = through.open("sqlite", "file:"+path+"?"+pragmas.Encode()); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	d.readers.SetMaxOpenConns(8)
	d.readers.SetMaxIdleConns(8)
	d.reader = newPrepared(d.readers)
	return d, nil
}

func openPostgres(through Through, address string, ring *secret.Ring, log *slog.Logger) (*DB, error) {
	pool, err := through.open("pgx", address)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	return &DB{writer: pool, readers: pool, reader: pool, dialect: postgresDialect, ring: ring, log: log}, nil
}

// private makes a new database file one that only its user can read. SQLite gives
// the files beside it the same permissions.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	return f.Close()
}

// Over a million orders a page of one is read from a dozen places of a file of
// gigabytes. What the system has in memory is read there, up to as much as SQLite
// maps, and the upper levels of the indexes stay in each connection's own cache.
const (
	paged  = "page_size(8192)" // of a new file, before _journal_mode writes it; twice the usual, so that a search reads fewer
	mapped = "mmap_size(2147418112)"
	cached = "cache_size(-65536)" // KiB, as far as it is used
)

// lockFile keeps a second process away from a SQLite file; the system lets go of
// the lock when this process dies.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock database file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(ErrLocked, f.Close())
	}
	return f, nil
}

// UseQueue sets where Enqueue puts jobs. Call it once, before the first write.
func (d *DB) UseQueue(e Enqueuer) { d.enqueue = e }

// SQL is the pool that may write, and the engine's name, for the job queue.
func (d *DB) SQL() (*sql.DB, string) { return d.writer, d.dialect.Name }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.readers.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Close closes all of it.
func (d *DB) Close() error {
	var errs []error
	if d.readers != nil && d.readers != d.writer {
		errs = append(errs, d.readers.Close())
	}
	if d.writer != nil {
		errs = append(errs, d.writer.Close())
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close())
	}
	return errors.Join(errs...)
}
