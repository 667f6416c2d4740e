package v1

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
)

// query is what a request asks behind its path. Whoever reads it names every
// parameter once; done tells what was wrong, and what nobody asked for.
type query struct {
	values   url.Values
	known    []string
	mistakes []mistake
}

// The most characters of a parameter. A cursor may have a name in it, which is longer.
const (
	maxParameter = 200
	maxCursor    = 4000
)

// readQuery parses the query strictly. profile_id is every route's, and read
// before anything else.
func readQuery(raw string) (*query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &problem{Status: http.StatusBadRequest, Code: "query_invalid", Detail: "The query cannot be read: write each parameter as name=value, percent-encoded."}
	}
	q := &query{values: values, known: []string{"profile_id"}}
	if len(values["profile_id"]) > 1 {
		q.note("profile_id", "repeated", "Tell this once.")
	}
	return q, nil
}

func (q *query) note(name, code, detail string) {
	q.mistakes = append(q.mistakes, mistake{Parameter: name, Code: code, Detail: detail})
}

// done is nil, or a problem query_invalid that names every mistake.
func (q *query) done() error {
	for name := range q.values {
		if !slices.Contains(q.known, name) {
			q.note(name, "unknown_parameter", "This route has no such parameter.")
		}
	}
	if len(q.mistakes) == 0 {
		return nil
	}
	slices.SortFunc(q.mistakes, func(a, b mistake) int { return strings.Compare(a.Parameter, b.Parameter) })
	return &problem{Status: http.StatusBadRequest, Code: "query_invalid",
		Detail: "Some parameters of the query are unknown or of the wrong form.", Errors: q.mistakes[:min(len(q.mistakes), maxMistakes)]}
}

// text is a parameter's value, empty when it was not told or is not acceptable.
func (q *query) text(name string) string { return q.textOf(name, maxParameter) }

// textOf is a text of at most so many characters.
func (q *query) textOf(name string, most int) string {
	q.known = append(q.known, name)
	told, ok := q.values[name]
	if !ok {
		return ""
	}
	switch v := told[0]; {
	case len(told) > 1:
		q.note(name, "repeated", "Tell this once.")
	case v == "":
		q.note(name, "empty", "Give this a value or leave it out.")
	case !utf8.ValidString(v):
		q.note(name, "not_unicode", "This is not UTF-8.")
	case utf8.RuneCountInString(v) > most:
		q.note(name, "too_long", "Use at most "+strconv.Itoa(most)+" characters.")
	case strings.ContainsFunc(v, unicode.IsControl):
		q.note(name, "control_character", "This must not contain control characters.")
	default:
		return v
	}
	return ""
}

// choice is a value that is one of allowed, the zero one when there is none.
func choice[T ~string](q *query, name string, allowed []T) T {
	if all := choices(q, name, allowed); len(all) == 1 {
		return all[0]
	} else if len(all) > 1 {
		q.note(name, "repeated", "Tell one of them.")
	}
	return ""
}

// choices are values that are all among allowed, separated by commas.
func choices[T ~string](q *query, name string, allowed []T) []T {
	told := q.text(name)
	if told == "" {
		return nil
	}
	var chosen []T
	for one := range strings.SplitSeq(told, ",") {
		if !slices.Contains(allowed, T(one)) {
			var names []string
			for _, a := range allowed {
				names = append(names, string(a))
			}
			q.note(name, "unknown_value", "Use "+strings.Join(names, ", ")+".")
			return nil
		}
		chosen = append(chosen, T(one))
	}
	return chosen
}

// key is a key with a prefix. One that nobody has is not a mistake.
func (q *query) key(name, prefix string) string {
	told := q.text(name)
	if told != "" && !id.Valid(prefix, told) {
		q.note(name, "id", "Use an id that begins with "+prefix+"_.")
		return ""
	}
	return told
}

// currency is the code of a currency.
func (q *query) currency(name string) string {
	told := q.text(name)
	if _, err := money.ParseCurrency(told); told != "" && err != nil {
		q.note(name, "currency", "Use an ISO 4217 code such as EUR.")
	}
	return told
}

// amount is a decimal amount in the currency that another parameter tells, which
// it needs; one without a currency when it was not told.
func (q *query) amount(name, currencyName, currency string) money.Amount {
	told := q.text(name)
	if told == "" {
		return money.Amount{}
	}
	if !q.values.Has(currencyName) {
		q.note(currencyName, "required", "Tell the currency of "+name+".")
	}
	in, err := money.ParseCurrency(currency)
	if err != nil {
		return money.Amount{}
	}
	a, err := money.Parse(told, in)
	if err != nil || a.IsNegative() {
		q.note(name, "amount", "Use a decimal amount of the currency such as 20.00, with no more digits than it has.")
	}
	return a
}

var last4 = regexp.MustCompile(`^[0-9]{4}$`)

// last4 are the last four digits of a card's number.
func (q *query) last4(name string) string {
	told := q.text(name)
	if told != "" && !last4.MatchString(told) {
		q.note(name, "four_digits", "Use four digits.")
	}
	return told
}

// date is midnight in UTC of a date, the zero time when it was not told. The first
// day of all, which is the zero time, is a mistake.
func (q *query) date(name string) time.Time {
	told := q.text(name)
	if told == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, told)
	if err != nil || !t.After(time.Time{}) {
		q.note(name, "date", "Use a date such as 2026-03-01.")
	}
	return t
}

// boolean is true or false, nil when it was not told.
func (q *query) boolean(name string) *bool {
	told := q.text(name)
	switch told {
	case "":
		return nil
	case "true", "false":
	default:
		q.note(name, "boolean", "Use true or false.")
	}
	yes := told == "true"
	return &yes
}

// moment is a time with its offset from UTC, the zero time when it was not told. One
// that is the zero time is a mistake.
func (q *query) moment(name string) time.Time {
	told := q.text(name)
	if told == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, told)
	if err != nil || t.IsZero() {
		q.note(name, "timestamp", "Use a moment such as 2026-03-01T09:00:00Z; write + as %2B.")
	}
	return t
}

// number is a whole number from 1 to most, or otherwise when it was not told.
func (q *query) number(name string, otherwise, most int) int {
	told := q.text(name)
	if told == "" {
		return otherwise
	}
	n, err := strconv.Atoi(told)
	if err != nil || n < 1 || n > most || strconv.Itoa(n) != told {
		q.note(name, "number", "Use a whole number from 1 to "+strconv.Itoa(most)+".")
		return otherwise
	}
	return n
}
