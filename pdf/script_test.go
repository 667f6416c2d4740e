package pdf

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestShapedTextIsRead has another program read the text of a file.
func TestShapedTextIsRead(t *testing.T) {
	t.Parallel()

	i := invoiceEN(1)
	wants := []string{
		"متجر الأدوات",                    // with a ligature of two letters
		"لمدة شهرًا",                      // with a mark
		"מפתח מומנט שחור",                 // another script from right to left
		"प्रत्येक क्षेत्र",                // letters that stack and change places
		"株式会社さくら、서울특별시", "พร้อมกล่องเก็บ", // marks above each other
		"টর্ক রেঞ্চ ক্ষমতা", // a vowel on both sides of its letter
	}
	i.Notes = wants
	var out bytes.Buffer
	if r, err := WriteInvoice(&out, i); err != nil || r.Missing != 0 {
		t.Fatalf("WriteInvoice = %+v, %v", r, err)
	}
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.CommandContext(t.Context(), "pdftotext", path, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian's poppler-utils): %v", err)
	}
	got := strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "").Replace(string(text)) // which it adds
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the text of the file:\n%s", want, got)
		}
	}
}

// TestLettersJoin looks at how letters stand in a word: joined letters are others
// than those that stand alone, and what stands around a run counts.
func TestLettersJoin(t *testing.T) {
	t.Parallel()

	set, err := notoSans("en")
	if err != nil {
		t.Fatal(err)
	}
	outlines := func(text string) []uint16 {
		var out []uint16
		for _, g := range set.regular.shape(clean(text)) {
			out = append(out, g.outline)
		}
		return out
	}
	joined, apart := outlines("بب"), outlines("ب\u200cب")
	if joined[0] == joined[1] || apart[0] != apart[2] || joined[0] == apart[0] {
		t.Errorf("joined letters are %v, those kept apart %v", joined, apart)
	}
}

// TestDrawingAtOnce draws shaped text from many sides and gets the same bytes.
func TestDrawingAtOnce(t *testing.T) {
	t.Parallel()

	var files [8]bytes.Buffer
	var wg sync.WaitGroup
	for n := range files {
		wg.Go(func() {
			if _, err := WriteInvoice(&files[n], scripts(6)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for n := range files {
		if !bytes.Equal(files[n].Bytes(), files[0].Bytes()) {
			t.Errorf("drawing %d differs from the first", n)
		}
	}
}
