package store

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/quittance/quittance/internal/secret"
)

// A container made from scratch has no folder for temporary files.
func TestSQLitePutsNothingAsideInFiles(t *testing.T) {
	t.Parallel()
	ring, err := secret.Parse(secret.Generate("k"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open("sqlite:"+filepath.Join(t.TempDir(), "q.db"), ring, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	const inMemory = 2
	for name, pool := range map[string]*sql.DB{"writer": db.writer, "readers": db.readers} {
		var where int
		if err := pool.QueryRowContext(t.Context(), `PRAGMA temp_store`).Scan(&where); err != nil {
			t.Fatal(err)
		}
		if where != inMemory {
			t.Errorf("the %s' temp_store is %d, want %d", name, where, inMemory)
		}
	}
}
