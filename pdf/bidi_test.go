package pdf

import (
	"strings"
	"testing"

	"github.com/go-text/typesetting/bidi"
	"pgregory.net/rapid"
)

// TestVisualOrder reads lines as they stand from left to right. Capitals stand
// for Hebrew letters.
func TestVisualOrder(t *testing.T) {
	t.Parallel()

	set, err := notoSans("en")
	if err != nil {
		t.Fatal(err)
	}
	hebrew := strings.NewReplacer("A", "א", "B", "ב", "C", "ג", "D", "ד", "E", "ה", "F", "ו")
	latin := strings.NewReplacer("א", "A", "ב", "B", "ג", "C", "ד", "D", "ה", "E", "ו", "F")
	tests := map[string]struct{ in, want string }{
		"only Hebrew":                {"ABC", "CBA"},
		"words":                      {"AB CD", "DC BA"},
		"a number stays":             {"AB 12.5 CD", "DC 12.5 BA"},
		"Latin in Hebrew":            {"AB xyz CD", "DC xyz BA"},
		"Hebrew in Latin":            {"xyz AB CD uvw", "xyz DC BA uvw"},
		"number between scripts":     {"xyz AB 12 uvw", "xyz 12 BA uvw"},
		"number after Latin":         {"xyz 12 AB", "xyz 12 BA"},
		"brackets are mirrored":      {"AB (CD)", "(DC) BA"},
		"brackets around Latin":      {"AB (xyz) CD", "DC (xyz) BA"},
		"brackets in Latin":          {"xyz (AB) uvw", "xyz (BA) uvw"},
		"full stop of the paragraph": {"AB.", ".BA"},
		"percent":                    {"AB 12% CD", "DC 12% BA"},
		"accent stays on its letter": {"AB x\u0302y", "x\u0302y BA"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var b strings.Builder
			for _, g := range visual(set.regular.shape(hebrew.Replace(tt.in))) {
				b.WriteRune(g.r)
			}
			if got := latin.Replace(b.String()); got != tt.want {
				t.Errorf("%q stands as %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestLevelsAgree compares the direction of each character with what another
// implementation says. That one does not tell the levels themselves.
func TestLevelsAgree(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(r *rapid.T) {
		text := []rune(rapid.StringOfN(rapid.SampledFrom([]rune("abאבحمдक 12٣٤.,:+-%€()[]{}«/\u0302\u064b")), 1, 24, -1).Draw(r, "text"))
		got := levels(text)
		var p bidi.Paragraph
		runs := p.Segment(text, bidi.Neutral)
		for i := range runs.NumRuns() {
			run := runs.Run(i)
			for at := run.Start; at < run.End; at++ {
				if (got[at]%2 == 0) != run.IsLeftToRight() {
					r.Errorf("%q: level of %d is %d, want it to run to the right: %v", string(text), at, got[at], run.IsLeftToRight())
				}
			}
		}
	})
}
