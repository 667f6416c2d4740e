package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

// Through makes a driver that stands before an engine's own.
type Through func(driver.Driver) driver.Driver

// open is sql.Open through t.
func (t Through) open(name, address string) (*sql.DB, error) {
	pool, err := sql.Open(name, address)
	if err != nil || t == nil {
		return pool, err
	}
	before := t(pool.Driver())
	if err := pool.Close(); err != nil {
		return nil, fmt.Errorf("open driver: %w", err)
	}
	return sql.OpenDB(connector{before, address}), nil
}

// connector opens connections of a driver to one address.
type connector struct {
	driver  driver.Driver
	address string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.address) }

func (c connector) Driver() driver.Driver { return c.driver }
