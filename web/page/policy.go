package page

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/gateway"
)

// Widget is what a page with a gateway's widget allows, and where browsers report what
// it blocks.
type Widget struct {
	Sources gateway.Sources
	Reports string // an address of ours
}

const nonceKey = "page.nonce"

// nonce is the answer's own, made at its first use.
func nonce(c echo.Context) string {
	if n, ok := c.Get(nonceKey).(string); ok {
		return n
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	n := base64.StdEncoding.EncodeToString(raw)
	c.Set(nonceKey, n)
	return n
}

// Policy is the content security policy of answers that are no pages: they may
// load nothing.
const Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// policy allows a page our stylesheet, our images, its one style element and
// forms of our own; where it has a gateway's widget, exactly what the widget needs
// and the scripts that carry the nonce; and where it stands in a frame of a host,
// that host alone, our script that speaks with it, and what card issuers show there.
// What a page with card fields blocks is reported, by report-uri alone: beside
// report-to Chromium ignores it, and sends those reports a minute late and over TLS
// only.
func policy(nonce string, widget *Widget, host string) string {
	d := []string{"default-src 'none'"}
	add := func(name string, sources ...string) { d = append(d, name+" "+strings.Join(sources, " ")) }
	add("style-src", "'self'", "'nonce-"+nonce+"'")
	add("img-src", "'self'")
	script, formAction, ancestors := []string{"'nonce-" + nonce + "'"}, []string{"'self'"}, "'none'"
	if widget != nil {
		add("script-src", append(script, widget.Sources.Script...)...)
		frames := widget.Sources.Frame
		if host != "" {
			frames = append(slices.Clone(frames), widget.Sources.Challenge...)
		}
		if len(frames) > 0 {
			add("frame-src", frames...)
		}
		if len(widget.Sources.Connect) > 0 {
			add("connect-src", widget.Sources.Connect...)
		}
		formAction = append(formAction, widget.Sources.FormAction...)
	} else if host != "" {
		add("script-src", script...)
	}
	if host != "" {
		ancestors = host
	}
	add("form-action", formAction...)
	add("base-uri", "'none'")
	if widget != nil {
		add("report-uri", widget.Reports)
	}
	add("frame-ancestors", ancestors)
	return strings.Join(d, "; ")
}
