package browser_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

func TestMailScannerChangesNothing(t *testing.T) {
	t.Parallel()
	d := startDemo(t)
	link := d.shop.order(t, philippa("en")).Link
	db := openDatabase(t, filepath.Join(d.dir, "quittance.db"))
	idle(t, db)
	before := contents(t, db)

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range map[string]*http.Client{"without cookies": {}, "with cookies": {Jar: jar}} {
		for _, header := range []http.Header{{}, {"Purpose": {"prefetch"}}, {"Sec-Purpose": {"prefetch;prerender"}}, {"X-Moz": {"prefetch"}}} {
			for _, method := range []string{http.MethodHead, http.MethodGet, http.MethodOptions} {
				scan(t, client, method, link, header)
			}
		}
	}

	idle(t, db)
	if diff := cmp.Diff(before, contents(t, db)); diff != "" {
		t.Errorf("the scanner changed the database (-before +after):\n%s", diff)
	}
	journey(t, "pay", map[string]any{"link": link, "width": 390}, nil, nil)
	d.gateway.wantCharges(t, 1)
	if cmp.Equal(before, contents(t, db)) {
		t.Error("paying changed nothing either: the comparison looks at the wrong database")
	}
}

var hrefs = regexp.MustCompile(`(?:href|action)="([^"]+)"`)

// scan opens a link as a mail scanner does, and whatever the page behind it
// links to on the same site.
func scan(t *testing.T, client *http.Client, method, link string, header http.Header) {
	t.Helper()
	fetch := func(address string) (body, at string) {
		req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = header.Clone()
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close() // read-only
		if err != nil || res.StatusCode >= 500 {
			t.Errorf("%s %v: %s %v", method, header, res.Status, err)
		}
		return string(b), res.Request.URL.String()
	}
	body, at := fetch(link)
	base, err := http.NewRequest(http.MethodGet, at, nil) //nolint:noctx // never sent: it resolves addresses
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range hrefs.FindAllStringSubmatch(body, -1) {
		if u, err := base.URL.Parse(strings.ReplaceAll(found[1], "&amp;", "&")); err == nil && u.Host == base.URL.Host {
			fetch(u.String())
		}
	}
}

// openDatabase opens a running portal's database to read.
func openDatabase(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// contents are all rows of all tables, as text, but for the job queue's notes
// about its own processes.
func contents(t *testing.T, db *sql.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		if strings.HasPrefix(table, "river_") && table != "river_job" {
			continue
		}
		names := column(t, db, `SELECT 'quote("' || name || '")' FROM pragma_table_info('`+table+`')`)
		all[table] = column(t, db, fmt.Sprintf(`SELECT %s FROM %q ORDER BY 1`, strings.Join(names, ` || ' ' || `), table))
	}
	if tables := slices.Collect(maps.Keys(all)); !slices.Contains(tables, "orders") || len(all["orders"]) == 0 {
		t.Fatalf("no orders in the tables %v", tables)
	}
	return all
}

// idle waits until no job is left to do.
func idle(t *testing.T, db *sql.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if left := column(t, db, `SELECT kind FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')`); len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the jobs do not come to an end")
		}
	}
}

// column is a query of one text column.
func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }() // read to the end, or failed
	var all []string
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		all = append(all, text.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}
