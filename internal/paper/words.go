package paper

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
)

// writer writes amounts of one currency and keeps its first error.
type writer struct {
	t    i18n.Localizer
	code string
	err  error
}

func (w *writer) parse(decimal string) money.Amount {
	if w.err != nil {
		return money.Amount{}
	}
	c, err := money.ParseCurrency(w.code)
	if err != nil {
		w.err = err
		return money.Amount{}
	}
	a, err := money.Parse(decimal, c)
	w.err = err
	return a
}

func (w *writer) amount(decimal string) string { return w.t.Money(w.parse(decimal)) }

// some is an amount, or empty for none.
func (w *writer) some(decimal string) string {
	if a := w.parse(decimal); !a.IsZero() {
		return w.t.Money(a)
	}
	return ""
}

// off is what is taken off, or empty for nothing.
func (w *writer) off(decimal string) string {
	if s := w.some(decimal); s != "" {
		return "−" + s
	}
	return ""
}

// Rate writes a tax rate as people read it: "19 %", "7,7 %" in German.
func Rate(t i18n.Localizer, r money.PPM) string {
	s := fmt.Sprintf("%d", r/10_000)
	if rest := r % 10_000; rest != 0 {
		s += t.T("paper.decimal_point") + strings.TrimRight(fmt.Sprintf("%04d", rest), "0")
	}
	return s + t.T("paper.per_cent")
}

func method(t i18n.Localizer, m document.Method) string {
	brand := i18n.CardName(m.Brand, m.BIN)
	if m.Last4 == "" {
		return brand
	}
	return t.T("paper.card", "brand", brand, "last4", m.Last4)
}

// vatID is the form of a VAT identification number: the member state, then
// letters and digits.
var vatID = regexp.MustCompile(`^(AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z+*]{2,12}$`)

// taxID names a tax number by what its form says it is.
func taxID(t i18n.Localizer, number string) string {
	if vatID.MatchString(strings.ToUpper(strings.NewReplacer(" ", "", ".", "", "-", "").Replace(number))) {
		return t.T("paper.vat_id", "id", number)
	}
	return t.T("paper.tax_id", "id", number)
}

// FileName is what a reader's copy of a document is called, without its ending.
func FileName(t i18n.Localizer, kind document.Kind, number string) string {
	return t.T("paper.file."+string(kind), "number", number)
}
