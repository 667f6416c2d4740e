package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/secret"
)

func parse(t *testing.T, args ...string) (config.Config, error) {
	t.Helper()
	var c config.Config
	p, err := kong.New(&c, kong.DefaultEnvars(config.Prefix), kong.Resolvers(config.Files()))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Parse(args)
	return c, err
}

func TestEveryVariableHasAFileTwin(t *testing.T) {
	key := secret.Generate("k1")
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("QUITTANCE_SECRET_KEY_FILE", path)
	t.Setenv("QUITTANCE_BASE_URL", "https://pay.example")

	c, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.SecretKey != key || c.BaseURL != "https://pay.example" {
		t.Errorf("got key from file %t, base URL %q", c.SecretKey == key, c.BaseURL)
	}
	if err := c.Validate(); err != nil {
		t.Errorf("Validate() = %v", err)
	}

	t.Setenv("QUITTANCE_SECRET_KEY_FILE", path+".missing")
	if _, err := parse(t); err == nil || !strings.Contains(err.Error(), "QUITTANCE_SECRET_KEY_FILE") {
		t.Errorf("a missing file gave %v, want the variable's name", err)
	}
}

func TestValidateNamesEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	err := config.Config{Database: "mysql:x", BaseURL: "pay.example/", SecretKey: "short", TrustedProxies: []string{"here"}, APIRate: -1, WebhookAllow: []string{"http://here"}, AlertMail: "Ops <ops@example.com>"}.Validate()
	for _, name := range []string{"QUITTANCE_DATABASE", "QUITTANCE_BASE_URL", "QUITTANCE_SECRET_KEY", "QUITTANCE_LISTEN", "QUITTANCE_POLL", "QUITTANCE_WORKERS", "QUITTANCE_TRUSTED_PROXIES", "QUITTANCE_API_RATE", "QUITTANCE_WEBHOOK_ALLOW", "QUITTANCE_ALERT_MAIL"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Validate() = %v, does not name %s", err, name)
		}
	}
}

func TestMaskedShowsNoSecret(t *testing.T) {
	t.Parallel()
	key := secret.Generate("k1")
	c := config.Config{Database: "postgres://u:hunter2@db/q", SecretKey: key}
	for _, row := range c.Masked() {
		if strings.Contains(row[1], "hunter2") || strings.Contains(row[1], key) {
			t.Errorf("%s shows a secret: %s", row[0], row[1])
		}
	}
}
