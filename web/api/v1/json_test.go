package v1

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
)

func TestParseRefusesWhatIsNotStrictJSON(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ body, wantCode, wantPointer string }{
		"nothing":                     {``, "json_syntax", ""},
		"only space":                  {" \n", "json_syntax", ""},
		"a word":                      {`order`, "json_syntax", ""},
		"unclosed object":             {`{"a":1`, "json_syntax", ""},
		"unclosed list":               {`[1`, "json_syntax", ""},
		"unclosed string":             {`{"a":"b`, "json_syntax", ""},
		"comma before the end":        {`{"a":1,}`, "json_syntax", ""},
		"comma before a list's end":   {`[1,]`, "json_syntax", ""},
		"no comma":                    {`[1 2]`, "json_syntax", ""},
		"no colon":                    {`{"a" 1}`, "json_syntax", ""},
		"name without quotes":         {`{a:1}`, "json_syntax", ""},
		"number as name":              {`{1:1}`, "json_syntax", ""},
		"single quotes":               {`{'a':1}`, "json_syntax", ""},
		"comment":                     {`{"a":1/*x*/}`, "json_syntax", ""},
		"wrong bracket":               {`{"a":[1}]`, "json_syntax", ""},
		"number with plus":            {`{"a":+1}`, "json_syntax", ""},
		"number with leading zero":    {`{"a":01}`, "json_syntax", ""},
		"number with leading point":   {`{"a":.5}`, "json_syntax", ""},
		"not a number":                {`{"a":NaN}`, "json_syntax", ""},
		"control character in string": {"{\"a\":\"\x01\"}", "json_syntax", ""},
		"byte order mark":             {"\ufeff{}", "json_syntax", ""},
		"second value":                {`{}{}`, "trailing_data", ""},
		"letters behind":              {`{} x`, "trailing_data", ""},
		"bracket behind":              {`{}]`, "trailing_data", ""},
		"Latin-1":                     {"{\"a\":\"\xe4\"}", "not_unicode", ""},
		"overlong UTF-8":              {"{\"a\":\"\xc0\xaf\"}", "not_unicode", ""},
		"high half alone":             {`{"a":"\ud83d"}`, "not_unicode", ""},
		"high half before another":    {`{"a":"\ud83d\u0041"}`, "not_unicode", ""},
		"high half twice":             {`{"a":"\ud83d\ud83d\ude00"}`, "not_unicode", ""},
		"low half alone":              {`{"a":"\ude00"}`, "not_unicode", ""},
		"same name twice":             {`{"a":1,"a":1}`, "duplicate_key", "/a"},
		"same name twice, escaped":    {`{"a":1,"\u0061":1}`, "duplicate_key", "/a"},
		"same name twice, below":      {`{"order":{"order_products":[{},{"qty":1,"qty":2}]}}`, "duplicate_key", "/order/order_products/1/qty"},
		"same odd name twice":         {`{"a/b~c":1,"a/b~c":2}`, "duplicate_key", "/a~1b~0c"},
		"33 lists":                    {strings.Repeat("[", 33) + strings.Repeat("]", 33), "too_deep", strings.Repeat("/0", 32)},
		"33 objects":                  {strings.Repeat(`{"a":`, 33) + `1` + strings.Repeat("}", 33), "too_deep", strings.Repeat("/a", 32)},
		"a million lists":             {strings.Repeat("[", 1_000_000), "too_deep", strings.Repeat("/0", 32)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := parse([]byte(tt.body))
			var p *problem
			if !errors.As(err, &p) {
				t.Fatalf("parse: %v, want a problem", err)
			}
			if p.Status != http.StatusBadRequest || p.Code != "json_invalid" || len(p.Errors) != 1 {
				t.Fatalf("problem: %d %s %v, want 400 json_invalid with one mistake", p.Status, p.Code, p.Errors)
			}
			if got := p.Errors[0]; got.Code != tt.wantCode || got.Pointer != tt.wantPointer {
				t.Errorf("mistake: %s at %q, want %s at %q", got.Code, got.Pointer, tt.wantCode, tt.wantPointer)
			}
		})
	}
}

func TestParseLosesNothing(t *testing.T) {
	t.Parallel()

	v, err := parse([]byte(` {"n":12345678901234567890.10,"s":"\ud83d\ude00 \\ud83d \u00e4","l":[true,null,{}]} `))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	if v.kind != object || len(v.members) != 3 {
		t.Fatalf("value: %+v, want an object of 3", v)
	}
	if got := v.members[0].value; got.kind != number || got.text != "12345678901234567890.10" {
		t.Errorf("number: %q, want its text", got.text)
	}
	if got, want := v.members[1].value.text, "\U0001F600 \\ud83d ä"; got != want {
		t.Errorf("string: %q, want %q", got, want)
	}
	l := v.members[2].value.items
	if len(l) != 3 || l[0].kind != boolean || l[0].text != "true" || l[1].kind != null || l[2].kind != object {
		t.Errorf("list: %+v", l)
	}
	if _, err := parse([]byte(strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth))); err != nil {
		t.Errorf("%d levels: %v, want none too many", maxDepth, err)
	}
}

// FuzzParse holds the strict reader to the standard library's: it takes nothing
// that is not JSON, and keeps every value that JSON has.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"order":{"qty":2,"amount":"20.00","note":null}}`, `[1,-0.5e+10,true,false,"\u00e4\ud83d\ude00"]`,
		`{"a":1,"a":2}`, `{"a":[{"b":{}}]}`, `"\\ud800"`, `{} {}`, `[1,]`, "\xff", `"\ud800"`, `[[[[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := parse(raw)
		if err != nil {
			var p *problem
			if !errors.As(err, &p) || p.Code != "json_invalid" || len(p.Errors) != 1 {
				t.Fatalf("parse(%q): %v, want a problem with one mistake", raw, err)
			}
			if c := p.Errors[0].Code; (c == "json_syntax" || c == "trailing_data") && json.Valid(raw) {
				t.Fatalf("parse(%q): %s, but it is JSON", raw, c)
			}
			return
		}
		var want any
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if err := d.Decode(&want); err != nil || !json.Valid(raw) {
			t.Fatalf("parse(%q) took what is not JSON: %v", raw, err)
		}
		same(t, v, want)
	})
}

// same fails unless v is what the standard library decoded.
func same(t *testing.T, v value, want any) {
	t.Helper()
	switch w := want.(type) {
	case nil:
		check(t, v, null, "")
	case bool:
		check(t, v, boolean, map[bool]string{true: "true", false: "false"}[w])
	case json.Number:
		check(t, v, number, w.String())
	case string:
		check(t, v, text, w)
	case []any:
		check(t, v, list, "")
		if len(v.items) != len(w) {
			t.Fatalf("list of %d, want %d", len(v.items), len(w))
		}
		for i := range w {
			same(t, v.items[i], w[i])
		}
	case map[string]any:
		check(t, v, object, "")
		if len(v.members) != len(w) {
			t.Fatalf("object of %d, want %d", len(v.members), len(w))
		}
		for _, m := range v.members {
			same(t, m.value, w[m.name])
		}
	}
}

func check(t *testing.T, v value, kind kind, text string) {
	t.Helper()
	if v.kind != kind || v.text != text {
		t.Fatalf("value: kind %d %q, want kind %d %q", v.kind, v.text, kind, text)
	}
}
