package sandbox

import (
	"bytes"
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
	mux.HandleFunc("GET /v1/paymentWidgets.js", s.widget)
	mux.HandleFunc("GET /v1/frame/{id}", func(w http.ResponseWriter, r *http.Request) { s.frame(w, r, page) })
	mux.HandleFunc("GET /v1/frame/{id}/state", s.frameState)
	mux.Handle("POST /v1/frame/{id}/pay", s.sameSite(http.HandlerFunc(s.framePay)))
	for _, name := range []string{"frame.js", "frame.css"} {
		mux.HandleFunc("GET /static/"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.ServeFileFS(w, r, static, "static/"+name)
		})
	}
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

// frameView is the card form, ready to print. Problem is set instead of the
// form when the checkout cannot be paid.
type frameView struct {
	Texts            texts
	ID               string
	Amount, Currency string
	Locale           string
	Brands           string
	Problem, Error   string
}

// frame is GET /v1/frame/{id}: the page inside the widget.
func (s *Sandbox) frame(w http.ResponseWriter, r *http.Request, page *template.Template) {
	v := frameView{ID: r.PathValue("id"), Locale: bounded(r.URL.Query().Get("locale")), Brands: bounded(r.URL.Query().Get("brands"))}
	v.Texts = textsFor(v.Locale)
	if v.Locale == "" {
		v.Locale = v.Texts.Lang
	}
	o, standing, err := s.checkoutState(r.Context(), s.books.r, v.ID)
	status := http.StatusOK
	switch {
	case err != nil:
		s.log.ErrorContext(r.Context(), "card form failed", "err", err)
		status, v.Problem, v.Error = http.StatusInternalServerError, v.Texts.Failed, "WidgetError"
	case standing == checkoutGone:
		status, v.Problem, v.Error = http.StatusGone, v.Texts.Gone, "InvalidCheckoutIdError"
	case standing == checkoutBusy:
		v.Problem, v.Error = v.Texts.Busy, "InvalidCheckoutIdError"
	case standing == checkoutPaid:
		v.Problem, v.Error = v.Texts.Paid, "InvalidCheckoutIdError"
	}
	v.Amount, v.Currency = o.Amount.String(), o.Currency
	var buf bytes.Buffer
	if err := page.Execute(&buf, v); err != nil {
		s.log.ErrorContext(r.Context(), "card form failed", "err", err)
		http.Error(w, v.Texts.Failed, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", framePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the caller hung up
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
	name := map[checkoutStanding]string{checkoutGone: "gone", checkoutOpen: "open", checkoutBusy: "busy", checkoutPaid: "paid"}
	writeJSON(w, http.StatusOK, map[string]string{"state": name[standing]})
}

// sameSite refuses posts that a browser sends from another site. Programs,
// which send neither Origin nor Sec-Fetch-Site, pass.
func (s *Sandbox) sameSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		check := http.NewCrossOriginProtection()
		if public := s.publicURL(); public != "" {
			if err := check.AddTrustedOrigin(public); err != nil {
				s.log.ErrorContext(r.Context(), "public URL is not an origin", "err", fmt.Errorf("trust origin: %w", err))
			}
		}
		if err := check.Check(r); err != nil {
			writeJSON(w, http.StatusForbidden, payAnswer{Error: &payError{Name: "WidgetError", Message: "posted from another site"}})
			return
		}
		next.ServeHTTP(w, r)
	})
}
