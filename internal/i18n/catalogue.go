// Package i18n owns what people read: the catalogues of texts in English and
// German, and how amounts, dates and numbers are written in each. English is the
// language of last resort. It knows no page and no domain; callers ask for a key.
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed messages/*.json
var files embed.FS

// Language is one that the catalogues are written in.
type Language struct {
	Code string // BCP 47, as in <html lang>
	Name string // in the language itself
}

// Languages are all there are, the language of last resort first.
func Languages() []Language {
	return []Language{{Code: "en", Name: "English"}, {Code: "de", Name: "Deutsch"}}
}

// catalogue is one language's texts and notation, read once and never changed.
type catalogue struct {
	code     string
	plain    map[string]string  // texts without placeholders, complete
	patterns map[string]pattern // texts with names to put in
	plural   map[string]bool    // texts that need go-i18n to fill them
	messages *i18n.Localizer
	notation notation
}

// library is every language's catalogue, by code.
type library struct {
	byCode  map[string]*catalogue
	matcher language.Matcher
}

// loaded reads the embedded catalogues at their first use. It panics when one is
// broken: the binary then was built from files that no test has seen.
var loaded = sync.OnceValue(func() library {
	l, err := load(files)
	if err != nil {
		panic(err)
	}
	return l
})

func load(from fs.FS) (library, error) {
	bundle := i18n.NewBundle(language.English)
	l := library{byCode: map[string]*catalogue{}}
	var tags []language.Tag
	for _, lang := range Languages() {
		c := &catalogue{
			code:     lang.Code,
			plain:    map[string]string{},
			patterns: map[string]pattern{},
			plural:   map[string]bool{},
			messages: i18n.NewLocalizer(bundle, lang.Code),
			notation: newNotation(language.Make(lang.Code)),
		}
		names, err := fs.Glob(from, path.Join("messages", "*."+lang.Code+".json"))
		if err != nil {
			return library{}, fmt.Errorf("i18n: find catalogues of %s: %w", lang.Code, err)
		}
		for _, name := range names {
			file, err := bundle.LoadMessageFileFS(from, name)
			if err != nil {
				return library{}, fmt.Errorf("i18n: read %s: %w", name, err)
			}
			if err := c.add(file.Messages); err != nil {
				return library{}, fmt.Errorf("i18n: %s: %w", name, err)
			}
		}
		l.byCode[lang.Code] = c
		tags = append(tags, language.Make(lang.Code))
	}
	l.matcher = language.NewMatcher(tags)
	return l, nil
}

// add sorts messages by what it takes to fill them.
func (c *catalogue) add(messages []*i18n.Message) error {
	for _, m := range messages {
		if c.has(m.ID) {
			return fmt.Errorf("key %s twice", m.ID)
		}
		p, ok := parsePattern(m.Other)
		switch {
		case m.One != "" || !ok:
			c.plural[m.ID] = true
		case len(p.names) == 0:
			c.plain[m.ID] = m.Other
		default:
			c.patterns[m.ID] = p
		}
	}
	return nil
}

func (c *catalogue) has(key string) bool {
	_, plain := c.plain[key]
	_, named := c.patterns[key]
	return plain || named || c.plural[key]
}
