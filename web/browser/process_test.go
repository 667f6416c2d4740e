package browser_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for a process; it only ends what hangs.
const patience = 30 * time.Second

// process is a running command of the program.
type process struct {
	cmd     *exec.Cmd
	log     *syncBuffer // its standard error
	out     *bufio.Reader
	stopped sync.Once
}

// run starts a command of the program that goes on until stop, which the end of
// the test does too.
func run(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	// The test's context ends before stop, which ends the process in order.
	p := &process{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), need(t).quittance, args...), log: &syncBuffer{}}
	p.cmd.Env = append(cleanEnv(), env...)
	p.cmd.Stderr = p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.stop(t)
		if t.Failed() {
			t.Logf("log of %s:\n%s", args[0], p.log.tail(200))
		}
	})
	return p
}

// stop ends the process as an operator would and wants it to end well.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.stopped.Do(func() {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Errorf("stop: %v", err)
		}
		hung := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
		defer hung.Stop()
		if _, err := io.Copy(io.Discard, p.out); err != nil {
			t.Errorf("read the rest of the output: %v", err)
		}
		if err := p.cmd.Wait(); err != nil {
			t.Errorf("%s ended with: %v", p.cmd.Args[1], err)
		}
	})
}

// command runs a command of the program to its end and gives what it printed.
func command(t *testing.T, env []string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, need(t).quittance, args...)
	cmd.Env = append(cleanEnv(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("quittance %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return string(out)
}

// cleanEnv is the environment without settings of somebody's own server.
func cleanEnv() []string {
	var kept []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "QUITTANCE_") {
			kept = append(kept, v)
		}
	}
	return kept
}

// ready waits until the server at base can do its work.
func ready(t *testing.T, base string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		res, err := http.Get(base + "/readyz") //nolint:noctx // our own server, a short answer
		if err == nil {
			_ = res.Body.Close() // read-only
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready: %v", base, err)
		}
		<-tick.C
	}
}

// ports hands out each block of five only once, below those that systems give to
// clients.
var ports struct {
	sync.Mutex
	next int
}

// freePorts is the first of five free ports, of which a portal and its gateway take two.
func freePorts(t *testing.T) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	if ports.next == 0 {
		ports.next = 10_000 + 5*rand.IntN(3_000)
	}
	for ; ports.next < 32_000; ports.next += 5 {
		if free(ports.next) {
			defer func() { ports.next += 5 }()
			return ports.next
		}
	}
	t.Fatal("no five free ports in a row")
	return 0
}

func free(first int) bool {
	for port := first; port < first+5; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)) //nolint:noctx // closed at once
		if err != nil {
			return false
		}
		if err := l.Close(); err != nil {
			return false
		}
	}
	return true
}

// syncBuffer keeps what several writers write.
type syncBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// tail is the last lines.
func (b *syncBuffer) tail(n int) string {
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
