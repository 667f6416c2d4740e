//go:build linux

package crashtest

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var (
	long  = flag.Bool("long", false, "the long form: more payments, more kills, and the mutation")
	seed  = flag.Uint64("seed", 0, "of everything random; 0 is the time in the long form and fixed in the short")
	seeds = flag.Int("seeds", 1, "how many seeds in a row, in the long form")
	keep  = flag.String("keep", "", "folder to keep logs and books in")
)

// built is the program, built once for all tests of a run.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if built.dir != "" {
		if err := os.RemoveAll(built.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// program is the path of the built program.
func program(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "quittance-crash-"); built.err == nil {
			built.err = build(filepath.Join(built.dir, "quittance"))
		}
	})
	if built.err != nil {
		t.Fatalf("build the program: %v", built.err)
	}
	return filepath.Join(built.dir, "quittance")
}

func build(path string, flags ...string) error {
	args := append([]string{"build", "-o", path}, flags...)
	cmd := exec.Command("go", append(args, "github.com/quittance/quittance/cmd/quittance")...) //nolint:noctx // ends with the test run
	out, err := cmd.CombinedOutput()
	if err != nil {
		return errors.Join(err, errors.New(string(out)))
	}
	return nil
}
