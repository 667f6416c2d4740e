package pg_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/quittance/quittance/internal/testkit/pg"
)

func TestPostgresURLIsEmptyAndDropped(t *testing.T) {
	t.Parallel()

	var dbURL string
	t.Run("inner", func(t *testing.T) {
		dbURL = pg.URL(t)
		conn := connect(t, dbURL) // left open: dropping must not mind
		var tables int
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables)
		if err != nil || tables != 0 {
			t.Fatalf("tables in a fresh database = %d, %v, want 0", tables, err)
		}
	})

	conn, err := pgx.Connect(t.Context(), dbURL)
	if err == nil {
		_ = conn.Close(t.Context())
		t.Error("the database is still there after its test")
	}
}

func TestPostgresFromTemplate(t *testing.T) {
	t.Parallel()

	var filled atomic.Int32
	fill := func(dbURL string) error {
		filled.Add(1)
		conn, err := pgx.Connect(t.Context(), dbURL)
		if err != nil {
			return err
		}
		// Left open on purpose, as a pool that closes late would.
		_, err = conn.Exec(t.Context(), `CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)`)
		return err
	}
	name := t.Name()
	t.Run("copies", func(t *testing.T) {
		for i := range 4 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()

				conn := connect(t, pg.FromTemplate(t, name, fill))
				var n int
				if err := conn.QueryRow(t.Context(), `SELECT n FROM kept`).Scan(&n); err != nil || n != 7 {
					t.Errorf("copied row = %d, %v, want 7", n, err)
				}
				if _, err := conn.Exec(t.Context(), `UPDATE kept SET n = 8`); err != nil {
					t.Error(err)
				}
			})
		}
	})
	if got := filled.Load(); got != 1 {
		t.Errorf("filled %d times, want 1", got)
	}
}

func TestPostgresFailedTemplateIsFilledAgain(t *testing.T) {
	t.Parallel()

	broken := errors.New("broken migration")
	recorder := &recordingTB{TB: t}
	done := make(chan struct{})
	go func() { // Fatalf ends the goroutine that calls it
		defer close(done)
		pg.FromTemplate(recorder, t.Name(), func(string) error { return broken })
	}()
	<-done
	if !recorder.failed.Load() {
		t.Fatal("a failing fill did not fail the test")
	}

	pg.FromTemplate(t, t.Name(), func(string) error { return nil })
}

func TestPostgresServerStops(t *testing.T) {
	t.Parallel()

	s, err := pg.Start()
	if err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceValue(s.Stop)
	t.Cleanup(func() { _ = stop() })
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	if err := stop(); err != nil {
		t.Fatal(err)
	}

	u, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	var d net.Dialer
	if c, err := d.DialContext(t.Context(), "tcp", u.Host); err == nil {
		_ = c.Close()
		t.Error("the server still takes connections after Stop")
	}
}

// BenchmarkPostgresFromTemplate is the price of a database per test.
func BenchmarkPostgresFromTemplate(b *testing.B) {
	fill := func(dbURL string) error {
		conn, err := pgx.Connect(b.Context(), dbURL)
		if err != nil {
			return err
		}
		for i := range 40 {
			if _, err := conn.Exec(b.Context(), fmt.Sprintf(`CREATE TABLE t%d (id text PRIMARY KEY)`, i)); err != nil {
				return err
			}
		}
		return conn.Close(b.Context())
	}
	for b.Loop() {
		pg.FromTemplate(b, b.Name(), fill)
	}
}

// recordingTB stands in for a test that is allowed to fail.
type recordingTB struct {
	testing.TB
	failed atomic.Bool
}

func (r *recordingTB) Fatalf(string, ...any) {
	r.failed.Store(true)
	runtime.Goexit()
}

func connect(t *testing.T, dbURL string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dbURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}
