package page

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
)

// Render writes a page. It draws into a buffer first: a template that fails half
// way becomes a clean error page instead of half a page with status 200.
func Render(c echo.Context, status int, t templ.Component) error {
	return write(c, status, t, nil, "")
}

// RenderWidget writes a page with a gateway's widget, which may load what the
// driver says it needs.
func RenderWidget(c echo.Context, t templ.Component, widget Widget) error {
	return write(c, http.StatusOK, t, &widget, "")
}

// RenderFramed writes a page that stands in a frame of a host's page, and of no
// other; with widget, one with a gateway's. It sets no cookie, since the
// browser may keep none there.
func RenderFramed(c echo.Context, status int, t templ.Component, host string, widget *Widget) error {
	c.Response().Header().Del("X-Frame-Options") // which cannot name a host
	return write(c, status, t, widget, host)
}

func write(c echo.Context, status int, t templ.Component, widget *Widget, host string) error {
	buf := templ.GetBuffer()
	defer templ.ReleaseBuffer(buf)
	if err := t.Render(c.Request().Context(), buf); err != nil {
		return fmt.Errorf("draw page: %w", err)
	}
	if host == "" {
		if err := keepChoice(c); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", policy(nonce(c), widget, host))
	h.Set("Content-Language", Texts(c).Lang())
	return c.HTMLBlob(status, buf.Bytes())
}

// checkEvery is how often a page that waits loads itself again.
const checkEvery = 5 * time.Second

// Refresh makes the browser go to an address in a few seconds, without a script;
// empty is the page itself.
func Refresh(c echo.Context, to string) {
	value := strconv.Itoa(int(checkEvery.Seconds()))
	if to != "" {
		value += "; url=" + to
	}
	c.Response().Header().Set("Refresh", value)
}

// RefreshAfter makes the browser load the page again when something on it ends.
func RefreshAfter(c echo.Context, wait time.Duration) {
	c.Response().Header().Set("Refresh", Seconds(wait))
}

// Seconds are whole ones, as text.
func Seconds(wait time.Duration) string { return strconv.Itoa(seconds(wait)) }

// seconds are whole ones, at least one and rather more than fewer.
func seconds(wait time.Duration) int { return max(1, int((wait+time.Second-1)/time.Second)) }

// RetryAfter tells machines what the page tells people.
func RetryAfter(c echo.Context, wait time.Duration) {
	c.Response().Header().Set("Retry-After", Seconds(wait))
}
