// Package pg gives tests a PostgreSQL of their own: an empty database per test
// on a server that the test run started, or on one that this package starts
// once per process and that stops when the process ends, however it ends.
//
// The variable QUITTANCE_TEST_POSTGRES names a running server by the
// postgres:// URL of a superuser; make test sets it. Without it, the programs
// of Debian's package postgresql (or any initdb and pg_ctl on the PATH) are
// enough. Nothing here skips: no PostgreSQL fails the test.
package pg

// EnvServer is the environment variable that names the server to use.
const EnvServer = "QUITTANCE_TEST_POSTGRES"
