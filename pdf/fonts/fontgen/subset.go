package main

import (
	"bytes"
	"slices"
	"unicode/utf16"
)

// Component flags of a composite glyph.
const (
	argsAreWords = 1 << 0
	hasScale     = 1 << 3
	moreFollow   = 1 << 5
	hasXYScale   = 1 << 6
	has2x2       = 1 << 7
	hasCode      = 1 << 8
)

// subset is a font with only the glyphs of the given characters, without
// hinting, named name. Equal arguments give equal bytes.
func (f *sfnt) subset(runes []rune, name string) []byte {
	order, number := f.closure(runes)
	var glyf, loca, hmtx bytes.Buffer
	for _, old := range order {
		put32(&loca, uint32(glyf.Len()))
		glyf.Write(plain(f.glyphs[old], number))
		for glyf.Len()%4 != 0 {
			glyf.WriteByte(0)
		}
		put16(&hmtx, f.advances[old], f.bearings[old])
	}
	put32(&loca, uint32(glyf.Len()))

	head := bytes.Clone(f.tables["head"])
	be.PutUint32(head[8:], 0)  // checksum of the whole, set by assemble
	be.PutUint16(head[50:], 1) // loca holds long offsets
	hhea := bytes.Clone(f.tables["hhea"])
	be.PutUint16(hhea[34:], uint16(len(order)))
	maxp := bytes.Clone(f.tables["maxp"])
	be.PutUint16(maxp[4:], uint16(len(order)))
	post := make([]byte, 32)
	copy(post, f.tables["post"][:16])
	be.PutUint32(post, 0x00030000) // no glyph names

	chars := make(map[rune]uint16, len(runes))
	for _, r := range runes {
		chars[r] = number[f.chars[r]]
	}
	return assemble(map[string][]byte{
		"head": head, "hhea": hhea, "maxp": maxp, "post": post, "OS/2": f.tables["OS/2"],
		"glyf": glyf.Bytes(), "loca": loca.Bytes(), "hmtx": hmtx.Bytes(),
		"cmap": cmapTable(chars), "name": nameTable(name),
	})
}

// closure lists the glyphs of runes and their components, .notdef first, and
// says under which number each of them will stand in the subset.
func (f *sfnt) closure(runes []rune) (order []uint16, number map[uint16]uint16) {
	number = map[uint16]uint16{0: 0}
	order = []uint16{0}
	add := func(glyph uint16) {
		if _, known := number[glyph]; !known {
			number[glyph] = uint16(len(order))
			order = append(order, glyph)
		}
	}
	for _, r := range runes {
		add(f.chars[r])
	}
	for i := 0; i < len(order); i++ {
		eachComponent(f.glyphs[order[i]], func(part []byte) { add(be.Uint16(part[2:])) })
	}
	return order, number
}

// eachComponent calls fn with each part of a composite glyph and returns where
// the parts end; a simple glyph has none and gives 0.
func eachComponent(glyph []byte, fn func(part []byte)) int {
	if len(glyph) < 10 || int16(be.Uint16(glyph)) >= 0 {
		return 0
	}
	pos := 10
	for {
		flags := be.Uint16(glyph[pos:])
		size := 6
		if flags&argsAreWords != 0 {
			size += 2
		}
		switch {
		case flags&hasScale != 0:
			size += 2
		case flags&hasXYScale != 0:
			size += 4
		case flags&has2x2 != 0:
			size += 8
		}
		fn(glyph[pos : pos+size])
		pos += size
		if flags&moreFollow == 0 {
			return pos
		}
	}
}

// plain is a copy of glyph without hinting code, its components renumbered.
func plain(glyph []byte, number map[uint16]uint16) []byte {
	if len(glyph) == 0 {
		return nil
	}
	out := bytes.Clone(glyph)
	end := eachComponent(out, func(part []byte) {
		be.PutUint16(part, be.Uint16(part)&^uint16(hasCode))
		be.PutUint16(part[2:], number[be.Uint16(part[2:])])
	})
	if end > 0 {
		return out[:end]
	}
	at := 10 + 2*int(be.Uint16(out)) // length of the code
	code := int(be.Uint16(out[at:]))
	be.PutUint16(out[at:], 0)
	return slices.Delete(out, at+2, at+2+code)
}

// cmapTable is a Unicode cmap of format 4 with a segment for each run of
// characters whose glyphs follow each other.
func cmapTable(chars map[rune]uint16) []byte {
	type segment struct{ start, end, delta uint16 }
	var segments []segment
	var keys []rune
	for r := range chars {
		keys = append(keys, r)
	}
	slices.Sort(keys)
	for _, r := range keys {
		c, delta := uint16(r), chars[r]-uint16(r)
		if n := len(segments); n > 0 && segments[n-1].end+1 == c && segments[n-1].delta == delta {
			segments[n-1].end = c
			continue
		}
		segments = append(segments, segment{c, c, delta})
	}
	segments = append(segments, segment{0xFFFF, 0xFFFF, 1})

	var out bytes.Buffer
	n := uint16(len(segments))
	search, selector := searchParams(int(n), 2)
	put16(&out, 0, 1, 3, 1, 0, 12)
	put16(&out, 4, 16+8*n, 0, 2*n, search, selector, 2*n-search)
	for _, s := range segments {
		put16(&out, s.end)
	}
	put16(&out, 0)
	for _, s := range segments {
		put16(&out, s.start)
	}
	for _, s := range segments {
		put16(&out, s.delta)
	}
	for range segments {
		put16(&out, 0)
	}
	return out.Bytes()
}

// nameTable holds nothing but the PostScript name.
func nameTable(name string) []byte {
	var out bytes.Buffer
	text := utf16.Encode([]rune(name))
	put16(&out, 0, 1, 18, 3, 1, 0x409, 6, uint16(2*len(text)), 0)
	put16(&out, text...)
	return out.Bytes()
}

// assemble puts tables into one file, in the order of their names, with all checksums.
func assemble(tables map[string][]byte) []byte {
	var tags []string
	for tag := range tables {
		tags = append(tags, tag)
	}
	slices.Sort(tags)

	var head, body bytes.Buffer
	search, selector := searchParams(len(tags), 16)
	put32(&head, 0x00010000)
	put16(&head, uint16(len(tags)), search, selector, uint16(16*len(tags))-search)
	start := 12 + 16*len(tags)
	headAt := 0
	for _, tag := range tags {
		if tag == "head" {
			headAt = start + body.Len()
		}
		head.WriteString(tag)
		put32(&head, checksum(tables[tag]), uint32(start+body.Len()), uint32(len(tables[tag])))
		body.Write(tables[tag])
		for body.Len()%4 != 0 {
			body.WriteByte(0)
		}
	}
	out := append(head.Bytes(), body.Bytes()...)
	be.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) uint32 {
	var sum uint32
	for i := 0; i < len(data); i += 4 {
		var word [4]byte
		copy(word[:], data[i:])
		sum += be.Uint32(word[:])
	}
	return sum
}

// searchParams are the binary search hints that tables of n entries carry.
func searchParams(n, size int) (search, selector uint16) {
	power := 1
	for power*2 <= n {
		power *= 2
		selector++
	}
	return uint16(power * size), selector
}

func put16(b *bytes.Buffer, values ...uint16) {
	for _, v := range values {
		b.Write(be.AppendUint16(nil, v))
	}
}

func put32(b *bytes.Buffer, values ...uint32) {
	for _, v := range values {
		b.Write(be.AppendUint32(nil, v))
	}
}
