package testkit

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/store"
	"github.com/quittance/quittance/internal/testkit/pg"
)

// Engines are the database engines that the store's suite runs on.
var Engines = []string{"sqlite", "postgres"}

// OnBoth tests a behaviour of the whole application on each engine, beside each other.
func OnBoth(t *testing.T, o Options, behaviour func(t *testing.T, app *App)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			on := o
			on.Engine = engine
			behaviour(t, Start(t, on))
		})
	}
}

// Database is the address of a fresh, migrated database of an engine.
func Database(tb testing.TB, engine string) string {
	tb.Helper()
	if engine == "postgres" {
		return pg.FromTemplate(tb, "quittance_ground_1", func(address string) error { return migrate(address) })
	}
	template, err := sqliteTemplate()
	if err != nil {
		tb.Fatalf("migrate template: %v", err)
	}
	path := filepath.Join(tb.TempDir(), "quittance.db")
	if err := os.WriteFile(path, template, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + path
}

// sqliteTemplate is a migrated database, made once per test process.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "quittance-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "t.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func migrate(address string) error {
	ring, err := secret.Parse(secret.Generate("test"))
	if err != nil {
		return err
	}
	db, err := store.Open(address, ring, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if err := db.Migrate(context.Background()); err != nil {
		return err
	}
	return db.Close()
}
