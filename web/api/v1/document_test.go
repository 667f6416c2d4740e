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
	if seen < 9 {
		t.Errorf("looked at %d objects only", seen)
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
	if s.Type.Is("object") {
		n++
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("%s may have further properties", at)
		}
	}
	for name, p := range s.Properties {
		n += closed(t, at+"."+name, p)
	}
	return n + closed(t, at+"[]", s.Items)
}
