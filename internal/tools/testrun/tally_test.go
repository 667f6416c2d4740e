package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// full has one passing test of each part, so that what a case adds decides.
const full = `
{"Action":"run","Package":"m/internal/order","Test":"TestCancel"}
{"Action":"pass","Package":"m/internal/order","Test":"TestCancel"}
{"Action":"pass","Package":"m/internal/order","Elapsed":0.1}
{"Action":"run","Package":"m/internal/store","Test":"TestConformance"}
{"Action":"run","Package":"m/internal/store","Test":"TestConformance/postgres"}
{"Action":"pass","Package":"m/internal/store","Test":"TestConformance/postgres"}
{"Action":"pass","Package":"m/internal/store","Test":"TestConformance"}
{"Action":"pass","Package":"m/internal/store","Elapsed":0.1}
{"Action":"run","Package":"m/web/browser","Test":"TestJourney"}
{"Action":"pass","Package":"m/web/browser","Test":"TestJourney"}
{"Action":"pass","Package":"m/web/browser","Elapsed":0.1}
{"Action":"run","Package":"m/internal/crashtest","Test":"TestCrash"}
{"Action":"run","Package":"m/internal/crashtest","Test":"TestCrash/postgres"}
{"Action":"pass","Package":"m/internal/crashtest","Test":"TestCrash/postgres"}
{"Action":"pass","Package":"m/internal/crashtest","Test":"TestCrash"}
{"Action":"pass","Package":"m/internal/crashtest","Elapsed":0.1}
`

