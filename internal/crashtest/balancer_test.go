//go:build linux

package crashtest

import (
	"io"
	"net"
	"net/url"
	"testing"
)

// share listens at the fleet's public address and hands each connection to one
// of the servers, in turn: what a load balancer does.
func (f *fleet) share(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for turn := 0; ; turn++ {
			c, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			go f.join(c, turn)
		}
	}()
	return l.Addr().String()
}

// join connects a client to the first server that takes it, beginning with one of
// the turn.
func (f *fleet) join(c net.Conn, turn int) {
	defer func() { _ = c.Close() }()
	for i := range f.servers {
		s, err := net.Dial("tcp", f.servers[(turn+i)%len(f.servers)]) //nolint:noctx // on this machine it is refused at once
		if err != nil {
			continue
		}
		defer func() { _ = s.Close() }()
		done := make(chan struct{}, 2)
		for _, way := range [][2]net.Conn{{c, s}, {s, c}} {
			go func() {
				_, _ = io.Copy(way[0], way[1]) // either side may die: that is what is tested
				done <- struct{}{}
			}()
		}
		<-done
		return
	}
}

func (f *fleet) host() string {
	u, err := url.Parse(f.baseURL)
	if err != nil {
		return ""
	}
	return u.Host
}
