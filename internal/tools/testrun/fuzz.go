package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// fuzzer is the pinned release that the API is fuzzed with, and where it is put.
const (
	fuzzer     = "schemathesis==4.4.4"
	fuzzFolder = "bin/schemathesis"
)

var fuzzNeeds = []need{{program: "python3", pkg: "python3"}, {program: "python3-venv", found: []string{"/usr/lib/python3*/ensurepip/__init__.py"}, pkg: "python3-venv"}}

// fuzz starts the demo and sends to its API what Schemathesis makes of the API's own
// document: no answer may be a 5xx, and none may be one that the document does not
// have. Its arguments are -examples, tried per operation, -time, the most that it
// may take, and -seed.
func fuzz(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("fuzz-api", flag.ContinueOnError)
	examples := flags.Int("examples", 40, "requests that are tried per operation and way of trying")
	most := flags.Duration("time", 2*time.Minute, "the most that it may take")
	seed := flags.Int64("seed", time.Now().UnixNano()%1_000_000, "of what is sent; the same again finds the same")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := installFuzzer(ctx, out); err != nil {
		return err
	}
	if err := do(ctx, out, "go", "build", "-o", "bin/quittance", "./cmd/quittance"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, *most)
	defer cancel()
	d, err := startDemo(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()

	fmt.Fprintf(out, "fuzzing %s, seed %d\n", d.BaseURL, *seed)
	cmd := exec.CommandContext(ctx, filepath.Join(fuzzFolder, "bin", "schemathesis"), "run", d.BaseURL+"/api/v1/openapi.yaml", //nolint:gosec // our own program
		"--url", d.BaseURL+"/api/v1", "--header", "Authorization: Bearer "+d.APIKey, "--seed", strconv.FormatInt(*seed, 10),
		"--max-examples", strconv.Itoa(*examples), "--phases", "examples,coverage,fuzzing", "--generation-database", "none",
		"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance", "--no-color")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it reports what it found so far
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdout, cmd.Stderr = out, out
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return fmt.Errorf("fuzz-api: not done within %s: raise -time or lower -examples", *most)
	case err != nil:
		return fmt.Errorf("fuzz-api found something, see above; -seed %d does it again: %w", *seed, err)
	}
	return nil
}

// installFuzzer puts the fuzzer into a folder of its own, once.
func installFuzzer(ctx context.Context, out io.Writer) error {
	if missing := missingPackages(fuzzNeeds, present); len(missing) > 0 {
		if err := aptInstall(ctx, missing, out); err != nil {
			return err
		}
	}
	stamp := filepath.Join(fuzzFolder, "installed")
	if there, err := os.ReadFile(stamp); err == nil && string(there) == fuzzer {
		return nil
	}
	fmt.Fprintln(out, "installing", fuzzer)
	if err := do(ctx, out, "python3", "-m", "venv", "--clear", fuzzFolder); err != nil {
		return err
	}
	if err := do(ctx, out, filepath.Join(fuzzFolder, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", fuzzer); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(fuzzer), 0o600)
}

// demo is a running one and what its first line tells.
type demo struct {
	BaseURL string `json:"base_url"`
	APIKey  string `json:"api_key"`

	cmd  *exec.Cmd
	said bytes.Buffer
}

func startDemo(ctx context.Context) (*demo, error) {
	d := &demo{cmd: exec.CommandContext(ctx, "bin/quittance", "demo", "--listen", "127.0.0.1:0", "--bare", "--json")}
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(syscall.SIGTERM) }
	d.cmd.WaitDelay = 10 * time.Second
	d.cmd.Stderr = &d.said
	lines, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start demo: %w", err)
	}
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start demo: %w", err)
	}
	first, err := bufio.NewReader(lines).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(first, d)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start demo: %w\n%s", err, d.said.String()), d.stop())
	}
	return d, nil
}

func (d *demo) stop() error {
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	var ended *exec.ExitError
	if err := d.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("stop demo: %w", err)
	}
	return nil
}
