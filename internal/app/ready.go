package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/quittance/quittance/internal/config"
)

// readyTimeout is how long a running server may take to say that it is ready.
const readyTimeout = 3 * time.Second

// Ready asks the server or worker that runs here with the same settings whether it
// can do its work. It is for the health check of a container without a shell.
func Ready(ctx context.Context, cfg config.Config) error {
	listen := cfg.Listen
	if cfg.MetricsListen != "" {
		listen = cfg.MetricsListen // a worker has no other
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	if a := net.ParseIP(host); host == "" || a != nil && a.IsUnspecified() {
		host = "127.0.0.1" // a container may know no names
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	_ = resp.Body.Close() // the status says it all
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ready: the server answers %s", resp.Status)
	}
	return nil
}
