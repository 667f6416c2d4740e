package app

import (
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/notify"
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
