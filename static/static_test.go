package static_test

import (
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/quittance/quittance/static"
)

// answer is what matters of a response.
type answer struct {
	status int
	header http.Header
	body   string
}

func get(t *testing.T, method, url, encoding string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, url, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	static.Handler().ServeHTTP(w, r)
	return answer{status: w.Code, header: w.Header(), body: w.Body.String()}
}

func TestURLCarriesAHashOfTheContent(t *testing.T) {
	t.Parallel()

	for name, form := range map[string]string{
		"css/app.css":  `^/static/css/app\.[0-9a-f]{12}\.css$`,
		"js/wpwl.js":   `^/static/js/wpwl\.[0-9a-f]{12}\.js$`,
		"img/icon.svg": `^/static/img/icon\.[0-9a-f]{12}\.svg$`,
	} {
		if got := static.URL(name); !regexp.MustCompile(form).MatchString(got) {
			t.Errorf("URL(%s) = %q, want %s", name, got, form)
		}
	}
	if got := static.URL("css/none.css"); got != "" {
		t.Errorf("URL of no file = %q, want none", got)
	}
}

func TestHandlerServesForEver(t *testing.T) {
	t.Parallel()

	for name, mediaType := range map[string]string{"css/app.css": "text/css; charset=utf-8", "js/wpwl.js": "text/javascript; charset=utf-8", "img/icon.svg": "image/svg+xml"} {
		res := get(t, http.MethodGet, static.URL(name), "")

		if res.status != http.StatusOK || res.body == "" {
			t.Fatalf("%s: status %d, %d bytes", name, res.status, len(res.body))
		}
		if got := res.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control = %q", name, got)
		}
		if got := res.header.Get("Content-Type"); got != mediaType {
			t.Errorf("%s: Content-Type = %q, want %q", name, got, mediaType)
		}
		sum := sha512.Sum384([]byte(res.body))
		if got, want := static.Integrity(name), "sha384-"+base64.StdEncoding.EncodeToString(sum[:]); got != want {
			t.Errorf("Integrity(%s) = %q, want %q of what is served", name, got, want)
		}
	}
}

func TestHandlerCompressesForThoseWhoAccept(t *testing.T) {
	t.Parallel()

	plain := get(t, http.MethodGet, static.URL("css/app.css"), "").body
	tests := map[string]bool{
		"": false, "br": false, "gzip": true, "br, gzip": true, "gzip;q=0": false, "gzip;q=0.000, br": false, "gzip;q=0.5": true, "xgzip": false,
	}
	for accept, zipped := range tests {
		res := get(t, http.MethodGet, static.URL("css/app.css"), accept)
		body := res.body

		if got := res.header.Get("Content-Encoding") == "gzip"; got != zipped {
			t.Errorf("Accept-Encoding %q: compressed is %t, want %t", accept, got, zipped)
			continue
		}
		if res.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary = %q", accept, res.header.Get("Vary"))
		}
		if zipped {
			z, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatalf("gzip: %v", err)
			}
			opened, err := io.ReadAll(z)
			if err != nil {
				t.Fatalf("gzip: %v", err)
			}
			body = string(opened)
		}
		if body != plain {
			t.Errorf("Accept-Encoding %q: another content", accept)
		}
	}
}

func TestHandlerRefusesTheRest(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		method, url string
		want        int
	}{
		"head":         {http.MethodHead, static.URL("js/wpwl.js"), http.StatusOK},
		"post":         {http.MethodPost, static.URL("js/wpwl.js"), http.StatusMethodNotAllowed},
		"without hash": {http.MethodGet, "/static/js/wpwl.js", http.StatusNotFound},
		"old hash":     {http.MethodGet, "/static/js/wpwl.000000000000.js", http.StatusNotFound},
		"climbing":     {http.MethodGet, "/static/../static.go", http.StatusNotFound},
		"folder":       {http.MethodGet, "/static/js/", http.StatusNotFound},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			res := get(t, tt.method, tt.url, "")
			if res.status != tt.want {
				t.Errorf("%s %s: status %d, want %d", tt.method, tt.url, res.status, tt.want)
			}
			if tt.method == http.MethodHead && res.body != "" {
				t.Errorf("HEAD has a body of %d bytes", len(res.body))
			}
		})
	}
}

func TestStylesheetIsSmallAndLoadsNothing(t *testing.T) {
	t.Parallel()

	zipped := get(t, http.MethodGet, static.URL("css/app.css"), "gzip")
	if zipped.header.Get("Content-Encoding") != "gzip" || len(zipped.body) > 10<<10 {
		t.Errorf("stylesheet is %d bytes compressed, want at most 10 KiB", len(zipped.body))
	}
	css := get(t, http.MethodGet, static.URL("css/app.css"), "").body
	if found := regexp.MustCompile(`url\(|data:|@import`).FindString(css); found != "" {
		t.Errorf("stylesheet has %q, which the pages' policy blocks", found)
	}
	if !strings.Contains(css, "prefers-color-scheme:dark") {
		t.Error("stylesheet has no dark colours")
	}
}

func TestEveryScriptIsApproved(t *testing.T) {
	t.Parallel()

	if err := static.CheckInventory(); err != nil {
		t.Error(err)
	}
	for _, s := range static.Inventory() {
		if s.Owner == "" || s.Reason == "" || s.Page == "" {
			t.Errorf("%s has no owner, reason or page", s.Name)
		}
		if s.Approved != "" && static.URL(s.Name) == "" {
			t.Errorf("%s is in the inventory and no file", s.Name)
		}
	}
}
