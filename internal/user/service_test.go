package user_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/testkit"
	"github.com/quittance/quittance/internal/user"
)

var operator = actor.Actor{Kind: actor.User, ID: "operator"}

// opens reports whether a secret is that of a caller.
func opens(t *testing.T, app *testkit.App, secret string) bool {
	t.Helper()
	_, _, err := app.Users.Authenticate(t.Context(), secret, string(app.Profile.ID))
	if err != nil && !errors.Is(err, user.ErrKeyInvalid) {
		t.Fatalf("authenticate: %v", err)
	}
	return err == nil
}

func TestARotatedKeysOldSecretEndsWithItsGrace(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		k, first, err := app.Users.CreateKey(ctx, operator, "shop", app.Profile.ID)
		if err != nil {
			t.Fatal(err)
		}
		rotate := func(grace time.Duration) string {
			t.Helper()
			_, text, err := app.Users.RotateKey(ctx, operator, k.ID, grace)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		want := func(when string, open bool) {
			t.Helper()
			if got := opens(t, app, first); got != open {
				t.Errorf("%s the first secret opens: %t, want %t", when, got, open)
			}
		}
		second := rotate(user.Grace)
		want("after the rotation", true)
		app.Advance(user.Grace - time.Minute)
		want("at the end of the grace", true)
		third := rotate(user.Grace) // does not lengthen the life of the first
		app.Advance(time.Minute)
		want("after the grace", false)
		if !opens(t, app, second) || !opens(t, app, third) {
			t.Error("a later secret ended with the first")
		}
		last := rotate(0)
		for _, secret := range []string{first, second, third} {
			if opens(t, app, secret) {
				t.Error("a secret from before a rotation without grace opens")
			}
		}
		if !opens(t, app, last) {
			t.Error("the newest secret does not open")
		}
		if err := app.Users.RevokeKey(ctx, operator, k.ID); err != nil {
			t.Fatal(err)
		}
		if opens(t, app, last) {
			t.Error("a revoked key opens")
		}
		if _, _, err := app.Users.RotateKey(ctx, operator, k.ID, 0); !errors.Is(err, user.ErrKeyNotFound) {
			t.Errorf("rotate a revoked key = %v, want ErrKeyNotFound", err)
		}
		if err := app.Users.RevokeKey(ctx, operator, k.ID); !errors.Is(err, user.ErrKeyNotFound) {
			t.Errorf("revoke twice = %v, want ErrKeyNotFound", err)
		}
	})
}

func TestAKeysScopeIsReplaced(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		k, secret, err := app.Users.CreateKey(ctx, operator, "shop", app.Other.ID, app.Profile.ID, app.Other.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := app.Users.ScopeKey(ctx, operator, k.ID, app.Other.ID); err != nil {
			t.Fatal(err)
		}
		c, profileID, err := app.Users.Authenticate(ctx, secret, "")
		if err != nil || profileID != app.Other.ID || c.Role != user.Admin || !c.PaymentLink {
			t.Errorf("caller %+v for %s, %v; want an admin for %s", c, profileID, err, app.Other.ID)
		}
		if _, _, err := app.Users.Authenticate(ctx, secret, "1"); !errors.Is(err, profile.ErrNotFound) {
			t.Errorf("out of reach = %v, want profile.ErrNotFound", err)
		}
		if _, err := app.Users.ScopeKey(ctx, operator, k.ID); !errors.Is(err, user.ErrKeyNoProfile) {
			t.Errorf("scope of nothing = %v, want ErrKeyNoProfile", err)
		}
		u, _ := app.NewUser(user.Normal)
		of, _, err := app.Users.CreateUserKey(ctx, operator, "own", u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := app.Users.ScopeKey(ctx, operator, of.ID, app.Other.ID); !errors.Is(err, user.ErrKeyOfUser) {
			t.Errorf("scope of a user's key = %v, want ErrKeyOfUser", err)
		}
		app.ChangeUser(u, func(d *user.Details) { d.APIAccess = false })
		if _, _, err := app.Users.CreateUserKey(ctx, operator, "none", u.ID); !errors.Is(err, user.ErrNoAPIAccess) {
			t.Errorf("key without API access = %v, want ErrNoAPIAccess", err)
		}
	})
}

