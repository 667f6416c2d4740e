package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// UserSettings are what an operator tells of a user. What is empty or nil is not
// told.
type UserSettings struct {
	Name, Email, Role              string
	Profiles                       []string // keys or numbers
	Active, PaymentLink, APIAccess *bool
}

// into puts what was told into a user's details.
func (s UserSettings) into(d *user.Details, profiles []profile.ID) {
	for _, t := range []struct {
		to   *string
		told string
	}{{&d.Name, s.Name}, {&d.Email, s.Email}, {(*string)(&d.Role), s.Role}} {
		if t.told != "" {
			*t.to = t.told
		}
	}
	for _, t := range []struct{ to, told *bool }{{&d.Active, s.Active}, {&d.PaymentLink, s.PaymentLink}, {&d.APIAccess, s.APIAccess}} {
		if t.told != nil {
			*t.to = *t.told
		}
	}
	if len(profiles) > 0 {
		d.Profiles = profiles
	}
}

// UserCreate adds a user and prints what is kept of it.
func UserCreate(ctx context.Context, cfg config.Config, s UserSettings, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		profiles, err := findProfiles(ctx, a, s.Profiles)
		if err != nil {
			return err
		}
		var d user.Details
		s.into(&d, profiles)
		u, err := a.Users.Create(ctx, operator, d)
		if err != nil {
			return err
		}
		return showUser(ctx, a, u, out)
	})
}

// UserChange changes what is told of a user, who is named by key or e-mail
// address, and prints what is kept.
func UserChange(ctx context.Context, cfg config.Config, wanted string, s UserSettings, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		profiles, err := findProfiles(ctx, a, s.Profiles)
		if err != nil {
			return err
		}
		u, err := a.Users.Find(ctx, wanted)
		if err != nil {
			return err
		}
		u, err = a.Users.Change(ctx, operator, u.ID, func(d *user.Details) { s.into(d, profiles) })
		if err != nil {
			return err
		}
		return showUser(ctx, a, u, out)
	})
}

// UserShow prints a user, who is named by key or e-mail address.
func UserShow(ctx context.Context, cfg config.Config, wanted string, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		u, err := a.Users.Find(ctx, wanted)
		if err != nil {
			return err
		}
		return showUser(ctx, a, u, out)
	})
}

// UserList prints all users.
func UserList(ctx context.Context, cfg config.Config, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		names, err := newDirectory(ctx, a)
		if err != nil {
			return err
		}
		users, err := a.Users.Users(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "USER\tE-MAIL\tNAME\tROLE\tACTIVE\tPAYMENT LINK\tAPI ACCESS\tPROFILES") // Flush tells
		for _, u := range users {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", u.ID, u.Email, u.Name, u.Role, yes(u.Active), yes(u.PaymentLink), yes(u.APIAccess), names.numbers(u.Profiles))
		}
		return w.Flush()
	})
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// shownUser is a user as `user show` prints it.
type shownUser struct {
	ID          user.ID        `json:"id"`
	Name        string         `json:"name"`
	Email       string         `json:"email"`
	Role        user.Role      `json:"role"`
	Active      bool           `json:"active"`
	PaymentLink bool           `json:"payment_link"`
	APIAccess   bool           `json:"api_access"`
	Profiles    []shownProfile `json:"profiles"`
}

type shownProfile struct {
	ID     profile.ID `json:"id"`
	Number int64      `json:"number"`
	Name   string     `json:"name"`
}

func showUser(ctx context.Context, a *App, u user.User, out io.Writer) error {
	names, err := newDirectory(ctx, a)
	if err != nil {
		return err
	}
	shown := shownUser{ID: u.ID, Name: u.Name, Email: u.Email, Role: u.Role, Active: u.Active, PaymentLink: u.PaymentLink, APIAccess: u.APIAccess}
	for _, id := range u.Profiles {
		p := names.profiles[id]
		shown.Profiles = append(shown.Profiles, shownProfile{p.ID, p.Number, p.Name})
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(shown)
}
