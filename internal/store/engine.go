package store

import (
	"context"
	"fmt"
	"strconv"
)

// Engine is what a database says about itself.
type Engine struct {
	Name    string // SQLite or PostgreSQL
	Version string
	Major   int
	Durable bool // what was committed survives a crash
}

// Engine asks the database what it is. That it answers is an answer too.
func (d *DB) Engine(ctx context.Context) (Engine, error) {
	if d.dialect.Name == "sqlite" {
		e := Engine{Name: "SQLite", Major: 3, Durable: true} // openSQLite asks for it
		if err := d.readers.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&e.Version); err != nil {
			return Engine{}, fmt.Errorf("ask database: %w", err)
		}
		return e, nil
	}
	e := Engine{Name: "PostgreSQL"}
	var number, fsync, commit string
	if err := d.readers.QueryRowContext(ctx, `
SELECT current_setting('server_version'), current_setting('server_version_num'), current_setting('fsync'), current_setting('synchronous_commit')`).
		Scan(&e.Version, &number, &fsync, &commit); err != nil {
		return Engine{}, fmt.Errorf("ask database: %w", err)
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return Engine{}, fmt.Errorf("ask database: version %q", number)
	}
	e.Major, e.Durable = n/10_000, fsync == "on" && commit != "off"
	return e, nil
}
