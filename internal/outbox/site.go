package outbox

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

//go:embed static/outbox.css
var files embed.FS

// What browsers may do with a page of ours, and with a mail's HTML: nothing runs
// in it, and nothing is loaded for it.
const (
	pagePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	mailPolicy = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)

// Handler shows the mails.
func (o *Outbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { draw(w, r, list(newestFirst(o.Mails()))) })
	mux.HandleFunc("GET /messages.json", o.listJSON)
	mux.HandleFunc("GET /outbox.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "static/outbox.css") })
	mux.HandleFunc("GET /messages/{number}", o.one(func(w http.ResponseWriter, r *http.Request, m Mail) { draw(w, r, show(m)) }))
	mux.HandleFunc("GET /messages/{number}/html", o.one(serveHTML))
	mux.HandleFunc("GET /messages/{number}/{file}", o.one(serveFile))
	return mux
}

// one finds the mail that an address names.
func (o *Outbox) one(show func(http.ResponseWriter, *http.Request, Mail)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(r.PathValue("number"))
		m, ok := o.mail(number)
		if err != nil || !ok {
			http.NotFound(w, r)
			return
		}
		show(w, r, m)
	}
}

func draw(w http.ResponseWriter, r *http.Request, page templ.Component) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	templ.Handler(page).ServeHTTP(w, r)
}

// serveHTML is a mail as a mail program shows it. Its links open beside it.
func serveHTML(w http.ResponseWriter, _ *http.Request, m Mail) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprint(w, strings.Replace(m.HTML, "<head>", `<head><base target="_blank">`, 1)) // who asked has gone
}

func serveFile(w http.ResponseWriter, r *http.Request, m Mail) {
	for _, a := range m.Attachments {
		if a.Name == r.PathValue("file") {
			w.Header().Set("Content-Type", a.Type)
			w.Header().Set("Content-Disposition", `attachment; filename="`+strings.ReplaceAll(a.Name, `"`, "")+`"`)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(a.Content) // who asked has gone
			return
		}
	}
	http.NotFound(w, r)
}

// message is a mail as JSON.
type message struct {
	Number      int      `json:"number"`
	URL         string   `json:"url"`
	From        string   `json:"from"`
	ReplyTo     string   `json:"reply_to"`
	To          []string `json:"to"`
	Subject     string   `json:"subject"`
	MessageID   string   `json:"message_id"`
	Date        string   `json:"date"`
	Text        string   `json:"text"`
	HTML        string   `json:"html"`
	Attachments []file   `json:"attachments"`
}

type file struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`
	URL  string `json:"url"`
}

// listJSON answers {"data": […]}, the newest mail first.
func (o *Outbox) listJSON(w http.ResponseWriter, _ *http.Request) {
	all := []message{}
	for _, m := range newestFirst(o.Mails()) {
		j := message{m.Number, m.path(), m.Header.Get("From"), m.Header.Get("Reply-To"), m.To, m.Subject, m.Header.Get("Message-Id"), m.Header.Get("Date"), m.Text, m.HTML, []file{}}
		for _, a := range m.Attachments {
			j.Attachments = append(j.Attachments, file{a.Name, a.Type, len(a.Content), m.file(a)})
		}
		all = append(all, j)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"data": all}) // who asked has gone
}

func (m Mail) path() string { return "/messages/" + strconv.Itoa(m.Number) }

func (m Mail) file(a Attachment) string { return m.path() + "/" + url.PathEscape(a.Name) }

func newestFirst(mails []Mail) []Mail {
	slices.Reverse(mails)
	return mails
}
