// Package fonts embeds Noto Sans, regular and bold, in the forms that package
// pdf draws with: for each code page a small subset with its single-byte
// definition, and one wide subset for the characters that no code page has. For
// scripts that need shaping it has whole fonts, read when one is first drawn.
//
// The files in prepared are made by fontgen from Debian's fonts-noto-core and
// fonts-droid-fallback and committed; building needs neither the fonts nor the generator. Noto Sans, also
// that of the scripts, is licensed under the SIL Open Font License, see OFL.txt;
// Droid Sans Fallback, for East Asia, under the Apache License, see Apache-2.0.txt.
package fonts

//go:generate go run ./fontgen -from /usr/share/fonts/truetype/noto -asian /usr/share/fonts-droid-fallback/truetype -to prepared

import (
	"bytes"
	"compress/zlib"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

//go:embed prepared
var prepared embed.FS

// Set is the typeface in both its cuts.
type Set struct {
	Regular, Bold Cut
}

// Cut is one weight of the typeface.
type Cut struct {
	Pages []Font // in the order of CodePages
	Wide  Wide
}

// Font draws the characters of one code page.
type Font struct {
	Page    CodePage
	Widths  [256]int // thousandths of an em, by byte
	Objects Objects
}

// Wide draws characters that no code page has. It costs a document several
// milliseconds, so it is for what cannot be drawn otherwise.
type Wide struct {
	Widths map[rune]int           // thousandths of an em; its keys are the characters there are
	Marks  map[rune]int           // accents without a width, and where each has its middle, in thousandths of an em from where it is drawn
	TTF    func() ([]byte, error) // unpacked at the first call
}

// Load gives the embedded typeface; it is read once and shared. An error means
// that the committed files are broken.
var Load = sync.OnceValues(func() (*Set, error) {
	regular, err := loadCut("regular")
	if err != nil {
		return nil, err
	}
	bold, err := loadCut("bold")
	if err != nil {
		return nil, err
	}
	return &Set{Regular: regular, Bold: bold}, nil
})

func loadCut(name string) (Cut, error) {
	var c Cut
	for _, page := range CodePages() {
		f, err := loadFont(name+"-"+page.Name, page)
		if err != nil {
			return Cut{}, err
		}
		c.Pages = append(c.Pages, f)
	}
	var err error
	c.Wide, err = loadWide(name + "-wide")
	return c, err
}

func loadFont(name string, page CodePage) (Font, error) {
	data, err := prepared.ReadFile("prepared/" + name + ".json")
	if err != nil {
		return Font{}, fmt.Errorf("font definition: %w", err)
	}
	file, err := prepared.ReadFile("prepared/" + name + ".z")
	if err != nil {
		return Font{}, fmt.Errorf("font file: %w", err)
	}
	d, err := parseDefinition(data)
	if err != nil {
		return Font{}, fmt.Errorf("font definition %s: %w", name, err)
	}
	return Font{Page: page, Widths: d.Cw, Objects: newObjects(d, file)}, nil
}

func loadWide(name string) (Wide, error) {
	widths, err := loadTable(name + ".widths")
	if err != nil {
		return Wide{}, err
	}
	marks, err := loadTable(name + ".marks")
	if err != nil {
		return Wide{}, err
	}
	return Wide{Widths: widths, Marks: marks, TTF: sync.OnceValues(func() ([]byte, error) { return unpack(name) })}, nil
}

// loadTable reads pairs of a character and a number.
func loadTable(name string) (map[rune]int, error) {
	table, err := prepared.ReadFile("prepared/" + name)
	if err != nil {
		return nil, fmt.Errorf("font table: %w", err)
	}
	numbers := make(map[rune]int, len(table)/4)
	for ; len(table) >= 4; table = table[4:] {
		numbers[rune(binary.BigEndian.Uint16(table))] = int(int16(binary.BigEndian.Uint16(table[2:])))
	}
	return numbers, nil
}

func unpack(name string) ([]byte, error) {
	packed, err := prepared.ReadFile("prepared/" + name + ".z")
	if err != nil {
		return nil, fmt.Errorf("font file: %w", err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack font %s: %w", name, err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("unpack font %s: %w", name, err)
	}
	return data, nil
}
