package verify_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// block is a fenced shell block of the README with its rule, the second word of
// the fence's info string:
//
//	run                   it is run and must succeed
//	serve                 it is started and must print where the demo is; it stays up
//	demo                  it is run against the demo that a serve block started
//	data                  the same, in the folder of the demo's data
//	target                each line is a make target that must exist
//	skip-in-test: reason  it is only read
type block struct {
	line         int
	rule, reason string
	script       string
}

// TestReadmeCommands does what the README tells a newcomer to do.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := shellBlocks(string(text))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var demo []string // the environment that demo and data blocks need
	for _, b := range blocks {
		seen[b.rule] = true
		switch b.rule {
		case "run":
			shell(t, b, nil)
		case "serve":
			demo = serve(t, b)
		case "demo":
			shell(t, b, demo)
		case "data":
			b.script = `cd "$DATA_DIR"` + "\n" + b.script
			shell(t, b, demo)
		case "target":
			for target := range strings.SplitSeq(b.script, "\n") {
				b.script = "make --dry-run " + strings.TrimPrefix(target, "make ")
				shell(t, b, nil)
			}
		}
	}
	for _, rule := range []string{"run", "serve", "demo", "data", "target"} {
		if !seen[rule] {
			t.Errorf("README.md has no block with the rule %q", rule)
		}
	}
}

// TestReadmeSettings holds the table of settings, and whatever else the README
// says of one, to those there are.
func TestReadmeSettings(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root(t), "internal", "config", "config.go"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`\{"([A-Z_]+)", `).FindAllStringSubmatch(string(source), -1) {
		named["QUITTANCE_"+m[1]] = true
		if !strings.Contains(string(text), "\n| `QUITTANCE_"+m[1]+"` |") {
			t.Errorf("the table lacks QUITTANCE_%s", m[1])
		}
	}
	if len(named) < 10 {
		t.Errorf("%d settings found, want all there are", len(named))
	}
	for _, m := range regexp.MustCompile(`QUITTANCE_[A-Z_]+`).FindAllString(string(text), -1) {
		if name := strings.TrimSuffix(m, "_FILE"); !named[name] && name != "QUITTANCE_" {
			t.Errorf("there is no setting %s", m)
		}
	}
}

