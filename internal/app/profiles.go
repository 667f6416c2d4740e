package app

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// operator is who runs commands on the server.
var operator = actor.Actor{Kind: actor.User, ID: "operator"}

// ProfileFile is what `profile apply` reads. Secrets stand in files of their own.
type ProfileFile struct {
	ID       profile.ID   `json:"id,omitempty"` // empty: a new profile
	Number   int64        `json:"number,omitempty"`
	Mode     profile.Mode `json:"mode"`
	Name     string       `json:"name"`
	Locale   string       `json:"locale"`
	TimeZone string       `json:"time_zone"`
	profile.Details
	// LogoFile is a PNG or JPEG beside the file; "" takes the logo away, and
	// without the name it stays.
	LogoFile       *string      `json:"logo_file,omitempty"`
	GatewayAccount *AccountFile `json:"gateway_account,omitempty"`
}

// AccountFile is a gateway account in a ProfileFile.
type AccountFile struct {
	ID             string   `json:"id,omitempty"` // empty: a new account, in use from now on
	Driver         string   `json:"driver"`
	EntityID       string   `json:"entity_id"`
	APIBase        string   `json:"api_base"`
	PublicBase     string   `json:"public_base"`
	TestMode       string   `json:"test_mode,omitempty"`
	Brands         []string `json:"brands,omitempty"`     // what customers may pay with; empty: the usual cards
	Currencies     []string `json:"currencies,omitempty"` // that it is set up for; none: all that the gateway takes
	TokenFile      string   `json:"token_file,omitempty"`
	WebhookKeyFile string   `json:"webhook_key_file,omitempty"` // 64 hex digits
	Token          string   `json:"token,omitempty"`            // shown masked, never read
	WebhookKey     string   `json:"webhook_key,omitempty"`      // shown masked, never read
}

// brandForm is how gateways write what can be paid with.
var brandForm = regexp.MustCompile(`^[A-Z0-9_]{2,32}$`)

// withStore runs an operator's command on an open, migrated database.
func withStore(ctx context.Context, cfg config.Config, run func(*App) error) (err error) {
	if err := cfg.Validate(); err != nil {
		return err
	}
	a, err := New(ctx, cfg, cfg.Logger(), Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return explain(run(a))
}

// explain adds the fields of a fault to what an operator reads.
func explain(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	text := f.Public
	for _, field := range f.Fields {
		text += fmt.Sprintf("\n  %s: %s", field.Pointer, field.Public)
	}
	return fmt.Errorf("%s", text)
}

// ProfileApply creates or changes a profile from a file and prints its id.
func ProfileApply(ctx context.Context, cfg config.Config, path string, out io.Writer) error {
	f, err := readProfileFile(path)
	if err != nil {
		return err
	}
	account, err := f.account(filepath.Dir(path))
	if err != nil {
		return err
	}
	logo, err := f.logo(filepath.Dir(path))
	if err != nil {
		return explain(err)
	}
	return withStore(ctx, cfg, func(a *App) error {
		p := profile.Profile{ID: f.ID, Mode: f.Mode, Name: f.Name, Locale: f.Locale, TimeZone: f.TimeZone, Details: f.Details}
		p, err := a.Profiles.Apply(ctx, operator, p, account)
		if err != nil {
			return err
		}
		if f.LogoFile != nil {
			if err := a.Profiles.SetLogo(ctx, operator, p.ID, logo); err != nil {
				return err
			}
		}
		if account != nil {
			_, err = fmt.Fprintf(out, "profile %s (number %d), gateway account %s\nnotifications go to %s/webhooks/%s/%s\n", p.ID, p.Number, account.ID, cfg.BaseURL, account.Driver, account.ID)
			return err
		}
		_, err = fmt.Fprintf(out, "profile %s (number %d)\n", p.ID, p.Number)
		return err
	})
}

func readProfileFile(path string) (ProfileFile, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return ProfileFile{}, fmt.Errorf("read profile: %w", err)
	}
	var f ProfileFile
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return ProfileFile{}, fmt.Errorf("read profile %s: %w", path, err)
	}
	return f, nil
}

// logo is the file's logo; nil when it has none.
func (f ProfileFile) logo(dir string) (*profile.LogoFile, error) {
	if f.LogoFile == nil || *f.LogoFile == "" {
		return nil, nil //nolint:nilnil // a profile may come without one
	}
	content, err := os.ReadFile(beside(dir, *f.LogoFile))
	if err != nil {
		return nil, fmt.Errorf("read logo: %w", err)
	}
	logo, err := profile.ReadLogo(content)
	return &logo, err
}

