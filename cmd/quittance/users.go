package main

import (
	"context"
	"os"

	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/config"
)

type userCmd struct {
	Create     userCreateCmd     `cmd:"" help:"Add a user, who is active at once."`
	List       userListCmd       `cmd:"" help:"Print all users."`
	Show       userShowCmd       `cmd:"" help:"Print a user with the profiles in reach."`
	Change     userChangeCmd     `cmd:"" help:"Change a user; what is not told stays. The user's API keys follow at once."`
	Deactivate userDeactivateCmd `cmd:"" help:"Lock a user out of everything; the user's API keys open nothing from now on."`
}

// userFlags are a user's switches, each told or not.
type userFlags struct {
	PaymentLink *bool `negatable:"" env:"-" help:"May send payment links."`
	APIAccess   *bool `name:"api-access" negatable:"" env:"-" help:"May have API keys."`
}

type userCreateCmd struct {
	config.Config `embed:""`
	userFlags     `embed:""`

	Email    string   `arg:"" help:"The user's e-mail address."`
	Name     string   `required:"" env:"-" help:"The user's name."`
	Role     string   `required:"" env:"-" enum:"admin_user,accountant_user,normal_user,restricted_user" help:"admin_user, accountant_user, normal_user or restricted_user."`
	Profiles []string `name:"profile" required:"" env:"-" help:"Id or number of a profile in the user's reach. May be repeated." placeholder:"PROFILE"`
}

func (c userCreateCmd) Run(ctx context.Context) error {
	return app.UserCreate(ctx, c.Config, app.UserSettings{Name: c.Name, Email: c.Email, Role: c.Role, Profiles: c.Profiles,
		PaymentLink: c.PaymentLink, APIAccess: c.APIAccess}, os.Stdout)
}

type userListCmd struct {
	config.Config `embed:""`
}

func (c userListCmd) Run(ctx context.Context) error { return app.UserList(ctx, c.Config, os.Stdout) }

type userShowCmd struct {
	config.Config `embed:""`

	User string `arg:"" help:"The user's id or e-mail address."`
}

func (c userShowCmd) Run(ctx context.Context) error {
	return app.UserShow(ctx, c.Config, c.User, os.Stdout)
}

type userChangeCmd struct {
	config.Config `embed:""`
	userFlags     `embed:""`

	User     string   `arg:"" help:"The user's id or e-mail address."`
	Name     string   `env:"-" help:"Another name."`
	Email    string   `env:"-" help:"Another e-mail address."`
	Role     string   `env:"-" help:"admin_user, accountant_user, normal_user or restricted_user."`
	Profiles []string `name:"profile" env:"-" help:"Id or number of a profile in the user's reach, in place of those before. May be repeated." placeholder:"PROFILE"`
	Active   *bool    `negatable:"" env:"-" help:"Not locked out."`
}

func (c userChangeCmd) Run(ctx context.Context) error {
	return app.UserChange(ctx, c.Config, c.User, app.UserSettings{Name: c.Name, Email: c.Email, Role: c.Role, Profiles: c.Profiles,
		Active: c.Active, PaymentLink: c.PaymentLink, APIAccess: c.APIAccess}, os.Stdout)
}

type userDeactivateCmd struct {
	config.Config `embed:""`

	User string `arg:"" help:"The user's id or e-mail address."`
}

func (c userDeactivateCmd) Run(ctx context.Context) error {
	return app.UserChange(ctx, c.Config, c.User, app.UserSettings{Active: new(bool)}, os.Stdout)
}