// TestReadmeContainer keeps the container's compiler in step with go.mod.
func TestReadmeContainer(t *testing.T) {
	t.Parallel()

	text, err := os.ReadFile(filepath.Join(root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(filepath.Join(root(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	if version == nil || !strings.Contains(string(text), "\nFROM golang:"+string(version[1])+" AS build\n") {
		t.Errorf("the container is not built with the Go of go.mod, %s", version)
	}
}

func TestShellBlocks(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text    string
		want    []block
		wantErr string
	}{
		"rules and reasons": {
			text: "a\n```sh run\nmake build\n```\nb\n```sh skip-in-test: not here\nrm x\ny\n```\n```json\n{}\n```\n",
			want: []block{{2, "run", "", "make build"}, {6, "skip-in-test", "not here", "rm x\ny"}},
		},
		"no rule":          {text: "```sh\nmake\n```\n", wantErr: "line 1"},
		"unknown rule":     {text: "```sh later\nmake\n```\n", wantErr: "later"},
		"no reason":        {text: "```sh skip-in-test\nmake\n```\n", wantErr: "reason"},
		"other shells":     {text: "\n```bash\nmake\n```\n", wantErr: "line 2"},
		"no language":      {text: "```\nmake\n```\n", wantErr: "line 1"},
		"not closed":       {text: "```sh run\nmake\n", wantErr: "never closed"},
		"a target is make": {text: "```sh target\ngo test\n```\n", wantErr: "make"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := shellBlocks(tt.text)

			if (err != nil) != (tt.wantErr != "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("shellBlocks error = %v, want %q", err, tt.wantErr)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("shellBlocks = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func shellBlocks(text string) ([]block, error) {
	var blocks []block
	var lines []string
	var open *block // nil outside a fence
	for i, line := range strings.Split(text, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case open == nil && fence:
			language, rest, _ := strings.Cut(info, " ")
			rule, reason, _ := strings.Cut(rest, ":")
			open = &block{line: i + 1, rule: rule, reason: strings.TrimSpace(reason)}
			if language != "sh" {
				if slices.Contains([]string{"", "bash", "shell", "console", "zsh"}, language) {
					return nil, fmt.Errorf("line %d: a fence needs a language, and shell commands are sh with a rule", i+1)
				}
				open.rule = "" // another language: not ours
			} else if err := open.check(); err != nil {
				return nil, err
			}
			lines = nil
		case fence:
			open.script = strings.Join(lines, "\n")
			if open.rule == "target" && slices.ContainsFunc(lines, func(l string) bool { return !strings.HasPrefix(l, "make ") }) {
				return nil, fmt.Errorf("line %d: a target block holds lines of make TARGET only", open.line)
			}
			if open.rule != "" {
				blocks = append(blocks, *open)
			}
			open = nil
		default:
			lines = append(lines, line)
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: the fence is never closed", open.line)
	}
	return blocks, nil
}

func (b block) check() error {
	switch {
	case !slices.Contains([]string{"run", "serve", "demo", "data", "target", "skip-in-test"}, b.rule):
		return fmt.Errorf("line %d: sh block without a known rule: %q", b.line, b.rule)
	case b.rule == "skip-in-test" && b.reason == "":
		return fmt.Errorf("line %d: skip-in-test needs a reason", b.line)
	}
	return nil
}

// shell runs a block at the root and fails the test with what it said.
func shell(t *testing.T, b block, env []string) {
	t.Helper()
	cmd := command(t.Context(), t, b, env)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("README.md line %d: %s: %v\n%s", b.line, b.script, err, out)
	}
}

// serve starts a block in a process group of its own, waits for the line of JSON
// that says where the demo is, and looks at the payment link. The demo stops when
// the test ends. It returns the environment of demo blocks.
func serve(t *testing.T, b block) []string {
	t.Helper()
	folder := t.TempDir()
	arguments := "--json --listen " + freeBlock(t) + " --data-dir " + folder
	cmd := command(context.WithoutCancel(t.Context()), t, b, []string{"ARGS=" + arguments})
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make(chan map[string]string, 1)
	ended := make(chan struct{}) // closed when the last process that holds the output has ended
	go func() {
		defer close(ended)
		follow(out, said)
	}()
	t.Cleanup(func() { stop(t, cmd, b, ended) })

	var says map[string]string
	select {
	case says = <-said:
	case <-ended:
		t.Fatalf("README.md line %d: %s ended without a line of JSON", b.line, b.script)
	}
	for _, key := range []string{"base_url", "payment_link", "api_key", "profile_id"} {
		if says[key] == "" {
			t.Fatalf("README.md line %d: the demo's JSON lacks %s: %v", b.line, key, says)
		}
	}
	wantOK(t, says["base_url"]+"/readyz")
	wantOK(t, says["payment_link"])
	return []string{"BASE_URL=" + says["base_url"], "API_KEY=" + says["api_key"], "PROFILE_ID=" + says["profile_id"], "DATA_DIR=" + folder}
}

// follow reads to the end and sends the first line that is a JSON object; make
// and the compiler may speak before it.
func follow(out io.Reader, said chan<- map[string]string) {
	sent := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var object map[string]any
		if sent || json.Unmarshal(lines.Bytes(), &object) != nil {
			continue
		}
		texts := map[string]string{}
		for key, value := range object {
			texts[key] = fmt.Sprint(value)
		}
		said <- texts
		sent = true
	}
}

// stop asks the group to end, and kills what has not ended in 20 seconds.
func stop(t *testing.T, cmd *exec.Cmd, b block, ended <-chan struct{}) {
	t.Helper()
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Errorf("README.md line %d: stop: %v", b.line, err)
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		t.Errorf("README.md line %d: still running 20 s after SIGTERM", b.line)
		<-ended
	}
	_ = cmd.Wait() // make reports the signal as its failure
}

func wantOK(t *testing.T, address string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	// A payment link sets a cookie and redirects, so a browser's jar is needed.
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Jar: jar, Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err := cmp.Or(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Errorf("GET %s = %s, want 200:\n%s", address, res.Status, body)
	}
}

// freeBlock is an address whose port and the four after it are free.
func freeBlock(t *testing.T) string {
	t.Helper()
	for port := 20000 + os.Getpid()%20000; port < 60000; port += 5 {
		if free(port) && free(port+1) && free(port+2) && free(port+3) && free(port+4) {
			return fmt.Sprintf("127.0.0.1:%d", port)
		}
	}
	t.Fatal("no five free ports in a row")
	return ""
}

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	return err == nil && l.Close() == nil
}

// command is bash at the root with none of the settings of a surrounding make.
func command(ctx context.Context, t *testing.T, b block, env []string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(ctx, "bash", "-eu", "-o", "pipefail", "-c", b.script)
	cmd.Dir = root(t)
	for _, set := range os.Environ() {
		name, _, _ := strings.Cut(set, "=")
		if !slices.Contains([]string{"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ARGS"}, name) && !strings.HasPrefix(name, "QUITTANCE_") {
			cmd.Env = append(cmd.Env, set)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	return cmd
}
