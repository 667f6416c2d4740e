package reference

import (
	"regexp"
	"strings"

	view "github.com/quittance/quittance/templates/reference"
)

// topics part a text at its headings of the second level. What stands before the
// first one has no name.
func topics(text string) []view.Topic {
	var all []view.Topic
	for i, part := range strings.Split("\n"+strings.TrimSpace(text), "\n## ") {
		var t view.Topic
		if i > 0 {
			t.Name, part, _ = strings.Cut(part, "\n")
			t.ID = anchor(t.Name)
		}
		for p := range strings.SplitSeq(strings.TrimSpace(part), "\n\n") {
			switch {
			case strings.HasPrefix(p, "1. "):
				t.Steps = steps(p)
			case p != "":
				t.About = append(t.About, spans(p))
			}
		}
		if len(t.About) > 0 || len(t.Steps) > 0 {
			all = append(all, t)
		}
	}
	return all
}

var number = regexp.MustCompile(`(?m)^\d+\. `)

// steps are the items of a numbered list.
func steps(list string) []view.Text {
	var all []view.Text
	for _, item := range number.Split(list, -1)[1:] {
		all = append(all, spans(item))
	}
	return all
}

// anchor names a part of the page.
func anchor(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

// paragraphs are those of a text, which empty lines part.
func paragraphs(text string) []view.Text {
	var all []view.Text
	for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if p != "" {
			all = append(all, spans(p))
		}
	}
	return all
}

// spans are a text's plain parts, its links, and what stands between backticks.
func spans(text string) view.Text {
	var all view.Text
	for i, part := range strings.Split(strings.TrimSpace(text), "`") {
		switch {
		case part == "":
		case i%2 == 1:
			all = append(all, view.Span{Text: part, Code: true})
		default:
			all = append(all, linked(part)...)
		}
	}
	return all
}

// link leads to another part of the page, or to another page of the same host.
var link = regexp.MustCompile(`\[([^\]]+)\]\(([#/][^)\s]*)\)`)

func linked(text string) view.Text {
	var all view.Text
	for {
		at := link.FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		if at[0] > 0 {
			all = append(all, view.Span{Text: text[:at[0]]})
		}
		all = append(all, view.Span{Text: text[at[2]:at[3]], Link: text[at[4]:at[5]]})
		text = text[at[1]:]
	}
	if text != "" {
		all = append(all, view.Span{Text: text})
	}
	return all
}
