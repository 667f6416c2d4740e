// Command fontgen prepares the fonts that package pdf embeds.
//
// From the regular and the bold cut of Noto Sans it makes, for each code page
// of package fonts, a subset with gofpdf's single-byte definition, and a wide
// subset for the characters that no code page has; and the fonts of the scripts
// that need shaping, without their hinting. Run it with go generate in
// pdf/fonts after installing Debian's fonts-noto-core and fonts-droid-fallback;
// equal fonts give equal files.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/jung-kurt/gofpdf"

	"github.com/quittance/quittance/pdf/fonts"
)

func main() {
	from := flag.String("from", "/usr/share/fonts/truetype/noto", "folder with NotoSans-Regular.ttf and NotoSans-Bold.ttf")
	asian := flag.String("asian", "/usr/share/fonts-droid-fallback/truetype", "folder with DroidSansFallback.ttf")
	to := flag.String("to", "prepared", "folder to write to")
	flag.Parse()
	if err := run(*from, *asian, *to); err != nil {
		fmt.Fprintln(os.Stderr, "fontgen:", err)
		os.Exit(1)
	}
}

func run(from, asian, to string) error {
	maps, err := encodingMaps()
	if err != nil {
		return err
	}
	for cut, source := range map[string]string{"regular": "NotoSans-Regular", "bold": "NotoSans-Bold"} {
		data, err := os.ReadFile(filepath.Join(from, source+".ttf"))
		if err != nil {
			return err
		}
		font, err := parse(data)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		for _, page := range fonts.CodePages() {
			if err := prepare(font, page, maps, to, cut, source); err != nil {
				return fmt.Errorf("%s for %s: %w", source, page.Name, err)
			}
		}
		if err := widen(font, to, cut, source); err != nil {
			return fmt.Errorf("wide %s: %w", source, err)
		}
	}
	return shaped(from, asian, to)
}

// encodingMaps is the folder with the encoding files of the gofpdf module in use.
func encodingMaps() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/jung-kurt/gofpdf").Output()
	if err != nil {
		return "", fmt.Errorf("find gofpdf: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "font"), nil
}

// prepare writes the definition and the compressed subset for one code page.
func prepare(font *sfnt, page fonts.CodePage, maps, to, cut, source string) error {
	var runes []rune
	for b := 32; b < 256; b++ {
		r := page.Decode(byte(b))
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			continue
		}
		if font.chars[r] == 0 {
			return fmt.Errorf("the font lacks %U", r)
		}
		runes = append(runes, r)
	}
	temp, err := os.MkdirTemp("", "fontgen")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	file := filepath.Join(temp, cut+"-"+page.Name+".ttf")
	if err := os.WriteFile(file, font.subset(runes, tag(cut, page.Name)+"+"+source), 0o600); err != nil {
		return err
	}
	for _, name := range []string{page.Name, "cp1252"} { // gofpdf compares with cp1252 beside it
		if err := copyMap(filepath.Join(maps, name+".map"), filepath.Join(temp, name+".map")); err != nil {
			return err
		}
	}
	return gofpdf.MakeFont(file, filepath.Join(temp, page.Name+".map"), to, nil, true)
}

// copyMap copies an encoding file. Three Greek letters get the names of their
// code points: readers take the plain names for the signs of increment, ohm
// and micro, which the subset lacks or which copy as something else.
func copyMap(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	text := strings.NewReplacer("U+0394 Delta", "U+0394 uni0394", "U+03A9 Omega", "U+03A9 uni03A9", "U+03BC mu", "U+03BC uni03BC").
		Replace(string(data))
	return os.WriteFile(to, []byte(text), 0o600)
}

// tag is the six letters that mark a subset's name: the code page's digits as
// letters, and the cut.
func tag(cut, page string) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'A' }, strings.TrimPrefix(page, "cp")) +
		strings.ToUpper(cut[:2])
}

// wideRanges are the characters worth having beyond the code pages: the rest of
// Latin, Greek and Cyrillic, accents, punctuation, currencies and signs.
var wideRanges = [][2]rune{
	{0x00A0, 0x024F}, {0x02B0, 0x052F}, {0x1E00, 0x1FFF}, {0x2000, 0x22FF}, {0x2500, 0x26FF},
}

// widen writes the compressed subset of characters that no code page has, their
// widths, and the middles of the accents among them.
func widen(font *sfnt, to, cut, source string) error {
	var runes []rune
	var widths, marks bytes.Buffer
	for _, span := range wideRanges {
		for r := span[0]; r <= span[1]; r++ {
			if font.chars[r] == 0 || !unicode.IsGraphic(r) || unicode.IsSpace(r) || paged(r) {
				continue
			}
			runes = append(runes, r)
			put16(&widths, uint16(r), uint16(font.width(r)))
			if unicode.Is(unicode.Mn, r) {
				put16(&marks, uint16(r), uint16(font.middle(r)))
			}
		}
	}
	if err := pack(filepath.Join(to, cut+"-wide.z"), font.subset(runes, source)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, cut+"-wide.marks"), marks.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, cut+"-wide.widths"), widths.Bytes(), 0o644)
}

func paged(r rune) bool {
	return slices.ContainsFunc(fonts.CodePages(), func(p fonts.CodePage) bool {
		_, ok := p.Encode(r)
		return ok
	})
}
