package ui

import (
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
)

func TestLinkedSplitsAtLinks(t *testing.T) {
	t.Parallel()

	urls := map[string]templ.SafeURL{"terms": "/t", "privacy": "/p"}
	tests := map[string]struct {
		text string
		want []part
	}{
		"none":         {text: "Plain.", want: []part{{text: "Plain."}}},
		"empty":        {},
		"two":          {text: "The [terms](terms) and [notice](privacy).", want: []part{{text: "The "}, {"terms", "/t"}, {text: " and "}, {"notice", "/p"}, {text: "."}}},
		"unknown name": {text: "[x](evil)", want: []part{{text: "x"}}},
		"unclosed":     {text: "a [b](terms", want: []part{{text: "a [b](terms"}}},
		"bare bracket": {text: "a [b] c", want: []part{{text: "a [b] c"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if diff := cmp.Diff(tt.want, linked(tt.text, urls), cmp.AllowUnexported(part{})); diff != "" {
				t.Errorf("linked (-want +got):\n%s", diff)
			}
		})
	}
}
