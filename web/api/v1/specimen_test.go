package v1_test

import (
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/quittance/quittance/web/api/v1/apitest"
)

// operation is one of the document's.
type operation struct {
	method, path string
	*openapi3.Operation
}

// operations are all of the document, in the order of their paths.
func operations(t *testing.T) []operation {
	t.Helper()
	doc, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	var all []operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		of := doc.Paths.Value(path).Operations()
		for _, method := range slices.Sorted(maps.Keys(of)) {
			all = append(all, operation{method, path, of[method]})
		}
	}
	return all
}

var loaded = sync.OnceValues(apitest.Load)

// open reports whether an operation needs no key.
func (o operation) open() bool { return o.Security != nil && len(*o.Security) == 0 }

// parameter is one of an operation's, nil where it has none of that name.
func (o operation) parameter(name string) *openapi3.Parameter {
	for _, p := range o.Parameters {
		if p.Value.Name == name {
			return p.Value
		}
	}
	return nil
}

// specimen is a request as an example of the document has it, ids and all.
type specimen struct{ path, query, body string }

// specimens are an operation's requests: one for each example of its body, and one
// for each parameter of its query whose example is an id.
func (o operation) specimens(t *testing.T) []specimen {
	t.Helper()
	path := o.path
	var queries []string
	for _, ref := range o.Parameters {
		p := ref.Value
		text, _ := p.Example.(string)
		switch {
		case p.In == openapi3.ParameterInPath && !anyID.MatchString(text):
			t.Errorf("%s: the example of {%s} is %v, want an id", o.OperationID, p.Name, p.Example)
		case p.In == openapi3.ParameterInPath:
			path = strings.Replace(path, "{"+p.Name+"}", text, 1)
		case p.In == openapi3.ParameterInQuery && anyID.MatchString(text):
			queries = append(queries, p.Name+"="+url.QueryEscape(text))
		}
	}
	all := []specimen{}
	for _, body := range o.bodies(t) {
		all = append(all, specimen{path, "", body})
	}
	if len(all) == 0 {
		all = append(all, specimen{path: path})
	}
	for _, q := range queries {
		all = append(all, specimen{path, q, all[0].body})
	}
	return all
}

// bodies are the examples of an operation's body, by their names.
func (o operation) bodies(t *testing.T) []string {
	t.Helper()
	if o.RequestBody == nil {
		return nil
	}
	examples := o.RequestBody.Value.Content.Get("application/json").Examples
	if len(examples) == 0 {
		t.Errorf("%s has no example of its body", o.OperationID)
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		raw, err := json.Marshal(examples[name].Value.Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, soon(string(raw)))
	}
	return all
}

// day is one of an example; soon is one that may be asked for.
var day = regexp.MustCompile(`"20\d\d-\d\d-\d\d"`)

func soon(body string) string {
	return day.ReplaceAllString(body, `"`+time.Now().AddDate(1, 0, 0).Format(time.DateOnly)+`"`)
}

// anyID is an id of anything but a profile.
var anyID = regexp.MustCompile(`\b([a-z]{2,4})_[0-9a-z]{26}\b`)

// ids are the places of a request where an id stands.
func (s specimen) ids() int { return len(anyID.FindAllString(s.text(), -1)) }

// with is the request with every id replaced.
func (s specimen) with(id func(n int, prefix string) string) specimen {
	n := -1
	text := anyID.ReplaceAllStringFunc(s.text(), func(old string) string {
		n++
		prefix, _, _ := strings.Cut(old, "_")
		return id(n, prefix)
	})
	parts := strings.SplitN(text, "\n", 3)
	return specimen{parts[0], parts[1], parts[2]}
}

func (s specimen) text() string { return s.path + "\n" + s.query + "\n" + s.body }

// call is the request as the harness sends it.
func (s specimen) call(method string) call {
	c := call{method: method, path: s.path, body: s.body}
	if s.query != "" {
		c.path += "?" + s.query
	}
	return c
}
