package pg

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/fnv"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// longestName is what PostgreSQL keeps of an identifier, in bytes.
const longestName = 63

// URL returns the URL of a fresh, empty database. It is dropped, connections
// and all, when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	return fresh(t, server(t), "template0")
}

// FromTemplate returns the URL of a fresh copy of what fill put into an empty
// database, in a few tens of milliseconds: fill runs once per name and server,
// also when several test processes ask at once. The name stands for the content,
// so put a version into it if the server outlives the run. The copy is dropped,
// connections and all, when the test ends.
func FromTemplate(t testing.TB, name string, fill func(url string) error) string {
	t.Helper()
	base, template := server(t), "template_"+name
	if len(template) > longestName {
		t.Fatalf("template %s: PostgreSQL would cut a name of more than %d bytes", name, longestName-len("template_"))
	}
	if err := ensureTemplate(t.Context(), base, template, fill); err != nil {
		t.Fatalf("template %s: %v", name, err)
	}
	return fresh(t, base, template)
}

// fresh copies a template to a database that lives as long as the test.
func fresh(t testing.TB, base, template string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	if err := execute(t.Context(), base, "CREATE DATABASE "+name+" TEMPLATE "+quote(template)); err != nil {
		t.Fatalf("create the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(context.WithoutCancel(t.Context()), base, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return onDatabase(base, name)
}

// ensureTemplate fills the template unless a finished one exists. A database of
// that name that is not marked as a template is what a failed filling left.
func ensureTemplate(ctx context.Context, base, name string, fill func(url string) error) (err error) {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()

	// The lock ends with the connection, so a killed test frees it.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, lockKey(name)); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	var finished bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate)`, name).Scan(&finished)
	if err != nil || finished {
		return err
	}
	db := quote(name)
	if err := execEach(ctx, conn, "DROP DATABASE IF EXISTS "+db+" WITH (FORCE)", "CREATE DATABASE "+db+" TEMPLATE template0"); err != nil {
		return err
	}
	if err := fill(onDatabase(base, name)); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	// A database with connections cannot be copied: refuse new ones, end old ones.
	if err := execEach(ctx, conn, "ALTER DATABASE "+db+" ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1`, name); err != nil {
		return fmt.Errorf("end connections: %w", err)
	}
	return execEach(ctx, conn, "ALTER DATABASE "+db+" IS_TEMPLATE true")
}

var started = sync.OnceValues(Start)

// server is the URL of the server that the run names, or of this process's own.
func server(t testing.TB) string {
	t.Helper()
	if named := os.Getenv(EnvServer); named != "" {
		return named
	}
	s, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return s.URL()
}

func execute(ctx context.Context, base, statement string) error {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	return execEach(ctx, conn, statement)
}

func execEach(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

func onDatabase(base, name string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base // the connection made from base has failed before this
	}
	u.Path = "/" + name
	return u.String()
}

func lockKey(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash's Write never fails
	return int64(h.Sum64())
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
