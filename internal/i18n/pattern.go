package i18n

import (
	"fmt"
	"strings"
)

// pattern is a text with placeholders, taken apart once: pieces of text with a
// name after each but the last.
type pattern struct {
	pieces []string
	names  []string
}

// parsePattern takes apart "Paid on {{.date}}". It is not ok for a text that
// needs more than names put in.
func parsePattern(text string) (p pattern, ok bool) {
	for {
		piece, rest, found := strings.Cut(text, "{{")
		p.pieces = append(p.pieces, piece)
		if !found {
			return p, true
		}
		inner, after, found := strings.Cut(rest, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(inner), ".")
		if !found || !dotted || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
			return pattern{}, false
		}
		p.names = append(p.names, name)
		text = after
	}
}

// fill puts the values of data in.
func (p pattern) fill(data map[string]any) (string, error) {
	var b strings.Builder
	b.WriteString(p.pieces[0])
	for i, name := range p.names {
		switch v := data[name].(type) {
		case nil:
			return "", fmt.Errorf("no value for %s", name)
		case string:
			b.WriteString(v)
		default:
			_, _ = fmt.Fprint(&b, v) // a strings.Builder never fails
		}
		b.WriteString(p.pieces[i+1])
	}
	return b.String(), nil
}
