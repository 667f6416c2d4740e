package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/testkit/pg"
)

// The test binary runs as the program itself when this is set.
const runMain = "QUITTANCE_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// command is the program with settings for a database of its own.
func command(t *testing.T, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), runMain+"=1")
	for k, v := range env {
		c.Env = append(c.Env, "QUITTANCE_"+k+"="+v)
	}
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 10 * time.Second
	return c
}

func settings(t *testing.T, database string) map[string]string {
	t.Helper()
	if database == "" {
		database = "sqlite:" + filepath.Join(t.TempDir(), "q.db")
	}
	return map[string]string{"DATABASE": database, "SECRET_KEY": secret.Generate("k1"), "LISTEN": freeAddress(t), "LOG_LEVEL": "debug", "POLL": "50ms"}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func run(t *testing.T, env map[string]string, args ...string) (string, error) {
	t.Helper()
	out, err := command(t, env, args...).CombinedOutput()
	return string(out), err
}

func wantOutput(t *testing.T, env map[string]string, want string, args ...string) string {
	t.Helper()
	out, err := run(t, env, args...)
	if err != nil || !regexp.MustCompile(want).MatchString(out) {
		t.Fatalf("quittance %s: %v, output does not match %q:\n%s", strings.Join(args, " "), err, want, out)
	}
	return out
}

const profileFile = `{"mode":"sandbox","name":"Corner Shop","locale":"de","time_zone":"Europe/Berlin","legal_name":"Corner Shop KG",
"gateway_account":{"driver":"opp","entity_id":"e1","api_base":"http://127.0.0.1:1","public_base":"http://127.0.0.1:1","token_file":"token","webhook_key_file":"webhook"}}`

func writeProfile(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"p.json": content, "token": "gateway-token-of-shop\n", "webhook": strings.Repeat("0f", 32)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "p.json")
}

func TestOperatorSetsUpAProfile(t *testing.T) {
	t.Parallel()
	env := settings(t, "")
	out := wantOutput(t, env, `profile prf_\w+ \(number 1\), gateway account gwa_\w+`, "profile", "apply", writeProfile(t, profileFile))
	id := regexp.MustCompile(`prf_\w+`).FindString(out)

	shown := wantOutput(t, env, `"name": "Corner Shop"`, "profile", "show", "1")
	if strings.Contains(shown, "gateway-token-of-shop") || strings.Contains(shown, "0f0f0f") {
		t.Errorf("profile show shows a secret:\n%s", shown)
	}
	wantOutput(t, env, `^k1 rk_[0-9a-f]{64}\n$`, "profile", "redirect-key", id)
	key := wantOutput(t, env, `key_\w+ qk_`, "key", "create", id)
	wantOutput(t, env, ``, "key", "revoke", regexp.MustCompile(`key_\w+`).FindString(key))
	doctor := wantOutput(t, env, `ok +profile `+id+` \(sandbox\): gateway account gwa_`, "doctor")
	if strings.Contains(doctor, env["SECRET_KEY"]) {
		t.Error("doctor shows the keyring")
	}
	if out, err := run(t, env, "profile", "apply", writeProfile(t, strings.Replace(profileFile, "Europe/Berlin", "Mars/Base", 1))); err == nil || !strings.Contains(out, "/time_zone") {
		t.Errorf("a wrong time zone: %v\n%s", err, out)
	}
	if out, err := run(t, map[string]string{"DATABASE": "mysql:x", "SECRET_KEY": "short"}, "doctor"); err == nil || !strings.Contains(out, "QUITTANCE_DATABASE") || !strings.Contains(out, "QUITTANCE_SECRET_KEY") {
		t.Errorf("doctor of bad settings: %v\n%s", err, out)
	}
}

func TestServeDrainsOnSIGTERM(t *testing.T) {
	t.Parallel()
	env := settings(t, "")
	if out, err := run(t, env, "ready"); err == nil {
		t.Errorf("ready before serve runs: %s", out)
	}
	serve := command(t, env, "serve")
	var log bytes.Buffer
	serve.Stderr = &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "http://"+env["LISTEN"]+"/readyz")
	wantOutput(t, env, ``, "ready")
	wantOutput(t, env, `ok +database answers: SQLite`, "doctor")
	if out, err := run(t, env, "profile", "show"); err == nil || !strings.Contains(out, "another process") {
		t.Errorf("a second process opened the SQLite file: %v\n%s", err, out)
	}

	// A request whose body is still on its way when the signal comes.
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", env["LISTEN"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "POST /webhooks/opp/gwa_none HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "http://"+env["LISTEN"]+"/healthz") // the half request was accepted before this one
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	waitClosed(t, env["LISTEN"])
	if _, err := io.WriteString(conn, "cd"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("the request under way was dropped: %v", err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d, want the handler's own 404", resp.StatusCode)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v\n%s", err, log.String())
	}
}

func TestPostgresIsMigratedOnPurpose(t *testing.T) {
	t.Parallel()
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		env := settings(t, pg.URL(t))
		for _, args := range []string{"serve", "worker"} {
			if out, err := run(t, env, args); err == nil || !strings.Contains(out, "quittance migrate") {
				t.Errorf("%s on an empty database: %v\n%s", args, err, out)
			}
		}
		wantOutput(t, env, ``, "migrate")
		wantOutput(t, env, `ok +schema is current`, "doctor")
		watched := maps.Clone(env)
		watched["METRICS_LISTEN"] = freeAddress(t)
		worker := command(t, watched, "worker")
		if err := worker.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "http://"+watched["METRICS_LISTEN"]+"/metrics")
		serve := command(t, env, "serve")
		if err := serve.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "http://"+env["LISTEN"]+"/readyz")
		for _, c := range []*exec.Cmd{worker, serve} {
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			if err := c.Wait(); err != nil {
				t.Errorf("%s ended with %v", c.Args[1], err)
			}
		}
	})
}

