package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/profile"
	view "github.com/quittance/quittance/templates/mail"
)

// merchantLetter writes a mail to the merchant as things stand now; errPointless.
func (s *Service) merchantLetter(ctx context.Context, m mail.Mail) (letter, error) {
	p, err := s.Profiles.Profile(ctx, m.ProfileID)
	if err != nil {
		return letter{}, fmt.Errorf("read profile of a mail: %w", err)
	}
	if m.Kind == mail.PageAltered {
		return s.alteredLetter(m, p)
	}
	e, err := s.Repo.Endpoint(ctx, m.ProfileID, endpoint.ID(m.Subject))
	switch {
	case errors.Is(err, endpoint.ErrNotFound):
		return letter{}, errPointless
	case err != nil:
		return letter{}, fmt.Errorf("read webhook endpoint of a mail: %w", err)
	case e.Status == endpoint.Enabled || p.Details.Email == "":
		return letter{}, errPointless
	}
	t := i18n.For(m.Language)
	return letter{mail: m, from: s.Server.From, merchant: p, to: p.Details.Email, view: view.Letter{
		Lang: t.Lang(), Merchant: p.Name, Accent: p.Details.Accent,
		Subject: t.T("mail.webhook.subject", "merchant", p.Name), Heading: t.T("mail.webhook.heading"), Intro: t.T("mail.webhook.intro." + string(e.Reason)),
		Facts: []view.Fact{
			{Label: t.T("mail.fact.webhook"), Value: e.URL},
			{Label: t.T("mail.fact.webhook_disabled"), Value: t.DateTime(e.DisabledAt, p.Location())},
		},
		Legal: legal(t, p), Why: t.T("mail.why.merchant", "merchant", p.Name),
	}}, nil
}

// alteredLetter tells what of a payment page is not as it was sent; errPointless. It
// names addresses as text: they may be somebody's who wants them opened.
func (s *Service) alteredLetter(m mail.Mail, p profile.Profile) (letter, error) {
	if p.Details.Email == "" {
		return letter{}, errPointless
	}
	t := i18n.For(m.Language)
	return letter{mail: m, from: s.Server.From, merchant: p, to: p.Details.Email, view: view.Letter{
		Lang: t.Lang(), Merchant: p.Name, Accent: p.Details.Accent,
		Subject: t.T("mail.page.subject", "merchant", p.Name), Heading: t.T("mail.page.heading"), Intro: t.T("mail.page.intro"),
		Facts: []view.Fact{
			{Label: t.T("mail.fact.page_differs"), Value: m.Subject},
			{Label: t.T("mail.fact.page_seen"), Value: t.DateTime(m.CreatedAt, p.Location())},
		},
		Legal: legal(t, p), Why: t.T("mail.why.merchant", "merchant", p.Name),
	}}, nil
}
