package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/store"
	"github.com/quittance/quittance/pdf"
	"github.com/quittance/quittance/static"
)

// settings looks at what the variables say by themselves, and reports whether
// they can be worked with.
func (d *doctor) settings() bool {
	if err := d.cfg.Validate(); err != nil {
		for line := range strings.Lines(err.Error()) {
			d.fail(strings.TrimSpace(line), "Set the variable, or its twin that ends in _FILE.")
		}
		return false
	}
	d.ok("settings are complete")
	if ring, err := secret.Parse(d.cfg.SecretKey); err == nil {
		d.ok("keyring signs with %s and holds %s", ring.Current(), strings.Join(ring.IDs(), ", "))
	}
	base, err := url.Parse(d.cfg.BaseURL)
	if err != nil {
		return false // Validate has said it
	}
	switch https := base.Scheme == "https"; {
	case !https && !loopback(base.Hostname()):
		d.warn("customers' browsers come by http, which anybody on the way can read and change", "Put a proxy with TLS in front and make QUITTANCE_BASE_URL https://…")
	case https && len(d.cfg.TrustedProxies) == 0:
		d.warn("TLS must end at a proxy, and none is trusted, so all customers share its address in the limits against card testing",
			"Name the proxy in QUITTANCE_TRUSTED_PROXIES.")
	default:
		d.ok("base URL %s", d.cfg.BaseURL)
	}
	if host, _, err := net.SplitHostPort(d.cfg.Listen); err == nil && !loopback(host) && d.cfg.MetricsListen == "" {
		d.warn("/metrics can be read by whoever reaches "+d.cfg.Listen, "Give metrics a listener of their own, QUITTANCE_METRICS_LISTEN, or keep the path private at the proxy.")
	}
	return true
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && a.IsLoopback()
}

// drawing proves that texts, fonts and pictures are in the program: it draws a
// page in each language.
func (d *doctor) drawing() {
	for _, lang := range i18n.Languages() {
		t := i18n.For(lang.Code)
		_, err := pdf.WriteOrderSummary(io.Discard, pdf.OrderSummary{Paper: pdf.Paper{Language: lang.Code, Title: t.T("paper.summary"), Number: "1", DatedAt: time.Now(),
			Seller: pdf.Seller{Party: pdf.Party{Name: "Žluťoučký kůň & Söhne"}}, PageOf: t.T("paper.page_of", "page", "{page}", "pages", "{pages}")}})
		if err != nil {
			d.fail(fmt.Sprintf("documents in %s cannot be drawn: %v", lang.Code, err), "The program is damaged: build or fetch it again.")
			return
		}
	}
	d.ok("texts and fonts load")
}

// scripts shows the inventory of what runs on payment pages, and compares it with
// what this program sends.
func (d *doctor) scripts() {
	if err := static.CheckInventory(); err != nil {
		for line := range strings.Lines(err.Error()) {
			d.fail(strings.TrimSpace(line), "Somebody changed it: look at it, and build the program from sources that you trust.")
		}
		return
	}
	d.ok("scripts of payment pages are the approved ones:")
	for _, s := range static.Inventory() {
		hash := s.Approved
		if hash == "" {
			hash = "a hash of its own for each checkout"
		}
		d.line("", fmt.Sprintf("%s on %s, of %s: %s (%s)", s.Name, s.Page, s.Owner, s.Reason, hash), "")
	}
}

// little is the free space below which a database's disk is called full.
const little = 1 << 30

// file looks at where the SQLite file lies, and reports whether there is one.
func (d *doctor) file() bool {
	path := strings.TrimPrefix(d.cfg.Database, "sqlite:")
	folder := filepath.Dir(path)
	info, err := os.Stat(path)
	missing := errors.Is(err, os.ErrNotExist)
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) && missing {
		d.warn("there is no database yet, nor its folder", "Serve makes both when it starts.")
		return false
	}
	probe, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		d.fail(fmt.Sprintf("the database's folder cannot be written: %v", err), "SQLite writes two more files beside its own: give the folder to the user that runs serve.")
		return false
	}
	_, _ = probe.Close(), os.Remove(probe.Name()) // it is empty
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err == nil && fs.Bavail*uint64(fs.Bsize) < little {
		d.warn("less than 1 GB is free where the database lies", "Make room: a full disk stops payments.")
	} else {
		d.ok("the database's folder can be written and has room")
	}
	if missing {
		d.warn("there is no database yet", "Serve makes it when it starts.")
		return false
	}
	if info.Mode().Perm()&0o077 != 0 {
		d.warn(fmt.Sprintf("the database file can be read by others (%v)", info.Mode().Perm()), "chmod 600 "+path)
	}
	return true
}

