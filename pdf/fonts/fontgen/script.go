package main

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"

	"github.com/quittance/quittance/pdf/fonts"
)

// shaped writes the compressed fonts of the scripts that need shaping, whole but
// for their hinting: every glyph may be needed by a rule of theirs.
func shaped(from, asian, to string) error {
	for _, s := range fonts.Scripts() {
		if s.OneCut() {
			if err := whole(filepath.Join(asian, s.Family+".ttf"), filepath.Join(to, "regular-"+s.Tag+".z"), s.Family); err != nil {
				return err
			}
			continue
		}
		for cut, weight := range map[string]string{"regular": "Regular", "bold": "Bold"} {
			source := s.Family + "-" + weight
			if err := whole(filepath.Join(from, source+".ttf"), filepath.Join(to, cut+"-"+s.Tag+".z"), source); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole writes a font without its hinting.
func whole(source, file, name string) error {
	data, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	f, err := parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return pack(file, f.unhinted(name))
}

// unhinted is a font with all its glyphs under their numbers and all its rules,
// without hinting.
func (f *sfnt) unhinted(name string) []byte {
	same := make(map[uint16]uint16, len(f.glyphs))
	for i := range f.glyphs {
		same[uint16(i)] = uint16(i)
	}
	var glyf, loca, hmtx bytes.Buffer
	for i, g := range f.glyphs {
		put32(&loca, uint32(glyf.Len()))
		glyf.Write(plain(g, same))
		for glyf.Len()%4 != 0 {
			glyf.WriteByte(0)
		}
		put16(&hmtx, f.advances[i], f.bearings[i])
	}
	put32(&loca, uint32(glyf.Len()))

	head := bytes.Clone(f.tables["head"])
	be.PutUint32(head[8:], 0)  // checksum of the whole, set by assemble
	be.PutUint16(head[50:], 1) // loca holds long offsets
	hhea := bytes.Clone(f.tables["hhea"])
	be.PutUint16(hhea[34:], uint16(len(f.glyphs)))
	tables := map[string][]byte{
		"head": head, "hhea": hhea, "maxp": f.tables["maxp"], "OS/2": f.tables["OS/2"], "cmap": cmapTable(f.chars),
		"glyf": glyf.Bytes(), "loca": loca.Bytes(), "hmtx": hmtx.Bytes(), "name": nameTable(name),
	}
	for _, rules := range []string{"GDEF", "GSUB", "GPOS"} {
		if f.tables[rules] != nil {
			tables[rules] = f.tables[rules]
		}
	}
	return assemble(tables)
}

// pack writes data compressed.
func pack(file string, data []byte) error {
	var packed bytes.Buffer
	z, err := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, packed.Bytes(), 0o644)
}
