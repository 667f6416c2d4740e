package pg

import (
	"bufio"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// serverScript keeps the server for as long as its standard input is open, so
// that no test run, however killed, leaves a server behind.
//
//go:embed server.sh
var serverScript string

// Server is a running throw-away PostgreSQL.
type Server struct {
	url   string
	cmd   *exec.Cmd
	alive io.Closer // its closing, by Stop or by our death, ends the server
}

// Start makes an empty server on a free port of 127.0.0.1 and returns when it
// takes connections, after about 3 seconds. Run by root it becomes the user
// postgres, since PostgreSQL refuses root. Stop ends it; so does the end of
// this process.
func Start() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	for tries := 3; ; tries-- {
		s, err := startOnce(bin)
		if err == nil || tries == 1 {
			return s, err
		}
	}
}

// URL is the superuser's postgres:// URL.
func (s *Server) URL() string { return s.url }

// Stop ends the server and removes its files.
func (s *Server) Stop() error {
	if err := s.alive.Close(); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	return nil
}

// startOnce may lose its port to another process between finding and using it.
func startOnce(bin string) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	args := []string{"sh", "-c", serverScript, "server.sh", bin, port}
	if os.Geteuid() == 0 {
		if _, err := user.Lookup("postgres"); err != nil {
			return nil, errors.New("PostgreSQL refuses to run as root and there is no user postgres: install Debian's package postgresql")
		}
		args = append([]string{"runuser", "-u", "postgres", "--"}, args...)
	}
	var complaint bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...) //nolint:noctx // it lives as long as we do
	cmd.Dir = os.TempDir()
	cmd.Stderr = &complaint
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a Ctrl-C reaches it through us only
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if line, _ := bufio.NewReader(said).ReadString('\n'); line != "ready\n" {
		err := errors.Join(alive.Close(), cmd.Wait())
		return nil, fmt.Errorf("start PostgreSQL: %w: %s", err, strings.TrimSpace(complaint.String()))
	}
	url := "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
	return &Server{url: url, cmd: cmd, alive: alive}, nil
}

// programs finds the directory of initdb and pg_ctl: on the PATH, or where
// Debian keeps them, in the newest version there.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("no PostgreSQL here: install Debian's package postgresql, or name a server in " + EnvServer)
	}
	newest := found[0]
	for _, path := range found[1:] {
		if len(path) > len(newest) || len(path) == len(newest) && path > newest {
			newest = path
		}
	}
	return filepath.Dir(newest), nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a moment's listen on our own address
	if err != nil {
		return "", fmt.Errorf("free port: %w", err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}
