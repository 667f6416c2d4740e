package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Server is the SMTP server that mail is handed to.
type Server struct {
	Host           string
	Port           int
	User, Password string
	TLS            bool // from the first byte (smtps)
	StartTLS       bool // demanded before anything else is said
	From           string
	Roots          *x509.CertPool // whose certificates are believed; nil: the machine's
	Timeout        time.Duration  // of each of three steps: connecting, greeting, handing over; zero is 30 s
}

// refusal is why a server did not take a mail. It names no address and repeats
// no text of the server, so that it may be logged and kept.
type refusal struct {
	what      string
	permanent bool // trying again would change nothing
}

// Error is what went wrong, and at which step.
func (r *refusal) Error() string { return r.what }

// domain is the part of the sender's address behind the @.
func (s *Server) domain() string { return s.From[strings.LastIndexByte(s.From, '@')+1:] }

func (s *Server) client() (*gomail.Client, error) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(timeout), gomail.WithHELO(s.domain())}
	if s.Roots != nil {
		options = append(options, gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}))
	}
	switch {
	case s.TLS:
		options = append(options, gomail.WithSSL())
	case s.StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}

// Check says hello to the server, as far as before the first mail.
func (s *Server) Check(ctx context.Context) error {
	c, err := s.client()
	if err != nil {
		return err
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return connecting(err)
	}
	return c.CloseWithSMTPClient(conn)
}

// send hands m to the server. It returns nil once the server has taken it, and
// else a *refusal.
func (s *Server) send(ctx context.Context, m *gomail.Msg) error {
	c, err := s.client()
	if err != nil {
		return &refusal{what: "settings: " + err.Error()}
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return connecting(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	err = c.SendWithSMTPClient(conn, m)
	_ = c.CloseWithSMTPClient(conn) // what the server said to the mail is all that counts
	if m.IsDelivered() {
		return nil
	}
	var told *gomail.SendError
	if !errors.As(err, &told) {
		return &refusal{what: "connection lost"}
	}
	r := &refusal{what: step(told.Reason) + ": connection lost"}
	if code := told.ErrorCode(); code != 0 {
		r.what = strings.TrimSpace(fmt.Sprintf("%s: %d %s", step(told.Reason), code, told.EnhancedStatusCode()))
		r.permanent = code >= 500 && aboutTheMail(told.Reason)
	}
	return r
}

// aboutTheMail tells a refusal of this mail from one of us: a server that takes
// nothing from this sender will take it once the settings are mended.
func aboutTheMail(r gomail.SendErrReason) bool {
	return r == gomail.ErrSMTPRcptTo || r == gomail.ErrSMTPData || r == gomail.ErrSMTPDataClose
}

func step(r gomail.SendErrReason) string {
	switch r { //nolint:exhaustive // the steps of a conversation; what is left happens before it
	case gomail.ErrSMTPMailFrom:
		return "sender"
	case gomail.ErrSMTPRcptTo:
		return "recipient"
	case gomail.ErrSMTPData, gomail.ErrWriteContent, gomail.ErrSMTPDataClose:
		return "content"
	case gomail.ErrConnCheck, gomail.ErrSMTPReset:
		return "connection"
	}
	return "message"
}

// connecting is why no conversation came about. Nothing of a mail was said yet,
// and passwords are in no error; the server's own words are left out.
func connecting(err error) error {
	var n net.Error
	var told *textproto.Error
	switch {
	case errors.As(err, &n) && n.Timeout():
		return &refusal{what: "connect: no answer in time"}
	case errors.As(err, &told):
		return &refusal{what: fmt.Sprintf("connect: %d", told.Code)}
	}
	return &refusal{what: "connect: " + err.Error()}
}