// beside is a path as it is meant in a file of dir.
func beside(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// account is the file's gateway account with its secrets read; nil when it has none.
func (f ProfileFile) account(dir string) (*gateway.Account, error) {
	g := f.GatewayAccount
	if g == nil {
		return nil, nil //nolint:nilnil // a profile may come without one
	}
	read := func(path string) (string, error) {
		if path == "" {
			return "", errors.New("gateway_account: token_file and webhook_key_file are required")
		}
		b, err := os.ReadFile(beside(dir, path))
		return strings.TrimSpace(string(b)), err
	}
	token, err := read(g.TokenFile)
	if err != nil {
		return nil, err
	}
	text, err := read(g.WebhookKeyFile)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != 32 {
		return nil, errors.New("gateway_account: webhook_key_file must hold 64 hex digits")
	}
	account := &gateway.Account{ID: g.ID, Driver: g.Driver, EntityID: g.EntityID, Token: token, WebhookKey: key,
		APIBase: g.APIBase, PublicBase: g.PublicBase, TestMode: g.TestMode, Brands: g.Brands}
	for _, b := range g.Brands {
		if !brandForm.MatchString(b) {
			return nil, fmt.Errorf("gateway_account: brand %q is not written like VISA", b)
		}
	}
	for _, code := range g.Currencies {
		c, err := money.ParseCurrency(code)
		if err != nil {
			return nil, fmt.Errorf("gateway_account: currencies: %s: %w", code, err)
		}
		account.Currencies = append(account.Currencies, c)
	}
	return account, nil
}

const masked = "••••"

// ProfileShow prints one profile, or all, with secrets masked.
func ProfileShow(ctx context.Context, cfg config.Config, wanted string, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		profiles, err := a.Profiles.Profiles(ctx)
		if err != nil {
			return err
		}
		found := wanted == ""
		for _, p := range profiles {
			if wanted != "" && wanted != string(p.ID) && wanted != fmt.Sprint(p.Number) {
				continue
			}
			found = true
			f := ProfileFile{ID: p.ID, Number: p.Number, Mode: p.Mode, Name: p.Name, Locale: p.Locale, TimeZone: p.TimeZone, Details: p.Details}
			switch g, err := a.Profiles.Account(ctx, p.ID); {
			case err == nil:
				f.GatewayAccount = &AccountFile{ID: g.ID, Driver: g.Driver, EntityID: g.EntityID, APIBase: g.APIBase, PublicBase: g.PublicBase,
					TestMode: g.TestMode, Brands: g.Brands, Token: masked, WebhookKey: masked}
				for _, c := range g.Currencies {
					f.GatewayAccount.Currencies = append(f.GatewayAccount.Currencies, c.Code())
				}
			case !errors.Is(err, profile.ErrNoAccount):
				return err
			}
			e := json.NewEncoder(out)
			e.SetIndent("", "  ")
			if err := e.Encode(f); err != nil {
				return err
			}
		}
		if !found {
			return profile.ErrNotFound
		}
		return nil
	})
}

// RedirectKey prints what a profile's merchant checks signed redirects with.
func RedirectKey(ctx context.Context, cfg config.Config, profileID string, out io.Writer) error {
	return withStore(ctx, cfg, func(a *App) error {
		p, err := a.Profiles.Find(ctx, profileID)
		if err != nil {
			return err
		}
		key, err := a.Orders.OnwardKey(p.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s %s\n", key.ID, key.Text)
		return err
	})
}

// LiftLimits lets an order's customer try on after too many declined tries.
func LiftLimits(ctx context.Context, cfg config.Config, profileID, orderID string) error {
	return withStore(ctx, cfg, func(a *App) error {
		p, err := a.Profiles.Find(ctx, profileID)
		if err != nil {
			return err
		}
		return a.Payments.LiftLimits(ctx, operator, p.ID, order.ID(orderID))
	})
}

// RevokeLink ends every payment link of an order.
func RevokeLink(ctx context.Context, cfg config.Config, profileID, orderID string) error {
	return withStore(ctx, cfg, func(a *App) error {
		p, err := a.Profiles.Find(ctx, profileID)
		if err != nil {
			return err
		}
		return a.Orders.RevokeLinks(ctx, operator, p.ID, order.ID(orderID))
	})
}
