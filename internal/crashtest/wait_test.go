//go:build linux

package crashtest

import (
	"context"
	"net"
	"net/http"
	"time"
)

// plainHTTP is for the harness's own questions.
var plainHTTP = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// eventually asks again and again until the answer is yes, an error, or ctx ends.
func eventually(ctx context.Context, every time.Duration, ask func() (bool, error)) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if yes, err := ask(); yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// pause lets d pass: the random part of a random instant.
func pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}

// freeAddress is a port of our own that nobody listens on now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a moment's listen on our own address
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
