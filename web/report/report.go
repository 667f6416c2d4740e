// Package report takes what browsers report of sources that a payment page's
// content security policy blocked. Nothing of a report is believed: it is a hint
// for staff to look, and a log line without addresses of ours.
package report

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// maxBody is the most bytes that a report may have; more of it is not read.
const maxBody = 16 << 10

// perMinute is how many reports one process takes in a minute. Browser extensions
// cause many, and what matters comes again.
const perMinute = 60

// Handlers take reports.
type Handlers struct {
	Log  *slog.Logger
	Wall func() time.Time

	mu    sync.Mutex
	since time.Time
	taken int
}

// blocked is what matters of a report, in the words of both of its forms.
type blocked struct {
	Directive string `json:"effectiveDirective"`
	Violated  string `json:"violated-directive"`
	Effective string `json:"effective-directive"`
	URL       string `json:"blockedURL"`
	URI       string `json:"blocked-uri"`
	Page      string `json:"documentURL"`
	Document  string `json:"document-uri"`
}

// Receive is POST /csp-reports. It answers 204 whatever it is sent.
func (h *Handlers) Receive(c echo.Context) error {
	if h.mayTake() {
		raw, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, c.Request().Body, maxBody))
		if err == nil {
			for _, b := range read(raw) {
				h.Log.WarnContext(c.Request().Context(), "a payment page blocked a source", "directive", first(directive, b.Directive, b.Effective, b.Violated),
					"source", source(b.URL+b.URI), "page", place(b.Page+b.Document))
			}
		}
	}
	return c.NoContent(http.StatusNoContent)
}

// mayTake counts a report.
func (h *Handlers) mayTake() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.Wall(); now.Sub(h.since) >= time.Minute {
		h.since, h.taken = now, 0
	}
	h.taken++
	return h.taken <= perMinute
}

// read understands one old report, or a list of new ones.
func read(raw []byte) []blocked {
	var one struct {
		Report blocked `json:"csp-report"`
	}
	if json.Unmarshal(raw, &one) == nil && one.Report != (blocked{}) {
		return []blocked{one.Report}
	}
	var list []struct {
		Type string  `json:"type"`
		Body blocked `json:"body"`
	}
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var all []blocked
	for _, r := range list[:min(len(list), 10)] {
		if r.Type == "csp-violation" {
			all = append(all, r.Body)
		}
	}
	return all
}

var (
	directive = regexp.MustCompile(`^[a-z-]{1,40}`)
	keyword   = regexp.MustCompile(`^[a-z-]{1,20}$`)
	page      = regexp.MustCompile(`^/(checkout|embed)/`)
)

// first is what a form matches in the first text that has it.
func first(form *regexp.Regexp, texts ...string) string {
	for _, t := range texts {
		if found := form.FindString(t); found != "" {
			return found
		}
	}
	return "unknown"
}

// source is the site of what was blocked, or its kind, such as inline; never a path
// or a query.
func source(text string) string {
	if keyword.MatchString(text) {
		return text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || len(u.Host) > 200 {
		return "unknown"
	}
	return u.Scheme + "://" + u.Host
}

// place is the kind of page; its address has ids and tickets.
func place(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "unknown"
	}
	return first(page, u.Path)
}
