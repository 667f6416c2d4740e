package pdf

import (
	"math"
	"slices"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"github.com/quittance/quittance/pdf/fonts"
)

// shaper shapes for one document at a time and keeps what is costly to prepare of
// a font, with faces that nobody else uses: they are not safe to share.
type shaper struct {
	shaping.HarfbuzzShaper

	faces map[*font.Font]*font.Face
}

var shapers sync.Pool

func newShaper() *shaper {
	if s, ok := shapers.Get().(*shaper); ok {
		return s
	}
	s := &shaper{faces: make(map[*font.Font]*font.Face)}
	s.SetFontCacheSize(8)
	return s
}

func (s *shaper) face(f *font.Font) *font.Face {
	if s.faces[f] == nil {
		s.faces[f] = font.NewFace(f)
	}
	return s.faces[f]
}

// mixed is the glyphs of text in which there are scripts that need shaping, in
// the order in which the text is read.
func (c *cut) mixed(runes []rune) []glyph {
	at := levels(runes)
	script := make([]*fonts.Script, len(runes))
	for i, r := range runes {
		script[i] = c.scriptOf(r)
		if i > 0 && script[i-1] != nil && (joiner(r) || (script[i] == nil && unicode.Is(unicode.Mn, r) && c.has(script[i-1], r))) {
			script[i] = script[i-1]
		}
	}
	out := make([]glyph, 0, len(runes))
	for from := 0; from < len(runes); {
		to := from + 1
		for to < len(runes) && script[to] == script[from] && at[to] == at[from] {
			to++
		}
		if script[from] != nil {
			out = c.shaped(out, runes, from, to, script[from], at[from])
		} else {
			out = append(out, c.unshaped(runes[from:to], at[from])...)
		}
		from = to
	}
	return out
}

// joiner tells the two signs that only say whether letters around them join.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// scriptOf is the script whose font draws r, if there is one.
func (c *cut) scriptOf(r rune) *fonts.Script {
	if s := fonts.ScriptOf(r); s != nil && c.has(s, r) {
		return s
	}
	return nil
}

func (c *cut) has(s *fonts.Script, r rune) bool {
	if c.outlines == nil {
		return false
	}
	f, err := s.Font(c.style != "")
	if err != nil {
		c.outlines.err = err
		return false
	}
	_, ok := f.NominalGlyph(r)
	return ok
}

// unshaped is the glyphs of runes of one level that need no shaping.
func (c *cut) unshaped(runes []rune, level uint8) []glyph {
	runes = slices.DeleteFunc(slices.Clone(runes), joiner)
	if level%2 == 1 {
		for i, r := range runes {
			if m, ok := mirrors[r]; ok {
				runes[i] = m
			}
		}
	}
	out := c.plain(runes)
	for i := range out {
		out[i].level = level
	}
	return out
}

// shaped appends a glyph for each cluster of runes[from:to], which are of one
// script and level. What stands around them counts for how letters join.
func (c *cut) shaped(out []glyph, runes []rune, from, to int, s *fonts.Script, level uint8) []glyph {
	f, err := s.Font(c.style != "")
	if err != nil {
		c.outlines.err = err
		return out
	}
	tag, err := language.ParseScript(s.Tag)
	if err != nil {
		c.outlines.err = err
		return out
	}
	h := newShaper()
	in := shaping.Input{
		Text: runes, RunStart: from, RunEnd: to, Direction: di.DirectionLTR,
		Face: h.face(f), Size: fixed.I(1000), Script: tag, Language: language.NewLanguage("und"),
	}
	if level%2 == 1 {
		in.Direction = di.DirectionRTL
	}
	glyphs := h.ShapeNoExtents(in).Glyphs
	shapers.Put(h)

	start := len(out)
	for len(glyphs) > 0 {
		n := 1
		for n < len(glyphs) && glyphs[n].TextIndex() == glyphs[0].TextIndex() {
			n++
		}
		first := glyphs[0].TextIndex()
		text := runes[first : first+glyphs[0].RunesCount()]
		out = c.cluster(out, text, level, place(f, glyphs[:n], s.OneCut() && c.style != ""))
		glyphs = glyphs[n:]
	}
	if level%2 == 1 { // the shaper gives them from left to right
		slices.Reverse(out[start:])
	}
	return out
}

// smear is how far apart a glyph is drawn twice to look bold, in thousandths of an em.
const smear = 24

// place is the outline of glyphs of a font that stand together, made bold where
// there is no bold font.
func place(f *font.Font, glyphs []shaping.Glyph, embolden bool) outline {
	o := outline{font: f}
	x := fixed.Int26_6(0)
	for _, g := range glyphs {
		o.parts = append(o.parts, part{g.GlyphID, (x + g.XOffset).Round(), g.YOffset.Round()})
		if embolden {
			o.parts = append(o.parts, part{g.GlyphID, (x + g.XOffset).Round() + smear, g.YOffset.Round()})
		}
		x += g.Advance
	}
	o.width = min(max(0, x.Round()), math.MaxUint16)
	return o
}

// cluster appends the glyphs of a page for text that is drawn as one. To the
// right that is a single one. To the left each character has a share of the
// width, and the last one, which stands leftmost, draws: readers turn round what
// stands from right to left, which they must not do with the text of one glyph.
func (c *cut) cluster(out []glyph, text []rune, level uint8, o outline) []glyph {
	if level%2 == 0 {
		o.text = string(text)
		return append(out, c.drawn(o, text[0], level))
	}
	share := o.width / len(text)
	for i, r := range slices.Backward(text) {
		x := outline{text: string(r), width: share}
		if i == len(text)-1 {
			x.font, x.parts, x.width = o.font, o.parts, o.width-share*i
		}
		out = append(out, c.drawn(x, r, level))
	}
	return out
}

// drawn is the glyph of a page that stands for r and draws o, or a box if the
// font has nothing to draw.
func (c *cut) drawn(o outline, r rune, level uint8) glyph {
	n, ok := 0, !slices.ContainsFunc(o.parts, func(p part) bool { return p.glyph == 0 })
	if ok {
		n, ok = c.outlines.number(o)
	}
	if !ok {
		return box(r, level)
	}
	return glyph{r: r, width: uint16(o.width), face: scriptFace, outline: uint16(n), code: byte(firstCode + n%perFont), level: level}
}
