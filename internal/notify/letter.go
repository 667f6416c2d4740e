package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	view "github.com/quittance/quittance/templates/mail"
)

// errPointless means that a mail lost its purpose before it was sent.
var errPointless = errors.New("notify: the mail has lost its purpose")

// letter is a mail ready to be put into an envelope.
type letter struct {
	mail     mail.Mail
	from     string
	merchant profile.Profile
	to       string
	view     view.Letter
	papers   []attachment
}

// attachment is a document as its download serves it.
type attachment struct {
	name    string
	content []byte
}

// letter writes a mail as things stand now; errPointless.
func (s *Service) letter(ctx context.Context, m mail.Mail) (letter, error) {
	if m.Stale(s.Clock.Wall()) {
		return letter{}, errPointless
	}
	if m.OrderID == "" {
		return s.merchantLetter(ctx, m)
	}
	o, err := s.Orders.Order(ctx, m.ProfileID, m.OrderID)
	if err != nil {
		return letter{}, fmt.Errorf("read order of a mail: %w", err)
	}
	p, err := s.Profiles.Profile(ctx, m.ProfileID)
	if err != nil {
		return letter{}, fmt.Errorf("read profile of a mail: %w", err)
	}
	c, err := s.Repo.Customer(ctx, m.ProfileID, o.CustomerID)
	if err != nil {
		return letter{}, fmt.Errorf("read customer of a mail: %w", err)
	}
	link, err := s.link(ctx, m)
	if err != nil {
		return letter{}, err
	}
	l := letter{mail: m, from: s.Server.From, merchant: p, to: c.Email}
	w := writer{texts: i18n.For(m.Language), merchant: p, order: o, link: link}
	if w.news, err = s.news(ctx, m, o); err != nil {
		return letter{}, err
	}
	if !w.worth(m.Kind, m.About) {
		return letter{}, errPointless
	}
	if l.view, err = w.letter(w.variant(m.Kind)); err != nil {
		return letter{}, err
	}
	l.papers, err = s.attach(ctx, m, w.news.papers)
	return l, err
}

// link is the order's payment link; empty when all were revoked.
func (s *Service) link(ctx context.Context, m mail.Mail) (string, error) {
	token, err := s.Orders.LinkToken(ctx, m.ProfileID, m.OrderID)
	switch {
	case errors.Is(err, order.ErrLinkUnknown):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("find payment link of a mail: %w", err)
	}
	return s.BaseURL + "/pay/" + token, nil
}

// attach reads the documents' kept bytes, and draws those that no job has drawn yet.
func (s *Service) attach(ctx context.Context, m mail.Mail, issued []document.Document) ([]attachment, error) {
	var out []attachment
	for _, d := range issued {
		_, f, err := s.Papers.Document(ctx, m.ProfileID, m.OrderID, d.Kind, d.Number)
		if err != nil {
			return nil, fmt.Errorf("read document %s: %w", d.ID, err)
		}
		out = append(out, attachment{strings.ReplaceAll(d.Number, "/", "-") + ".pdf", f.Content})
	}
	return out, nil
}

// message is the letter in its envelope. The date is that of the mail's row, so
// that a repeated mail is the same mail.
func (l letter) message(ctx context.Context) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(&netmail.Address{Name: l.merchant.Name, Address: l.from})
	if err := m.To(l.to); err != nil {
		return nil, &refusal{what: "recipient: not an address", permanent: true} // err repeats it
	}
	if contact := l.merchant.Details.Email; contact != "" {
		m.ReplyToMailAddress(&netmail.Address{Name: l.merchant.Name, Address: contact})
	}
	m.SetMessageIDWithValue(l.mail.MessageID)
	m.SetDateWithValue(l.mail.CreatedAt.In(time.UTC))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", l.view.Lang)
	m.Subject(l.view.Subject)
	var html bytes.Buffer
	if err := view.HTML(l.view).Render(ctx, &html); err != nil {
		return nil, fmt.Errorf("draw mail: %w", err)
	}
	m.SetBodyString(gomail.TypeTextPlain, view.Text(l.view))
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	for _, a := range l.papers {
		if err := m.AttachReader(a.name, bytes.NewReader(a.content), gomail.WithFileContentType("application/pdf")); err != nil {
			return nil, fmt.Errorf("attach %s: %w", a.name, err)
		}
	}
	return m, nil
}
