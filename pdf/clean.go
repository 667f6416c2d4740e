package pdf

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"github.com/quittance/quittance/pdf/fonts"
)

// clean prepares text for drawing: composed characters, plain spaces, no
// controls, \n as the only line break. What remains has a width.
func clean(s string) string {
	if printable(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	last := ' '
	return strings.Map(func(r rune) rune {
		if joiner(r) && fonts.ScriptOf(last) != nil {
			return r // it says how letters join
		}
		if r = replaceRune(r); r >= 0 {
			last = r
		}
		return r
	}, ligatures.Replace(norm.NFC.String(s)))
}

// printable says that s needs no cleaning, as most text does not.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// ligatures are spelt out, so that the text can be found and copied.
var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st")

// replaceRune maps characters to what is drawn in their place; -1 drops them.
func replaceRune(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\t':
		return ' '
	case r == '\u2007' || r == '\u202f':
		return '\u00a0'
	case r == '\u2010' || r == '\u2011':
		return '-'
	case r == '\u2212':
		return '–'
	case r == '〈': // no font has the East Asian ones
		return '‹'
	case r == '〉':
		return '›'
	case r < 0x7f || r == '\u00a0':
		if r < ' ' {
			return -1
		}
		return r
	case unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
		return -1
	default:
		return r
	}
}

// property is text for the file's properties: UTF-16 with its mark, as the
// format wants it. gofpdf's own conversion breaks beyond the basic plane.
func property(s string) string {
	s = strings.ReplaceAll(clean(s), "\n", " ")
	if s == "" || printable(s) {
		return s
	}
	out := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u>>8), byte(u))
	}
	return string(out)
}
