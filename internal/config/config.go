// Package config is the one place that reads the environment. Every setting has
// a QUITTANCE_ variable, a _FILE twin that names a file with the value, and a
// command-line flag.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/quittance/quittance/internal/secret"
)

// Prefix begins every variable's name.
const Prefix = "QUITTANCE"

// Config are the settings of serve, worker, migrate and the operator's commands.
type Config struct {
	Database string `help:"sqlite:PATH or a postgres:// URL." default:"sqlite:quittance.db"`
	Listen   string `help:"Address to listen on." default:"127.0.0.1:8080"`
	// MetricsListen takes /metrics off the public listener, which strangers reach.
	MetricsListen string        `help:"Address of a listener of its own for /metrics, /healthz and /readyz; without it the public one serves them." name:"metrics-listen"`
	BaseURL       string        `help:"Public address of the portal, without a slash at its end." default:"http://127.0.0.1:8080"`
	SecretKey     string        `help:"Keyring: id:base64 keys of 32 bytes, the first one signs. Make one with: quittance key generate."`
	LogLevel      slog.Level    `help:"debug, info, warn or error." default:"info"`
	LogFormat     string        `help:"text or json." enum:"text,json" default:"json"`
	Poll          time.Duration `help:"How often a process looks for jobs." default:"250ms"`
	SweepEvery    time.Duration `help:"How often due rows are looked for." default:"1m"`
	Workers       int           `help:"Jobs at once in one process." default:"4"`
	SMTPURL       string        `name:"smtp-url" env:"QUITTANCE_SMTP_URL" help:"Mail server: smtp://user:password@host:587 (STARTTLS; ?starttls=off without) or smtps://…:465. Mail waits while there is none."`
	MailFrom      string        `help:"Address that mail is sent from, such as billing@example.com."`
	// AlertMail is whom an installation's alarms go to, instead of each profile's own
	// contact, which customers write to.
	AlertMail string `help:"Address of whoever runs this installation, which alarms about payment pages go to; without it each profile's own is told."`
	// TrustedProxies are the networks of the operator's own proxies. Only they are
	// believed when they name a customer's address, which the limits against card
	// testing count by.
	TrustedProxies []string      `help:"Networks of your own proxies, such as 10.0.0.0/8, that X-Forwarded-For is believed from." sep:","`
	WebhookAllow   []string      `help:"Hosts and networks of your own, such as hooks.internal or 10.0.0.0/8, that webhooks may be sent to, without TLS too; else only https to public addresses." sep:","`
	ChargeTries    int           `help:"Most charges of the same amount that are tried on a stored card in 30 days, 1 to 15; the schemes fine more." default:"15"`
	APIRate        int           `name:"api-rate" help:"Calls that one API key may make in a minute, counted in each process by itself; 0 for no limit." default:"6000"`
	ClockSkew      time.Duration `help:"Added to wall time, for rehearsals; refused beside live profiles." default:"0"`
}

// Validate reports every problem at once, by the variable's name.
func (c Config) Validate() error {
	var errs []error
	bad := func(name, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s_%s: "+format, append([]any{Prefix, name}, args...)...))
	}
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		bad("DATABASE", "want sqlite:PATH or a postgres:// URL")
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.HasSuffix(c.BaseURL, "/") || u.Path != "" {
		bad("BASE_URL", "want http(s)://host without a path or a slash at its end")
	}
	if c.SecretKey == "" {
		bad("SECRET_KEY", "is required; make one with: quittance key generate")
	} else if _, err := secret.Parse(c.SecretKey); err != nil {
		bad("SECRET_KEY", "%w", err)
	}
	if _, err := c.Proxies(); err != nil {
		bad("TRUSTED_PROXIES", "%w", err)
	}
	if smtp, err := c.SMTP(); err != nil {
		bad("SMTP_URL", "%w", err)
	} else if a, err := mail.ParseAddress(c.MailFrom); smtp != (SMTP{}) && (err != nil || a.Address != c.MailFrom) {
		bad("MAIL_FROM", "want an address such as billing@example.com")
	}
	if a, err := mail.ParseAddress(c.AlertMail); c.AlertMail != "" && (err != nil || a.Address != c.AlertMail) {
		bad("ALERT_MAIL", "want an address such as ops@example.com")
	}
	if c.Listen == "" {
		bad("LISTEN", "is required")
	}
	if c.MetricsListen != "" && c.MetricsListen == c.Listen {
		bad("METRICS_LISTEN", "must differ from LISTEN, which strangers reach")
	}
	if _, _, err := c.Webhooks(); err != nil {
		bad("WEBHOOK_ALLOW", "%w", err)
	}
	if c.ChargeTries < 0 || c.ChargeTries > 15 {
		bad("CHARGE_TRIES", "must be from 1 to 15")
	}
	if c.APIRate < 0 || c.APIRate > 1_000_000 {
		bad("API_RATE", "must be from 0 to 1000000")
	}
	if c.Poll <= 0 {
		bad("POLL", "must be above zero")
	}
	if c.SweepEvery <= 0 {
		bad("SWEEP_EVERY", "must be above zero")
	}
	if c.Workers < 1 {
		bad("WORKERS", "must be at least 1")
	}
	return errors.Join(errs...)
}

