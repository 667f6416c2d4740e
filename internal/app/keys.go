package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/user"
)

// KeyGenerate prints a key for the server's own keyring.
func KeyGenerate(keyID string, out io.Writer) error {
	text := secret.Generate(keyID)
	if _, err := secret.Parse(text); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, text)
	return err
}

// KeyCreate makes an API key of profiles, or of a user when one is named, and
// prints its secret, once.
func KeyCreate(ctx context.Context, cfg config.Config, name, owner string, profiles []string, out io.Writer) error {
	if (owner == "") == (len(profiles) == 0) {
		return errors.New("name the profiles that the key is for, or its user with --user")
	}
	return withStore(ctx, cfg, func(a *App) error {
		if owner != "" {
			u, err := a.Users.Find(ctx, owner)
			if err != nil {
				return err
			}
			k, text, err := a.Users.CreateUserKey(ctx, operator, name, u.ID)
			return showSecret(out, k, text, err)
		}
		ids, err := findProfiles(ctx, a, profiles)
		if err != nil {
			return err
		}
		k, text, err := a.Users.CreateKey(ctx, operator, name, ids...)
		return showSecret(out, k, text, err)
	})
}

// KeyGrace is how long the secret before works after a rotation, if nothing else
// is said.
const KeyGrace = user.Grace

// KeyRotate gives an API key another secret and prints it, once.
func KeyRotate(ctx context.Context, cfg config.Config, keyID string, grace time.Duration, out io.Writer) error {
	if grace < 0 {
		return errors.New("the grace period cannot be negative")
	}
	return withStore(ctx, cfg, func(a *App) error {
		k, text, err := a.Users.RotateKey(ctx, operator, keyID, grace)
		if err := showSecret(out, k, text, err); err != nil {
			return err
		}
		if grace == 0 {
			_, err = fmt.Fprintln(out, "The secret before has ended.")
			return err
		}
		_, err = fmt.Fprintf(out, "The secret before works until %s.\n", minute(a.Clock.Wall().Add(grace)))
		return err
	})
}

func showSecret(out io.Writer, k user.Key, text string, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s %s\nKeep the second word: it cannot be shown again.\n", k.ID, text)
	return err
}

// KeyScope changes which profiles an API key reaches.
func KeyScope(ctx context.Context, cfg config.Config, keyID string, profiles []string, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		ids, err := findProfiles(ctx, a, profiles)
		if err != nil {
			return err
		}
		k, err := a.Users.ScopeKey(ctx, operator, keyID, ids...)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s reaches %d profiles\n", k.ID, len(k.Profiles))
		return err
	})
}

// KeyRevoke ends an API key.
func KeyRevoke(ctx context.Context, cfg config.Config, keyID string) error {
	return withStore(ctx, cfg, func(a *App) error { return a.Users.RevokeKey(ctx, operator, keyID) })
}

// KeyList prints API keys: all, or those that reach a profile.
func KeyList(ctx context.Context, cfg config.Config, wanted string, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		names, err := newDirectory(ctx, a)
		if err != nil {
			return err
		}
		keys, err := a.Users.Keys(ctx)
		if err != nil {
			return err
		}
		if wanted != "" {
			p, err := a.Profiles.Find(ctx, wanted)
			if err != nil {
				return err
			}
			keys = slices.DeleteFunc(keys, func(k user.Key) bool { return !slices.Contains(k.Profiles, p.ID) })
		}
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(w, "KEY\tNAME\tUSER\tPROFILES\tSECRET ENDS IN\tCREATED\tSTATE") // Flush tells
		for _, k := range keys {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, names.user(k.UserID), names.numbers(k.Profiles),
				hints(k, a.Clock.Wall()), minute(k.CreatedAt), names.state(k))
		}
		return w.Flush()
	})
}

// hints are the ends of the secrets that open a key now.
func hints(k user.Key, now time.Time) string {
	var all []string
	for _, s := range k.Secrets {
		switch {
		case s.EndsAt.IsZero():
			all = append(all, s.Hint)
		case s.EndsAt.After(now):
			all = append(all, s.Hint+" until "+minute(s.EndsAt))
		}
	}
	return strings.Join(all, ", ")
}

// minute is a moment as lists show it.
func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// findProfiles are the keys of profiles that are named by key or number.
func findProfiles(ctx context.Context, a *App, wanted []string) ([]profile.ID, error) {
	ids := make([]profile.ID, len(wanted))
	for i, w := range wanted {
		p, err := a.Profiles.Find(ctx, w)
		if err != nil {
			return nil, err
		}
		ids[i] = p.ID
	}
	return ids, nil
}

// directory is who and what lists name.
type directory struct {
	profiles map[profile.ID]profile.Profile
	users    map[user.ID]user.User
}

func newDirectory(ctx context.Context, a *App) (directory, error) {
	d := directory{map[profile.ID]profile.Profile{}, map[user.ID]user.User{}}
	profiles, err := a.Profiles.Profiles(ctx)
	if err != nil {
		return d, err
	}
	for _, p := range profiles {
		d.profiles[p.ID] = p
	}
	users, err := a.Users.Users(ctx)
	if err != nil {
		return d, err
	}
	for _, u := range users {
		d.users[u.ID] = u
	}
	return d, nil
}

// numbers are the profiles' small numbers in order.
func (d directory) numbers(profiles []profile.ID) string {
	all := make([]int, len(profiles))
	for i, p := range profiles {
		all[i] = int(d.profiles[p].Number)
	}
	slices.Sort(all)
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

// user is the e-mail address of a key's user, "-" for none.
func (d directory) user(userID user.ID) string {
	if userID == "" {
		return "-"
	}
	return d.users[userID].Email
}

// state says whether a key opens.
func (d directory) state(k user.Key) string {
	u := d.users[k.UserID]
	switch {
	case !k.RevokedAt.IsZero():
		return "revoked " + minute(k.RevokedAt)
	case k.UserID != "" && !u.Active:
		return "its user is not active"
	case k.UserID != "" && !u.APIAccess:
		return "its user has no API access"
	}
	return "in use"
}
