package order

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Bounds of what a merchant may add to an order.
const (
	MaxTags       = 20
	MaxTagLength  = 40 // characters
	MaxURLLength  = 2000
	urlExplained  = "Use an https address without user name and fragment, such as https://shop.example.com/thanks; http only for localhost."
	tagsExplained = "An order has at most %d tags."
)

func (in Sale) validateTags(refuse func(pointer, code, public string)) {
	if len(in.Tags) > MaxTags {
		refuse("tags", "tag_count", fmt.Sprintf(tagsExplained, MaxTags))
		return
	}
	for i, tag := range in.Tags {
		switch at := fmt.Sprintf("tags/%d", i); {
		case tag == "":
			refuse(at, "required", "This is required.")
		case utf8.RuneCountInString(tag) > MaxTagLength:
			refuse(at, "too_long", fmt.Sprintf("Use at most %d characters.", MaxTagLength))
		}
	}
}

func (in Sale) validateAddresses(refuse func(pointer, code, public string)) {
	for _, f := range []struct{ name, value string }{{"redirect_url", in.RedirectURL}, {"failed_redirect_url", in.FailedRedirectURL}} {
		switch {
		case f.value == "":
		case len(f.value) > MaxURLLength:
			refuse(f.name, "too_long", fmt.Sprintf("Use at most %d characters.", MaxURLLength))
		case !goesOn(f.value):
			refuse(f.name, "redirect_url", urlExplained)
		}
	}
}

// goesOn reports whether a browser may be sent on to an address: https, or http
// on the developer's own machine, and nothing in it that hides where it leads.
func goesOn(address string) bool {
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" || u.User != nil || u.Hostname() == "" || strings.Contains(address, "#") {
		return false
	}
	local := u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || u.Hostname() == "127.0.0.1"
	return u.Scheme == "https" || u.Scheme == "http" && local
}
