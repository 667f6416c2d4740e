package i18n

import (
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country is the name of a country by its ISO 3166-1 code: "Germany",
// "Deutschland"; what is no such code stands for itself.
func (l Localizer) Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(language.Make(l.Lang())).Name(region); name != "" {
		return name
	}
	return code
}
