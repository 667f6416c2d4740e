// Package outbox is the demo's mail server: it takes every mail, delivers none
// and shows them as plain pages and as JSON. It keeps the newest in memory and
// knows nothing of the rest of the program, as a stranger's server would.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// kept is how many mails are kept; older ones are forgotten.
const kept = 200

// maxBytes bounds one mail.
const maxBytes = 25 << 20

// Outbox keeps what it receives. It is an smtp.Backend.
type Outbox struct {
	mu    sync.RWMutex
	mails []Mail // oldest first
	taken int
}

// New returns an empty Outbox.
func New() *Outbox { return &Outbox{} }

// Mails are those that are kept, oldest first.
func (o *Outbox) Mails() []Mail {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return slices.Clone(o.mails)
}

func (o *Outbox) mail(number int) (Mail, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	i := slices.IndexFunc(o.mails, func(m Mail) bool { return m.Number == number })
	if i < 0 {
		return Mail{}, false
	}
	return o.mails[i], true
}

func (o *Outbox) keep(m Mail) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken++
	m.Number = o.taken
	o.mails = append(o.mails, m)
	o.mails = slices.Delete(o.mails, 0, max(0, len(o.mails)-kept))
}

// Serve takes mail on l until ctx ends.
func (o *Outbox) Serve(ctx context.Context, l net.Listener) error { return Serve(ctx, l, o) }

// Serve runs an SMTP server without TLS and without passwords until ctx ends.
func Serve(ctx context.Context, l net.Listener, b smtp.Backend) error {
	server := smtp.NewServer(b)
	server.Domain = "localhost"
	server.MaxMessageBytes = maxBytes
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.EnableSMTPUTF8 = true
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("take mail: %w", err)
	}
	return nil
}

// NewSession begins a conversation with a client.
func (o *Outbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{outbox: o}, nil }

// session is one conversation.
type session struct {
	outbox *Outbox
	from   string
	to     []string
}

// Mail begins a mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from, s.to = from, nil
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data takes the mail. One that cannot be read is refused for good.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := read(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "This is no mail"}
	}
	m.From, m.To = s.from, s.to
	s.outbox.keep(m)
	return nil
}

// Reset forgets the mail under way.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }
