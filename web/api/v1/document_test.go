package v1_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/web"
	v1 "github.com/quittance/quittance/web/api/v1"
	"github.com/quittance/quittance/web/api/v1/apitest"
)

func TestDocumentDescribesExactlyTheRoutes(t *testing.T) {
	t.Parallel()

	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	var described, routed []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	parameter := regexp.MustCompile(`:(\w+)`)
	for _, r := range web.Routes(start(t).Handler) {
		if path, ok := strings.CutPrefix(r.Path, "/api/v1"); ok {
			routed = append(routed, r.Method+" "+parameter.ReplaceAllString(path, "{$1}"))
		}
	}
	slices.Sort(described)
	slices.Sort(routed)
	if len(routed) == 0 {
		t.Fatal("the server has no routes below /api/v1")
	}
	if diff := cmp.Diff(routed, described); diff != "" {
		t.Errorf("operations (-routes +document):\n%s", diff)
	}
}

func TestDocumentIsServedToEverybody(t *testing.T) {
	t.Parallel()

	got := start(t).do(t, call{path: "/openapi.yaml", header: map[string]string{"Authorization": ""}})
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/yaml" || got.body != string(v1.Document()) {
		t.Errorf("%d %s, want the document as application/yaml", got.status, got.header.Get("Content-Type"))
	}
}

func TestEveryObjectOfTheDocumentIsClosed(t *testing.T) {
	t.Parallel()

	doc, err := apitest.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		seen += closed(t, name, doc.Components.Schemas[name])
	}
	for _, o := range operations(t) {
		if o.RequestBody != nil {
			seen += closed(t, o.OperationID, o.RequestBody.Value.Content.Get("application/json").Schema)
		}
		for status, answer := range o.Responses.Map() {
			if media := answer.Value.Content.Get("application/json"); media != nil {
				seen += closed(t, o.OperationID+" "+status, media.Schema)
			}
		}
	}
	if seen < 9 {
		t.Errorf("looked at %d objects only", seen)
	}
}

// TestEveryOperationIsDescribedWhole wants of each operation what a developer needs
// to call it without asking: words, examples, and each refusal that any can answer.
func TestEveryOperationIsDescribedWhole(t *testing.T) {
	t.Parallel()

	for _, o := range operations(t) {
		if o.Summary == "" || len(o.Tags) != 1 || o.OperationID == "" {
			t.Errorf("%s %s has no summary, no subject or no name", o.method, o.path)
		}
		refusals := []string{"500"}
		if !o.open() {
			refusals = append(refusals, "400", "401", "404", "429")
		}
		if o.method != http.MethodGet {
			refusals = append(refusals, "409", "413", "415", "422")
		}
		for _, status := range refusals {
			if o.Responses.Value(status) == nil {
				t.Errorf("%s does not tell when it answers %s", o.OperationID, status)
			}
		}
		for status, answer := range o.Responses.Map() {
			if media := answer.Value.Content.Get("application/json"); media != nil && len(media.Examples) == 0 {
				t.Errorf("%s has no example of its answer %s", o.OperationID, status)
			}
			problem := answer.Value.Content.Get("application/problem+json")
			if status < "4" || problem == nil {
				continue
			}
			if len(problem.Schema.Value.AllOf) != 2 || problem.Schema.Value.AllOf[1].Value.Properties["code"] == nil {
				t.Errorf("%s does not name the codes of its answer %s", o.OperationID, status)
			}
		}
	}
}

// TestEveryFieldOfARequestIsBounded wants the most that a text, a list or a whole
// number may be, of everything that a body can say.
func TestEveryFieldOfARequestIsBounded(t *testing.T) {
	t.Parallel()

	for _, o := range operations(t) {
		if o.RequestBody != nil {
			bounded(t, o.OperationID, o.RequestBody.Value.Content.Get("application/json").Schema)
		}
	}
}

func bounded(t *testing.T, at string, ref *openapi3.SchemaRef) {
	t.Helper()
	s := ref.Value
	switch {
	case s.Type.Includes("string") && s.MaxLength == nil && s.Pattern == "" && s.Format == "" && len(s.Enum) == 0:
		t.Errorf("%s may be of any length", at)
	case s.Type.Includes("array") && s.MaxItems == nil:
		t.Errorf("%s may have any number of items", at)
	case s.Type.Includes("integer") && (s.Max == nil || s.Min == nil):
		t.Errorf("%s may be any number", at)
	}
	for name, p := range s.Properties {
		bounded(t, at+"."+name, p)
	}
	for _, part := range s.AllOf {
		bounded(t, at, part)
	}
	if s.Items != nil {
		bounded(t, at+"[]", s.Items)
	}
}

// closed wants additionalProperties: false of every object in a schema and
// counts them.
func closed(t *testing.T, at string, ref *openapi3.SchemaRef) int {
	t.Helper()
	if ref == nil {
		return 0
	}
	n, s := 0, ref.Value
	if s.Type.Includes("object") {
		n++
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("%s may have further properties", at)
		}
	}
	for name, p := range s.Properties {
		n += closed(t, at+"."+name, p)
	}
	for _, part := range slices.Concat(s.OneOf, s.AnyOf) {
		n += closed(t, at, part)
	}
	return n + closed(t, at+"[]", s.Items)
}
