package notify_test

import (
	"io"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/outbox"
	"github.com/quittance/quittance/internal/testkit"
)

// moody is a real mail server that may be told to have a trouble at a step. What
// it takes lies in box.
type moody struct {
	box *outbox.Outbox

	mu      sync.Mutex
	trouble func(step string, c *smtp.Conn) error
}

// The steps of a conversation.
const (
	greeting  = "greeting"
	sender    = "sender"
	recipient = "recipient"
	content   = "content"   // before it is read
	answering = "answering" // it was taken, and the client was not told yet
)

func newMoody() *moody { return &moody{box: outbox.New()} }

// has lets the server have a trouble until the next call; nil ends it.
func (m *moody) has(trouble func(step string, c *smtp.Conn) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trouble = trouble
}

// says is a trouble that answers an error at a step.
func says(at string, code int) func(string, *smtp.Conn) error {
	return func(step string, _ *smtp.Conn) error {
		if step == at {
			return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "not for ada@example.com"}
		}
		return nil
	}
}

// cuts is a trouble that breaks the connection at a step.
func cuts(at string) func(string, *smtp.Conn) error {
	return func(step string, c *smtp.Conn) error {
		if step == at {
			return c.Conn().Close()
		}
		return nil
	}
}

func (m *moody) at(step string, c *smtp.Conn) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.trouble == nil {
		return nil
	}
	return m.trouble(step, c)
}

// NewSession begins a conversation.
func (m *moody) NewSession(c *smtp.Conn) (smtp.Session, error) {
	inner, err := m.box.NewSession(c)
	if err != nil {
		return nil, err
	}
	return &mood{inner, m, c}, m.at(greeting, c)
}

type mood struct {
	smtp.Session

	server *moody
	conn   *smtp.Conn
}

func (m *mood) Mail(from string, o *smtp.MailOptions) error {
	if err := m.server.at(sender, m.conn); err != nil {
		return err
	}
	return m.Session.Mail(from, o)
}

func (m *mood) Rcpt(to string, o *smtp.RcptOptions) error {
	if err := m.server.at(recipient, m.conn); err != nil {
		return err
	}
	return m.Session.Rcpt(to, o)
}

func (m *mood) Data(r io.Reader) error {
	if err := m.server.at(content, m.conn); err != nil {
		return err
	}
	if err := m.Session.Data(r); err != nil {
		return err
	}
	return m.server.at(answering, m.conn)
}

func startWith(t *testing.T, m *moody) *testkit.App {
	t.Helper()
	return testkit.Start(t, testkit.Options{SMTP: m})
}

// ask owes the mail with an order's payment link.
func ask(t *testing.T, app *testkit.App, o testkit.Order) mail.Mail {
	t.Helper()
	m, err := app.Mails.Ask(t.Context(), actor.TheSystem, o.ProfileID, o.ID, mail.OrderReady, nil)
	if err != nil {
		t.Fatalf("send payment link: %v", err)
	}
	return m
}

// pay lets the customer pay, and books it.
func pay(t *testing.T, app *testkit.App, o testkit.Order) {
	t.Helper()
	if got := app.SubmitCard(app.StartCheckout(o).CheckoutID, testkit.Card{Number: testkit.CardApproved}); got != "approved" {
		t.Fatalf("card: %s", got)
	}
	app.Deliver()
}

// standing is each mail's kind, state, attempts and last error, in order.
func standing(app *testkit.App) []string {
	return app.Strings(`SELECT kind || ' ' || state || ' ' || CAST(attempts AS TEXT) || ' ' || last_error FROM mails ORDER BY created_at, id`)
}
