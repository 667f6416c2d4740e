// Package verify holds the shape of the repository: what lies at its top level,
// which package may import which, and who may read the environment. The table
// is in rules.go; make verify runs it over the tree, and the tests show that
// each row of it refuses what it should.
package verify

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Violation is one place where the tree breaks a rule.
type Violation struct {
	File string // relative to the root, with slashes
	Rule string
	Says string
}

// String is "file: rule: what is wrong".
func (v Violation) String() string { return v.File + ": " + v.Rule + ": " + v.Says }

// Check holds the rules against the tree at root: the files that git tracks and
// those it would, that is all but the ignored ones. It returns violations in
// the order of their files.
func Check(root string) ([]Violation, error) {
	files, err := listed(root)
	if err != nil {
		return nil, err
	}
	found := topLevel(files)
	for _, file := range files {
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		more, err := checkFile(root, file)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	slices.SortStableFunc(found, func(a, b Violation) int { return strings.Compare(a.File, b.File) })
	return found, nil
}

func listed(root string) ([]string, error) {
	cmd := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", root, err)
	}
	var files []string
	for file := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		// A file that was deleted and not yet committed is still listed.
		if _, err := os.Lstat(filepath.Join(root, file)); err == nil {
			files = append(files, file)
		}
	}
	return files, nil
}

// topLevel names each stranger at the top once.
func topLevel(files []string) []Violation {
	var found []Violation
	seen := map[string]bool{}
	for _, file := range files {
		entry, _, _ := strings.Cut(file, "/")
		if seen[entry] || strings.HasPrefix(entry, ".") || slices.Contains(TopLevel, entry) {
			continue
		}
		seen[entry] = true
		found = append(found, Violation{entry, "top level", "only " + strings.Join(TopLevel, " ") + " and dot files"})
	}
	return found
}

// ruleFor is the rule that binds the packages of a folder.
func ruleFor(dir string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return matchesAny(r.Dirs, dir) })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		tree, whole := strings.CutSuffix(p, "...")
		tree = strings.TrimSuffix(tree, "/")
		return name == tree || whole && (tree == "" || strings.HasPrefix(name, tree+"/"))
	})
}
