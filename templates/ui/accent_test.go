package ui

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAccentIsReadableWhateverTheColour(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		hex := fmt.Sprintf("#%06x", rapid.IntRange(0, 0xffffff).Draw(t, "colour"))

		a := NewAccent(hex)

		for what, pair := range map[string][2]string{
			"button": {a.FillText, a.Fill}, "link": {a.Link, lightPage.hex()}, "dark link": {a.LinkDark, darkPage.hex()},
		} {
			text, _ := parseColour(pair[0])
			behind, _ := parseColour(pair[1])
			if got := contrast(text, behind); got < readable {
				t.Errorf("%s of %s: %s on %s has %.2f:1, want %.1f:1", what, hex, pair[0], pair[1], got, readable)
			}
		}
	})
}

func TestAccentKeepsAReadableColour(t *testing.T) {
	t.Parallel()

	got := NewAccent("#1D4F91")
	want := Accent{Fill: "#1d4f91", FillText: "#ffffff", Link: "#1d4f91", LinkDark: "#6c8cb7"}
	if got != want {
		t.Errorf("NewAccent = %+v, want %+v", got, want)
	}
}

func TestAccentStyleRefusesWhatIsNoColour(t *testing.T) {
	t.Parallel()

	for _, bad := range []string{"", "red", "#fff", "#12345g", "#123456;}body{display:none"} {
		if a := NewAccent(bad); a != (Accent{}) {
			t.Errorf("NewAccent(%q) = %+v, want none", bad, a)
		}
		var b strings.Builder
		if err := accentStyle("n", Accent{Fill: bad, FillText: "#ffffff", Link: "#000000", LinkDark: "#ffffff"}).Render(t.Context(), &b); err != nil {
			t.Fatalf("Render: %v", err)
		}
		if b.Len() != 0 {
			t.Errorf("style for %q: %s", bad, b.String())
		}
	}
}
