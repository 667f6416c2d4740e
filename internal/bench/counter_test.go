package bench

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
)

// counter counts the statements that database/sql hands to a driver; to begin
// and to end a transaction is one statement each.
type counter struct{ n atomic.Int64 }

// before is d with every statement counted.
func (c *counter) before(d driver.Driver) driver.Driver { return countedDriver{d, &c.n} }

type countedDriver struct {
	driver.Driver
	n *atomic.Int64
}

func (d countedDriver) Open(address string) (driver.Conn, error) {
	conn, err := d.Driver.Open(address)
	if err != nil {
		return nil, err
	}
	able, ok := conn.(ableConn)
	if !ok {
		return nil, fmt.Errorf("a connection of %T cannot be counted", conn)
	}
	return countedConn{able, d.n}, nil
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

type countedConn struct {
	ableConn
	n *atomic.Int64
}

func (c countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.n.Add(1)
	return c.ableConn.QueryContext(ctx, query, args)
}

func (c countedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.n.Add(1)
	return c.ableConn.ExecContext(ctx, query, args)
}

func (c countedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.n.Add(2)
	return c.ableConn.BeginTx(ctx, o)
}

func (c countedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.ableConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := stmt.(ableStmt)
	if !ok {
		return nil, fmt.Errorf("a statement of %T cannot be counted", stmt)
	}
	return countedStmt{able, c.n}, nil
}

// CheckNamedValue leaves values to the engine's driver.
func (c countedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.ableConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

type ableStmt interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

type countedStmt struct {
	ableStmt
	n *atomic.Int64
}

func (s countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.n.Add(1)
	return s.ableStmt.QueryContext(ctx, args)
}

func (s countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.n.Add(1)
	return s.ableStmt.ExecContext(ctx, args)
}
