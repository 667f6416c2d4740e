package pdf

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode/qr"
)

// TestFilesAreSound has a strict reader go through each file.
func TestFilesAreSound(t *testing.T) {
	t.Parallel()

	logo := receiptEN(1)
	var err error
	if logo.Seller.Logo, err = ReadLogo(encode(t, image.NewNRGBA(image.Rect(0, 0, 40, 10)))); err != nil {
		t.Fatal(err)
	}
	files := documents()
	files["logo"] = func(w io.Writer, o options) (Report, error) { return write(w, logo.sheet(), o) }
	for name, draw := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := filepath.Join(t.TempDir(), "paper.pdf")
			var out bytes.Buffer
			if _, err := draw(&out, defaults); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if said, err := exec.CommandContext(t.Context(), "qpdf", "--check", path).CombinedOutput(); err != nil || strings.Contains(string(said), "WARNING") {
				t.Errorf("qpdf (Debian's qpdf): %v\n%s", err, said)
			}
		})
	}
}

var square = regexp.MustCompile(`(?m)^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$`)

// TestCodeIsThatOfTheLink reads the squares back from the page.
func TestCodeIsThatOfTheLink(t *testing.T) {
	t.Parallel()

	s := summaryDE(1)
	var out bytes.Buffer
	if _, err := write(&out, s.sheet(), options{typeface: notoSans}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "/URI ("+s.Online.Link+")") {
		t.Error("the code is no link")
	}
	want, err := qr.Encode(s.Online.Link, qr.M, qr.Unicode)
	if err != nil {
		t.Fatal(err)
	}
	n := want.Bounds().Dx()
	side := codeSize / mmPerPoint / float64(n)
	got := image.NewGray(want.Bounds())
	rows := square.FindAllStringSubmatch(out.String(), -1)
	var v [4]float64
	left, top := 1e9, 0.0
	for _, pass := range []func(){
		func() { left, top = min(left, v[0]), max(top, v[1]+v[3]) },
		func() {
			for i := range int(v[2]/side + 0.5) {
				got.Pix[got.PixOffset(int((v[0]-left)/side+0.5)+i, int((top-v[1])/side-0.5))] = 1
			}
		},
	} {
		for _, m := range rows {
			for i := range v {
				if v[i], err = strconv.ParseFloat(m[i+1], 64); err != nil {
					t.Fatal(err)
				}
			}
			pass()
		}
	}
	for y := range n {
		for x := range n {
			red, _, _, _ := want.At(x, y).RGBA()
			if (red == 0) != (got.GrayAt(x, y).Y == 1) {
				t.Fatalf("square %d, %d of %d is wrong", x, y, n)
			}
		}
	}
}

// TestAccentStandsOnItsLetter draws letters with an accent that has no composed
// form: its middle is that of the letter, whatever the letter's width.
func TestAccentStandsOnItsLetter(t *testing.T) {
	t.Parallel()

	set, err := notoSans("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range []rune{'\u0302', '\u0303', '\u0304'} {
		for _, letter := range []rune{'x', 'm', 'q'} {
			r := receiptEN(1)
			r.Lines[0].Text = string([]rune{letter, mark})
			g := set.regular.shape(clean(r.Lines[0].Text))
			if len(g) != 2 {
				t.Fatalf("%c has a composed form with %U", letter, mark)
			}
			var out bytes.Buffer
			if _, err := write(&out, r.sheet(), options{typeface: notoSans}); err != nil {
				t.Fatal(err)
			}
			_, after, _ := strings.Cut(positions(out.Bytes()), fmt.Sprintf(" %q\n", string(letter)))
			before, _, _ := strings.Cut(positions(out.Bytes()), fmt.Sprintf(" %q\n", string(letter)))
			letterAt, markAt := leftOf(t, before[strings.LastIndex(before, "\n")+1:]), leftOf(t, after)
			middle := letterAt + float64(g[0].width)/2000*body.size
			if got := markAt + float64(set.regular.wide.Marks[mark])/1000*body.size; math.Abs(got-middle) > 0.02 {
				t.Errorf("%c%c: the accent's middle is at %.2f, the letter's at %.2f", letter, mark, got, middle)
			}
		}
	}
}

// leftOf is where the first text of a list of positions stands.
func leftOf(t *testing.T, positions string) float64 {
	t.Helper()
	f := strings.Fields(positions)
	x, err := strconv.ParseFloat(f[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
