package i18n

import (
	"errors"
	"fmt"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// ErrNoText is returned by Text for a key that no catalogue has.
var ErrNoText = errors.New("i18n: no such text")

// Localizer writes for one reader. The zero Localizer writes English.
type Localizer struct{ c *catalogue }

// For is the Localizer of a language code; English when it is none of ours.
func For(code string) Localizer {
	if c, ok := loaded().byCode[code]; ok {
		return Localizer{c}
	}
	return Localizer{english()}
}

// Match chooses the reader's language: what the address asks for (param), else
// what the merchant knows of the customer, else what the browser accepts. Each
// may be empty or nonsense; the first that names a language of ours wins, also
// by a regional form such as "de-AT".
func Match(param, customerLang, acceptLanguage string) Localizer {
	l := loaded()
	for _, wish := range []string{param, customerLang, acceptLanguage} {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, confidence := l.matcher.Match(tags...); confidence >= language.High {
			return Localizer{l.byCode[Languages()[i].Code]}
		}
	}
	return Localizer{english()}
}

func english() *catalogue { return loaded().byCode[Languages()[0].Code] }

func (l Localizer) catalogue() *catalogue {
	if l.c == nil {
		return english()
	}
	return l.c
}

// Lang is the language's code, for <html lang>.
func (l Localizer) Lang() string { return l.catalogue().code }

// T is the text of a key with its placeholders filled from pairs:
// T("portal.status.paid", "date", d). The name "count" also chooses the plural.
// Where the language lacks the key the English text stands in, and where that
// lacks it too, the key itself; tests hold that neither happens.
func (l Localizer) T(key string, pairs ...any) string {
	if s, ok := l.catalogue().plain[key]; ok {
		return s
	}
	if s, err := l.Text(key, pairs...); err == nil {
		return s
	}
	s, err := Localizer{english()}.Text(key, pairs...)
	if err != nil {
		return key
	}
	return s
}

// Text is T for callers that must know: it returns ErrNoText when this
// language lacks the key, and an error when pairs are not names with values or
// lack one that the text has.
func (l Localizer) Text(key string, pairs ...any) (string, error) {
	c := l.catalogue()
	if s, ok := c.plain[key]; ok {
		return s, nil
	}
	if !c.has(key) {
		return "", fmt.Errorf("%w: %s in %s", ErrNoText, key, c.code)
	}
	if err := checkNames(pairs); err != nil {
		return "", fmt.Errorf("i18n: text %s: %w", key, err)
	}
	if p, ok := c.patterns[key]; ok {
		s, err := p.fill(pairs)
		if err != nil {
			return "", fmt.Errorf("i18n: text %s in %s: %w", key, c.code, err)
		}
		return s, nil
	}
	data := named(pairs)
	s, err := c.messages.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: data["count"]})
	if err != nil {
		return "", fmt.Errorf("i18n: text %s in %s: %w", key, c.code, err)
	}
	return s, nil
}

// Has reports whether this language has a text of its own for the key.
func (l Localizer) Has(key string) bool { return l.catalogue().has(key) }

// Fault is the public sentence of a fault's code, or fallback, the fault's own
// English sentence, where the catalogue lacks it.
func (l Localizer) Fault(code, fallback string) string { return l.or("fault."+code, fallback) }

// Field is the public sentence of a field message's code, or fallback.
func (l Localizer) Field(code, fallback string) string { return l.or("field."+code, fallback) }

func (l Localizer) or(key, fallback string) string {
	if s, ok := l.catalogue().plain[key]; ok {
		return s
	}
	return fallback
}

// checkNames tells whether pairs are names with values.
func checkNames(pairs []any) error {
	if len(pairs)%2 != 0 {
		return errors.New("a name without a value")
	}
	for i := 0; i < len(pairs); i += 2 {
		if _, ok := pairs[i].(string); !ok {
			return fmt.Errorf("%v is not a name", pairs[i])
		}
	}
	return nil
}

// named is pairs as go-i18n wants them.
func named(pairs []any) map[string]any {
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			data[name] = pairs[i+1]
		}
	}
	return data
}
