package profile

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/fault"
)

// ErrInvalid names every wrong field of a profile at once; ErrModeFixed refuses
// to turn play money into real money.
var (
	ErrInvalid   = fault.New(fault.Invalid, "profile_invalid", "Some details of the profile are missing or wrong.")
	ErrModeFixed = fault.New(fault.Conflict, "profile_mode_fixed", "A profile's mode cannot be changed. Create another profile.")
)

const (
	maxLegalLines = 8
	maxLegalLine  = 200  // bytes
	maxPaperNote  = 1000 // bytes
)

var accent = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

func (p Profile) validate() error {
	var bad []fault.Field
	refuse := func(pointer, code, public string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: code, Public: public})
	}
	if p.Mode != Live && p.Mode != Sandbox {
		refuse("/mode", "not_allowed", "Use live or sandbox.")
	}
	if strings.TrimSpace(p.Name) == "" {
		refuse("/name", "required", "This is required.")
	}
	if p.Locale != "en" && p.Locale != "de" {
		refuse("/locale", "not_allowed", "Use en or de.")
	}
	if _, err := time.LoadLocation(p.TimeZone); err != nil || p.TimeZone == "" {
		refuse("/time_zone", "not_allowed", "Use an IANA time zone such as Europe/Berlin.")
	}
	if a := p.Details.Accent; a != "" && !accent.MatchString(a) {
		refuse("/accent", "not_allowed", "Use a colour such as #0b5fff.")
	}
	for pointer, link := range map[string]string{"/terms_url": p.Details.TermsURL, "/privacy_url": p.Details.PrivacyURL, "/website": p.Details.Website} {
		if u, err := url.Parse(link); link != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
			refuse(pointer, "not_allowed", "Use a full web address.")
		}
	}
	bad = append(bad, p.Details.refuseWrongEmbeds()...)
	bad = append(bad, p.Details.Formats.refuseWrong()...)
	bad = append(bad, p.Details.Mails.refuseWrong()...)
	bad = append(bad, p.Details.Retry.refuseWrong()...)
	if len(p.Details.LegalLines) > maxLegalLines || slices.ContainsFunc(p.Details.LegalLines, func(l string) bool { return len(l) > maxLegalLine }) {
		refuse("/legal_lines", "too_long", "Use at most 8 lines of 200 characters.")
	}
	if len(p.Details.PaperNote) > maxPaperNote {
		refuse("/paper_note", "too_long", "Use at most 1000 characters.")
	}
	if len(bad) > 0 {
		return ErrInvalid.With(bad...)
	}
	return nil
}
