// Command testrun runs every test of the module, and first sets up what they
// need: on Debian, as root, it installs missing programs; it starts a PostgreSQL
// that lives as long as the run; it fetches the browser tests' packages. It ends
// with the count of each part (sqlite, postgres, browser, crash) and of all, and
// with status 1 if a test failed, if a part ran no test, or if a test of a part
// that needs such a program was skipped.
//
// Its arguments go to go test: testrun -race, testrun -run TestName; but testrun
// fuzz-api runs no tests: it fuzzes the API, see fuzz.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/quittance/quittance/internal/testkit/pg"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testrun:", err)
		os.Exit(1)
	}
}

// run prints the counts last, so that they are the end of the output; what went
// wrong beside failing tests is the error.
func run(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) > 0 && args[0] == "fuzz-api" {
		return fuzz(ctx, args[1:], out)
	}
	if err := install(ctx, out); err != nil {
		return err
	}
	env := os.Environ()
	if os.Getenv(pg.EnvServer) == "" {
		server, err := pg.Start()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		env = append(env, pg.EnvServer+"="+server.URL())
	}

	fmt.Fprintln(out, "go vet ./...")
	vet := exec.CommandContext(ctx, "go", "vet", "./...")
	vet.Stdout, vet.Stderr = out, out
	if err := vet.Run(); err != nil {
		return fmt.Errorf("go vet: %w", err)
	}

	args = slices.Concat([]string{"test", "-json", "-shuffle=on", "-timeout=20m"}, args, []string{"./..."})
	fmt.Fprintln(out, "go", strings.Join(args, " "))
	tally, err := goTest(ctx, args, env, out)
	if err != nil {
		return err
	}
	return tally.report(out)
}

// goTest runs go test and follows its events. That tests failed is in the tally;
// an error means that the run itself did not work.
func goTest(ctx context.Context, args, env []string, out io.Writer) (*tally, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = env
	cmd.Stderr = out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // go test passes it on
	events, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("go test: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("go test: %w", err)
	}
	t := newTally()
	readErr := t.read(events, out)
	err = cmd.Wait()
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	if readErr != nil {
		return nil, readErr
	}
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		return nil, fmt.Errorf("go test: %w", err)
	}
	if err != nil && t.failures() == 0 {
		return nil, fmt.Errorf("go test failed without a failing test: %w", err)
	}
	return t, nil
}