// Proxies are the trusted proxies' networks; a bare address is a network of one.
func (c Config) Proxies() ([]netip.Prefix, error) {
	out := make([]netip.Prefix, 0, len(c.TrustedProxies))
	for _, text := range c.TrustedProxies {
		if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Webhooks are the operator's own hosts, in lower case, and networks that webhooks
// may be sent to; a bare address is a network of one.
func (c Config) Webhooks() (hosts []string, networks []netip.Prefix, err error) {
	for _, text := range c.WebhookAllow {
		text = strings.ToLower(text)
		if a, err := netip.ParseAddr(text); err == nil {
			networks = append(networks, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		if p, err := netip.ParsePrefix(text); err == nil {
			networks = append(networks, p.Masked())
			continue
		}
		if text == "" || strings.ContainsAny(text, "/:@ *") {
			return nil, nil, fmt.Errorf("%q is no host, address or network such as 10.0.0.0/8", text)
		}
		hosts = append(hosts, text)
	}
	return hosts, networks, nil
}

// SQLite reports whether the database is a file inside this process.
func (c Config) SQLite() bool { return strings.HasPrefix(c.Database, "sqlite:") }

// Masked are the effective settings by variable name, in order, without secrets.
func (c Config) Masked() [][2]string {
	key := "not set"
	if r, err := secret.Parse(c.SecretKey); err == nil {
		key = "set, signs with key " + r.Current()
	}
	database := c.Database
	if u, err := url.Parse(database); err == nil && u.User != nil {
		database = u.Redacted()
	}
	return [][2]string{
		{"DATABASE", database}, {"LISTEN", c.Listen}, {"METRICS_LISTEN", c.MetricsListen}, {"BASE_URL", c.BaseURL}, {"SECRET_KEY", key},
		{"LOG_LEVEL", c.LogLevel.String()}, {"LOG_FORMAT", c.LogFormat}, {"POLL", c.Poll.String()},
		{"SMTP_URL", c.maskedSMTP()}, {"MAIL_FROM", c.MailFrom}, {"ALERT_MAIL", c.AlertMail},
		{"SWEEP_EVERY", c.SweepEvery.String()}, {"WORKERS", fmt.Sprint(c.Workers)}, {"TRUSTED_PROXIES", strings.Join(c.TrustedProxies, ",")},
		{"WEBHOOK_ALLOW", strings.Join(c.WebhookAllow, ",")},
		{"CHARGE_TRIES", fmt.Sprint(c.ChargeTries)}, {"API_RATE", fmt.Sprint(c.APIRate)}, {"CLOCK_SKEW", c.ClockSkew.String()},
	}
}

// Logger writes to standard error as the settings say.
func (c Config) Logger() *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}

// Files resolves the _FILE twin of each variable: QUITTANCE_SECRET_KEY_FILE
// names a file whose content, less the line end, is the value. The variable
// itself and the flag come first.
func Files() kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			path := os.Getenv(name + "_FILE")
			if path == "" || os.Getenv(name) != "" {
				continue
			}
			b, err := os.ReadFile(path) //nolint:gosec // the operator's own path
			if err != nil {
				return nil, fmt.Errorf("%s_FILE: %w", name, err)
			}
			return strings.TrimRight(string(b), "\r\n"), nil
		}
		return nil, nil //nolint:nilnil // kong's way to say "no value"
	})
}
