package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Errors about the age of a schema.
var (
	ErrSchemaOld = errors.New("store: the database's schema is older than this program; run quittance migrate first")
	ErrSchemaNew = errors.New("store: the database's schema is newer than this program; use the newer program")
)

// riverVersion is the number of the migration that lays the job queue's tables,
// after our own first one.
const riverVersion = 2

func (d *DB) migrator() (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect, queue := database.DialectPostgres, goose.NewGoMigration(riverVersion, &goose.GoFunc{RunDB: func(ctx context.Context, db *sql.DB) error {
		return migrateQueue(riverdatabasesql.New(db), func(m *rivermigrate.Migrator[*sql.Tx]) error {
			_, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil) // PostgreSQL wants new enum values committed before they are used
			return err
		})
	}}, nil)
	if d.dialect.Name == "sqlite" {
		folder = sqliteFiles{folder}
		dialect, queue = database.DialectSQLite3, goose.NewGoMigration(riverVersion, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			return migrateQueue(riversqlite.New(d.writer), func(m *rivermigrate.Migrator[*sql.Tx]) error {
				_, err := m.MigrateTx(ctx, tx, rivermigrate.DirectionUp, nil) //nolint:staticcheck // Migrate would wait for the one connection that this transaction has
				return err
			})
		}}, nil)
	}
	p, err := goose.NewProvider(dialect, d.writer, folder, goose.WithGoMigrations(queue))
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return p, nil
}

func migrateQueue(driver riverdriver.Driver[*sql.Tx], run func(*rivermigrate.Migrator[*sql.Tx]) error) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	return run(m)
}

// Migrate brings the schema up to this program's. It refuses a newer one.
func (d *DB) Migrate(ctx context.Context) error {
	if err := d.CheckSchema(ctx); err == nil || errors.Is(err, ErrSchemaNew) {
		return err
	}
	p, err := d.migrator()
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// schemaVersion is that of the newest migration, and zero before the first one. A
// goose.Provider would make its table to tell.
func (d *DB) schemaVersion(ctx context.Context) (version int64, err error) {
	var begun bool
	if err := d.readers.QueryRowContext(ctx, d.dialect.HasTable, goose.DefaultTablename).Scan(&begun); err != nil || !begun {
		return 0, err
	}
	return version, d.readers.QueryRowContext(ctx, `SELECT MAX(version_id) FROM `+goose.DefaultTablename).Scan(&version)
}

// CheckSchema returns ErrSchemaOld or ErrSchemaNew when the schema is not this
// program's. It writes nothing.
func (d *DB) CheckSchema(ctx context.Context) error {
	p, err := d.migrator()
	if err != nil {
		return err
	}
	has, err := d.schemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	sources := p.ListSources()
	switch want := sources[len(sources)-1].Version; {
	case has < want:
		return ErrSchemaOld
	case has > want:
		return ErrSchemaNew
	}
	return nil
}
