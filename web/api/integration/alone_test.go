package integration_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestShopKnowsNothingOfTheCode holds every file to the imports that a stranger has;
// only server_test.go, which is no part of the shop, starts the installation.
func TestShopKnowsNothingOfTheCode(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 4 {
		t.Fatalf("files %v: %v", files, err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if ours := strings.HasPrefix(path, "github.com/quittance/"); ours && (name != "server_test.go" || !strings.HasSuffix(path, "/internal/testkit")) {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
