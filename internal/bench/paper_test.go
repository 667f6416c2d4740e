package bench

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// papers is the benchmarks of package pdf as a program: only that package can
// draw a document in other fonts than its own, so each round runs it.
type papers struct {
	tb      testing.TB
	program string
}

func buildPapers(tb testing.TB) papers {
	tb.Helper()
	p := papers{tb, filepath.Join(tb.TempDir(), "pdf.test")}
	build := exec.CommandContext(tb.Context(), "go", "test", "-c", "-o", p.program, "../../pdf")
	if out, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build the benchmark of package pdf: %v\n%s", err, out)
	}
	return p
}

var nsPerOp = regexp.MustCompile(`(?m)^Benchmark\w+/\S+\s+\d+\s+([0-9.]+) ns/op`)

// drawing measures the drawing of a kind of document, Receipt or Invoice, in a
// variant's fonts.
func (p papers) drawing(kind, variant string) func() time.Duration {
	return func() time.Duration { return p.run(kind, variant) }
}

func (p papers) run(kind, variant string) time.Duration {
	p.tb.Helper()
	run := exec.CommandContext(p.tb.Context(), p.program, "-test.run", "^$", "-test.bench", "^Benchmark"+kind+"$/^"+variant+"$", "-test.benchtime", "300x")
	run.Dir = filepath.Join("..", "..", "pdf")
	out, err := run.CombinedOutput()
	if err != nil {
		p.tb.Fatalf("draw a %s: %v\n%s", kind, err, out)
	}
	m := nsPerOp.FindSubmatch(out)
	if m == nil {
		p.tb.Fatalf("no time in\n%s", out)
	}
	ns, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		p.tb.Fatal(err)
	}
	return time.Duration(ns)
}
