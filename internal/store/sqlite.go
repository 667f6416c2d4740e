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
	"syscall"

	"github.com/quittance/quittance/internal/secret"
)

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
	pragmas := url.Values{"_pragma": {paged, cached, logged, sorted, "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(10000)"}, "_journal_mode": {"WAL"}, "_txlock": {"immediate"}}
	if d.writer, err = through.open("sqlite", "file:"+path+"?"+pragmas.Encode()); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	d.writer.SetMaxOpenConns(1)
	if err := d.writer.PingContext(context.Background()); err != nil { // the file must exist before it is opened read-only
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	if d.readers, err = openReaders(through, path); err != nil {
		return nil, err
	}
	d.reader = newPrepared(d.readers)
	if d.checkpoints, err = startCheckpoints(path, log); err != nil {
		return nil, err
	}
	return d, nil
}

// openReaders opens a pool that cannot write.
func openReaders(through Through, path string) (*sql.DB, error) {
	pragmas := url.Values{"_pragma": {"query_only(1)", "busy_timeout(10000)", mapped, cached, sorted}, "mode": {"ro"}}
	pool, err := through.open("sqlite", "file:"+path+"?"+pragmas.Encode())
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool.SetMaxOpenConns(8)
	pool.SetMaxIdleConns(8)
	return pool, nil
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

// What SQLite puts aside stays in memory: it would lie in a folder for temporary
// files, which a container may lack, and customers' data does not belong there.
const sorted = "temp_store(MEMORY)"

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
