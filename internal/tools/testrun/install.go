package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// need is a program that the tests start and the Debian package that has it.
type need struct {
	program string
	found   []string // where it may lie beside the PATH, as patterns
	pkg     string
}

var needs = []need{
	{program: "initdb", found: []string{"/usr/lib/postgresql/*/bin/initdb"}, pkg: "postgresql"},
	{program: "chromium", pkg: "chromium"},
	{program: "node", pkg: "nodejs"},
	{program: "npm", pkg: "npm"},
	{program: "pdftotext", pkg: "poppler-utils"},
	{program: "sqlite3", pkg: "sqlite3"},
	{program: "qpdf", pkg: "qpdf"},
}

// nodeFolders hold a package-lock.json whose packages the browser tests use.
var nodeFolders = []string{"web/browser"}

// install brings what is missing, or says what to install.
func install(ctx context.Context, out io.Writer) error {
	if missing := missingPackages(needs, present); len(missing) > 0 {
		if err := aptInstall(ctx, missing, out); err != nil {
			return err
		}
	}
	for _, folder := range nodeFolders {
		if !npmStale(folder) {
			continue
		}
		fmt.Fprintln(out, "npm ci in", folder)
		if err := do(ctx, out, "npm", "--prefix", folder, "ci", "--no-audit", "--no-fund", "--ignore-scripts"); err != nil {
			return fmt.Errorf("packages of %s: %w", folder, err)
		}
	}
	return nil
}

func missingPackages(needs []need, present func(need) bool) []string {
	var missing []string
	for _, n := range needs {
		if !present(n) {
			missing = append(missing, n.pkg)
		}
	}
	return missing
}

func present(n need) bool {
	if _, err := exec.LookPath(n.program); err == nil {
		return true
	}
	return slices.ContainsFunc(n.found, func(pattern string) bool {
		matches, err := filepath.Glob(pattern)
		return err == nil && len(matches) > 0
	})
}

// aptInstall installs on Debian and its kin as root, and tells anyone else the
// command.
func aptInstall(ctx context.Context, packages []string, out io.Writer) error {
	install := slices.Concat([]string{"apt-get", "install", "--yes", "--no-install-recommends"}, packages)
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("the tests need what Debian calls %s: install it and run again", strings.Join(packages, ", "))
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("the tests need more than is here; as root, run: %s", strings.Join(install, " "))
	}
	fmt.Fprintln(out, "installing", strings.Join(packages, " "))
	if err := do(ctx, out, "apt-get", "update", "--quiet"); err != nil {
		return fmt.Errorf("package lists: %w", err)
	}
	if err := do(ctx, out, install...); err != nil {
		return fmt.Errorf("install %s: %w", strings.Join(packages, " "), err)
	}
	return nil
}

// npmStale reports whether the folder's packages are older than its lock file,
// or were never installed. A folder without a lock file has none.
func npmStale(folder string) bool {
	lock, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return false
	}
	installed, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json"))
	return err != nil || installed.ModTime().Before(lock.ModTime())
}

// do runs a command without input and shows what it said only if it fails.
func do(ctx context.Context, out io.Writer, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	said, err := cmd.CombinedOutput()
	if err != nil {
		lines := bufio.NewScanner(strings.NewReader(string(said)))
		for lines.Scan() {
			fmt.Fprintln(out, "   ", lines.Text())
		}
		return fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return nil
}
