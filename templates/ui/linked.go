package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// part is a piece of a text that names links: "I accept the [terms](terms)."
type part struct {
	text string
	url  templ.SafeURL // empty for plain text
}

// linked splits a catalogue's text at its links. A name that urls lacks stays
// plain text. Only texts without foreign words in them may come here.
func linked(text string, urls map[string]templ.SafeURL) []part {
	var parts []part
	for text != "" {
		before, rest, found := strings.Cut(text, "[")
		label, rest, closed := strings.Cut(rest, "](")
		name, after, ended := strings.Cut(rest, ")")
		if !found || !closed || !ended {
			return append(parts, part{text: text})
		}
		if before != "" {
			parts = append(parts, part{text: before})
		}
		parts = append(parts, part{text: label, url: urls[name]})
		text = after
	}
	return parts
}
