package main

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// sfnt is a TrueType font cut into its tables, with what a subset needs to know of them.
type sfnt struct {
	tables   map[string][]byte
	glyphs   [][]byte        // outline of each glyph, by glyph number
	advances []uint16        // font units, by glyph number
	bearings []uint16        // left side bearings, by glyph number
	chars    map[rune]uint16 // glyph number of a character in the basic plane
	unitsPer int             // font units in an em
}

var be = binary.BigEndian

// parse reads a TrueType font with outlines in glyf and a Unicode cmap of format 4.
func parse(data []byte) (*sfnt, error) {
	if len(data) < 12 || be.Uint32(data) != 0x00010000 {
		return nil, errors.New("not a TrueType font")
	}
	f := &sfnt{tables: make(map[string][]byte), chars: make(map[rune]uint16)}
	for i := range int(be.Uint16(data[4:])) {
		entry := data[12+16*i:]
		offset, size := be.Uint32(entry[8:]), be.Uint32(entry[12:])
		f.tables[string(entry[:4])] = data[offset : offset+size]
	}
	for _, tag := range []string{"head", "hhea", "maxp", "hmtx", "loca", "glyf", "cmap", "OS/2", "post"} {
		if f.tables[tag] == nil {
			return nil, fmt.Errorf("no table %q", tag)
		}
	}
	f.unitsPer = int(be.Uint16(f.tables["head"][18:]))
	f.readGlyphs()
	f.readMetrics()
	return f, f.readChars()
}

func (f *sfnt) readGlyphs() {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	long := be.Uint16(f.tables["head"][50:]) == 1
	at := func(i int) uint32 {
		if long {
			return be.Uint32(loca[4*i:])
		}
		return 2 * uint32(be.Uint16(loca[2*i:]))
	}
	for i := range int(be.Uint16(f.tables["maxp"][4:])) {
		f.glyphs = append(f.glyphs, glyf[at(i):at(i+1)])
	}
}

// readMetrics fills in the advance that the last glyphs share.
func (f *sfnt) readMetrics() {
	hmtx := f.tables["hmtx"]
	full := int(be.Uint16(f.tables["hhea"][34:]))
	for i := range f.glyphs {
		if i < full {
			f.advances = append(f.advances, be.Uint16(hmtx[4*i:]))
			f.bearings = append(f.bearings, be.Uint16(hmtx[4*i+2:]))
			continue
		}
		f.advances = append(f.advances, f.advances[full-1])
		f.bearings = append(f.bearings, be.Uint16(hmtx[4*full+2*(i-full):]))
	}
}

func (f *sfnt) readChars() error {
	cmap := f.tables["cmap"]
	for i := range int(be.Uint16(cmap[2:])) {
		entry := cmap[4+8*i:]
		sub := cmap[be.Uint32(entry[4:]):]
		if be.Uint16(entry) == 3 && be.Uint16(entry[2:]) == 1 && be.Uint16(sub) == 4 {
			f.readSegments(sub)
			return nil
		}
	}
	return errors.New("no Unicode cmap of format 4")
}

func (f *sfnt) readSegments(sub []byte) {
	n := int(be.Uint16(sub[6:]))
	ends, starts, deltas, offsets := sub[14:], sub[16+n:], sub[16+2*n:], sub[16+3*n:]
	for i := 0; i < n; i += 2 {
		start, end := rune(be.Uint16(starts[i:])), rune(be.Uint16(ends[i:]))
		delta, offset := be.Uint16(deltas[i:]), int(be.Uint16(offsets[i:]))
		for c := start; c <= end && c < 0xFFFF; c++ {
			glyph := uint16(c) + delta
			if offset != 0 {
				glyph = be.Uint16(offsets[i+offset+2*int(c-start):])
				if glyph != 0 {
					glyph += delta
				}
			}
			if glyph != 0 {
				f.chars[c] = glyph
			}
		}
	}
}

// width is the advance of a character in thousandths of an em, as gofpdf counts it.
func (f *sfnt) width(r rune) int {
	return (int(f.advances[f.chars[r]])*1000 + f.unitsPer/2) / f.unitsPer
}

// middle is where the outline of a character has its middle, in thousandths of an
// em to the right of where it is drawn: for accents it lies to the left.
func (f *sfnt) middle(r rune) int {
	outline := f.glyphs[f.chars[r]]
	if len(outline) < 10 {
		return 0
	}
	left, right := int16(be.Uint16(outline[2:])), int16(be.Uint16(outline[6:]))
	return (int(left) + int(right)) * 500 / f.unitsPer
}
