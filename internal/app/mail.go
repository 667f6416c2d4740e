package app

import (
	"context"
	"fmt"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/notify"
	"github.com/quittance/quittance/internal/store"
)

// mailServer is the server that the settings name; nil when they name none, or
// one that Validate refuses.
func mailServer(cfg config.Config) *notify.Server {
	s, err := cfg.SMTP()
	if err != nil || s == (config.SMTP{}) {
		return nil
	}
	return &notify.Server{Host: s.Host, Port: s.Port, User: s.User, Password: s.Password, TLS: s.TLS, StartTLS: s.StartTLS, From: cfg.MailFrom}
}

// mailHealth says how mail is sent, and an error when it cannot be.
func mailHealth(ctx context.Context, cfg config.Config, db *store.DB) (string, error) {
	server := mailServer(cfg)
	if server != nil {
		return "mail server answers", server.Check(ctx)
	}
	n, err := db.MailsDue(ctx)
	return fmt.Sprintf("no mail is sent, for %s_SMTP_URL is not set; %d mails wait for it", config.Prefix, n), err
}
