package pdf

import (
	"io"
	"testing"

	"github.com/jung-kurt/gofpdf"

	"github.com/quittance/quittance/pdf/fonts"
)

// coreFonts sets documents in Helvetica, which needs no embedding. It is what
// the prepared fonts are measured against.
func coreFonts(string) (typeface, error) {
	return typeface{coreCut(""), coreCut("B")}, nil
}

func coreCut(style string) cut {
	f := gofpdf.New("P", "mm", "A4", "")
	f.SetFont("Helvetica", style, 10)
	page := fonts.CodePages()[0]
	c := &face{family: "Helvetica", style: style, encode: page.Encode}
	for b := 1; b < 256; b++ {
		c.widths[b] = f.GetStringSymbolWidth(string([]byte{byte(b)}))
	}
	return cut{faces: []*face{c}, style: style}
}

// BenchmarkReceipt and BenchmarkInvoice hold the prepared fonts to within 1.1
// times the core fonts.
func BenchmarkReceipt(b *testing.B) { variants(b, receiptEN(12).sheet()) }

func BenchmarkInvoice(b *testing.B) { variants(b, invoiceEN(12).sheet()) }

// BenchmarkScripts draws an invoice of shaped text.
func BenchmarkScripts(b *testing.B) {
	for b.Loop() {
		if _, err := WriteInvoice(io.Discard, scripts(12)); err != nil {
			b.Fatal(err)
		}
	}
}

func variants(b *testing.B, s sheet) {
	b.Helper()
	helvetica, err := coreFonts("")
	if err != nil {
		b.Fatal(err)
	}
	core := func(string) (typeface, error) { return helvetica, nil }
	variants := []struct {
		name    string
		options options
	}{
		{"prepared", defaults},
		{"core", options{typeface: core, compress: true}},        // gofpdf's own file
		{"core-finished", options{typeface: core, finish: true}}, // rewritten like ours
	}
	for _, v := range variants {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := write(io.Discard, s, v.options); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
