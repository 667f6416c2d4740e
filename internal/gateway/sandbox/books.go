package sandbox

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"time"

	_ "modernc.org/sqlite" // the database driver "sqlite"
)

//go:embed schema.sql
var schema string

// schemaVersion is stored in the file, so that another version is not misread.
const schemaVersion = 2

// books is the gateway's file: one writer, several readers. What is committed
// survives a kill at any instant.
type books struct{ w, r *sql.DB }

func openBooks(path string) (*books, error) {
	w, err := openFile(path, "_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	b := &books{w: w}
	if err := b.prepare(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if b.r, err = openFile(path, "_pragma=busy_timeout(10000)&_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	b.r.SetMaxOpenConns(4)
	return b, nil
}

func openFile(path, query string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("sandbox: open the books: %w", err)
	}
	return db, nil
}

// prepare creates the tables in a new file and refuses a file of another version.
func (b *books) prepare() error {
	ctx := context.Background()
	return b.write(ctx, func(tx *sql.Tx) error {
		var version int
		if err := tx.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
			return fmt.Errorf("sandbox: read the books' version: %w", err)
		}
		switch version {
		case schemaVersion:
			return nil
		case 0:
			if _, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d;", schemaVersion)); err != nil {
				return fmt.Errorf("sandbox: create the books: %w", err)
			}
			return nil
		}
		return fmt.Errorf("sandbox: the books have version %d, this program knows %d", version, schemaVersion)
	})
}

func (b *books) close() error { return errors.Join(b.r.Close(), b.w.Close()) }

// write runs fn in one transaction. Like any gateway it finishes what it began,
// even if the caller hangs up meanwhile.
func (b *books) write(ctx context.Context, fn func(*sql.Tx) error) (err error) {
	ctx = context.WithoutCancel(ctx)
	tx, err := b.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if rerr := tx.Rollback(); rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("rollback: %w", rerr))
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// querier is what reads: the reader pool, or the transaction under way.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
