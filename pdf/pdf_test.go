package pdf

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// documents are the samples that most tests draw.
func documents() map[string]func(io.Writer, options) (Report, error) {
	receipt := func(r Receipt) func(io.Writer, options) (Report, error) {
		return func(w io.Writer, o options) (Report, error) { return write(w, r.sheet(), o) }
	}
	summary := func(s OrderSummary) func(io.Writer, options) (Report, error) {
		return func(w io.Writer, o options) (Report, error) { return write(w, s.sheet(), o) }
	}
	invoice := func(i Invoice) func(io.Writer, options) (Report, error) {
		return func(w io.Writer, o options) (Report, error) { return write(w, i.sheet(), o) }
	}
	return map[string]func(io.Writer, options) (Report, error){
		"invoice-en-1":    invoice(invoiceEN(1)),
		"invoice-en-12":   invoice(invoiceEN(12)),
		"invoice-en-60":   invoice(invoiceEN(60)),
		"invoice-dear":    invoice(dear()),
		"receipt-en-1":    receipt(receiptEN(1)),
		"receipt-en-12":   receipt(receiptEN(12)),
		"receipt-en-60":   receipt(receiptEN(60)),
		"summary-de-1":    summary(summaryDE(1)),
		"summary-de-12":   summary(summaryDE(12)),
		"summary-de-60":   summary(summaryDE(60)),
		"invoice-scripts": invoice(scripts(12)),
		"receipt-foreign": receipt(foreign()),
	}
}

// digest draws every sample and sums up all bytes.
func digest(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, name := range []string{"receipt-en-12", "invoice-en-12", "summary-de-60", "receipt-foreign", "invoice-scripts"} {
		var out bytes.Buffer
		if _, err := documents()[name](&out, defaults); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %x\n", name, sha256.Sum256(out.Bytes()))
	}
	return all.String()
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	t.Parallel()

	first := digest(t)
	if os.Getenv("PDF_DIGEST") != "" { // this is the other process
		fmt.Println("digest:\n" + first + "end")
		return
	}
	if second := digest(t); second != first {
		t.Errorf("second drawing = %s, want %s", second, first)
	}

	other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestEqualInputGivesEqualBytes$")
	other.Env = append(os.Environ(), "PDF_DIGEST=1")
	out, err := other.CombinedOutput()
	if err != nil {
		t.Fatalf("other process: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "digest:\n"+first+"end") {
		t.Errorf("other process = %s, want %s", out, first)
	}
}

// TestDrawingKeepsNothing draws many documents, of texts that differ, and finds
// the memory as it was. It does not run beside others, whose memory it would see.
func TestDrawingKeepsNothing(t *testing.T) {
	draw := func(from, to int) {
		for n := from; n < to; n++ {
			i := invoiceEN(12)
			i.Number, i.BillTo.Name = fmt.Sprintf("INV-%06d", n), fmt.Sprintf("Customer %d, х̂ %d", n, n) // with the wide subset
			if n%10 != 0 {
				i.BillTo.Name = fmt.Sprintf("Zoë Ωmega %d", n)
			}
			if _, err := WriteInvoice(io.Discard, i); err != nil {
				t.Fatal(err)
			}
		}
	}
	heap := func() int64 {
		var m runtime.MemStats
		for range 3 { // pools are emptied by the second
			runtime.GC()
		}
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	draw(0, 50)
	before := heap()
	draw(50, 1050)
	if grown := heap() - before; grown > 256<<10 {
		t.Errorf("1000 documents left %d bytes behind", grown)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()

	tests := map[string]Report{
		"receipt-en-1":    {Pages: 1},
		"receipt-en-12":   {Pages: 1},
		"receipt-en-60":   {Pages: 3},
		"receipt-foreign": {Pages: 2, Missing: 10},
		"invoice-scripts": {Pages: 2},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := documents()[name](io.Discard, defaults)

			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("Report = %+v, want %+v", got, want)
			}
		})
	}
}

func TestZeroDateIsRefused(t *testing.T) {
	t.Parallel()

	r := receiptEN(1)
	r.DatedAt = time.Time{}

	if _, err := WriteReceipt(io.Discard, r); !errors.Is(err, errNoDate) {
		t.Errorf("WriteReceipt = %v, want %v", err, errNoDate)
	}
}

func TestEmptyDocument(t *testing.T) {
	t.Parallel()

	got, err := WriteOrderSummary(io.Discard, OrderSummary{Paper: Paper{DatedAt: time.Unix(1, 0)}})

	if want := (Report{Pages: 1}); err != nil || got != want {
		t.Errorf("WriteOrderSummary = %+v, %v, want %+v", got, err, want)
	}
}