func TestWhatOperatorsDoIsAuditedInEveryProfileConcerned(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		before := len(app.Strings(`SELECT id FROM audit_log`))
		u, err := app.Users.Create(ctx, operator, user.Details{Name: "Bo", Email: "bo@example.com", Role: user.Normal, APIAccess: true, Profiles: []profile.ID{app.Profile.ID}})
		must(err)
		_, err = app.Users.Change(ctx, operator, u.ID, func(d *user.Details) { d.Profiles = []profile.ID{app.Other.ID} })
		must(err)
		_, err = app.Users.Change(ctx, operator, u.ID, func(d *user.Details) { d.Active = false })
		must(err)
		k, _, err := app.Users.CreateKey(ctx, operator, "shop", app.Profile.ID)
		must(err)
		_, err = app.Users.ScopeKey(ctx, operator, k.ID, app.Other.ID)
		must(err)
		_, _, err = app.Users.RotateKey(ctx, operator, k.ID, 0)
		must(err)
		must(app.Users.RevokeKey(ctx, operator, k.ID))
		of := func(p profile.ID) []string {
			return app.Strings(`SELECT actor || ' ' || action || ' ' || subject FROM audit_log WHERE profile_id = $1 ORDER BY id`, string(p))
		}
		who, key := " "+string(u.ID), " "+k.ID
		mine, other := of(app.Profile.ID), of(app.Other.ID)
		prefix := func(actions ...string) (all []string) {
			for _, a := range actions {
				all = append(all, "user:operator "+a)
			}
			return all
		}
		wantMine := prefix("user.created"+who, "user.changed"+who, "key.created"+key, "key.scoped"+key)
		wantOther := prefix("user.changed"+who, "user.deactivated"+who, "key.scoped"+key, "key.rotated"+key, "key.revoked"+key)
		if diff := cmp.Diff(wantMine, mine[len(mine)-len(wantMine):]); diff != "" {
			t.Errorf("first profile (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wantOther, other[len(other)-len(wantOther):]); diff != "" {
			t.Errorf("other profile (-want +got):\n%s", diff)
		}
		if got := len(mine) + len(other) - before; got != len(wantMine)+len(wantOther) {
			t.Errorf("%d entries, want %d", got, len(wantMine)+len(wantOther))
		}
	})
}

func TestAnEmailAddressIsOfOneUser(t *testing.T) {
	t.Parallel()
	testkit.OnBoth(t, testkit.Options{}, func(t *testing.T, app *testkit.App) {
		ctx := t.Context()
		create := func(email string) (user.User, error) {
			return app.Users.Create(ctx, operator, user.Details{Name: "Bo", Email: email, Role: user.Normal, Profiles: []profile.ID{app.Profile.ID}})
		}
		if _, err := create("bo@example.com"); err != nil {
			t.Fatal(err)
		}
		if _, err := create("BO@example.com"); !errors.Is(err, user.ErrEmailTaken) {
			t.Errorf("the same in capitals = %v, want ErrEmailTaken", err)
		}
		second, err := create("al@example.com")
		if err != nil {
			t.Fatal(err)
		}
		take := func(email string) error {
			_, err := app.Users.Change(ctx, operator, second.ID, func(d *user.Details) { d.Email = email })
			return err
		}
		if err := take("Bo@Example.com"); !errors.Is(err, user.ErrEmailTaken) {
			t.Errorf("taken by a change = %v, want ErrEmailTaken", err)
		}
		if err := take("Al@example.com"); err != nil {
			t.Errorf("its own in another case = %v", err)
		}
		if got, err := app.Users.Find(ctx, "AL@EXAMPLE.COM"); err != nil || got.ID != second.ID {
			t.Errorf("Find = %+v, %v", got, err)
		}
		if _, err := app.Users.Find(ctx, "nobody@example.com"); !errors.Is(err, user.ErrNotFound) {
			t.Errorf("Find nobody = %v, want ErrNotFound", err)
		}
	})
}

func TestEveryMistakeInAUserIsNamed(t *testing.T) {
	t.Parallel()
	err := user.Details{Name: " ", Email: "Bo <bo@example.com>", Role: "owner"}.Validate()
	var f *fault.Error
	if !errors.As(err, &f) || !errors.Is(err, user.ErrInvalid) {
		t.Fatalf("Validate = %v, want ErrInvalid", err)
	}
	var got []string
	for _, field := range f.Fields {
		got = append(got, field.Pointer+" "+field.Code)
	}
	if diff := cmp.Diff([]string{"/name required", "/email email", "/role not_allowed", "/profiles required"}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}
