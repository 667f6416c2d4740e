package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestOperatorKeepsUsersAndKeys(t *testing.T) {
	t.Parallel()
	env := settings(t, "")
	for range 2 {
		wantOutput(t, env, `profile prf_`, "profile", "apply", writeProfile(t, profileFile))
	}
	create := []string{"user", "create", "bo@example.com", "--name=Bo", "--role=normal_user", "--profile=1", "--profile=2", "--api-access"}
	made := wantOutput(t, env, `"api_access": true`, create...)
	for _, want := range []string{`"role": "normal_user"`, `"active": true`, `"payment_link": false`, `"number": 2`, `"name": "Corner Shop"`} {
		if !strings.Contains(made, want) {
			t.Errorf("user create does not print %s:\n%s", want, made)
		}
	}
	userID := regexp.MustCompile(`usr_\w+`).FindString(made)
	wantRefused(t, env, "this e-mail address already", create...)
	wantRefused(t, env, "/email: ", "user", "create", "bo", "--name=Bo", "--role=admin_user", "--profile=1")
	wantRefused(t, env, "could not find that profile", "user", "create", "al@example.com", "--name=Al", "--role=admin_user", "--profile=9")
	wantRefused(t, env, "must be one of", "user", "create", "al@example.com", "--name=Al", "--role=owner", "--profile=1")

	key := regexp.MustCompile(`(key_\w+) (qk_\S+)`)
	own := key.FindStringSubmatch(wantOutput(t, env, `cannot be shown again`, "key", "create", "--user=bo@example.com", "--name=web shop"))
	shop := key.FindStringSubmatch(wantOutput(t, env, `cannot be shown again`, "key", "create", "1", "2"))
	wantRefused(t, env, "--user", "key", "create")
	wantRefused(t, env, "--user", "key", "create", "1", "--user=bo@example.com")
	rotated := key.FindStringSubmatch(wantOutput(t, env, `The secret before works until 2`, "key", "rotate", shop[1]))
	if rotated[1] != shop[1] || rotated[2] == shop[2] {
		t.Errorf("rotate printed %v after %v, want another secret of the same key", rotated, shop)
	}
	wantOutput(t, env, `The secret before has ended`, "key", "rotate", shop[1], "--now")
	wantRefused(t, env, "can't be used together", "key", "rotate", shop[1], "--now", "--grace=1h")
	wantOutput(t, env, `reaches 1 profiles`, "key", "scope", shop[1], "2")
	wantRefused(t, env, "profiles of its user", "key", "scope", own[1], "2")

	wantOutput(t, env, `(?m)^`+own[1]+` +web shop +bo@example.com +1,2 .* in use$`, "key", "list")
	if out := wantOutput(t, env, own[1], "key", "list", "--profile=1"); strings.Contains(out, shop[1]) {
		t.Errorf("key list of profile 1 shows a key of profile 2:\n%s", out)
	} else if strings.Contains(out, own[2]) {
		t.Errorf("key list shows a secret:\n%s", out)
	}
	wantOutput(t, env, `"role": "restricted_user"`, "user", "change", "BO@example.com", "--role=restricted_user", "--payment-link", "--no-api-access")
	wantOutput(t, env, own[1]+` .*its user has no API access`, "key", "list")
	wantRefused(t, env, "has no API access", "key", "create", "--user", userID)
	wantOutput(t, env, `"active": false`, "user", "deactivate", userID)
	wantOutput(t, env, userID+` +bo@example.com +Bo +restricted_user +no +yes +no +1,2`, "user", "list")
	wantOutput(t, env, `"active": true`, "user", "change", userID, "--active", "--profile=2")
	wantOutput(t, env, `(?s)^\{\s+"id": "`+userID+`".*"number": 2`, "user", "show", "bo@example.com")
	wantOutput(t, env, ``, "key", "revoke", shop[1])
	wantRefused(t, env, "could not find that API key", "key", "revoke", shop[1])
	wantOutput(t, env, shop[1]+` .* revoked 2`, "key", "list")
}

// wantRefused runs a command that has to fail and say why.
func wantRefused(t *testing.T, env map[string]string, why string, args ...string) {
	t.Helper()
	if out, err := run(t, env, args...); err == nil || !strings.Contains(out, why) {
		t.Errorf("quittance %s: %v, want a failure that says %q:\n%s", strings.Join(args, " "), err, why, out)
	}
}
