package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/outbox"
)

// demoMail is the demo's mail server, on a free port, and the site that shows
// what it received, on the fourth port after the portal's.
type demoMail struct {
	smtp, site net.Listener
	url        string
}

func listenDemoMail(ctx context.Context, address string) (demoMail, error) {
	host, text, err := net.SplitHostPort(address)
	port, perr := strconv.Atoi(text)
	if err = errors.Join(err, perr); err != nil {
		return demoMail{}, fmt.Errorf("demo: --listen wants host:port: %w", err)
	}
	var lc net.ListenConfig
	m := demoMail{}
	if m.smtp, err = lc.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		return m, fmt.Errorf("demo: mail server: %w", err)
	}
	if m.site, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port+4))); err != nil {
		return m, errors.Join(fmt.Errorf("demo: outbox: %w", err), m.smtp.Close())
	}
	m.url = "http://" + m.site.Addr().String()
	return m, nil
}

// configure lets the portal send its mail here.
func (m demoMail) configure(cfg *config.Config) {
	cfg.SMTPURL, cfg.MailFrom = "smtp://"+m.smtp.Addr().String()+"?starttls=off", "mail@quittance.example"
}

// serve takes mail and shows it until ctx ends.
func (m demoMail) serve(ctx context.Context, group *errgroup.Group, log *slog.Logger) {
	box := outbox.New()
	group.Go(func() error { return box.Serve(ctx, m.smtp) })
	group.Go(func() error { return serveHTTP(ctx, m.site, box.Handler(), log) })
}
