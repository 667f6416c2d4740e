package testkit

import (
	"strings"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// NewUser makes a user of the first profile with all switches on, and a key.
func (a *App) NewUser(role user.Role) (u user.User, key string) {
	a.TB.Helper()
	name := strings.TrimSuffix(string(role), "_user")
	u, err := a.Users.Create(a.TB.Context(), tester, user.Details{Name: name, Email: name + "-" + id.Short(id.New("x")) + "@example.com", Role: role,
		PaymentLink: true, APIAccess: true, Profiles: []profile.ID{a.Profile.ID}})
	if err != nil {
		a.TB.Fatalf("make user: %v", err)
	}
	_, key, err = a.Users.CreateUserKey(a.TB.Context(), tester, "test", u.ID)
	if err != nil {
		a.TB.Fatalf("make user's key: %v", err)
	}
	return u, key
}

// ChangeUser changes a user's details.
func (a *App) ChangeUser(u user.User, change func(*user.Details)) {
	a.TB.Helper()
	if _, err := a.Users.Change(a.TB.Context(), tester, u.ID, change); err != nil {
		a.TB.Fatalf("change user: %v", err)
	}
}
