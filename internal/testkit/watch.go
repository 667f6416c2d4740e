package testkit

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/store"
)

// WatchSQL shows see every statement that database/sql hands to a driver, with
// its arguments, before it runs; to begin and to end a transaction is one
// statement each. See may be called from many goroutines at once.
func WatchSQL(see func(query string, args []driver.NamedValue)) store.Through {
	return through(func(query string, args []driver.NamedValue) error {
		see(query, args)
		return nil
	})
}

// CutSQL asks cut before every statement. One for which it has an error is not run,
// and fails with it: a commit leaves nothing behind, a rollback is done all the same.
func CutSQL(cut func() error) store.Through {
	return through(func(string, []driver.NamedValue) error { return cut() })
}

func through(see seeing) store.Through {
	return func(d driver.Driver) driver.Driver { return watchedDriver{d, see} }
}

// seeing is called before a statement runs; its error keeps it from running.
type seeing func(query string, args []driver.NamedValue) error

type watchedDriver struct {
	driver.Driver
	see seeing
}

func (d watchedDriver) Open(address string) (driver.Conn, error) {
	conn, err := d.Driver.Open(address)
	if err != nil {
		return nil, err
	}
	able, ok := conn.(ableConn)
	if !ok {
		return nil, fmt.Errorf("a connection of %T cannot be watched", conn)
	}
	return watchedConn{able, d.see}, nil
}

// ableConn is what the connections of both engines can do.
type ableConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.QueryerContext
	driver.ExecerContext
	driver.Pinger
	driver.SessionResetter
}

type watchedConn struct {
	ableConn
	see seeing
}

func (c watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.see(query, args); err != nil {
		return nil, err
	}
	return c.ableConn.QueryContext(ctx, query, args)
}

func (c watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.see(query, args); err != nil {
		return nil, err
	}
	return c.ableConn.ExecContext(ctx, query, args)
}

func (c watchedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.see("BEGIN", nil); err != nil {
		return nil, err
	}
	tx, err := c.ableConn.BeginTx(ctx, o)
	return watchedTx{tx, c.see}, err
}

func (c watchedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.ableConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := stmt.(ableStmt)
	if !ok {
		return nil, fmt.Errorf("a statement of %T cannot be watched", stmt)
	}
	return watchedStmt{able, query, c.see}, nil
}

// CheckNamedValue leaves values to the engine's driver.
func (c watchedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.ableConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type watchedTx struct {
	driver.Tx
	see seeing
}

func (t watchedTx) Commit() error {
	if err := t.see("COMMIT", nil); err != nil {
		return errors.Join(err, t.Tx.Rollback())
	}
	return t.Tx.Commit()
}

func (t watchedTx) Rollback() error {
	_ = t.see("ROLLBACK", nil)
	return t.Tx.Rollback()
}

type ableStmt interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

type watchedStmt struct {
	ableStmt
	query string
	see   seeing
}

func (s watchedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.see(s.query, args); err != nil {
		return nil, err
	}
	return s.ableStmt.QueryContext(ctx, args)
}

func (s watchedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.see(s.query, args); err != nil {
		return nil, err
	}
	return s.ableStmt.ExecContext(ctx, args)
}
