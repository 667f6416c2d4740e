package fonts

import "golang.org/x/text/encoding/charmap"

// CodePage is a single-byte character set for which fonts are prepared.
type CodePage struct {
	Name  string // as gofpdf names its encodings: "cp1252"
	chars *charmap.Charmap
}

// CodePages lists all of them, the most common first.
func CodePages() []CodePage {
	return []CodePage{
		{"cp1252", charmap.Windows1252},
		{"cp1250", charmap.Windows1250},
		{"cp1251", charmap.Windows1251},
		{"cp1253", charmap.Windows1253},
		{"cp1254", charmap.Windows1254},
		{"cp1257", charmap.Windows1257},
	}
}

// Encode gives the byte of r, and false if the code page has no such character.
func (p CodePage) Encode(r rune) (byte, bool) { return p.chars.EncodeRune(r) }

// Decode gives the character of b, or U+FFFD if the code page leaves b free.
func (p CodePage) Decode(b byte) rune { return p.chars.DecodeByte(b) }
