// Package shop is the demo's merchant: a small shop on a site of its own that takes
// payments on its own pages. It knows our API and nothing else of ours.
package shop

import (
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed files
var files embed.FS

// Config is what a shop has to know.
type Config struct {
	URL     string            // where browsers find it
	API     string            // where its server calls ours: "https://pay.example/api/v1"
	Key     string            // the API's
	Signers map[string]string // the keys that sign where browsers are led on to, by their ids
	Portal  string            // the site of the hosted checkout
	Gateway string            // the site of the gateway's widget
	Issuer  string            // the site where card issuers ask; shown in the gateway's place
	Log     *slog.Logger
	Now     func() time.Time // nil: the system's
}

// Shop answers for all pages.
type Shop struct {
	Config
	api     client
	handler http.Handler
}

// New returns a shop. It calls nobody before somebody buys.
func New(c Config) *Shop {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Shop{Config: c, api: client{base: strings.TrimRight(c.API, "/"), key: c.Key, http: &http.Client{Timeout: callTimeout}}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.front)
	mux.HandleFunc("POST /buy", s.answer(s.buy))
	mux.HandleFunc("GET /checkout/{order}", s.answer(func(w http.ResponseWriter, r *http.Request) error { return s.checkout(w, r, widget) }))
	mux.HandleFunc("GET /frame/{order}", s.answer(func(w http.ResponseWriter, r *http.Request) error { return s.checkout(w, r, frame) }))
	mux.HandleFunc("POST /renew/{order}", s.answer(s.renew))
	mux.HandleFunc("GET /thanks", s.answer(s.back))
	mux.HandleFunc("GET /sorry", s.answer(s.back))
	mux.HandleFunc("GET /shop.css", file("shop.css"))
	mux.HandleFunc("GET /shop.js", file("shop.js"))
	s.handler = http.NewCrossOriginProtection().Handler(mux)
	return s
}

// Handler is the site.
func (s *Shop) Handler() http.Handler { return s.handler }

func file(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, files, "files/"+name)
	}
}

// answer says what a customer can do about an error.
func (s *Shop) answer(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := do(w, r)
		if err == nil {
			return
		}
		v := sorry{Text: "The payment service did not answer. Nothing was charged. Please try again in a moment."}
		status := http.StatusBadGateway
		var told *problem
		switch {
		case errors.As(err, &told) && told.Status == http.StatusNotFound:
			status, v.Text = http.StatusNotFound, "We do not know this order."
		case errors.As(err, &told):
			status, v.Text = http.StatusConflict, told.Detail
		case errors.Is(err, errUnsigned):
			status, v.Text = http.StatusBadRequest, "This address was not written by our payment service, or it is too old. Look at your order by the link in your mail."
		}
		s.Log.WarnContext(r.Context(), "shop: request failed", "path", r.URL.Path, "err", err)
		s.draw(w, r, status, "sorry", v)
	}
}

// policy lets a page load the shop's own style and script, and where it takes a
// payment what that way to take it needs.
func (s *Shop) policy(page string) string {
	p := []string{"default-src 'none'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"}
	switch page {
	case widget:
		p = append(p, "script-src 'self' "+s.Gateway, "connect-src "+s.Gateway, "frame-src "+s.Gateway+" "+s.Issuer, "form-action "+s.Gateway)
	case frame:
		p = append(p, "script-src 'self' "+s.Portal, "frame-src "+s.Portal, "connect-src 'self'", "form-action 'none'")
	default:
		p = append(p, "form-action 'self'")
	}
	return strings.Join(p, "; ")
}

// address is a page of the shop as others are told it.
func (s *Shop) address(path ...string) string {
	whole, err := url.JoinPath(s.URL, path...)
	if err != nil {
		return s.URL
	}
	return whole
}
