//go:build linux

package crashtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// member is a place in the fleet that one process after the other fills.
type member struct {
	name    string
	command string // serve or worker
	address string // of serve
	fleet   *fleet

	mu  sync.Mutex
	now *run
}

// run is one life of a process.
type run struct {
	cmd      *exec.Cmd
	tap      *tap
	journal  *journal
	log      io.WriteCloser
	alive    chan struct{} // closed at its first transaction
	exited   chan struct{} // closed when the process is gone
	read     chan struct{} // closed when all it wrote was read
	waitErr  error
	killedAt time.Time
}

// start begins a new life with the environment of the fleet.
func (m *member) start() error {
	t, stderr, err := newTap()
	if err != nil {
		return err
	}
	r := &run{tap: t, journal: newJournal(), alive: make(chan struct{}), exited: make(chan struct{}), read: make(chan struct{})}
	if r.log, err = m.fleet.logFile(m.name); err != nil {
		return err
	}
	r.cmd = exec.Command(m.fleet.binary, m.command) //nolint:noctx // killed by its member
	r.cmd.Env = append(os.Environ(), m.fleet.environment()...)
	r.cmd.Env = append(r.cmd.Env, "QUITTANCE_LISTEN="+m.address)
	r.cmd.Stderr = stderr
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := errors.Join(r.cmd.Start(), stderr.Close()); err != nil {
		return fmt.Errorf("start %s: %w", m.name, err)
	}
	go func() {
		r.waitErr = r.cmd.Wait()
		close(r.exited)
	}()
	go m.follow(r)
	m.mu.Lock()
	m.now = r
	m.mu.Unlock()
	m.fleet.mu.Lock()
	m.fleet.runs = append(m.fleet.runs, r)
	m.fleet.mu.Unlock()
	return nil
}

func (m *member) current() *run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// follow reads a process line by line and kills it where the hunter says. The
// process cannot get past its next line while this one is looked at.
func (m *member) follow(r *run) {
	defer close(r.read)
	alive := false
	for {
		b, err := r.tap.peek()
		if err != nil {
			break // io.EOF: it is gone
		}
		_, _ = r.log.Write(b)
		for _, l := range r.journal.add(b) {
			if !alive && l.Message == "transaction begins" {
				alive = true
				close(r.alive)
			}
			if wait, struck := m.fleet.hunter.strikes(m, r, l); struck {
				pause(wait)
				r.kill()
				m.fleet.hunter.struck(m, r)
			}
		}
		if r.tap.take(len(b)) != nil {
			break
		}
	}
	<-r.exited
	_ = r.tap.close()
	_ = r.log.Close()
}

// kill ends the process at once and waits until it is gone.
func (r *run) kill() {
	r.killedAt = time.Now()
	_ = r.cmd.Process.Kill() // it may have ended by itself
	<-r.exited
}

// ready waits until the process works.
func (m *member) ready(ctx context.Context) error {
	r := m.current()
	select {
	case <-r.alive:
	case <-r.exited:
		return fmt.Errorf("%s ended: %w: %v", m.name, r.waitErr, r.journal.odd)
	case <-ctx.Done():
		return fmt.Errorf("%s did not start: %w", m.name, ctx.Err())
	}
	if m.command != "serve" {
		return nil
	}
	return eventually(ctx, 5*time.Millisecond, func() (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.address+"/readyz", nil)
		if err != nil {
			return false, err
		}
		resp, err := plainHTTP.Do(req)
		if err != nil {
			select {
			case <-r.exited:
				return false, fmt.Errorf("%s ended: %w", m.name, r.waitErr)
			default:
				return false, nil
			}
		}
		return resp.StatusCode == http.StatusOK, resp.Body.Close()
	})
}

// stop asks the process to end and waits until it has.
func (m *member) stop() error {
	r := m.current()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop %s: %w", m.name, err)
	}
	<-r.read
	if r.waitErr != nil {
		return fmt.Errorf("%s did not end well: %w: %v", m.name, r.waitErr, r.journal.odd)
	}
	return nil
}
