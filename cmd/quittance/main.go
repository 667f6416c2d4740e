// Quittance is a customer order portal with the billing behind it, in one
// program.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // profiles have time zones, and not every machine knows them

	"github.com/alecthomas/kong"

	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/config"
)

type program struct {
	Serve   serveCmd   `cmd:"" help:"Serve pages and API, and work jobs, in one process."`
	Worker  workerCmd  `cmd:"" help:"Only work jobs; needs PostgreSQL."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up to date."`
	Demo    demoCmd    `cmd:"" help:"Run everything on embedded defaults, with an order to pay."`
	Gateway gatewayCmd `cmd:"" help:"Run the sandbox gateway alone."`
	Profile profileCmd `cmd:"" help:"Create, change and show profiles."`
	User    userCmd    `cmd:"" help:"Add, change and show users."`
	Key     keyCmd     `cmd:"" help:"Make, scope, rotate and revoke keys."`
	Ready   readyCmd   `cmd:"" help:"Ask the server that runs here whether it can work; for health checks."`
	Doctor  doctorCmd  `cmd:"" help:"Show the effective settings and check what they name."`
}

type serveCmd struct {
	config.Config `embed:""`
}

func (c serveCmd) Run(ctx context.Context) error { return app.Serve(ctx, c.Config) }

type workerCmd struct {
	config.Config `embed:""`
}

func (c workerCmd) Run(ctx context.Context) error { return app.Worker(ctx, c.Config) }

type migrateCmd struct {
	config.Config `embed:""`
}

func (c migrateCmd) Run(ctx context.Context) error { return app.Migrate(ctx, c.Config) }

type demoCmd struct {
	Listen   string     `name:"listen" env:"-" help:"Portal's address; the other sites take the four ports after it. Port 0 takes any free ones." default:"127.0.0.1:8080"`
	DataDir  string     `env:"-" help:"Folder to keep the demo in; a temporary one if left out."`
	Database string     `env:"-" help:"A postgres:// URL, or sqlite:PATH; SQLite in the folder if left out."`
	Bare     bool       `env:"-" help:"Leave out the orders of the start page, one for each situation."`
	JSON     bool       `env:"-" help:"Print one JSON object as the first line."`
	LogLevel slog.Level `env:"-" help:"debug, info, warn or error." default:"warn"`

	EmbedHosts []string `name:"embed-host" env:"-" help:"Origin of a site of yours, such as http://localhost:3000, whose pages may hold the checkout's frame. May be repeated." placeholder:"ORIGIN"`
}

func (c demoCmd) Run(ctx context.Context) error {
	return app.Demo(ctx, app.DemoConfig{Listen: c.Listen, DataDir: c.DataDir, Database: c.Database, Bare: c.Bare, JSON: c.JSON, LogLevel: c.LogLevel, EmbedHosts: c.EmbedHosts}, os.Stdout)
}

type gatewayCmd struct {
	Listen       string     `env:"-" help:"Address to listen on." default:"127.0.0.1:8081"`
	PublicURL    string     `env:"-" help:"Site that browsers load the widget from." default:"http://gateway.localhost:8081"`
	IssuerListen string     `env:"-" help:"Address of a site of its own for card issuers; with --issuer-url."`
	IssuerURL    string     `env:"-" help:"Site where card issuers ask their cardholders; the public one if left out."`
	DataFile     string     `env:"-" help:"SQLite file of the gateway's books." default:"gateway.db"`
	Entities     string     `env:"-" help:"JSON file with the merchants' channels." required:""`
	AdminToken   string     `env:"-" help:"Bearer secret of /admin/; off if left out."`
	Seed         uint64     `env:"-" help:"Of the generator that decides about random faults."`
	LogLevel     slog.Level `env:"-" help:"debug, info, warn or error." default:"info"`
}

func (c gatewayCmd) Run(ctx context.Context) error {
	return app.Gateway(ctx, config.Config{LogLevel: c.LogLevel}.Logger(), app.GatewayConfig{Listen: c.Listen, PublicURL: c.PublicURL, IssuerListen: c.IssuerListen, IssuerURL: c.IssuerURL, DataFile: c.DataFile, Entities: c.Entities, AdminToken: c.AdminToken, Seed: c.Seed})
}

type profileCmd struct {
	Apply       profileApplyCmd       `cmd:"" help:"Create or change a profile from a JSON file."`
	Show        profileShowCmd        `cmd:"" help:"Print profiles, secrets masked."`
	RedirectKey profileRedirectKeyCmd `cmd:"" help:"Print the key that signs the redirects after a payment."`
	LiftLimits  orderCmd[lift]        `cmd:"" help:"Let an order's customer try on after too many declined tries."`
	RevokeLink  orderCmd[end]         `cmd:"" help:"End every payment link of an order."`
}

type profileApplyCmd struct {
	config.Config `embed:""`

	File string `arg:"" type:"existingfile"`
}

func (c profileApplyCmd) Run(ctx context.Context) error {
	return app.ProfileApply(ctx, c.Config, c.File, os.Stdout)
}

type profileShowCmd struct {
	config.Config `embed:""`

	Profile string `arg:"" optional:"" help:"Id or number; all if left out."`
}

func (c profileShowCmd) Run(ctx context.Context) error {
	return app.ProfileShow(ctx, c.Config, c.Profile, os.Stdout)
}

type profileRedirectKeyCmd struct {
	config.Config `embed:""`

	Profile string `arg:"" help:"The profile's id or number."`
}

func (c profileRedirectKeyCmd) Run(ctx context.Context) error {
	return app.RedirectKey(ctx, c.Config, c.Profile, os.Stdout)
}

// orderCmd is a command about one order of a profile.
type orderCmd[T interface {
	do(ctx context.Context, cfg config.Config, profileID, orderID string) error
}] struct {
	config.Config `embed:""`

	Profile string `arg:"" help:"The profile's id or number."`
	Order   string `arg:"" help:"The order's id."`
}

func (c orderCmd[T]) Run(ctx context.Context) error {
	var t T
	return t.do(ctx, c.Config, c.Profile, c.Order)
}

type lift struct{}

func (lift) do(ctx context.Context, cfg config.Config, profileID, orderID string) error {
	return app.LiftLimits(ctx, cfg, profileID, orderID)
}

type end struct{}

func (end) do(ctx context.Context, cfg config.Config, profileID, orderID string) error {
	return app.RevokeLink(ctx, cfg, profileID, orderID)
}

type readyCmd struct {
	config.Config `embed:""`
}

func (c readyCmd) Run(ctx context.Context) error { return app.Ready(ctx, c.Config) }

type doctorCmd struct {
	config.Config `embed:""`
}

func (c doctorCmd) Run(ctx context.Context) error {
	return app.Doctor(ctx, c.Config, os.Stdout)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var p program
	parsed := kong.Parse(&p, kong.Name("quittance"), kong.Description("Customer order portal and billing."), kong.UsageOnError(),
		kong.DefaultEnvars(config.Prefix), kong.Resolvers(config.Files()), kong.BindTo(ctx, (*context.Context)(nil)))
	err := parsed.Run()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // told to stop while it was starting
	}
	if err != nil {
		stop()
		fmt.Fprintln(os.Stderr, "quittance:", err)
		os.Exit(1) //nolint:gocritic // stop has run
	}
}
