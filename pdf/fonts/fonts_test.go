package fonts_test

import (
	"testing"
	"unicode"

	"github.com/quittance/quittance/pdf/fonts"
)

func TestEveryCharacterHasAWidth(t *testing.T) {
	t.Parallel()

	set, err := fonts.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, cut := range map[string]fonts.Cut{"regular": set.Regular, "bold": set.Bold} {
		digit := cut.Pages[0].Widths['0']
		for _, f := range cut.Pages {
			for b := 32; b < 256; b++ {
				r := f.Page.Decode(byte(b))
				if unicode.IsGraphic(r) && r != unicode.ReplacementChar && f.Widths[b] <= 0 {
					t.Errorf("%s %s: %U has width %d", name, f.Page.Name, r, f.Widths[b])
				}
				if '0' <= r && r <= '9' && f.Widths[b] != digit {
					t.Errorf("%s %s: %q is %d wide, want %d as all figures", name, f.Page.Name, r, f.Widths[b], digit)
				}
				if _, ok := cut.Wide.Widths[r]; ok {
					t.Errorf("%s: %U is in %s and in the wide subset", name, r, f.Page.Name)
				}
			}
		}
		ttf, err := cut.Wide.TTF()
		if err != nil || len(ttf) == 0 {
			t.Errorf("%s: wide subset has %d bytes, %v", name, len(ttf), err)
		}
		for _, r := range "șțạễ₹₽\u0302" {
			if _, ok := cut.Wide.Widths[r]; !ok {
				t.Errorf("%s: the wide subset lacks %U", name, r)
			}
		}
	}
}

func TestEveryScriptHasItsLetters(t *testing.T) {
	t.Parallel()

	words := map[string]string{
		"hebr": "שלום", "arab": "شركة", "deva": "क्षेत्र", "beng": "রেঞ্চ", "guru": "ਪੰਜਾਬੀ", "gujr": "ગુજરાતી", "orya": "ଓଡ଼ିଆ", "taml": "தமிழ்",
		"telu": "తెలుగు", "knda": "ಕನ್ನಡ", "mlym": "മലയാളം", "sinh": "සිංහල", "thai": "กล่อง", "laoo": "ກະແຈ", "khmr": "សោ", "mymr": "သော့",
		"armn": "Բանալի", "geor": "გასაღები", "ethi": "ቁልፍ", "hani": "東京都港区株式会社さくらカフェ上海贸易有限公司서울특별시（）、。",
	}
	for _, s := range fonts.Scripts() {
		if words[s.Tag] == "" {
			t.Errorf("no word in %s", s.Tag)
		}
		for _, bold := range []bool{false, true} {
			f, err := s.Font(bold)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range words[s.Tag] {
				if _, ok := f.NominalGlyph(r); !ok || fonts.ScriptOf(r) != s {
					t.Errorf("%s, bold %v: %U is in the font: %v", s.Tag, bold, r, ok)
				}
			}
		}
	}
}
