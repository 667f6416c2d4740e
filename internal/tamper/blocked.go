package tamper

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Page is a kind of page with card fields.
type Page string

// The kinds of pages.
const (
	Checkout Page = "checkout" // our own
	Embed    Page = "embed"    // in a frame of a merchant's page
)

// Report is what a browser says that a page's policy blocked. Nothing of it is
// checked: whoever got such a page can say anything.
type Report struct {
	Directive string // of the policy
	Blocked   string // an address, a scheme or a word
	File      string // that asked for it; empty where the page did, or nobody knows
}

// Blocked is a source that a profile's pages blocked, as far as it is kept: without
// a path or a query, which may hold what somebody typed.
type Blocked struct {
	Page      Page
	Directive string
	Source    string // "https://host" with its port, or a word such as inline
}

// Sighting is how often a source was reported, and when, of wall time.
type Sighting struct {
	Blocked
	FirstAt, LastAt time.Time
	Reports         int64
}

// directives are those of Content Security Policy Level 3 by which a browser blocks,
// and whether what it blocks could have run or led what was typed away.
var directives = map[string]bool{
	"base-uri": true, "child-src": true, "default-src": true, "form-action": true, "frame-src": true, "object-src": true,
	"script-src": true, "script-src-attr": true, "script-src-elem": true, "worker-src": true,
	"connect-src": false, "font-src": false, "frame-ancestors": false, "img-src": false, "manifest-src": false, "media-src": false,
	"style-src": false, "style-src-attr": false, "style-src-elem": false,
}

var host = regexp.MustCompile(`^[a-z0-9._-]{1,200}(:[0-9]{1,5})?$|^\[[0-9a-f:.]{2,45}\](:[0-9]{1,5})?$`)

// words are what browsers report in place of an address that tells something. A
// style, a font or a picture that stands in the page itself comes from translators
// and password managers; a program does not.
var words = []string{"inline", "eval", "wasm-eval", "data", "blob"}

// Telling reads what of a report is kept. It is false for what a browser's own
// extensions and blank frames cause, which is on many customers' screens and on no
// page of ours, and for what no browser says.
func (r Report) Telling(on Page) (Blocked, bool) {
	directive, _, _ := strings.Cut(r.Directive, " ") // old browsers repeat what it allows
	runs, known := directives[directive]
	if !known || !ofPage(r.File) {
		return Blocked{}, false
	}
	blocked := strings.ToLower(r.Blocked)
	if slices.Contains(words, blocked) {
		return Blocked{on, directive, blocked}, runs
	}
	u, err := url.Parse(blocked)
	if err != nil {
		return Blocked{}, false
	}
	switch u.Scheme {
	case "data", "blob":
		return Blocked{on, directive, u.Scheme}, runs
	case "http", "https", "ws", "wss":
		return Blocked{on, directive, u.Scheme + "://" + u.Host}, host.MatchString(u.Host)
	}
	return Blocked{}, false
}

// ofPage reports whether a file that asked for something belongs to a page, and not
// to an extension or to the browser itself.
func ofPage(file string) bool {
	scheme, _, found := strings.Cut(file, ":")
	return file == "" || (!found && scheme == "blob") || (found && slices.Contains([]string{"http", "https", "blob"}, scheme))
}

// Text names the source for a person.
func (b Blocked) Text() string {
	return b.Source + " (" + b.Directive + ", " + string(b.Page) + ")"
}
