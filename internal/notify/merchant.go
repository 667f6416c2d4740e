package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/endpoint"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/profile"
	view "github.com/quittance/quittance/templates/mail"
)

// merchantLetter writes a mail to the merchant or the operator as things stand now; errPointless.
func (s *Service) merchantLetter(ctx context.Context, m mail.Mail) (letter, error) {
	p, err := s.Profiles.Profile(ctx, m.ProfileID)
	if err != nil {
		return letter{}, fmt.Errorf("read profile of a mail: %w", err)
	}
	switch m.Kind {
	case mail.PageAltered:
		return s.alteredLetter(m, p)
	case mail.SourceBlocked:
		return s.blockedLetter(ctx, m, p)
	default:
		return s.disabledLetter(ctx, m, p)
	}
}

// disabledLetter tells that nothing is sent to a webhook endpoint any more, and why;
// errPointless.
func (s *Service) disabledLetter(ctx context.Context, m mail.Mail, p profile.Profile) (letter, error) {
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

// alteredLetter tells what of a payment page is not as it was sent; errPointless.
func (s *Service) alteredLetter(m mail.Mail, p profile.Profile) (letter, error) {
	t := i18n.For(m.Language)
	return s.alarmLetter(m, p, t, "mail.page", []view.Fact{
		{Label: t.T("mail.fact.page_differs"), Value: m.Subject},
		{Label: t.T("mail.fact.page_seen"), Value: t.DateTime(m.CreatedAt, p.Location())},
	})
}

// Sources that one mail names, and how long before the mail they were new.
const (
	maxBlocked = 20
	newBlocked = 24 * time.Hour
)

// blockedLetter tells which sources payment pages blocked that are new; errPointless.
func (s *Service) blockedLetter(ctx context.Context, m mail.Mail, p profile.Profile) (letter, error) {
	found, err := s.Repo.BlockedSources(ctx, m.ProfileID, m.CreatedAt.Add(-newBlocked), maxBlocked)
	if err != nil {
		return letter{}, fmt.Errorf("read what a mail is about: %w", err)
	}
	t := i18n.For(m.Language)
	var facts []view.Fact
	for _, seen := range found {
		facts = append(facts, view.Fact{Label: t.DateTime(seen.FirstAt, p.Location()), Value: seen.Text()})
	}
	return s.alarmLetter(m, p, t, "mail.blocked", facts)
}

// alarmLetter is about a payment page that somebody may have changed; errPointless. It
// names addresses as text: they may be somebody's who wants them opened.
func (s *Service) alarmLetter(m mail.Mail, p profile.Profile, t i18n.Localizer, name string, facts []view.Fact) (letter, error) {
	to, why := s.Alerts, "mail.why.operator"
	if to == "" {
		to, why = p.Details.Email, "mail.why.merchant"
	}
	if to == "" {
		return letter{}, errPointless
	}
	return letter{mail: m, from: s.Server.From, merchant: p, to: to, view: view.Letter{
		Lang: t.Lang(), Merchant: p.Name, Accent: p.Details.Accent,
		Subject: t.T(name+".subject", "merchant", p.Name), Heading: t.T(name + ".heading"), Intro: t.T(name+".intro", "merchant", p.Name), Facts: facts,
		Legal: legal(t, p), Why: t.T(why, "merchant", p.Name),
	}}, nil
}
