package app

import (
	"context"
	"crypto/rand"
	_ "embed" // the logo
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/config"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/gateway/sandbox"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
	"github.com/quittance/quittance/internal/shop"
)

//go:embed demo-logo.png
var demoLogo []byte

// DemoConfig are the settings of the demo.
type DemoConfig struct {
	Listen   string // the portal; the others take ports after it, see demoSites
	DataDir  string // empty: a temporary one, gone afterwards
	Database string // empty: SQLite in DataDir
	Bare     bool   // without the orders of the start page
	JSON     bool   // the first line of the output is one JSON object
	LogLevel slog.Level
	// EmbedHosts are origins, beside the shop's, whose pages may hold the checkout's
	// frame.
	EmbedHosts []string
}

// DemoReady is what the demo prints when it can be used.
type DemoReady struct {
	BaseURL       string `json:"base_url"`
	GatewayURL    string `json:"gateway_url"`
	ShopURL       string `json:"shop_url"`   // a merchant's own site
	IssuerURL     string `json:"issuer_url"` // where card issuers ask their cardholders
	MailURL       string `json:"mail_url"`
	ProfileID     string `json:"profile_id"`
	APIKey        string `json:"api_key"`
	RedirectKeyID string `json:"redirect_key_id"` // see order.OnwardKey
	RedirectKey   string `json:"redirect_key"`
	PaymentLink   string `json:"payment_link"`
}

// Demo runs everything on embedded defaults until ctx ends: the portal, the
// sandbox gateway on a site of its own, a profile, and an order to pay.
func Demo(ctx context.Context, d DemoConfig, out io.Writer) (err error) {
	if d.DataDir == "" {
		if d.DataDir, err = os.MkdirTemp("", "quittance-demo-"); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(d.DataDir)) }()
	}
	if err := os.MkdirAll(d.DataDir, 0o700); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	sites, err := listenDemo(ctx, d.Listen)
	if err != nil {
		return err
	}
	mails, err := listenDemoMail(ctx, sites.outbox)
	if err != nil {
		return err
	}
	kept, err := keptSecrets(filepath.Join(d.DataDir, "demo-secrets.json"))
	if err != nil {
		return err
	}
	cfg := config.Config{Database: d.Database, Listen: sites.portal.Addr().String(), BaseURL: sites.baseURL, SecretKey: kept.SecretKey, LogLevel: d.LogLevel,
		LogFormat: "text", Poll: 100 * time.Millisecond, SweepEvery: time.Minute, Workers: 4,
		WebhookAllow: []string{"localhost", "shop.localhost", "127.0.0.0/8", "::1"}}
	if cfg.Database == "" {
		cfg.Database = "sqlite:" + filepath.Join(d.DataDir, "quittance.db")
	}
	mails.configure(&cfg)
	if err := Migrate(ctx, cfg); err != nil {
		return err
	}
	log := cfg.Logger()
	a, err := New(ctx, cfg, log, Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	ready, account, err := seedDemo(ctx, a, sites, kept, d.EmbedHosts)
	if err != nil {
		return fmt.Errorf("seed demo: %w", err)
	}
	club, clubAccount, err := seedClub(ctx, a, account)
	if err != nil {
		return fmt.Errorf("seed demo: %w", err)
	}
	s, err := sandbox.New(sandbox.Config{DataFile: filepath.Join(d.DataDir, "gateway.db"), PublicURL: sites.gatewayURL, IssuerURL: sites.issuerURL, AdminToken: kept.AdminToken, Logger: log,
		Entities: []sandbox.Entity{sites.channel(account, DemoProfile().Name), sites.channel(clubAccount, club.Name)}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Start(ctx); err != nil {
		return err
	}
	ready.MailURL = mails.url
	bells := demoShop(sites, ready, log)
	life := &demoLife{app: a, gateway: s, sites: sites, profile: club, done: d.Bare}
	a.Handler = life.withStart(a.Handler, ready)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveHTTP(ctx, sites.gateway, s.Handler(), log) })
	group.Go(func() error { return serveHTTP(ctx, sites.issuer, s.IssuerHandler(), log) })
	mails.serve(ctx, group, log)
	group.Go(func() error { return serveHTTP(ctx, sites.shop, bells.Handler(), log) })
	group.Go(func() error { return a.Run(ctx, sites.portal) })
	if !d.Bare {
		group.Go(func() error { return life.run(ctx) })
	}
	if err := announce(out, ready, d.JSON); err != nil {
		return err
	}
	return group.Wait()
}

