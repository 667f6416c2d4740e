package browser_test

import (
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// corner is a merchant's shop on a site of its own, with a page for each way to take
// the payment there.
type corner struct {
	url string // http://shop.localhost:PORT
	*site
}

// embeddable is what the API tells a shop of a checkout.
type embeddable struct {
	ScriptURL   string   `json:"script_url"`
	Integrity   string   `json:"integrity"`
	Brands      []string `json:"brands"`
	ResultURL   string   `json:"result_url"`
	EmbedURL    string   `json:"embed_url"`
	EmbedScript struct {
		URL       string `json:"url"`
		Integrity string `json:"integrity"`
	} `json:"embed_script"`
}

// shopPolicy is what a shop that embeds has to allow: its own scripts, the one that
// it loads, and the frame. The gateway's widget asks in frames of card issuers.
const shopPolicy = "default-src 'none'; script-src 'self' %[1]s; frame-src %[1]s %[2]s http://acs.localhost:*; base-uri 'none'; form-action 'none'"

// shopPages are the shop's, as its developer copied them.
var shopPages = template.Must(template.New("").Parse(`
{{define "widget"}}<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<p id="broken" role="alert" hidden>The payment could not be loaded safely.</p>
<form action="{{.ResultURL}}" class="paymentWidgets" data-brands="{{range .Brands}}{{.}} {{end}}"></form>
<script src="/options.js"></script>
<script id="gateway" src="{{.ScriptURL}}" integrity="{{.Integrity}}" crossorigin="anonymous"></script>
<script src="/watch.js"></script>{{end}}
{{define "frame"}}<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>
<p id="broken" role="alert" hidden>The payment could not be loaded safely.</p>
<main id="pay" data-quittance="{{.EmbedURL}}"></main>
<script src="/heard.js"></script>
<script id="gateway" src="{{.EmbedScript.URL}}" integrity="{{.EmbedScript.Integrity}}" crossorigin="anonymous"></script>
<script src="/watch.js"></script>{{end}}
{{define "bare"}}<!doctype html><html lang="en"><title>Elsewhere</title><h1>Elsewhere</h1><iframe title="Payment" src="{{.EmbedURL}}"></iframe>{{end}}
`))

// shopScripts are the shop's own.
var shopScripts = map[string]string{
	"/options.js": `window.wpwlOptions = { locale: "en" };`,
	"/heard.js":   `addEventListener("quittance", (e) => { const all = JSON.parse(sessionStorage.heard || "[]"); all.push(e.detail); sessionStorage.heard = JSON.stringify(all); });`,
	"/watch.js":   `if (!window.Quittance && !document.querySelector("form.paymentWidgets iframe")) document.getElementById("broken").hidden = false;`,
}

// openCorner opens the shop, and the portal whose profile names its host.
func openCorner(t *testing.T) *corner {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := &corner{url: "http://shop.localhost:" + port}
	s.site = startSite(t, s.url)
	for path, text := range shopScripts {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = fmt.Fprint(w, text)
		})
	}
	page := func(w http.ResponseWriter, name string, shown embeddable) {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf(shopPolicy, s.shop.base+" "+s.gatewayURL, "'self'"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := shopPages.ExecuteTemplate(w, name, shown); err != nil {
			t.Errorf("page %s: %v", name, err)
		}
	}
	checkouts := map[string]embeddable{}
	mux.HandleFunc("GET /order/{id}", func(w http.ResponseWriter, r *http.Request) {
		shown := checkouts[r.PathValue("id")]
		switch r.URL.Query().Get("broken") {
		case "hash":
			shown.Integrity, shown.EmbedScript.Integrity = "sha384-"+strings.Repeat("A", 64), "sha384-"+strings.Repeat("A", 64)
		case "ticket":
			shown.EmbedURL = strings.TrimSuffix(shown.EmbedURL, shown.EmbedURL[len(shown.EmbedURL)-3:]) + "AAA"
		}
		page(w, r.URL.Query().Get("as"), shown)
	})
	mux.HandleFunc("GET /new/{id}", func(w http.ResponseWriter, r *http.Request) {
		checkouts[r.PathValue("id")] = s.embeddable(t, r.URL.Query().Get("redirect"))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for path, heading := range map[string]string{"/thanks": "Thank you", "/sorry": "Not paid yet"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Shop</title><h1>%s</h1>`, heading)
		})
	}
	mux.HandleFunc("GET /jar", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "third=party; Path=/")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, `<!doctype html><html lang="en"><title>Jar</title><script>document.title = "kept " + document.cookie;</script>`)
	})
	mux.HandleFunc("GET /jars", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Jars</title><iframe title="jar" src="http://other.localhost:%s/jar"></iframe>`, port)
	})
	return s
}

// embeddable makes an order over 124.00 EUR with a checkout for the shop's pages.
func (s *corner) embeddable(t *testing.T, redirect string) embeddable {
	t.Helper()
	made := s.shop.order(t, philippa("en"), map[string]any{"create_checkout": true, "redirect_url": redirect, "failed_redirect_url": strings.Replace(redirect, "thanks", "sorry", 1)})
	return made.Checkout
}

func TestShopEmbedsTheCheckoutWithoutThirdPartyCookies(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			s := openCorner(t)
			journey(t, "embed", map[string]any{"shop": s.url, "width": width}, nil, nil)
			s.gateway.wantCharges(t, 3)
		})
	}
}

func TestShopLoadsTheWidgetOnAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	s := openCorner(t)
	journey(t, "ownpage", map[string]any{"shop": s.url}, nil, nil)
	s.gateway.wantCharges(t, 2)
}

func TestEmbeddedCheckoutSaysClearlyWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := openCorner(t)
	journey(t, "embedwrong", map[string]any{"shop": s.url, "elsewhere": strings.Replace(s.url, "shop.", "other.", 1)}, asks{"later": func() any {
		s.later(t, 26*time.Minute)
		return nil
	}}, nil)
	s.gateway.wantCharges(t, 0)
}
