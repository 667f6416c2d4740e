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
	"os"
	"strings"
	"sync"
	"sync/atomic"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

// ErrLocked means that another process has the SQLite file open.
var ErrLocked = errors.New("store: another process is using this database file; SQLite serves one process, PostgreSQL any number")

// Dialect holds the few places where the two engines differ.
type Dialect struct {
	Name       string // "sqlite" or "postgres"
	ForUpdate  string // locks the selected rows; "" on SQLite, whose writers are serial
	SkipLocked string // the same for queues, passing over what others hold
	HasTable   string // asks whether there is a table of a name
}

var (
	sqliteDialect   = Dialect{Name: "sqlite", HasTable: `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)`}
	postgresDialect = Dialect{Name: "postgres", ForUpdate: " FOR UPDATE", SkipLocked: " FOR UPDATE SKIP LOCKED", HasTable: `SELECT to_regclass($1) IS NOT NULL`}
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
	meter           Meter            // nil: nobody counts
	listener        func(profile.ID) // nil: nobody listens
	lock            *os.File         // of SQLite's file
	checkpoints     *checkpointer    // of SQLite's log
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

// OpenBeside is Open, but where another process has the SQLite file it opens it to be
// read alone: what that process writes is seen, and nothing can be written.
func OpenBeside(database string, ring *secret.Ring, log *slog.Logger) (*DB, error) {
	db, err := Open(database, ring, log)
	if !errors.Is(err, ErrLocked) {
		return db, err
	}
	readers, err := openReaders(nil, strings.TrimPrefix(database, "sqlite:"))
	if err != nil {
		return nil, err
	}
	return &DB{writer: readers, readers: readers, reader: newPrepared(readers), dialect: sqliteDialect, ring: ring, log: log}, nil
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
	if d.checkpoints != nil {
		errs = append(errs, d.checkpoints.close())
	}
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
