package v1

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/quittance/quittance/internal/money"
)

// maxMistakes bounds how many mistakes one answer names.
const maxMistakes = 100

// reader moves a parsed body into Go values and collects everything that does
// not fit on the way.
type reader struct{ mistakes []mistake }

// field takes the value that a body has at a pointer.
type field func(v value, at string)

// fields are the members that an object may have.
type fields map[string]field

// note keeps the first mistake at a pointer.
func (r *reader) note(at, code, detail string) {
	again := slices.ContainsFunc(r.mistakes, func(m mistake) bool { return m.Pointer == at })
	if !again && len(r.mistakes) < maxMistakes {
		r.mistakes = append(r.mistakes, mistake{Pointer: at, Code: code, Detail: detail})
	}
}

// err is nil, or a problem body_invalid that names every mistake.
func (r *reader) err() error {
	if len(r.mistakes) == 0 {
		return nil
	}
	return &problem{Status: http.StatusUnprocessableEntity, Code: "body_invalid",
		Detail: "Some fields of the body are missing, unknown or of the wrong form.", Errors: r.mistakes}
}

// envelope reads a body of the form {"name": {…}}.
func (r *reader) envelope(v value, name string, inner fields, required ...string) {
	r.object(v, "", fields{name: func(v value, at string) { r.object(v, at, inner, required...) }}, name)
}

// change reads a body of the form {"name": {…}} that names what is to change.
func (r *reader) change(v value, name string, inner fields) {
	r.envelope(v, name, inner)
	if len(v.members) == 1 && v.members[0].value.kind == object && len(v.members[0].value.members) == 0 {
		r.note(pointer("", name), "nothing_told", "Name at least one field.")
	}
}

// object hands every member to its field.
func (r *reader) object(v value, at string, known fields, required ...string) {
	if v.kind != object {
		r.note(at, "wrong_type", "This must be an object.")
		return
	}
	for _, m := range v.members {
		if take, ok := known[m.name]; ok {
			take(m.value, pointer(at, m.name))
		} else {
			r.note(pointer(at, m.name), "unknown_field", "There is no such field.")
		}
	}
	for _, name := range required {
		if !slices.ContainsFunc(v.members, func(m member) bool { return m.name == name }) {
			r.note(pointer(at, name), "required", "This is required.")
		}
	}
}

// list hands every item to each.
func (r *reader) list(each field) field {
	return func(v value, at string) {
		if v.kind != list {
			r.note(at, "wrong_type", "This must be a list.")
			return
		}
		for i, item := range v.items {
			each(item, at+"/"+strconv.Itoa(i))
		}
	}
}

// text fills to from a string without control characters other than line ends
// and tabs.
func (r *reader) text(to *string) field {
	return func(v value, at string) {
		switch {
		case v.kind != text:
			r.note(at, "wrong_type", "This must be a string.")
		case strings.ContainsFunc(v.text, func(c rune) bool { return unicode.IsControl(c) && !strings.ContainsRune("\r\n\t", c) }):
			r.note(at, "control_character", "This must not contain control characters.")
		default:
			*to = v.text
		}
	}
}

// decimal fills to with the text of a decimal, which may be written as a string
// or as a number. No number is ever turned into a float.
func (r *reader) decimal(to *string) field {
	return func(v value, at string) {
		switch {
		case v.kind != text && v.kind != number:
			r.note(at, "wrong_type", "This must be a decimal as a string or a number.")
		case v.text == "" || strings.Trim(v.text, "-.0123456789") != "":
			r.note(at, "decimal", "Use a plain decimal such as 20.00.")
		default:
			*to = v.text
		}
	}
}

// amount fills to with what a decimal text at a pointer is worth in a currency.
// What was not told keeps its number.
func (r *reader) amount(to *money.Amount, decimal, at string, in money.Currency) {
	if decimal == "" {
		*to = money.New(to.Minor(), in)
		return
	}
	a, err := money.Parse(decimal, in)
	if err != nil {
		r.note(at, "amount", "Use a decimal amount of the currency such as 20.00, with no more digits than it has.")
		return
	}
	*to = a
}

// rate fills to with a decimal text in per cent.
func (r *reader) rate(to *money.PPM, decimal, at string) {
	if decimal == "" {
		return
	}
	rate, err := parsePercent(decimal)
	if err != nil {
		r.note(at, "rate", "Use a rate in per cent such as 19 or 7.7, with at most 4 decimals.")
		return
	}
	*to = rate
}

// integer fills to from a whole number written without point or exponent.
func (r *reader) integer(to *int64) field {
	return func(v value, at string) {
		n, err := strconv.ParseInt(v.text, 10, 64)
		switch {
		case v.kind != number:
			r.note(at, "wrong_type", "This must be a whole number.")
		case err != nil:
			r.note(at, "integer", "Use a whole number without point or exponent.")
		default:
			*to = n
		}
	}
}

// moment fills to from a time with its offset from UTC.
func (r *reader) moment(to *time.Time) field {
	return func(v value, at string) {
		t, err := time.Parse(time.RFC3339, v.text)
		switch {
		case v.kind != text:
			r.note(at, "wrong_type", "This must be a string.")
		case err != nil:
			r.note(at, "timestamp", "Use a moment such as 2026-03-01T09:00:00Z.")
		default:
			*to = t
		}
	}
}

// boolean fills to from true or false.
func (r *reader) boolean(to *bool) field {
	return func(v value, at string) {
		if v.kind != boolean {
			r.note(at, "wrong_type", "This must be true or false.")
			return
		}
		*to = v.text == "true"
	}
}