func TestFailingWriter(t *testing.T) {
	t.Parallel()

	r, w := io.Pipe()
	broken := errors.New("broken")
	r.CloseWithError(broken)

	if _, err := WriteReceipt(w, receiptEN(1)); !errors.Is(err, broken) {
		t.Errorf("WriteReceipt = %v, want %v", err, broken)
	}
}

func TestReadLogo(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		logo          []byte
		width, height float64 // millimetres; zero when it is refused
	}{
		"8 bit":        {encode(t, image.NewNRGBA(image.Rect(0, 0, 40, 10))), 60, 15},
		"16 bit":       {encode(t, image.NewNRGBA64(image.Rect(0, 0, 40, 10))), 60, 15},
		"palette":      {encode(t, image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.Black, color.White})), 16, 16},
		"fine":         {encode(t, image.NewGray(image.Rect(0, 0, 2000, 1999))), 16.008, 16},
		"not an image": {logo: []byte("GIF89a and no more")},
		"cut short":    {logo: encode(t, image.NewNRGBA(image.Rect(0, 0, 40, 10)))[:60]},
		"too large":    {logo: encode(t, image.NewGray(image.Rect(0, 0, 1<<13, 1<<12)))},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l, err := ReadLogo(tt.logo)
			if (err == nil) != (tt.width > 0) || math.Abs(l.width-tt.width)+math.Abs(l.height-tt.height) > 0.01 {
				t.Fatalf("ReadLogo = %.2f × %.2f mm, %v; want %.2f × %.2f", l.width, l.height, err, tt.width, tt.height)
			}
			if err != nil {
				return
			}
			r := receiptEN(1)
			r.Seller.Logo = l
			if got, err := WriteReceipt(io.Discard, r); err != nil || got != (Report{Pages: 1}) {
				t.Errorf("WriteReceipt = %+v, %v", got, err)
			}
			if c, err := png.DecodeConfig(bytes.NewReader(l.png)); err != nil || c.Width > 720 || c.Height > 200 {
				t.Errorf("%d × %d pixels are drawn, %v", c.Width, c.Height, err)
			}
		})
	}
}

func TestLogoIsDrawnOnWhite(t *testing.T) {
	t.Parallel()

	img := image.NewNRGBA(image.Rect(10, 10, 12, 12))
	img.Set(10, 10, color.NRGBA{200, 100, 0, 255})
	img.Set(11, 10, color.NRGBA{0, 0, 0, 128})
	var got []color.RGBA
	for _, shrink := range []int{1, 2} {
		out := onWhite(img, shrink)
		for i := 0; i < len(out.Pix); i += 4 {
			got = append(got, color.RGBA{out.Pix[i], out.Pix[i+1], out.Pix[i+2], out.Pix[i+3]})
		}
	}
	white := color.RGBA{255, 255, 255, 255}
	want := []color.RGBA{{200, 100, 0, 255}, {127, 127, 127, 255}, white, white, {210, 184, 159, 255}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pixels (-want +got):\n%s", diff)
	}
}

func encode(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzAnyText puts one text into every kind of field: nothing may panic, and
// drawing must come to an end.
func FuzzAnyText(f *testing.F) {
	for _, l := range foreign().Lines {
		f.Add(l.Text)
	}
	for _, l := range scripts(6).Lines {
		f.Add(l.Text)
	}
	f.Add(strings.Repeat("long ", 2000))
	f.Add("\u0301\u0301")
	f.Add("   \n\n  ")
	f.Add("\\)(\\")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 12000 {
			return // many pages, nothing new
		}
		fact := Fact{s, s}
		party := Party{s, []string{s}}
		line := Line{s, s, s, s, s, s, s, s}
		logo, _ := ReadLogo([]byte(s)) // mostly none
		r := Receipt{
			Paper: Paper{
				Language: s, Title: s, Number: s, Date: s, Subject: s, DatedAt: time.Unix(0, 0),
				Seller: Seller{Party: party, Logo: logo, Accent: s, Legal: []string{s}}, BillTo: party,
				Facts: []Fact{fact}, Labels: Labels{s, s, s, s, s, s, s, s, s, s, s, s, s, s}, Lines: []Line{line, line},
				Totals: Totals{fact, fact, fact, fact, []Fact{fact}, fact, []Fact{fact}, fact, []Tax{{s, s, s, s}}},
				Notes:  []string{s}, PageOf: s,
			},
			Payment: Payment{s, fact, fact, fact},
		}
		if _, err := WriteReceipt(io.Discard, r); err != nil {
			t.Error(err)
		}
		if _, err := WriteOrderSummary(io.Discard, OrderSummary{r.Paper, OrderStatus{s, []Fact{fact}}, Online{s, s, s}}); err != nil {
			t.Error(err)
		}
	})
}