func announce(out io.Writer, r DemoReady, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(r) //nolint:gosec // the demo prints its own key on purpose
	}
	_, err := fmt.Fprintf(out, `Quittance demo is running.

  Start page:      %s/
  Pay this order:  %s
  Test card:       4200 0000 0000 0000, any future date, any code
                   4200 0000 0000 0042 asks you to confirm, 4200 0000 0000 0018 fails at that
  API:             %s/api/v1/docs
  API key:         %s
  Profile:         %s
  Redirect key:    %s  (key_id %s)
  Merchant's shop: %s
  Sandbox gateway: %s
  Mail it sent:    %s

Stop it with Ctrl-C.
`, r.BaseURL, r.PaymentLink, r.BaseURL, r.APIKey, r.ProfileID, r.RedirectKey, r.RedirectKeyID, r.ShopURL, r.GatewayURL, r.MailURL)
	return err
}

// demoSecrets live beside the demo's database, so that it opens again.
type demoSecrets struct {
	SecretKey  string `json:"secret_key"`
	AdminToken string `json:"admin_token"`
	Token      string `json:"token"`
	WebhookKey string `json:"webhook_key"`
}

func keptSecrets(path string) (demoSecrets, error) {
	var k demoSecrets
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		err := json.Unmarshal(b, &k)
		return k, err
	case !errors.Is(err, os.ErrNotExist):
		return k, fmt.Errorf("demo: %w", err)
	}
	random := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails, see crypto/rand
		return hex.EncodeToString(b)
	}
	k = demoSecrets{SecretKey: secret.Generate("demo"), AdminToken: random(16), Token: random(24), WebhookKey: random(32)}
	if b, err = json.Marshal(k); err != nil {
		return k, err
	}
	return k, os.WriteFile(path, b, 0o600)
}

// seedDemo makes a sandbox profile with its account, and each time a fresh key
// and a fresh order to pay.
func seedDemo(ctx context.Context, a *App, sites demoSites, kept demoSecrets, embedHosts []string) (DemoReady, gateway.Account, error) {
	ready := DemoReady{BaseURL: sites.baseURL, GatewayURL: sites.gatewayURL, ShopURL: sites.shopURL, IssuerURL: sites.issuerURL}
	webhookKey, err := hex.DecodeString(kept.WebhookKey)
	if err != nil {
		return ready, gateway.Account{}, err
	}
	account := gateway.Account{Driver: "opp", EntityID: "demo-channel", Token: kept.Token, WebhookKey: webhookKey,
		APIBase: sites.gatewayAPI, PublicBase: sites.gatewayURL, TestMode: "EXTERNAL",
		Brands: []string{"VISA", "MASTER", "AMEX", "APPLEPAY", "GOOGLEPAY"}}
	p := DemoProfile()
	p.Details.EmbedHosts = append([]string{sites.shopURL}, embedHosts...)
	profiles, err := a.Profiles.Profiles(ctx)
	if err != nil {
		return ready, account, err
	}
	if len(profiles) > 0 {
		p.ID = profiles[0].ID
		if old, err := a.Profiles.Account(ctx, p.ID); err == nil {
			account.ID = old.ID
		}
	}
	if p, err = a.Profiles.Apply(ctx, operator, p, &account); err != nil {
		return ready, account, err
	}
	logo, err := profile.ReadLogo(demoLogo)
	if err != nil {
		return ready, account, err
	}
	if err := a.Profiles.SetLogo(ctx, operator, p.ID, &logo); err != nil {
		return ready, account, err
	}
	_, key, err := a.Users.CreateKey(ctx, operator, "demo", p.ID)
	if err != nil {
		return ready, account, err
	}
	token, err := demoOrder(ctx, a, p.ID)
	if err != nil {
		return ready, account, err
	}
	signer, err := a.Orders.OnwardKey(p.ID)
	if err != nil {
		return ready, account, err
	}
	ready.ProfileID, ready.APIKey, ready.PaymentLink = string(p.ID), key, sites.baseURL+"/pay/"+token
	ready.RedirectKeyID, ready.RedirectKey = signer.ID, signer.Text
	return ready, account, nil
}

