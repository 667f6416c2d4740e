package fonts

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// definition is what gofpdf's MakeFont writes.
type definition struct {
	Name string
	Desc struct {
		Ascent, Descent, CapHeight, Flags, ItalicAngle, StemV, MissingWidth int

		FontBBox struct{ Xmin, Ymin, Xmax, Ymax int }
	}
	Cw           [256]int
	Diff         string
	OriginalSize int
}

// Objects are the three objects that embed a font in a file. All but their
// references to each other is made once.
type Objects struct {
	dict, descriptor, file string
}

func newObjects(d definition, file []byte) Objects {
	var widths strings.Builder
	for _, w := range d.Cw[32:] {
		widths.WriteString(strconv.Itoa(w))
		widths.WriteByte(' ')
	}
	encoding := "/WinAnsiEncoding"
	if d.Diff != "" {
		encoding = "<</Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [" + d.Diff + "]>>"
	}
	box := d.Desc.FontBBox
	return Objects{
		dict: fmt.Sprintf("<</Type /Font\n/Subtype /TrueType\n/BaseFont /%s\n/FirstChar 32 /LastChar 255\n/Widths [%s]\n/Encoding %s\n/FontDescriptor ",
			d.Name, widths.String(), encoding),
		descriptor: fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Ascent %d /Descent %d /CapHeight %d /Flags %d /FontBBox [%d %d %d %d] /ItalicAngle %d /StemV %d /MissingWidth %d /FontFile2 ",
			d.Name, d.Desc.Ascent, d.Desc.Descent, d.Desc.CapHeight, d.Desc.Flags,
			box.Xmin, box.Ymin, box.Xmax, box.Ymax, d.Desc.ItalicAngle, d.Desc.StemV, d.Desc.MissingWidth),
		file: fmt.Sprintf("<</Length %d\n/Filter /FlateDecode\n/Length1 %d>>\nstream\n%s\nendstream", len(file), d.OriginalSize, file),
	}
}

// AppendDict appends the font, which refers to its first part by number.
func (o *Objects) AppendDict(b []byte, first int) []byte {
	return appendRef(append(b, o.dict...), first)
}

// Parts are the font's descriptor and its file.
func (o *Objects) Parts() int { return 2 }

// AppendPart appends one of them, of which the first has a number. There is
// nothing that could fail.
func (o *Objects) AppendPart(b []byte, i, first int) ([]byte, error) {
	if i == 0 {
		return appendRef(append(b, o.descriptor...), first+1), nil
	}
	return append(b, o.file...), nil
}

func appendRef(b []byte, n int) []byte {
	b = strconv.AppendInt(b, int64(n), 10)
	return append(b, " 0 R>>"...)
}

func parseDefinition(data []byte) (definition, error) {
	var d definition
	err := json.Unmarshal(data, &d)
	return d, err
}