// oldestPostgres is the oldest version that is still looked after by its makers.
const oldestPostgres = 14

// engine looks at the database server: live profiles want one that forgets nothing.
func (d *doctor) engine(e store.Engine, live bool) {
	if e.Name != "PostgreSQL" {
		return
	}
	if e.Major < oldestPostgres {
		d.warn(fmt.Sprintf("PostgreSQL %d is older than what is tested", e.Major), fmt.Sprintf("Go on to %d or newer.", oldestPostgres))
	}
	const forgets, hint = "PostgreSQL may forget what it committed when it crashes: fsync or synchronous_commit is off", "Set both on: money is moved on the word of this database."
	switch {
	case e.Durable:
	case live:
		d.fail(forgets, hint)
	default:
		d.warn(forgets, hint)
	}
}

// profile looks at a merchant: zone, gateway account, and whether the gateway can
// be reached. It sends the gateway no request.
func (d *doctor) profile(ctx context.Context, db *store.DB, p profile.Profile) {
	name := fmt.Sprintf("profile %s (%s)", p.ID, p.Mode)
	if _, err := time.LoadLocation(p.TimeZone); err != nil {
		d.fail(fmt.Sprintf("%s: time zone %s is unknown here", name, p.TimeZone), "Correct it: quittance profile apply FILE")
	}
	if p.Mode == profile.Live && !strings.HasPrefix(d.cfg.BaseURL, "https://") {
		d.fail(name+": takes real payments on a site without TLS", "Make QUITTANCE_BASE_URL https://…")
	}
	account, err := db.Account(ctx, p.ID)
	switch {
	case errors.Is(err, profile.ErrNoAccount):
		d.fail(name+": has no gateway account, so nobody can pay", "Add one: quittance profile apply FILE")
		return
	case err != nil:
		d.fail(fmt.Sprintf("%s: gateway account does not open: %v", name, err), "Is the key that sealed it still in QUITTANCE_SECRET_KEY?")
		return
	}
	d.ok("%s: gateway account %s opens", name, account.ID)
	if p.Mode == profile.Live && account.TestMode != "" {
		d.fail(name+": is live and its gateway account is in test mode, so no money arrives", "Take test_mode out of its file: quittance profile apply FILE")
	}
	d.reach(ctx, name, account)
}

// dialTimeout is how long doctor waits for a gateway to pick up.
const dialTimeout = 5 * time.Second

// reach opens a connection to the gateway's API, with TLS where it has that, and
// closes it again.
func (d *doctor) reach(ctx context.Context, name string, account gateway.Account) {
	u, err := url.Parse(account.APIBase)
	if err != nil {
		d.fail(fmt.Sprintf("%s: gateway's address: %v", name, err), "Correct api_base: quittance profile apply FILE")
		return
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	dial := (&net.Dialer{}).DialContext
	if u.Scheme == "https" {
		dial = (&tls.Dialer{}).DialContext
	}
	conn, err := dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		d.warn(fmt.Sprintf("%s: gateway cannot be reached: %v", name, err), "Check api_base, the network, and this machine's certificates (package ca-certificates).")
		return
	}
	_ = conn.Close() // nothing was said
	d.ok("%s: gateway at %s can be reached", name, u.Host)
}

func (d *doctor) mail(ctx context.Context, db *store.DB) {
	server := mailServer(d.cfg)
	if server == nil {
		n, err := db.MailsDue(ctx)
		if err != nil {
			d.fail(fmt.Sprintf("mails: %v", err), "Check the database.")
			return
		}
		d.warn(fmt.Sprintf("no mail is sent; %d wait", n), fmt.Sprintf("Set %s_SMTP_URL and %s_MAIL_FROM.", config.Prefix, config.Prefix))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 2*dialTimeout)
	defer cancel()
	if err := server.Check(ctx); err != nil {
		d.fail(fmt.Sprintf("mail server: %v", err), "Check QUITTANCE_SMTP_URL: server, port, user, password, and whether it speaks TLS.")
		return
	}
	d.ok("mail server %s answers", server.Host)
	if d.cfg.AlertMail == "" {
		d.warn("alarms go to the address that each profile's customers write to", "Set QUITTANCE_ALERT_MAIL to that of whoever runs this installation.")
	}
}
