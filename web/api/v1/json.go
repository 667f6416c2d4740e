package v1

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep a body may nest.
const maxDepth = 32

// kind is the type of a JSON value.
type kind int

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// value is parsed JSON that lost nothing: numbers keep their text.
type value struct {
	kind    kind
	text    string // of a text; of a number as it was written; "true" or "false"
	items   []value
	members []member
}

type member struct {
	name  string
	value value
}

// parse reads one JSON value strictly: valid UTF-8 without half surrogates, no
// name twice in an object, nothing behind the value, at most maxDepth deep. Its
// only error is a problem json_invalid.
func parse(raw []byte) (value, error) {
	if !utf8.Valid(raw) {
		return value{}, malformed("", "not_unicode", "The body is not UTF-8.")
	}
	if halfSurrogate(raw) {
		return value{}, malformed("", "not_unicode", "The body has an escaped surrogate without its other half.")
	}
	p := parser{json.NewDecoder(bytes.NewReader(raw))}
	p.UseNumber()
	v, err := p.value("", 1)
	if err != nil {
		return value{}, err
	}
	if _, err := p.Token(); !errors.Is(err, io.EOF) {
		return value{}, malformed("", "trailing_data", "The body has something behind its JSON value.")
	}
	return v, nil
}

type parser struct{ *json.Decoder }

func (p parser) value(at string, depth int) (value, error) {
	token, err := p.Token()
	if err != nil {
		return value{}, p.syntax()
	}
	switch t := token.(type) {
	case bool:
		return value{kind: boolean, text: strconv.FormatBool(t)}, nil
	case json.Number:
		return value{kind: number, text: t.String()}, nil
	case string:
		return value{kind: text, text: t}, nil
	case json.Delim:
		if depth > maxDepth {
			return value{}, malformed(at, "too_deep", "The body nests more than "+strconv.Itoa(maxDepth)+" levels deep.")
		}
		if t == '{' {
			return p.object(at, depth)
		}
		return p.list(at, depth)
	}
	return value{kind: null}, nil
}

func (p parser) list(at string, depth int) (value, error) {
	v := value{kind: list}
	for p.More() {
		item, err := p.value(at+"/"+strconv.Itoa(len(v.items)), depth+1)
		if err != nil {
			return value{}, err
		}
		v.items = append(v.items, item)
	}
	return v, p.end()
}

func (p parser) object(at string, depth int) (value, error) {
	v := value{kind: object}
	seen := map[string]bool{}
	for p.More() {
		token, err := p.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return value{}, p.syntax()
		}
		below := pointer(at, name)
		if seen[name] {
			return value{}, malformed(below, "duplicate_key", "This name occurs twice in its object.")
		}
		seen[name] = true
		item, err := p.value(below, depth+1)
		if err != nil {
			return value{}, err
		}
		v.members = append(v.members, member{name, item})
	}
	return v, p.end()
}

// end reads the bracket that closes a list or an object.
func (p parser) end() error {
	if _, err := p.Token(); err != nil {
		return p.syntax()
	}
	return nil
}

func (p parser) syntax() error {
	return malformed("", "json_syntax", "The body is not JSON: it goes wrong at byte "+strconv.FormatInt(p.InputOffset(), 10)+".")
}

func malformed(at, code, detail string) error {
	return &problem{Status: http.StatusBadRequest, Code: "json_invalid", Detail: "The body is not acceptable JSON.", Errors: []mistake{{Pointer: at, Code: code, Detail: detail}}}
}

// pointer is the JSON pointer (RFC 6901) of a member of the object at at.
func pointer(at, name string) string {
	return at + "/" + strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// The upper six bits of the two halves of a UTF-16 pair.
const (
	highHalf = 0xD800 >> 10
	lowHalf  = 0xDC00 >> 10
)

// halfSurrogate reports whether raw escapes one half of a UTF-16 pair alone.
// Decoders put U+FFFD in its place, which would not be what was sent.
func halfSurrogate(raw []byte) bool {
	for i := 0; i+1 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++ // the escaped byte is part of this escape, so \\u starts none
		switch escape(raw[i-1:]) >> 10 {
		case highHalf:
			if escape(raw[min(i+5, len(raw)):])>>10 != lowHalf {
				return true
			}
			i += 10
		case lowHalf:
			return true
		}
	}
	return false
}

// escape is the code unit of the \uXXXX that raw starts with, 0 if it starts
// with none.
func escape(raw []byte) uint64 {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0
	}
	unit, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return unit
}

// encode is v as the API writes it.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
