package notify_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/quittance/quittance/internal/notify"
	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/testkit"
)

// guarded takes mail from who knows the password only.
type guarded struct{ box *outbox.Outbox }

func (g guarded) NewSession(c *smtp.Conn) (smtp.Session, error) {
	inner, err := g.box.NewSession(c)
	return &guard{Session: inner}, err
}

type guard struct {
	smtp.Session

	known bool
}

// AuthMechanisms are the ways to say the password.
func (*guard) AuthMechanisms() []string { return []string{sasl.Plain} }

// Auth listens to the password.
func (g *guard) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if g.known = user == "shop" && password == "open sesame"; !g.known {
			return errors.New("wrong")
		}
		return nil
	}), nil
}

func (g *guard) Mail(from string, o *smtp.MailOptions) error {
	if !g.known {
		return smtp.ErrAuthRequired
	}
	return g.Session.Mail(from, o)
}

// secure is a mail server with TLS and a password, and the roots to believe it by.
func secure(t *testing.T, implicit bool) (notify.Server, *outbox.Outbox) {
	t.Helper()
	site := httptest.NewTLSServer(nil) // for its certificate
	site.Close()
	box := outbox.New()
	server := smtp.NewServer(guarded{box})
	server.TLSConfig = &tls.Config{Certificates: site.TLS.Certificates, MinVersion: tls.VersionTLS12}
	var l net.Listener
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("not TCP")
	}
	if implicit {
		l = tls.NewListener(l, server.TLSConfig)
	}
	go func() { _ = server.Serve(l) }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	roots := x509.NewCertPool()
	roots.AddCert(site.Certificate())
	return notify.Server{Host: "127.0.0.1", Port: address.Port, User: "shop", Password: "open sesame", TLS: implicit, StartTLS: !implicit,
		From: testkit.MailFrom, Roots: roots}, box
}

func TestMailIsSentOverTLSWithAPassword(t *testing.T) {
	t.Parallel()
	for name, implicit := range map[string]bool{"smtps": true, "STARTTLS": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			ask(t, app, app.NewOrder(12_400))
			server, box := secure(t, implicit)
			*app.Letters.Server = server

			if err := server.Check(t.Context()); err != nil {
				t.Errorf("Check() = %v", err)
			}
			app.SendMails()
			only(t, box)
		})
	}
}

func TestServerThatIsNotWhoItSaysGetsNeitherPasswordNorMail(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*notify.Server){
		"strange certificate": func(s *notify.Server) { s.Roots = x509.NewCertPool() },
		"wrong password":      func(s *notify.Server) { s.Password = "guess" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := testkit.New(t)
			ask(t, app, app.NewOrder(12_400))
			server, box := secure(t, false)
			change(&server)
			*app.Letters.Server = server

			if err := server.Check(t.Context()); err == nil || strings.Contains(err.Error(), server.Password) {
				t.Errorf("Check() = %v", err)
			}
			app.SendMails()
			if got := standing(app); len(got) != 1 || !strings.HasPrefix(got[0], "order_ready due 1 connect: ") {
				t.Errorf("the mail: %q", got)
			}
			if n := len(box.Mails()); n != 0 {
				t.Errorf("%d mails arrived", n)
			}
		})
	}
	t.Run("no STARTTLS", func(t *testing.T) {
		t.Parallel()
		app := testkit.New(t) // its server speaks no TLS
		ask(t, app, app.NewOrder(12_400))
		app.Letters.Server.StartTLS = true
		app.SendMails()
		if got := standing(app); len(got) != 1 || !strings.HasPrefix(got[0], "order_ready due 1 connect: ") || len(app.Outbox.Mails()) != 0 {
			t.Errorf("the mail: %q", got)
		}
	})
}
