// Package opp drives CardCorp's Open Payment Platform: it opens checkouts, asks
// what became of them, captures, refunds and reverses, and opens the encrypted
// notifications. It holds the platform's wire forms and the meaning of its result
// codes, and nothing else: no state, no retries, no rules about money.
package opp

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

// defaultTimeout bounds a call when the given client has no timeout of its own.
const defaultTimeout = 20 * time.Second

// Config is what a Driver needs from outside.
type Config struct {
	// HTTP makes the calls. A client without a timeout gets one of 20 seconds; a
	// nil one is http.DefaultTransport with that timeout. Redirects are never followed.
	HTTP *http.Client
	// Log gets two debug lines around every call; nil is silence.
	Log *slog.Logger
}

// Driver is a gateway.Driver for every account at the platform, production, test
// or sandbox: the account says where its host is. It is safe for concurrent use.
type Driver struct {
	http *http.Client
	log  *slog.Logger
}

var _ gateway.Driver = (*Driver)(nil)

// New is a Driver.
func New(config Config) *Driver {
	client := http.Client{}
	if config.HTTP != nil {
		client = *config.HTTP
	}
	if client.Timeout == 0 {
		client.Timeout = defaultTimeout
	}
	// A redirect would carry the request, and perhaps the bearer token, elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Driver{http: &client, log: log}
}

// Capabilities of the platform. Some of its acquirers allow several captures per
// authorisation; one is what all of them allow.
func (d *Driver) Capabilities() gateway.Capabilities {
	return gateway.Capabilities{
		CapturesPerAuthorisation: 1,
		CheckoutLife:             30 * time.Minute,
		StatusAnswers:            2,
		StatusWindow:             time.Minute,
		Registers:                true,
		HoldLife:                 7 * 24 * time.Hour,
	}
}

// Sources are the account's public origin: the widget loads its script from
// there, frames the card fields, calls home and posts its form to it. They are
// empty when PublicBase is not an absolute address.
func (d *Driver) Sources(account gateway.Account) gateway.Sources {
	u, err := url.Parse(account.PublicBase)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return gateway.Sources{}
	}
	origin := u.Scheme + "://" + u.Host
	challenge := []string{"https:"}
	if u.Scheme == "http" { // a gateway on the developer's own machine has its issuers there
		challenge = append(challenge, "http://*.localhost:*")
	}
	return gateway.Sources{
		Challenge:  challenge,
		Script:     []string{origin},
		Frame:      []string{origin},
		Connect:    []string{origin},
		FormAction: []string{origin},
	}
}

// scriptURL is the widget of a checkout on the gateway's public site.
func scriptURL(account gateway.Account, checkoutID string) string {
	return strings.TrimRight(account.PublicBase, "/") + "/v1/paymentWidgets.js?checkoutId=" + url.QueryEscape(checkoutID)
}
