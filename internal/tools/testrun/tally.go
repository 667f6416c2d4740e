package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is one line of go test -json.
type event struct {
	Action      string
	Package     string
	ImportPath  string // of a package that did not build
	FailedBuild string
	Test        string
	Output      string
	Elapsed     float64
}

// testKey names a test; the name is empty for its package.
type testKey struct{ pkg, test string }

// test is what is known of one test so far.
type test struct {
	outcome string // pass, fail, skip; empty while it runs
	parent  bool   // it has subtests, which are counted in its stead
	output  []string
}

// count is the tally of one part. Only tests without subtests count, and a
// parent that failed though its subtests passed.
type count struct{ passed, failed, skipped int }

type tally struct {
	tests  map[testKey]*test
	order  []testKey
	builds map[string][]string // what the compiler said, by import path
	parts  map[string]*count
}

func newTally() *tally {
	t := &tally{tests: map[testKey]*test{}, builds: map[string][]string{}, parts: map[string]*count{}}
	for _, part := range parts {
		t.parts[part] = &count{}
	}
	return t
}

// read follows the events to their end, prints a line per package and each
// failure as its package ends, and counts.
func (t *tally) read(events io.Reader, out io.Writer) error {
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				fmt.Fprintf(out, "%s", line) // not an event: go test's own words
			} else {
				t.add(e, out)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read go test: %w", err)
		}
	}
}

func (t *tally) add(e event, out io.Writer) {
	switch e.Action {
	case "build-output":
		t.builds[e.ImportPath] = append(t.builds[e.ImportPath], e.Output)
	case "run":
		t.at(e)
		t.markParents(e)
	case "output":
		t.at(e).output = append(t.at(e).output, e.Output)
	case "pass", "fail", "skip":
		t.at(e).outcome = e.Action
		if e.Test == "" {
			t.finish(e, out)
		}
	}
}

// markParents marks the tests that e belongs to. A subtest's own name may hold
// slashes, so only what has run is a parent.
func (t *tally) markParents(e event) {
	for i, c := range e.Test {
		if c != '/' {
			continue
		}
		if parent := t.tests[testKey{e.Package, e.Test[:i]}]; parent != nil {
			parent.parent = true
		}
	}
}

func (t *tally) at(e event) *test {
	key := testKey{e.Package, e.Test}
	if t.tests[key] == nil {
		t.tests[key] = &test{}
		t.order = append(t.order, key)
	}
	return t.tests[key]
}

// finish counts a package whose last event has come, and shows its failures.
func (t *tally) finish(e event, out io.Writer) {
	var ran, failed int
	for _, key := range t.order {
		test := t.tests[key]
		if key.pkg != e.Package || key.test == "" {
			continue
		}
		if test.outcome == "" {
			test.outcome = "fail" // the package ended, by a panic or a timeout, before it did
		}
		if test.parent && (test.outcome != "fail" || t.childFailed(key)) {
			if test.outcome == "fail" {
				show(out, "", key, test.output)
			}
			continue
		}
		part := partOf(key.pkg, key.test)
		counted := t.parts[part]
		ran++
		switch {
		case test.outcome == "pass":
			counted.passed++
		case test.outcome == "skip" && !neverSkips(part):
			counted.skipped++
			show(out, "SKIP", key, test.output)
		case test.outcome == "skip":
			counted.failed++
			failed++
			show(out, "FAIL (skipped, and "+part+" tests must run)", key, test.output)
		default:
			counted.failed++
			failed++
			show(out, "FAIL", key, test.output)
		}
	}
	if e.Action == "fail" && failed == 0 { // it did not build, or died outside a test
		t.parts[partOf(e.Package, "")].failed++
		failed++
		show(out, "FAIL", testKey{e.Package, ""}, append(slices.Clone(t.builds[e.FailedBuild]), t.tests[testKey{e.Package, ""}].output...))
	}
	switch {
	case failed > 0:
		fmt.Fprintf(out, "FAIL %s: %d of %d failed, %.1f s\n", e.Package, failed, max(ran, failed), e.Elapsed)
	case ran > 0:
		fmt.Fprintf(out, "ok   %s: %d, %.1f s\n", e.Package, ran, e.Elapsed)
	}
}

func (t *tally) childFailed(parent testKey) bool {
	for key, test := range t.tests {
		if key.pkg == parent.pkg && strings.HasPrefix(key.test, parent.test+"/") && test.outcome != "pass" && test.outcome != "skip" {
			return true
		}
	}
	return false
}

// show prints what a test said, without go test's own framing.
func show(out io.Writer, verdict string, key testKey, output []string) {
	if verdict != "" {
		fmt.Fprintf(out, "%s %s %s\n", verdict, key.pkg, key.test)
	}
	for _, line := range output {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || slices.ContainsFunc(framing, func(f string) bool { return strings.HasPrefix(trimmed, f) }) {
			continue
		}
		fmt.Fprintf(out, "    %s\n", strings.TrimRight(line, "\n"))
	}
}

var framing = []string{"=== ", "--- ", "FAIL", "PASS", "ok  \t"}

func (t *tally) failures() int {
	n := 0
	for _, c := range t.parts {
		n += c.failed
	}
	return n
}

// report prints the closing lines; its error says why the run is no success.
func (t *tally) report(out io.Writer) error {
	var total count
	var idle []string
	for _, part := range parts {
		c := t.parts[part]
		fmt.Fprintf(out, "%s: %s\n", part, c)
		if c.passed+c.failed == 0 {
			idle = append(idle, part)
		}
		total.passed += c.passed
		total.failed += c.failed
		total.skipped += c.skipped
	}
	fmt.Fprintln(out, total)
	switch {
	case total.failed > 0:
		return fmt.Errorf("%d tests failed", total.failed)
	case len(idle) > 0:
		return fmt.Errorf("no test ran of: %s", strings.Join(idle, ", "))
	}
	return nil
}

func (c count) String() string {
	s := fmt.Sprintf("%d passed, %d failed", c.passed, c.failed)
	if c.skipped > 0 {
		s += fmt.Sprintf(", %d skipped", c.skipped)
	}
	return s
}
