package shop

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"html/template"
	"net/http"
)

// The pages that take a payment.
const (
	widget = "checkout" // the gateway's widget on a page of the shop's own
	frame  = "frame"    // the hosted checkout in a frame
)

// The pages' own data.
type (
	front struct{ Article, What, Price, Name, Email, Wrong string }
	pay   struct {
		Number, Article, Total, Order string
		Checkout                      checkout
		Brands                        string
		Left                          int    // seconds until the form is over
		Self                          string // this page's address
	}
	outcome struct {
		Title, Number, Total, Link, Again string
		Paid                              bool
	}
	sorry struct{ Text string }
)

var pages = template.Must(template.New("").Funcs(template.FuncMap{"integrity": integrity}).ParseFS(files, "files/*.html"))

// integrity is the hash of a file of the shop's.
func integrity(name string) (string, error) {
	content, err := files.ReadFile("files/" + name)
	sum := sha512.Sum384(content)
	return "sha384-" + base64.StdEncoding.EncodeToString(sum[:]), err
}

// draw answers with a page, or with none of it.
func (s *Shop) draw(w http.ResponseWriter, r *http.Request, status int, page string, v any) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, page, v); err != nil {
		s.Log.ErrorContext(r.Context(), "shop: draw", "page", page, "err", err)
		http.Error(w, "This did not work.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy(page))
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = out.WriteTo(w) // who asked has gone
}