func TestReport(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		events string
		closes string // the closing lines, joined
		fails  string // part of the error; empty for success
		shows  string // somewhere in the output
	}{
		"all pass": {
			events: full,
			closes: "sqlite: 1 passed, 0 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 0 failed",
			shows:  "ok   m/internal/store: 1, 0.1 s",
		},
		"a part without tests": {
			events: strings.ReplaceAll(full, "web/browser", "web/portal"),
			closes: "sqlite: 2 passed, 0 failed|postgres: 1 passed, 0 failed|browser: 0 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 0 failed",
			fails:  "no test ran of: browser",
		},
		"a failing test and what it said": {
			events: full + `
{"Action":"run","Package":"m/pdf","Test":"TestDraw"}
{"Action":"output","Package":"m/pdf","Test":"TestDraw","Output":"    draw_test.go:7: got 1, want 2\n"}
{"Action":"fail","Package":"m/pdf","Test":"TestDraw"}
{"Action":"fail","Package":"m/pdf","Elapsed":0.1}`,
			closes: "sqlite: 1 passed, 1 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 1 failed",
			fails:  "1 tests failed",
			shows:  "draw_test.go:7: got 1, want 2",
		},
		"a failing subtest counts once": {
			events: full + `
{"Action":"run","Package":"m/pdf","Test":"TestDraw"}
{"Action":"run","Package":"m/pdf","Test":"TestDraw/a"}
{"Action":"fail","Package":"m/pdf","Test":"TestDraw/a"}
{"Action":"fail","Package":"m/pdf","Test":"TestDraw"}
{"Action":"fail","Package":"m/pdf","Elapsed":0.1}`,
			closes: "sqlite: 1 passed, 1 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 1 failed",
			fails:  "1 tests failed",
		},
		"a parent that fails by itself counts": {
			events: full + `
{"Action":"run","Package":"m/pdf","Test":"TestDraw"}
{"Action":"run","Package":"m/pdf","Test":"TestDraw/a"}
{"Action":"pass","Package":"m/pdf","Test":"TestDraw/a"}
{"Action":"fail","Package":"m/pdf","Test":"TestDraw"}
{"Action":"fail","Package":"m/pdf","Elapsed":0.1}`,
			closes: "sqlite: 2 passed, 1 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|5 passed, 1 failed",
			fails:  "1 tests failed",
		},
		"a slash in a subtest's name is no parent": {
			events: full + `
{"Action":"run","Package":"m/pdf","Test":"TestDraw"}
{"Action":"run","Package":"m/pdf","Test":"TestDraw/a/b"}
{"Action":"pass","Package":"m/pdf","Test":"TestDraw/a/b"}
{"Action":"pass","Package":"m/pdf","Test":"TestDraw"}
{"Action":"pass","Package":"m/pdf","Elapsed":0.1}`,
			closes: "sqlite: 2 passed, 0 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|5 passed, 0 failed",
		},
		"a skip elsewhere is named": {
			events: full + `
{"Action":"run","Package":"m/pdf","Test":"TestDraw"}
{"Action":"skip","Package":"m/pdf","Test":"TestDraw"}
{"Action":"pass","Package":"m/pdf","Elapsed":0.1}`,
			closes: "sqlite: 1 passed, 0 failed, 1 skipped|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 0 failed, 1 skipped",
			shows:  "SKIP m/pdf TestDraw",
		},
		"a skip of what the run has set up fails": {
			events: full + `
{"Action":"run","Package":"m/internal/store","Test":"TestPostgresLocks"}
{"Action":"skip","Package":"m/internal/store","Test":"TestPostgresLocks"}
{"Action":"pass","Package":"m/internal/store","Elapsed":0.1}`,
			fails: "1 tests failed",
			shows: "FAIL (skipped, and postgres tests must run)",
		},
		"a package that does not build": {
			events: full + `
{"Action":"build-output","ImportPath":"m/pdf [m/pdf.test]","Output":"pdf/draw.go:3:1: syntax error\n"}
{"Action":"build-fail","ImportPath":"m/pdf [m/pdf.test]"}
{"Action":"fail","Package":"m/pdf","Elapsed":0,"FailedBuild":"m/pdf [m/pdf.test]"}`,
			closes: "sqlite: 1 passed, 1 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 1 failed",
			fails:  "1 tests failed",
			shows:  "pdf/draw.go:3:1: syntax error",
		},
		"a test that a panic left unfinished": {
			events: full + `
{"Action":"run","Package":"m/pdf","Test":"TestDraw"}
{"Action":"output","Package":"m/pdf","Test":"TestDraw","Output":"panic: no font\n"}
{"Action":"fail","Package":"m/pdf","Elapsed":0.1}`,
			closes: "sqlite: 1 passed, 1 failed|postgres: 1 passed, 0 failed|browser: 1 passed, 0 failed|crash: 1 passed, 0 failed|4 passed, 1 failed",
			fails:  "1 tests failed",
			shows:  "panic: no font",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var out bytes.Buffer
			tally := newTally()
			if err := tally.read(strings.NewReader(tt.events), &out); err != nil {
				t.Fatal(err)
			}
			err := tally.report(&out)

			if (err != nil) != (tt.fails != "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
				t.Errorf("report error = %v, want %q", err, tt.fails)
			}
			if !strings.Contains(out.String(), tt.shows) {
				t.Errorf("output lacks %q:\n%s", tt.shows, &out)
			}
			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if closes := strings.Join(lines[len(lines)-5:], "|"); tt.closes != "" && closes != tt.closes {
				t.Errorf("closing lines:\n%s", cmp.Diff(tt.closes, closes))
			}
		})
	}
}

func TestPartOf(t *testing.T) {
	t.Parallel()

	tests := []struct{ pkg, test, want string }{
		{"m/internal/order", "TestCancel", "sqlite"},
		{"m/internal/store", "TestOrders/sqlite/by_id", "sqlite"},
		{"m/internal/store", "TestOrders/postgres/by_id", "postgres"},
		{"m/internal/store", "TestPostgresLocks", "postgres"},
		{"m/internal/crashtest", "TestCrash/postgres", "crash"},
		{"m/web/browser", "TestPay/postgres", "browser"},
		{"m/web/browsers", "TestPay", "sqlite"},
	}
	for _, tt := range tests {
		if got := partOf(tt.pkg, tt.test); got != tt.want {
			t.Errorf("partOf(%s, %s) = %s, want %s", tt.pkg, tt.test, got, tt.want)
		}
	}
}

func TestMissingPackages(t *testing.T) {
	t.Parallel()

	got := missingPackages(needs, func(n need) bool { return n.program != "chromium" })

	if diff := cmp.Diff([]string{"chromium"}, got); diff != "" {
		t.Error(diff)
	}
}
