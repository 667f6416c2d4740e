package pdf

import (
	"strings"
	"unicode"
)

// mayPart tells whether a line may end between two characters without a space:
// beside an East Asian one, unless the second must not begin a line or the first
// must not end one. Korean has spaces.
func mayPart(a, b rune) bool {
	if a < 0x2E80 && b < 0x2E80 { // as most text
		return false
	}
	return a != ' ' && (ideographic(a) || ideographic(b)) && !strings.ContainsRune(noStart, b) && !strings.ContainsRune(noEnd, a)
}

func ideographic(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xF900 && r <= 0xFAFF || r >= 0xFF00 && r <= 0xFFEF
}

const (
	noStart = "、。，．・：；？！ヽヾゝゞ々〻ー～）〕］｝〉》」』】〙〗｠’”%‰°)]},.:;?!–…" +
		"ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ゛゜"
	noEnd = "（〔［｛〈《「『【〘〖｟‘“([{￥＄£$€"
)

// bound tells what even a word that is too wide is not parted at: the vowels of
// Thai and Lao that stand before or after their letter.
func bound(a, b rune) bool {
	return a >= 0x0E40 && a <= 0x0E44 || a >= 0x0EC0 && a <= 0x0EC4 ||
		b >= 0x0E00 && b <= 0x0EFF && (strings.ContainsRune("\u0e2f\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ec6", b) || unicode.Is(unicode.Mn, b))
}