func TestMetricsHaveAListenerOfTheirOwn(t *testing.T) {
	t.Parallel()
	env := settings(t, "")
	env["METRICS_LISTEN"] = freeAddress(t)
	serve := command(t, env, "serve")
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "http://"+env["LISTEN"]+"/readyz")
	wantOutput(t, env, ``, "ready")
	for _, path := range []string{"/metrics", "/healthz", "/readyz"} {
		waitFor(t, "http://"+env["METRICS_LISTEN"]+path)
	}
	if got := status(t, "http://"+env["LISTEN"]+"/metrics"); got != http.StatusNotFound {
		t.Errorf("the public listener answers /metrics with %d, want 404", got)
	}
	if got := status(t, "http://"+env["METRICS_LISTEN"]+"/pay/x"); got != http.StatusNotFound {
		t.Errorf("the metrics' listener answers a page with %d, want 404", got)
	}
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v", err)
	}
}

func TestWorkerRefusesSQLite(t *testing.T) {
	t.Parallel()
	if out, err := run(t, settings(t, ""), "worker"); err == nil || !strings.Contains(out, "PostgreSQL") {
		t.Errorf("worker on SQLite: %v\n%s", err, out)
	}
}

func TestDemoAnnouncesItselfInOneLine(t *testing.T) {
	t.Parallel()
	demo := command(t, nil, "demo", "--json", "--listen", "127.0.0.1:0")
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready map[string]string
	if err := json.Unmarshal([]byte(line), &ready); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	for _, key := range []string{"base_url", "gateway_url", "profile_id", "api_key", "redirect_key_id", "redirect_key", "payment_link"} {
		if ready[key] == "" {
			t.Errorf("%s is missing in %s", key, line)
		}
	}
	waitFor(t, ready["payment_link"])
	if err := demo.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err != nil {
		t.Errorf("demo ended with %v", err)
	}
}

// TestDemoTellsADeveloperAllThatTheREADMEAsksFor: who reads what the demo prints has
// what it takes to call the API, to check where browsers come from, and to hold the
// frame in a page of their own.
func TestDemoTellsADeveloperAllThatTheREADMEAsksFor(t *testing.T) {
	t.Parallel()
	const mine = "http://localhost:3000"
	demo := command(t, nil, "demo", "--bare", "--listen", "127.0.0.1:0", "--embed-host", mine)
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = demo.Process.Signal(syscall.SIGTERM)
		_ = demo.Wait()
	}()
	said := map[string]string{}
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "Stop it"); {
		name, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), ":")
		said[name] = strings.TrimSpace(value)
	}
	for name, prefix := range map[string]string{"API key": "qk_", "Profile": "prf_", "Redirect key": "rk_"} {
		if !strings.HasPrefix(said[name], prefix) {
			t.Errorf("%s is %q", name, said[name])
		}
	}
	api := func(path, body string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.TrimSuffix(said["API"], "docs")+path+"?profile_id="+said["Profile"], strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+said["API key"])
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		answer, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusCreated {
			t.Fatalf("%s: %d %v %s", path, resp.StatusCode, err, answer)
		}
		return string(answer)
	}
	id := func(answer, prefix string) string {
		return regexp.MustCompile(prefix + "_[a-z0-9]+").FindString(answer)
	}
	customer := id(api("customers", `{"customer":{"given_name":"Ada","email":"ada@example.com"}}`), "cus")
	product := id(api("products", `{"product":{"name":"Tea","type":"single_payment","price":"20.00","currency":"EUR"}}`), "prd")
	order := api("orders/create_single_order", `{"order":{"customer_id":"`+customer+`","currency":"EUR","create_checkout":true,"embed_host":"`+mine+`","order_products":[{"product_id":"`+product+`"}]}}`)
	var made struct {
		Order struct {
			Checkout struct {
				EmbedURL string `json:"embed_url"`
			}
		}
	}
	if err := json.Unmarshal([]byte(order), &made); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, made.Order.Checkout.EmbedURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if policy := resp.Header.Get("Content-Security-Policy"); resp.StatusCode != http.StatusOK || !strings.Contains(policy, "frame-ancestors "+mine) {
		t.Errorf("the frame answers %d with %s", resp.StatusCode, policy)
	}
}

// waitFor waits until an address answers below 400.
func waitFor(t *testing.T, address string) {
	t.Helper()
	eventually(t, address+" answers", func() bool {
		got := status(t, address)
		return got > 0 && got < 400
	})
}

// status is what an address answers; 0 when nobody does.
func status(t *testing.T, address string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// waitClosed waits until nobody listens.
func waitClosed(t *testing.T, address string) {
	t.Helper()
	eventually(t, "nobody listens on "+address, func() bool {
		var d net.Dialer
		c, err := d.DialContext(context.WithoutCancel(t.Context()), "tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-deadline.C:
			t.Fatalf("did not happen in a minute: %s", what)
		case <-tick.C:
		}
	}
}
