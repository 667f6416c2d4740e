package store

import (
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/quittance/quittance/internal/secret"
)

// inFile is what lies in a copy of the file alone, without its log.
func inFile(t *testing.T, path string) (rows int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	twin := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(twin, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+twin)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // a copy
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM noted`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCheckpointMovesCommitsIntoTheFileBesideWriterAndReaders(t *testing.T) {
	t.Parallel()
	ring, err := secret.Parse(secret.Generate("k"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "q.db")
	db, err := Open("sqlite:"+path, ring, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	write := func(text string) {
		t.Helper()
		if _, err := db.writer.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	checkpoint := func() int {
		t.Helper()
		left, err := db.checkpoints.checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return left
	}
	write(`CREATE TABLE noted (n INTEGER)`)
	write(`INSERT INTO noted VALUES (1)`)
	if left := checkpoint(); left != 0 {
		t.Errorf("%d pages of the log are left behind though nobody reads", left)
	}
	if got := inFile(t, path); got != 1 {
		t.Errorf("the file has %d rows, want 1", got)
	}

	reading, err := db.readers.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reading.Rollback() }() // it only reads
	count := func() (n int) {
		t.Helper()
		if err := reading.QueryRowContext(t.Context(), `SELECT count(*) FROM noted`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	count() // from here on it sees one row
	write(`INSERT INTO noted VALUES (2)`)
	if left := checkpoint(); left == 0 {
		t.Error("a page was written into the file that a reader still sees as it was")
	}
	if got := count(); got != 1 {
		t.Errorf("the reader sees %d rows, want the 1 of its beginning", got)
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if left := checkpoint(); left != 0 {
		t.Errorf("%d pages are left behind after the reader went", left)
	}
	if got := inFile(t, path); got != 2 {
		t.Errorf("the file has %d rows, want 2", got)
	}
}
