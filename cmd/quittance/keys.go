package main

import (
	"context"
	"os"
	"time"

	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/config"
)

type keyCmd struct {
	Create   keyCreateCmd   `cmd:"" help:"Make an API key of profiles, with all rights, or of a user."`
	List     keyListCmd     `cmd:"" help:"Print API keys, without their secrets."`
	Scope    keyScopeCmd    `cmd:"" help:"Change which profiles an API key reaches, at once."`
	Rotate   keyRotateCmd   `cmd:"" help:"Give an API key another secret. The one before works for a while."`
	Revoke   keyRevokeCmd   `cmd:"" help:"End an API key at once."`
	Generate keyGenerateCmd `cmd:"" help:"Print a new key for the server's keyring (QUITTANCE_SECRET_KEY)."`
}

type keyCreateCmd struct {
	config.Config `embed:""`

	Profiles []string `arg:"" optional:"" help:"Ids or numbers of the profiles that the key is for."`
	User     string   `env:"-" help:"Id or e-mail address of the user that the key is for: it may do what the user may." placeholder:"USER"`
	Name     string   `env:"-" help:"What the key is for." default:"api"`
}

func (c keyCreateCmd) Run(ctx context.Context) error {
	return app.KeyCreate(ctx, c.Config, c.Name, c.User, c.Profiles, os.Stdout)
}

type keyListCmd struct {
	config.Config `embed:""`

	Profile string `env:"-" help:"Id or number: only keys that reach this profile."`
}

func (c keyListCmd) Run(ctx context.Context) error {
	return app.KeyList(ctx, c.Config, c.Profile, os.Stdout)
}

type keyScopeCmd struct {
	config.Config `embed:""`

	Key      string   `arg:"" help:"The key's id (key_…)."`
	Profiles []string `arg:"" help:"Ids or numbers of the profiles, in place of those before."`
}

func (c keyScopeCmd) Run(ctx context.Context) error {
	return app.KeyScope(ctx, c.Config, c.Key, c.Profiles, os.Stdout)
}

type keyRotateCmd struct {
	config.Config `embed:""`

	Key   string         `arg:"" help:"The key's id (key_…)."`
	Grace *time.Duration `env:"-" xor:"grace" help:"How long the secret before works; 24h if left out." placeholder:"24h"`
	Now   bool           `env:"-" xor:"grace" help:"The secret before ends at once."`
}

func (c keyRotateCmd) Run(ctx context.Context) error {
	grace := app.KeyGrace
	switch {
	case c.Now:
		grace = 0
	case c.Grace != nil:
		grace = *c.Grace
	}
	return app.KeyRotate(ctx, c.Config, c.Key, grace, os.Stdout)
}

type keyRevokeCmd struct {
	config.Config `embed:""`

	Key string `arg:"" help:"The key's id (key_…)."`
}

func (c keyRevokeCmd) Run(ctx context.Context) error {
	return app.KeyRevoke(ctx, c.Config, c.Key)
}

type keyGenerateCmd struct {
	ID string `help:"The key's short name inside the keyring." default:"k1"`
}

func (c keyGenerateCmd) Run() error { return app.KeyGenerate(c.ID, os.Stdout) }
