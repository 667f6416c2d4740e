package main

import (
	"regexp"
	"strings"
)

// parts of the suite, in the order of the report. Each must have run a test.
var parts = []string{"sqlite", "postgres", "browser", "crash"}

var postgresName = regexp.MustCompile(`/postgres|Postgres`)

// partOf tells the part by where a test lies and what it is called: the crash
// test and the browser tests by their package, a test of PostgreSQL by a subtest
// named postgres or by Postgres in a name, and all else runs on SQLite or on
// nothing.
func partOf(pkg, test string) string {
	switch {
	case hasFolder(pkg, "/internal/crashtest"):
		return "crash"
	case hasFolder(pkg, "/web/browser"):
		return "browser"
	case postgresName.MatchString(test):
		return "postgres"
	default:
		return "sqlite"
	}
}

func hasFolder(pkg, folder string) bool {
	return strings.HasSuffix(pkg, folder) || strings.Contains(pkg, folder+"/")
}

// neverSkips tells the parts whose programs the run has set up: a skip there
// would hide that something is missing.
func neverSkips(part string) bool { return part != "sqlite" }
