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
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// fuzzer is the pinned release that the API is fuzzed with, and where it is put.
const (
	fuzzer     = "schemathesis==4.32.5"
	fuzzFolder = "bin/schemathesis"
)

var fuzzNeeds = []need{{program: "python3", pkg: "python3"}, {program: "python3-venv", found: []string{"/usr/lib/python3*/ensurepip/__init__.py"}, pkg: "python3-venv"}}

// fuzz starts the demo and sends to its API what Schemathesis makes of the API's own
// document: no answer may be a 5xx, none may be one that the document does not have,
// and nothing may be taken that the document does not allow. Its arguments are -time,
// how long it sends, and -seed.
func fuzz(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("fuzz-api", flag.ContinueOnError)
	budget := flags.Duration("time", 2*time.Minute, "how long it sends")
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
	ctx, cancel := context.WithTimeout(ctx, *budget+2*time.Minute) // it may finish what it is at
	defer cancel()
	d, err := startDemo(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()

	settings, err := d.furnish(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "fuzzing %s, seed %d\n", d.BaseURL, *seed)
	cmd := exec.CommandContext(ctx, filepath.Join(fuzzFolder, "bin", "schemathesis"), "--config-file", settings, "run", d.BaseURL+"/api/v1/openapi.yaml",
		"--url", d.BaseURL+"/api/v1", "--header", "Authorization: Bearer "+d.APIKey, "--seed", strconv.FormatInt(*seed, 10),
		"--max-time", strconv.Itoa(int(budget.Seconds())), "--generation-database", "none", "--no-color", "--warnings", "off",
		"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,"+
			"negative_data_rejection,unsupported_method,allow_header_conformance,ignored_auth")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // it reports what it found so far
	cmd.WaitDelay = 10 * time.Second
	cmd.Stdout, cmd.Stderr = out, out
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return fmt.Errorf("fuzz-api did not end: %w", ctx.Err())
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

// furnish makes a customer, a product and an order, and gives the file that tells
// the fuzzer their ids: it would not guess one.
func (d *demo) furnish(ctx context.Context) (settings string, err error) {
	ids := map[string]string{}
	for _, made := range []struct{ name, path, body string }{
		{"customer", "/customers", `{"customer":{"email":"anna@example.com","given_name":"Anna"}}`},
		{"product", "/products", `{"product":{"type":"single_payment","name":"Ticket","currency":"EUR","price":"20.00"}}`},
		{"order", "/orders/create_single_order", `{"order":{"customer_id":"$customer","currency":"EUR","order_products":[{"product_id":"$product"}]}}`},
	} {
		body := os.Expand(made.body, func(name string) string { return ids[name] })
		if ids[made.name], err = d.make(ctx, made.path, made.name, body); err != nil {
			return "", fmt.Errorf("make %s: %w", made.name, err)
		}
	}
	settings = filepath.Join(fuzzFolder, "settings.toml")
	var b bytes.Buffer
	for folder, name := range map[string]string{"customers": "customer", "products": "product", "orders": "order", "order_checkouts": "order"} {
		fmt.Fprintf(&b, "[[operations]]\ninclude-path-regex = '^/%s/\\{'\nparameters = { \"path.id\" = %q }\n", folder, ids[name])
	}
	return settings, os.WriteFile(settings, b.Bytes(), 0o600)
}

// make posts and gives the id of what was made.
func (d *demo) make(ctx context.Context, path, envelope, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.BaseURL+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+d.APIKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	var made map[string]struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&made); err != nil || resp.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("%s, %w", resp.Status, err)
	}
	return made[envelope].ID, nil
}

func (d *demo) stop() error {
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	var ended *exec.ExitError
	if err := d.cmd.Wait(); err != nil && !errors.As(err, &ended) {
		return fmt.Errorf("stop demo: %w", err)
	}
	return nil
}
