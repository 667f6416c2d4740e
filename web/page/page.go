// Package page owns what all pages of the site share around their content: the
// reader's language and session, the merchant's frame, the security policy, and
// how a page is written.
package page

import (
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
	"github.com/quittance/quittance/web/session"
	"github.com/quittance/quittance/web/urls"
)

// ErrClosed answers every address below an order for a browser that did not come
// by the order's link. Whether there is such an order it does not tell.
var ErrClosed = fault.New(fault.NotFound, "page_closed", "This page opens only by its payment link. Open the link again.")

// The places in echo's context of what this package keeps there.
const (
	storeKey  = "page.store"
	readerKey = "page.reader"
)

// reader is what is known about who reads, as far as the request got.
type reader struct {
	session  session.Session
	chosen   bool   // the language was chosen just now and is to be kept
	accept   string // languages of the browser
	merchant *profile.Profile
	language string // the order's
	back     string // where an error page leads back to
}

// Sessions lets the handlers after it read the browser's session.
func Sessions(store *session.Store) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Set(storeKey, store)
			return next(c)
		}
	}
}

// of reads the session at its first use: machines have none.
func of(c echo.Context) *reader {
	if r, ok := c.Get(readerKey).(*reader); ok {
		return r
	}
	r := &reader{accept: c.Request().Header.Get("Accept-Language")}
	if store, ok := c.Get(storeKey).(*session.Store); ok {
		r.session = store.Load(c.Request())
	}
	if lang := c.QueryParam("lang"); lang != r.session.Language && i18n.For(lang).Lang() == lang {
		r.session.Language, r.chosen = lang, true
	}
	c.Set(readerKey, r)
	return r
}

// keepChoice writes a language that was chosen just now into the session. A HEAD
// keeps nothing.
func keepChoice(c echo.Context) error {
	r := of(c)
	store, ok := c.Get(storeKey).(*session.Store)
	if !ok || !r.chosen || c.Request().Method != http.MethodGet {
		return nil
	}
	return store.Save(c.Response(), c.Request(), r.session)
}

// Session is the browser's, as its cookie has it.
func Session(c echo.Context) session.Session { return of(c).session }

// Grant is the link by which the browser came to an order; ErrClosed when it
// never did. The order's own page says whether the link still holds.
func Grant(c echo.Context, id order.ID) (order.Link, error) {
	if l, ok := of(c).session.Order(id); ok {
		return l, nil
	}
	return order.Link{}, ErrClosed
}

// Know tells whose page this is and in which language its order was made. Error
// pages that follow lead back to the address back.
func Know(c echo.Context, p profile.Profile, language, back string) {
	r := of(c)
	r.merchant, r.language, r.back = &p, language, back
}

// ProfileID is the key of the merchant whose page this is; empty before one is
// known.
func ProfileID(c echo.Context) profile.ID {
	if r, ok := c.Get(readerKey).(*reader); ok && r.merchant != nil {
		return r.merchant.ID
	}
	return ""
}

// Back is where an error page leads back to; it may be empty.
func Back(c echo.Context) templ.SafeURL { return templ.SafeURL(of(c).back) }

// Texts writes in the reader's language.
func Texts(c echo.Context) i18n.Localizer {
	r := of(c)
	return i18n.Match(r.session.Language, r.language, r.accept)
}

// Zone is the merchant's; UTC before one is known.
func Zone(c echo.Context) *time.Location {
	if m := of(c).merchant; m != nil {
		return m.Location()
	}
	return time.UTC
}

// New is the frame of a page for this reader.
func New(c echo.Context) ui.Page {
	r, texts := of(c), Texts(c)
	p := ui.Page{Lang: texts.Lang(), Text: texts, Nonce: nonce(c), CSRF: r.session.CSRF(), Languages: languages(c, texts.Lang())}
	if r.merchant != nil {
		p.Merchant = merchant(*r.merchant)
	}
	return p
}

// English is the frame of a page that there is in English only, whatever its reader
// prefers.
func English(c echo.Context) ui.Page {
	r := of(c)
	r.session.Language, r.chosen = "en", false
	p := New(c)
	p.Languages = nil
	return p
}

func merchant(p profile.Profile) ui.Merchant {
	d := p.Details
	logo := ui.Logo{URL: urls.Logo(d.Logo), Width: d.Logo.Width, Height: d.Logo.Height}
	return ui.Merchant{Name: p.Name, Logo: logo, Accent: ui.NewAccent(d.Accent), LegalName: d.LegalName, Address: d.AddressLines, Email: d.Email, Phone: d.Phone,
		TermsURL: webAddress(d.TermsURL), PrivacyURL: webAddress(d.PrivacyURL)}
}

func webAddress(s string) templ.SafeURL {
	if s == "" {
		return ""
	}
	return templ.URL(s)
}

// languages is the switch. Where the page is the answer to a form it leads to
// the page of the form, since a link cannot post.
func languages(c echo.Context, current string) []ui.Language {
	path, query := "", url.Values{}
	for _, name := range []string{"t", portal.KindField, portal.StatusField, portal.BeforeField} { // without them it would be another page
		if value := c.QueryParam(name); value != "" {
			query.Set(name, value)
		}
	}
	if m := c.Request().Method; m != http.MethodGet && m != http.MethodHead {
		if path = of(c).back; path == "" {
			return nil
		}
	}
	var out []ui.Language
	for _, l := range i18n.Languages() {
		query.Set("lang", l.Code)
		out = append(out, ui.Language{Code: l.Code, Name: l.Name, URL: templ.SafeURL(path + "?" + query.Encode()), Current: l.Code == current})
	}
	return out
}
