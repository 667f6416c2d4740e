package app_test

import (
	"bytes"
	"errors"
	"hash/crc32"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/app"
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/testkit"
)

// patient is a server that is well, but for what a case changes.
func patient(t *testing.T, engine string) config.Config {
	t.Helper()
	return config.Config{Database: testkit.Database(t, engine), Listen: "127.0.0.1:0", BaseURL: "https://pay.example", SecretKey: secret.Generate("k1"),
		TrustedProxies: []string{"127.0.0.1"}, Poll: time.Second, SweepEvery: time.Minute, Workers: 1, LogFormat: "text"}
}

// merchant adds a profile to the patient's database.
func merchant(t *testing.T, cfg config.Config, mode profile.Mode, account gateway.Account) {
	t.Helper()
	a, err := app.New(t.Context(), cfg, cfg.Logger(), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	p := app.DemoProfile()
	p.Mode = mode
	account.Driver, account.EntityID, account.Token, account.WebhookKey = "opp", "e1", "hush-token", bytes.Repeat([]byte{7}, 32)
	if _, err := a.Profiles.Apply(t.Context(), actor.TheSystem, p, &account); err != nil {
		t.Fatal(err)
	}
}

// listening is an address where somebody picks up.
func listening(t *testing.T) string {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestDoctor(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		engine string
		mode   profile.Mode // empty: no profile
		// change makes the patient unwell once it has its profile.
		change  func(*config.Config)
		account func(*gateway.Account)
		want    []string // patterns of lines
		unwell  bool
	}{
		"all is well": {mode: profile.Sandbox, want: []string{`ok +settings`, `ok +keyring signs with k1 and holds k1$`, `ok +base URL https://pay.example`, `ok +texts and fonts load`,
			`ok +the database's folder`, `ok +database answers: SQLite 3\.`, `ok +schema`, `ok +profile prf_\w+ \(sandbox\): gateway account gwa_\w+ opens`,
			`ok +profile .*: gateway at 127\.0\.0\.1:\d+ can be reached`, `warn +no mail is sent; 0 wait`, `ok +nothing is waiting`}},
		"on postgres":                            {engine: "postgres", mode: profile.Sandbox, want: []string{`ok +database answers: PostgreSQL \d+`, `warn +PostgreSQL may forget`, `ok +schema`}},
		"postgres forgets beside a live profile": {engine: "postgres", mode: profile.Live, unwell: true, want: []string{`fail +PostgreSQL may forget`}},
		"settings": {change: func(c *config.Config) { c.Database, c.SecretKey, c.Workers = "mysql:x", "short", 0 }, unwell: true,
			want: []string{`fail +QUITTANCE_DATABASE`, `fail +QUITTANCE_SECRET_KEY`, `fail +QUITTANCE_WORKERS`}},
		"http in front of customers":    {mode: profile.Sandbox, change: func(c *config.Config) { c.BaseURL = "http://pay.example" }, want: []string{`warn +customers' browsers come by http`}},
		"http in front of a live shop":  {mode: profile.Live, change: func(c *config.Config) { c.BaseURL = "http://pay.example" }, unwell: true, want: []string{`fail +.*real payments on a site without TLS`}},
		"no proxy is trusted":           {change: func(c *config.Config) { c.TrustedProxies = nil }, want: []string{`warn +TLS must end at a proxy`, `warn +there is no profile yet`}},
		"metrics in public":             {change: func(c *config.Config) { c.Listen = "0.0.0.0:80" }, want: []string{`warn +/metrics can be read`}},
		"metrics apart":                 {change: func(c *config.Config) { c.Listen, c.MetricsListen = "0.0.0.0:80", "127.0.0.1:81" }, want: []string{`ok +base URL`}},
		"nobody answers at the gateway": {mode: profile.Sandbox, account: func(a *gateway.Account) { a.APIBase = "http://127.0.0.1:1" }, want: []string{`warn +.*gateway cannot be reached`}},
		"live in test mode":             {mode: profile.Live, account: func(a *gateway.Account) { a.TestMode = "EXTERNAL" }, unwell: true, want: []string{`fail +.*gateway account is in test mode`}},
		"another keyring":               {mode: profile.Sandbox, change: func(c *config.Config) { c.SecretKey = secret.Generate("k2") }, unwell: true, want: []string{`fail +.*gateway account does not open`}},
		"a clock set off":               {mode: profile.Sandbox, change: func(c *config.Config) { c.ClockSkew = time.Hour }, want: []string{`warn +the clock is set off by 1h`}},
		"a live clock set off":          {mode: profile.Live, change: func(c *config.Config) { c.ClockSkew = time.Hour }, unwell: true, want: []string{`fail +the clock is set off by 1h`}},
		"no mail server": {mode: profile.Sandbox, unwell: true, want: []string{`fail +mail server`},
			change: func(c *config.Config) {
				c.SMTPURL, c.MailFrom = "smtp://127.0.0.1:1?starttls=off", "mail@pay.example"
			}},
		"no database yet": {change: func(c *config.Config) { c.Database += ".new" }, want: []string{`warn +there is no database yet`}},
		"an empty database": {change: func(c *config.Config) {
			c.Database += ".empty"
			if err := os.WriteFile(strings.TrimPrefix(c.Database, "sqlite:"), nil, 0o600); err != nil {
				panic(err)
			}
		}, want: []string{`warn +schema is older`}},
		"no way into the database": {change: func(c *config.Config) { c.Database = "postgres://nobody:hunter2@127.0.0.1:1/none" }, unwell: true,
			want: []string{`^QUITTANCE_DATABASE=postgres://nobody:xxxxx@`, `fail +database does not answer`}},
		"a file where a folder should be": {change: func(c *config.Config) { c.Database += "/below.db" }, unwell: true, want: []string{`fail +the database's folder`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if tt.engine == "" {
				tt.engine = "sqlite"
			}
			cfg := patient(t, tt.engine)
			if tt.mode != "" {
				account := gateway.Account{APIBase: "http://" + listening(t), PublicBase: "https://gateway.example"}
				if tt.account != nil {
					tt.account(&account)
				}
				merchant(t, cfg, tt.mode, account)
			}
			if tt.change != nil {
				tt.change(&cfg)
			}
			var out bytes.Buffer
			err := app.Doctor(t.Context(), cfg, &out)

			if errors.Is(err, app.ErrUnwell) != tt.unwell || (err != nil) != tt.unwell {
				t.Errorf("Doctor() = %v, want unwell: %t", err, tt.unwell)
			}
			for _, want := range tt.want {
				if !regexp.MustCompile(`(?m)` + strings.TrimPrefix(want, "^")).MatchString(out.String()) {
					t.Errorf("no line is like %q", want)
				}
			}
			if !tt.unwell && strings.Contains(out.String(), "fail ") {
				t.Error("a line says fail")
			}
			for _, hidden := range []string{cfg.SecretKey, "hunter2", "hush-token"} {
				if strings.Contains(out.String(), hidden) {
					t.Errorf("doctor tells the secret %s", hidden)
				}
			}
			if t.Failed() {
				t.Log(out.String())
			}
		})
	}
}

func TestDoctorLeavesNothingBehind(t *testing.T) {
	t.Parallel()

	cfg := patient(t, "sqlite")
	folder := filepath.Dir(strings.TrimPrefix(cfg.Database, "sqlite:"))
	merchant(t, cfg, profile.Sandbox, gateway.Account{APIBase: "http://" + listening(t), PublicBase: "https://gateway.example"})
	before := contents(t, folder)
	if err := app.Doctor(t.Context(), cfg, &bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, contents(t, folder)); diff != "" {
		t.Errorf("doctor changed the database's folder (-before +after):\n%s", diff)
	}
}

// contents are the files of a folder, each with a sum of its bytes.
func contents(t *testing.T, folder string) map[string]uint32 {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]uint32{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = crc32.ChecksumIEEE(b)
	}
	return all
}
