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

// fill puts in the values of pairs, which are names with values.
func (p pattern) fill(pairs []any) (string, error) {
	var b strings.Builder
	b.WriteString(p.pieces[0])
	for i, name := range p.names {
		switch v := value(pairs, name).(type) {
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

// value is what pairs have for a name; nil when they have nothing.
func value(pairs []any, name string) any {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1]
		}
	}
	return nil
}
