package page

import (
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/gateway"
)

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
// forms of our own; and, where it has a gateway's widget, exactly what the widget
// needs and the scripts that carry the nonce.
func policy(nonce string, widget *gateway.Sources) string {
	d := []string{"default-src 'none'"}
	add := func(name string, sources ...string) { d = append(d, name+" "+strings.Join(sources, " ")) }
	add("style-src", "'self'", "'nonce-"+nonce+"'")
	add("img-src", "'self'")
	formAction := []string{"'self'"}
	if widget != nil {
		add("script-src", append([]string{"'nonce-" + nonce + "'"}, widget.Script...)...)
		if len(widget.Frame) > 0 {
			add("frame-src", widget.Frame...)
		}
		if len(widget.Connect) > 0 {
			add("connect-src", widget.Connect...)
		}
		formAction = append(formAction, widget.FormAction...)
	}
	add("form-action", formAction...)
	add("base-uri", "'none'")
	add("frame-ancestors", "'none'")
	return strings.Join(d, "; ")
}
