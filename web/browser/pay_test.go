package browser_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// papers are the files that a journey downloaded.
type papers struct {
	Papers struct{ Summary, Invoice, Receipt string }
}

func TestPayAndReadThePortal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{390, 1280} {
		t.Run(fmt.Sprintf("%d px", width), func(t *testing.T) {
			t.Parallel()
			d := startDemo(t)
			who := philippa("en")
			o := d.shop.order(t, who)
			var got papers
			journey(t, "pay", map[string]any{"link": o.Link, "width": width}, nil, &got)
			d.gateway.wantCharges(t, 1)
			wantPDF(t, got.Papers.Summary, "Order summary", "Philippa Quellwasser", "€124.00", "Bell, brass")
			wantPDF(t, got.Papers.Invoice, "Invoice", "Philippa Quellwasser", "€124.00", "Paid on", "Due", "€0.00")
			wantPDF(t, got.Papers.Receipt, "Receipt", "Philippa Quellwasser", "€124.00", "ending in 0000")
			wantSilence(t, d, who, o)
		})
	}
}

// wantPDF wants a PDF whose text has all the words.
func wantPDF(t *testing.T, path string, words ...string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("download: %v", err)
	}
	if !bytes.HasPrefix(raw, []byte("%PDF-")) {
		t.Fatalf("%s begins with %.20q, want a PDF", path, raw)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian's poppler-utils): %v", err)
	}
	plain := strings.ReplaceAll(string(text), "\u00a0", " ")
	for _, w := range words {
		if !strings.Contains(plain, w) {
			t.Errorf("%s lacks %q:\n%s", path, w, plain)
		}
	}
}
