package sandbox

import (
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed static
var static embed.FS

//go:embed static/widget.js
var widgetSource string

//go:embed static/frame.html
var frameSource string

// framePolicy is the content security policy of the card form: its own site
// only, framed by whichever merchant.
const framePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors http: https:"

func (s *Sandbox) widgetRoutes(mux *http.ServeMux) {
	page := template.Must(template.New("frame").Parse(frameSource))
	done := template.Must(template.New("done").Parse(doneSource))
	mux.HandleFunc("GET /v1/paymentWidgets.js", s.widget)
	mux.HandleFunc("GET /v1/frame/{id}", func(w http.ResponseWriter, r *http.Request) { s.frame(w, r, page) })
	mux.HandleFunc("GET /v1/frame/{id}/state", s.frameState)
	mux.Handle("POST /v1/frame/{id}/pay", s.sameSite(s.publicURL, http.HandlerFunc(s.framePay)))
	mux.Handle("POST /v1/frame/{id}/cancel", s.sameSite(s.publicURL, http.HandlerFunc(s.frameCancel)))
	mux.HandleFunc("GET /v1/challenges/{id}/done", func(w http.ResponseWriter, r *http.Request) { s.challengeDone(w, r, done) })
	s.issuerRoutes(mux)
	for _, name := range []string{"card.js", "frame.js", "frame.css", "done.js"} {
		staticRoute(mux, name)
	}
}

// staticRoute serves one of our own files.
func staticRoute(mux *http.ServeMux, name string) {
	mux.HandleFunc("GET /static/"+name, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		http.ServeFileFS(w, r, static, "static/"+name)
	})
}

// widgetScript is the script of one checkout. Its bytes depend on nothing but
// the id, so that the hash announced at creation stays true.
func widgetScript(id string) []byte {
	return []byte(strings.ReplaceAll(widgetSource, "{{checkout}}", id))
}

func integrityOf(script []byte) string {
	sum := sha512.Sum384(script)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:])
}

// widget is GET /v1/paymentWidgets.js?checkoutId=. It is served for any well
// formed id: whether the checkout can be paid is told by the frame.
func (s *Sandbox) widget(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	id := strings.TrimSuffix(r.URL.Query().Get("checkoutId"), "/registration")
	if !checkoutForm.MatchString(id) {
		http.Error(w, "no such checkout", http.StatusBadRequest)
		return
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(widgetScript(id)) //nolint:gosec // id is hex digits by checkoutForm; an error means that the caller hung up
}

// frameState is GET /v1/frame/{id}/state: what the card form asks when it got no
// answer to a payment. open means that nobody was charged.
func (s *Sandbox) frameState(w http.ResponseWriter, r *http.Request) {
	_, standing, err := s.checkoutState(r.Context(), s.books.r, r.PathValue("id"))
	if err != nil && !errors.Is(err, errNothing) {
		s.log.ErrorContext(r.Context(), "checkout state failed", "err", err)
		writeJSON(w, http.StatusInternalServerError, map[string]string{"state": "unknown"})
		return
	}
	name := map[checkoutStanding]string{checkoutGone: "gone", checkoutOpen: "open", checkoutBusy: "busy",
		checkoutChallenged: "challenge", checkoutPaid: "paid"}
	writeJSON(w, http.StatusOK, map[string]string{"state": name[standing]})
}

// sameSite refuses posts that a browser sends from another site than the one
// given. Programs, which send neither Origin nor Sec-Fetch-Site, pass.
func (s *Sandbox) sameSite(site func() string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		check := http.NewCrossOriginProtection()
		if own := site(); own != "" {
			if err := check.AddTrustedOrigin(own); err != nil {
				s.log.ErrorContext(r.Context(), "site is not an origin", "err", fmt.Errorf("trust origin: %w", err))
			}
		}
		if err := check.Check(r); err != nil {
			writeJSON(w, http.StatusForbidden, payAnswer{Error: &payError{Name: "WidgetError", Message: "posted from another site"}})
			return
		}
		next.ServeHTTP(w, r)
	})
}
