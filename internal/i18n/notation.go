package i18n

import (
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/quittance/quittance/internal/money"
)

// noBreak keeps an amount and its currency, or a number and its unit, on one line.
const noBreak = "\u00a0"

// notation is how one language writes numbers and currencies. Separators and
// signs come from the locale data of x/text; only where the sign stands is ours,
// because x/text does not place it.
type notation struct {
	tag         language.Tag
	signs       *sync.Map         // currency code → sign, as they come to be needed
	group       string            // between thousands
	decimal     string            // before the fraction
	signsBehind bool              // "124,00 €", not "€124.00"
	afterDay    string            // "3. Mai", not "3 May"
	zones       map[string]string // the language's own names of zones
}

func newNotation(tag language.Tag) notation {
	p := message.NewPrinter(tag)
	sample := p.Sprint(number.Decimal(1234.5)) // "1,234.5"
	base, _ := tag.Base()
	afterDay, zones := "", map[string]string(nil)
	if base.String() == "de" {
		afterDay, zones = ".", map[string]string{"CET": "MEZ", "CEST": "MESZ", "WET": "WEZ", "WEST": "WESZ", "EET": "OEZ", "EEST": "OESZ"}
	}
	return notation{
		tag:         tag,
		signs:       &sync.Map{},
		group:       sample[1:strings.Index(sample, "234")],
		decimal:     sample[strings.Index(sample, "234")+3 : len(sample)-1],
		signsBehind: base.String() != "en",
		afterDay:    afterDay,
		zones:       zones,
	}
}

// Money is an amount as the language writes it: "€124.00", "124,00 €", with the
// currency's own number of digits. The zero Amount, which has no currency, is
// written as a bare number.
func (l Localizer) Money(a money.Amount) string {
	n := l.catalogue().notation
	digits := n.digits(strings.TrimPrefix(a.Decimal(), "-"))
	minus := ""
	if a.IsNegative() {
		minus = "-"
	}
	sign := n.sign(a.Currency())
	switch {
	case sign == "":
		return minus + digits
	case n.signsBehind:
		return minus + digits + noBreak + sign
	}
	if last, _ := utf8.DecodeLastRuneInString(sign); unicode.IsLetter(last) {
		sign += noBreak
	}
	return minus + sign + digits
}

// Number is a whole number with its thousands apart.
func (l Localizer) Number(i int64) string {
	s := strconv.FormatInt(i, 10)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		return "-" + l.catalogue().notation.digits(rest)
	}
	return l.catalogue().notation.digits(s)
}

// Date is the day that t falls on in a zone: "3 May 2026", "3. Mai 2026".
func (l Localizer) Date(t time.Time, zone *time.Location) string {
	y, m, d := t.In(zone).Date()
	month := l.T("date.month." + strconv.Itoa(int(m)))
	return strconv.Itoa(d) + l.catalogue().notation.afterDay + " " + month + " " + strconv.Itoa(y)
}

// DateTime is day, time and zone: "3 May 2026, 14:05 CEST".
func (l Localizer) DateTime(t time.Time, zone *time.Location) string {
	return l.Date(t, zone) + ", " + l.Time(t, zone)
}

// Time is the time of day in a zone: "14:05 CEST".
func (l Localizer) Time(t time.Time, zone *time.Location) string {
	name := t.In(zone).Format("MST")
	if own, ok := l.catalogue().notation.zones[name]; ok {
		name = own
	}
	return t.In(zone).Format("15:04") + noBreak + name
}

// digits writes a plain unsigned decimal with the language's separators.
func (n notation) digits(plain string) string {
	whole, fraction, point := strings.Cut(plain, ".")
	var b strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(n.group)
		}
		b.WriteRune(r)
	}
	if point {
		b.WriteString(n.decimal)
		b.WriteString(fraction)
	}
	return b.String()
}

// sign is the currency's symbol in the language, or its code where it has none.
func (n notation) sign(c money.Currency) string {
	if known, ok := n.signs.Load(c.Code()); ok {
		sign, _ := known.(string)
		return sign
	}
	unit, err := currency.ParseISO(c.Code())
	if err != nil {
		return c.Code()
	}
	sign := message.NewPrinter(n.tag).Sprint(currency.Symbol(unit))
	n.signs.Store(c.Code(), sign)
	return sign
}
