// Package browser_test walks the pages in Debian's Chromium as a customer would:
// each test is one journey, a script of the same name here, against the real
// program in processes of its own.
package browser_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/quittance/quittance/internal/app" // the program: go test runs again when it changes
)

// tools are what the journeys need, set up once for all of them.
type tools struct {
	quittance, chromium, node string
	dir                       string // gone when the tests are over
}

var setUp = sync.OnceValues(func() (t tools, err error) {
	if t.chromium, err = exec.LookPath("chromium"); err != nil {
		return t, errors.New("Chromium is missing; as root, run: apt-get install --yes --no-install-recommends chromium")
	}
	if t.node, err = exec.LookPath("node"); err != nil {
		return t, errors.New("Node.js is missing; as root, run: apt-get install --yes --no-install-recommends nodejs npm")
	}
	if err := nodePackages(); err != nil {
		return t, err
	}
	if err := readScripts(); err != nil {
		return t, err
	}
	if t.dir, err = os.MkdirTemp("", "quittance-browser-"); err != nil {
		return t, err
	}
	t.quittance = filepath.Join(t.dir, "quittance")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", t.quittance, "../../cmd/quittance").CombinedOutput(); err != nil {
		return t, fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return t, nil
})

// nodePackages installs the packages of the lock file if they are missing or older.
func nodePackages() error {
	lock, err := os.Stat("package-lock.json")
	if err != nil {
		return err
	}
	installed, err := os.Stat(filepath.Join("node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return nil
	}
	if out, err := exec.CommandContext(context.Background(), "npm", "ci", "--ignore-scripts").CombinedOutput(); err != nil {
		return fmt.Errorf("the journeys' packages are missing; with a network, run: npm --prefix web/browser ci\n%w\n%s", err, out)
	}
	return nil
}

// readScripts reads the scripts, so that go test knows that its result depends on
// them.
func readScripts() error {
	scripts, err := filepath.Glob("*.mjs")
	if err != nil {
		return err
	}
	for _, s := range append(scripts, "../../cmd/quittance/main.go") {
		if _, err := os.ReadFile(s); err != nil {
			return err
		}
	}
	return nil
}

// need gives the tools, or fails the test with what to install.
func need(t *testing.T) tools {
	t.Helper()
	have, err := setUp()
	if err != nil {
		t.Fatal(err)
	}
	return have
}

func TestMain(m *testing.M) {
	code := m.Run()
	if have, _ := setUp(); have.dir != "" {
		if err := os.RemoveAll(have.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// shots is where pictures go: the folder of QUITTANCE_SHOTS, which stays, or one
// of the test's own, which goes when the test passed.
func shots(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("QUITTANCE_SHOTS"); dir != "" {
		return dir
	}
	dir, err := os.MkdirTemp("", "quittance-shots-"+strings.ReplaceAll(t.Name(), "/", "-")+"-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("pictures stay in %s", dir)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
