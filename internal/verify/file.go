package verify

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// checkFile holds one source file against the rule of its folder. Build
// constraints are not looked at: a file for another system is bound as well.
func checkFile(root, file string) ([]Violation, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, filepath.FromSlash(file)), nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	dir := path.Dir(file)
	rule, ok := ruleFor(dir)
	if !ok {
		return []Violation{{file, "layout", "no rule knows the package " + dir}}, nil
	}
	var found []Violation
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: import %s: %w", file, spec.Path.Value, err)
		}
		if !rule.allows(imported) {
			found = append(found, Violation{file, rule.Name, "may not import " + imported})
		}
	}
	if !rule.Env {
		for _, call := range environmentReads(parsed) {
			found = append(found, Violation{file, rule.Name, "may not read the environment with " + call + "; internal/config does"})
		}
	}
	return found, nil
}

// allows judges one import path.
func (r Rule) allows(imported string) bool {
	inside, ours := strings.CutPrefix(imported, Module+"/")
	if !ours {
		return !matchesAny(r.Never, imported)
	}
	return r.isOwn(inside) || matchesAny(r.May, inside)
}

// isOwn reports whether the package belongs to one of the rule's trees and no
// rule before it claims it.
func (r Rule) isOwn(inside string) bool {
	claimed, ok := ruleFor(inside)
	return ok && claimed.Name == r.Name && matchesAny(r.Dirs, inside)
}

var environment = map[string][]string{
	"os":      {"Getenv", "LookupEnv", "Environ", "ExpandEnv"},
	"syscall": {"Getenv", "Environ"},
}

// environmentReads finds the uses of functions that read the environment, under
// whatever name their package is imported.
func environmentReads(file *ast.File) []string {
	packages := map[string]string{}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil || environment[imported] == nil {
			continue
		}
		name := imported
		if spec.Name != nil {
			name = spec.Name.Name
		}
		packages[name] = imported
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name, ok := selector.X.(*ast.Ident)
		if ok && slices.Contains(environment[packages[name.Name]], selector.Sel.Name) {
			found = append(found, packages[name.Name]+"."+selector.Sel.Name)
		}
		return true
	})
	return found
}
