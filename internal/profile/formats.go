package profile

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/fault"
)

// Formats build the numbers of issued documents, one format per kind, from
// {kind}, {year} and {serial}, which may carry a width: "R-{year}-{serial:5}".
// Serials begin anew each year, so a format without the year would give a number
// twice.
type Formats struct {
	Invoice    string `json:"invoice_format,omitempty"`
	Receipt    string `json:"receipt_format,omitempty"`
	CreditNote string `json:"credit_note_format,omitempty"`
}

// defaultFormat is that of each kind that has none of its own.
const defaultFormat = "{kind}-{year}-{serial:5}"

// Filled is f with {kind} written out and the default where a kind has no format.
func (f Formats) Filled() Formats {
	fill := func(format, kind string) string {
		if format == "" {
			format = defaultFormat
		}
		return strings.ReplaceAll(format, "{kind}", kind)
	}
	return Formats{fill(f.Invoice, "INV"), fill(f.Receipt, "R"), fill(f.CreditNote, "CN")}
}

const maxFormat = 40 // characters

var (
	formatField = regexp.MustCompile(`\{(kind|year|serial)(:[1-9])?\}`)
	formatText  = regexp.MustCompile(`^[\p{L}\p{N} ./_#-]*$`)
	formatBlur  = regexp.MustCompile(`\p{N}\{|\}\p{N}`)
)

// validNumberFormat reports whether a format gives each serial of each year a
// number of its own, which people can read and write. A digit beside a field is
// refused, since a serial must stay its own when the format changes: "1{serial}"
// and "{serial}" both give 15.
func validNumberFormat(format string) bool {
	found := map[string]int{}
	for _, m := range formatField.FindAllStringSubmatch(format, -1) {
		if m[1] != "serial" && m[2] != "" {
			return false
		}
		found[m[1]]++
	}
	return found["serial"] == 1 && found["year"] == 1 && found["kind"] <= 1 &&
		utf8.RuneCountInString(format) <= maxFormat && !formatBlur.MatchString(format) && formatText.MatchString(formatField.ReplaceAllString(format, ""))
}

// refuseWrong tells each format that is wrong, and each that gives the numbers
// of another kind.
func (f Formats) refuseWrong() []fault.Field {
	var bad []fault.Field
	full := f.Filled()
	taken := map[string]bool{}
	for _, x := range []struct{ pointer, told, full string }{
		{"/invoice_format", f.Invoice, full.Invoice}, {"/receipt_format", f.Receipt, full.Receipt}, {"/credit_note_format", f.CreditNote, full.CreditNote},
	} {
		switch {
		case x.told != "" && !validNumberFormat(x.told):
			bad = append(bad, fault.Field{Pointer: x.pointer, Code: "not_allowed", Public: "Use {year} and {serial} once each, such as R-{year}-{serial:5}."})
		case taken[x.full]:
			bad = append(bad, fault.Field{Pointer: x.pointer, Code: "not_allowed", Public: "Each kind of document needs a format of its own."})
		}
		taken[x.full] = true
	}
	return bad
}
