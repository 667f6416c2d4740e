// Package ui is the frame that every page shares, and its small parts: alert,
// status, order lines, button, field messages. It takes ready strings and
// addresses only; it computes nothing about orders or money.
package ui

import "github.com/a-h/templ"

// Localizer gives the reader's text of a key, with placeholders filled from
// pairs of name and value.
type Localizer interface {
	T(key string, pairs ...any) string
}

// Page is what every page needs besides its own content.
type Page struct {
	Lang      string // of the text, for <html lang>
	Text      Localizer
	Merchant  Merchant
	Nonce     string     // of the response's content security policy
	CSRF      string     // token that every form posts back
	Languages []Language // the switch in the header; none hides it
	Alerts    []Alert    // what just happened, above the content
	Framed    Framed     // where the page stands in a frame of another's page
}

// Framed is what a page in a frame of a merchant's page tells the page around it.
type Framed struct {
	Host     string // the origin that is told, and no other; empty: the page is in no frame
	Checkout string
	Say      string // ready, approved, declined, expired; empty: nothing happened
	Over     string // seconds until card fields on the page are over; empty: it has none
	Result   Result // with approved and declined
}

// Key is the key of a text that has words of its own where the page around is the
// merchant's, and no order portal follows.
func (f Framed) Key(base string) string {
	if f.Host != "" {
		return base + "_framed"
	}
	return base
}

// Result is what became of a payment, in the words that a merchant's own page gets.
type Result struct{ OrderID, Status, Timestamp, KeyID, Signature, Redirect string }

// T is the reader's text of a key.
func (p Page) T(key string, pairs ...any) string { return p.Text.T(key, pairs...) }

// Merchant is who asks for money, as the frame shows them. All fields may be
// empty: before a link is recognised no merchant is known.
type Merchant struct {
	Name       string
	Logo       Logo
	Accent     Accent // NewAccent of the profile's colour; zero for the stylesheet's own
	LegalName  string
	Address    []string // lines
	Email      string
	Phone      string
	TermsURL   templ.SafeURL
	PrivacyURL templ.SafeURL
	PoweredBy  bool // the profile allows the small line that names us
}

// Logo is a merchant's picture; without an address there is none.
type Logo struct {
	URL           string // of our own site
	Width, Height int    // in pixels, so that nothing moves when it comes
}

// Language is one entry of the language switch.
type Language struct {
	Code    string // "de"
	Name    string // "Deutsch"
	URL     templ.SafeURL
	Current bool
}

// Frame is what a page's own component tells the layout.
type Frame struct {
	Title string // the page's; the merchant's name is added
	Wide  bool   // two columns from 1024 px
}

// title names page and merchant, never a customer or a token.
func (p Page) title(f Frame) string {
	if p.Merchant.Name == "" {
		return f.Title
	}
	return f.Title + " · " + p.Merchant.Name
}
