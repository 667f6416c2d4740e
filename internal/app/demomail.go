package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"golang.org/x/sync/errgroup"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/outbox"
)

// demoMail is the demo's mail server, on a free port, and the site that shows
// what it received.
type demoMail struct {
	smtp, site net.Listener
	url        string
}

func listenDemoMail(ctx context.Context, site net.Listener) (demoMail, error) {
	var lc net.ListenConfig
	smtp, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return demoMail{}, errors.Join(fmt.Errorf("demo: mail server: %w", err), site.Close())
	}
	return demoMail{smtp, site, "http://" + site.Addr().String()}, nil
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
