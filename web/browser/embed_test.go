package browser_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	v1 "github.com/quittance/quittance/web/api/v1"
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
	OrderID     string   `json:"order_id"`
	EmbedURL    string   `json:"embed_url"`
	EmbedScript struct {
		URL       string `json:"url"`
		Integrity string `json:"integrity"`
	} `json:"embed_script"`
}

// bare is a page that frames the checkout without asking the script.
const bare = `<!doctype html><html lang="en"><title>Elsewhere</title><h1>Elsewhere</h1><iframe title="Payment" src="EMBED_URL"></iframe>`

// copied is a file of the guide as a shop's developer copies it, with what the API
// told in its places.
func (s *corner) copied(name string, told embeddable) (string, error) {
	text, err := v1.Guide(name)
	if err != nil {
		return "", err
	}
	return told.fill(strings.NewReplacer("PORTAL", s.shop.base, "GATEWAY", s.gatewayURL, "https:;", "https: http://acs.localhost:*;").Replace(text)), nil
}

func (told embeddable) fill(text string) string {
	return strings.NewReplacer("RENEW_URL", "/renew/"+told.OrderID, "RESULT_URL", html.EscapeString(told.ResultURL), "BRANDS", strings.Join(told.Brands, " "),
		"EMBED_SCRIPT_URL", told.EmbedScript.URL, "EMBED_SCRIPT_INTEGRITY", told.EmbedScript.Integrity, "EMBED_URL", html.EscapeString(told.EmbedURL),
		"SCRIPT_URL", html.EscapeString(told.ScriptURL), "INTEGRITY", told.Integrity).Replace(text)
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
	for _, name := range []string{"pay.js", "loaded.js"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, _ *http.Request) {
			text, err := s.copied(name, embeddable{})
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = fmt.Fprint(w, text)
		})
	}
	page := func(w http.ResponseWriter, name string, shown embeddable) {
		policy, err := s.copied("policy.txt", shown)
		text := shown.fill(bare)
		if err == nil && name != "bare" {
			text, err = s.copied(name+".html", shown)
		}
		if err != nil {
			t.Errorf("page %s: %v", name, err)
		}
		w.Header().Set("Content-Security-Policy", strings.TrimSpace(policy))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(w, text)
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
	mux.HandleFunc("POST /renew/{order}", func(w http.ResponseWriter, r *http.Request) {
		var renewed struct{ Checkout embeddable }
		s.shop.post(t, "/order_checkouts/"+r.PathValue("order"), struct{}{}, &renewed)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"embed_url": renewed.Checkout.EmbedURL})
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