// demoShop is the first merchant's own site.
func demoShop(sites demoSites, ready DemoReady, log *slog.Logger) *shop.Shop {
	return shop.New(shop.Config{URL: sites.shopURL, API: sites.baseURL + "/api/v1", Key: ready.APIKey, Signers: map[string]string{ready.RedirectKeyID: ready.RedirectKey},
		Portal: sites.baseURL, Gateway: sites.gatewayURL, Issuer: sites.issuerURL, Log: log})
}

// channel is an account as the gateway knows it.
func (s demoSites) channel(a gateway.Account, merchant string) sandbox.Entity {
	return sandbox.Entity{EntityID: a.EntityID, Token: a.Token, WebhookKey: hex.EncodeToString(a.WebhookKey),
		WebhookURL: s.baseURL + "/webhooks/opp/" + a.ID, MerchantName: merchant, Brands: a.Brands}
}

// seedClub makes a second merchant, whose clock is moved. Its account is like the
// first one's, on a channel of its own.
func seedClub(ctx context.Context, a *App, like gateway.Account) (profile.Profile, gateway.Account, error) {
	p, account := DemoProfile(), like
	p.Name, p.Details.LegalName, p.Details.Accent = "Harbour Bicycle Club", "Harbour Bicycle Club e. V.", "#1f4e8c"
	account.ID, account.EntityID = "", "demo-club"
	profiles, err := a.Profiles.Profiles(ctx)
	if err != nil {
		return p, account, err
	}
	if len(profiles) > 1 {
		p.ID = profiles[1].ID
		if old, err := a.Profiles.Account(ctx, p.ID); err == nil {
			account.ID = old.ID
		}
	}
	p, err = a.Profiles.Apply(ctx, operator, p, &account)
	return p, account, err
}

// DemoProfile is the merchant of the demo.
func DemoProfile() profile.Profile {
	return profile.Profile{Mode: profile.Sandbox, Name: "Harbour Bicycles", Locale: "en", TimeZone: "Europe/Berlin", Details: profile.Details{
		LegalName: "Harbour Bicycles GmbH", AddressLines: []string{"Am Kai 12", "20457 Hamburg"}, CountryCode: "DE", TaxID: "DE123456789",
		Email: "hello@harbour-bicycles.example", Phone: "+49 40 123456", Website: "https://harbour-bicycles.example", Accent: "#0b6e4f",
		TermsURL: "https://harbour-bicycles.example/terms", PrivacyURL: "https://harbour-bicycles.example/privacy", TermsVersion: "2026-11",
		Documents: true, LegalLines: []string{"Amtsgericht Hamburg HRB 123456", "Geschäftsführerin: Ada Winterfeld"},
	}}
}

func demoOrder(ctx context.Context, a *App, profileID profile.ID) (string, error) {
	c, err := a.Customers.Create(ctx, operator, profileID, customer.Details{Email: "ada@example.com", GivenName: "Ada", FamilyName: "Winter",
		AddressLine1: "Lindenweg 3", PostalCode: "10115", City: "Berlin", CountryCode: "DE"}, nil)
	if err != nil {
		return "", err
	}
	lines := make([]order.SaleLine, 0, 2)
	for _, d := range []catalog.Details{
		{Type: catalog.SinglePayment, Name: "City bicycle, overhaul", Description: "Brakes, chain and lights, parts included", Price: money.New(8900, money.EUR), Tax: 190_000},
		{Type: catalog.SinglePayment, Name: "Bell, brass", Price: money.New(1750, money.EUR), Tax: 190_000},
	} {
		p, err := a.Products.Create(ctx, operator, profileID, d, nil)
		if err != nil {
			return "", err
		}
		lines = append(lines, order.SaleLine{ProductID: p.ID, Quantity: int64(len(lines) + 1)})
	}
	made, err := a.Orders.Create(ctx, operator, profileID, order.Sale{Type: catalog.SinglePayment, CustomerID: c.ID, Currency: "EUR", InvoiceID: "HB-" + id.Short(string(c.ID))[2:],
		Note: "Ready for pick-up on Friday after 3 pm.", Lines: lines}, nil)
	return made.Token, err
}
