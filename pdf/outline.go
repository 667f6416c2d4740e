package pdf

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// outlines are the shaped characters of one document, each once. They are drawn
// as fonts of the file's own (Type 3), whose characters are paths and say which
// text they stand for, so that it can be found and copied.
type outlines struct {
	all   []outline
	known map[string]int
	faces []*face
	read  map[*font.Font]*font.Face
	err   error // of the fonts; writeTo reports it
}

// outline is what stands for a piece of text that is shaped as one.
type outline struct {
	font  *font.Font
	text  string
	width int // thousandths of an em
	parts []part

	path []byte // made when it joins the others
	box  bounds
}

// part is a glyph of a font and where it stands, in thousandths of an em.
type part struct {
	glyph font.GID
	x, y  int
}

const (
	firstCode = 33  // of a font of outlines
	perFont   = 223 // codes are bytes
)

// number is the place of an outline among all, which it joins if it is new.
// There is an end to them, far beyond what a document has.
func (o *outlines) number(x outline) (n int, ok bool) {
	key := fmt.Appendf(nil, "%p %d %v %s", x.font, x.width, x.parts, x.text)
	if n, ok = o.known[string(key)]; ok {
		return n, true
	}
	n = len(o.all)
	if n > math.MaxUint16 {
		return 0, false
	}
	if o.known == nil {
		o.known = make(map[string]int)
	}
	o.known[string(key)] = n
	if len(x.parts) > 0 {
		x.path, x.box = draw(o.face(x.font), x.parts)
	}
	o.all = append(o.all, x)
	if n%perFont == 0 {
		name := "outlines" + strconv.Itoa(n/perFont+1)
		o.faces = append(o.faces, &face{family: name, standIn: "StandIn-" + name, objects: outlineFont{o, n}})
	}
	return n, true
}

// face reads a font for this document: what it keeps is not safe to share.
func (o *outlines) face(f *font.Font) *font.Face {
	if o.read == nil {
		o.read = make(map[*font.Font]*font.Face)
	}
	if o.read[f] == nil {
		o.read[f] = font.NewFace(f)
	}
	return o.read[f]
}

// outlineFont is the objects of one font of outlines: those from the number first on.
type outlineFont struct {
	*outlines
	first int
}

func (f outlineFont) members() []outline { return f.all[f.first:min(f.first+perFont, len(f.all))] }

// Parts are a path for each outline, then the table of their texts.
func (f outlineFont) Parts() int { return len(f.members()) + 1 }

// AppendDict appends the font, whose parts have the numbers from first on.
func (f outlineFont) AppendDict(b []byte, first int) []byte {
	members := f.members()
	var widths, names, paths []byte
	for i := range members {
		name := "/g" + strconv.Itoa(i)
		widths = fmt.Appendf(widths, "%d ", members[i].width)
		names = append(names, name...)
		paths = fmt.Appendf(paths, "%s %d 0 R ", name, first+i)
	}
	return fmt.Appendf(b, "<</Type /Font\n/Subtype /Type3\n/FontBBox [%s]\n/FontMatrix [0.001 0 0 0.001 0 0]\n/FirstChar %d /LastChar %d\n"+
		"/Widths [%s]\n/Encoding <</Type /Encoding /Differences [%d %s]>>\n/CharProcs <<%s>>\n/Resources <<>>\n/ToUnicode %d 0 R>>",
		f.box(), firstCode, firstCode+len(members)-1, widths, firstCode, names, paths, first+len(members))
}

// AppendPart appends the stream of a part.
func (f outlineFont) AppendPart(b []byte, i, _ int) ([]byte, error) {
	members := f.members()
	var data []byte
	if i < len(members) {
		data = fmt.Appendf(nil, "%d 0 %s d1\n%s", members[i].width, members[i].box, members[i].path)
	} else {
		data = texts(members)
	}
	return appendStream(b, data)
}

// box is around all outlines of the font.
func (f outlineFont) box() bounds {
	all := bounds{math.MaxInt, math.MaxInt, math.MinInt, math.MinInt}
	for _, m := range f.members() {
		b := m.box
		all = bounds{min(all.left, b.left), min(all.bottom, b.bottom), max(all.right, b.right), max(all.top, b.top)}
	}
	return all
}

// bounds are in thousandths of an em.
type bounds struct{ left, bottom, right, top int }

func (b bounds) String() string { return fmt.Sprintf("%d %d %d %d", b.left, b.bottom, b.right, b.top) }

// draw is the outline of glyphs in the operators of a page, and how far it reaches.
func draw(face *font.Face, parts []part) ([]byte, bounds) {
	var b []byte
	box := bounds{math.MaxInt, math.MaxInt, math.MinInt, math.MinInt}
	scale := 1000 / float64(face.Upem())
	for _, p := range parts {
		data, ok := face.GlyphDataOutline(p.glyph)
		if !ok {
			continue // a space
		}
		var at [2]float64
		point := func(x, y float64) {
			h, v := int(math.Round(x)), int(math.Round(y))
			box = bounds{min(box.left, h), min(box.bottom, v), max(box.right, h), max(box.top, v)}
			b = strconv.AppendInt(b, int64(h), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(v), 10)
			b = append(b, ' ')
		}
		place := func(s opentype.SegmentPoint) [2]float64 {
			return [2]float64{float64(s.X)*scale + float64(p.x), float64(s.Y)*scale + float64(p.y)}
		}
		for _, s := range data.Segments {
			points := s.ArgsSlice()
			end := place(points[len(points)-1])
			switch s.Op {
			case opentype.SegmentOpMoveTo:
				point(end[0], end[1])
				b = append(b, "m\n"...)
			case opentype.SegmentOpLineTo:
				point(end[0], end[1])
				b = append(b, "l\n"...)
			case opentype.SegmentOpQuadTo: // a page knows cubic curves only
				c := place(points[0])
				point(at[0]+(c[0]-at[0])*2/3, at[1]+(c[1]-at[1])*2/3)
				point(end[0]+(c[0]-end[0])*2/3, end[1]+(c[1]-end[1])*2/3)
				point(end[0], end[1])
				b = append(b, "c\n"...)
			case opentype.SegmentOpCubeTo:
				for _, c := range points {
					c := place(c)
					point(c[0], c[1])
				}
				b = append(b, "c\n"...)
			}
			at = end
		}
	}
	if len(b) == 0 {
		return nil, bounds{}
	}
	return append(b, 'f'), box
}

// texts is the table that says which text each code stands for.
func texts(members []outline) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Outlines def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n")
	const most = 100 // entries in a block, says the format
	for from := 0; from < len(members); from += most {
		block := members[from:min(from+most, len(members))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for i, m := range block {
			fmt.Fprintf(&b, "<%02X> <", firstCode+from+i)
			for _, u := range utf16.Encode([]rune(m.text)) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
	return b.Bytes()
}
