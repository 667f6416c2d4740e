package pdf

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata/*.golden anew")

// TestTextPositions compares where each text stands, in points from the lower
// left corner of its page, with what was looked at and found good.
func TestTextPositions(t *testing.T) {
	t.Parallel()

	for name, draw := range documents() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var out bytes.Buffer
			if _, err := draw(&out, options{typeface: notoSans}); err != nil {
				t.Fatal(err)
			}
			got := positions(out.Bytes())
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("no golden file, run with -update and look at the pages: %v", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("positions (-want +got):\n%s", diff)
			}
		})
	}
}

var (
	drawn = regexp.MustCompile(`BT ([\d.-]+) ([\d.-]+) Td \((.*)\) Tj ET|/F[0-9a-f]+ ([\d.]+) Tf|/Type /Page\n`)
	plain = strings.NewReplacer(`\(`, "(", `\)`, ")", `\\`, `\`)
)

// positions lists the texts of an uncompressed file with page, place and size.
func positions(file []byte) string {
	var b strings.Builder
	page, size := 0, ""
	for _, m := range drawn.FindAllSubmatch(file, -1) {
		switch {
		case m[3] != nil:
			fmt.Fprintf(&b, "%d %7s %7s %5s %q\n", page, m[1], m[2], size, plain.Replace(string(m[3])))
		case m[4] != nil:
			size = string(m[4])
		default:
			page++
		}
	}
	return b.String()
}

// TestWrapStaysWithin measures what the goldens only record: no line is wider
// than its column, unless a single letter is.
func TestWrapStaysWithin(t *testing.T) {
	t.Parallel()

	set, err := notoSans("de")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range foreign().Lines {
		for _, width := range []int{700, 3000, 20000} {
			for _, g := range set.regular.wrap(clean(l.Text), width) {
				if got := measure(g); got > width && len(g) > 1 && g[1].width > 0 {
					t.Errorf("line of %q is %d wide, want at most %d", l.Text, got, width)
				}
			}
		}
	}
}

// TestTotalsNeverStandAlone draws every length up to three pages: wherever the
// totals are, all of them are, and a line of the table above them.
func TestTotalsNeverStandAlone(t *testing.T) {
	t.Parallel()

	for n := 1; n <= 50; n++ {
		r := receiptEN(n)
		var out bytes.Buffer
		if _, err := write(&out, r.sheet(), options{typeface: notoSans}); err != nil {
			t.Fatal(err)
		}
		pages := make(map[string]string)
		for text := range strings.Lines(positions(out.Bytes())) {
			page, _, _ := strings.Cut(text, " ")
			for _, mark := range []string{"\xa342.00", "Subtotal", "Still to pay"} {
				if strings.Contains(text, fmt.Sprintf("%q", mark)) {
					pages[mark] = page // of the last one
				}
			}
		}
		if p := pages["Subtotal"]; p == "" || p != pages["Still to pay"] || p != pages["\xa342.00"] {
			t.Errorf("with %d lines the pages are %q, want one and the same", n, pages)
		}
	}
}
