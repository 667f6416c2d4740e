package pdf

import "slices"

// style is how a text looks.
type style struct {
	size  float64 // points
	lead  float64 // height of a line in millimetres
	bold  bool
	color rgb
}

var (
	body   = style{size: 9.5, lead: 4.7, color: ink}
	strong = style{size: 9.5, lead: 4.7, color: ink, bold: true}
	small  = style{size: 8, lead: 3.9, color: muted}
	fine   = style{size: 7.5, lead: 3.5, color: muted}
	sender = style{size: 14, lead: 6.6, color: ink, bold: true}
	title  = style{size: 22, lead: 9.6, color: ink, bold: true}
	number = style{size: 12, lead: 5.6, color: ink, bold: true}
	dated  = style{size: 12, lead: 5.6, color: ink}
	total  = style{size: 13, lead: 6.4, color: ink, bold: true}
)

// textLine is one line of text, ready to be put on a page.
type textLine struct {
	glyphs []glyph
	style  *style
	width  float64 // millimetres
	above  float64 // space before it

	rule      float64 // thickness of a rule in that space
	ruleFrom  float64 // its left end; the right one is that of the column
	ruleColor *rgb    // nil: that of the text

	code *code // stands in the space of the line, its lower edge on that of the line
}

func (l textLine) height() float64 { return l.above + l.style.lead }

// lines sets text in style, wrapped to width, and counts what no font has.
func (d *doc) lines(text string, s *style, width float64) []textLine {
	c := d.cut(s)
	wrapped := c.wrap(clean(text), int(width/(s.size*mmPerPoint)*1000))
	out := make([]textLine, 0, len(wrapped))
	for _, g := range wrapped {
		for i := range g {
			if g[i].face == noFace {
				d.report.Missing++
			}
		}
		out = append(out, textLine{glyphs: g, style: s, width: float64(measure(g)) * s.size * mmPerPoint / 1000})
	}
	return out
}

// natural is the width of text set in style without wrapping.
func (d *doc) natural(text string, s *style) float64 {
	return float64(measure(d.cut(s).shape(clean(text)))) * s.size * mmPerPoint / 1000
}

func (d *doc) cut(s *style) *cut {
	if s.bold {
		return &d.faces.bold
	}
	return &d.faces.regular
}

// draw puts a line at x, the top of its space at y.
func (d *doc) draw(l textLine, x, y float64) {
	c, size := d.cut(l.style), l.style.size*mmPerPoint
	baseline := y + l.above + l.style.lead/2 + 0.357*size // half a capital below the middle
	if len(l.glyphs) > 0 {
		d.tell(x, baseline-0.8*size, l.width, size, l.glyphs)
	}
	var run []byte
	under := 0.0 // width of the letter that an accent stands on
	for g := visual(l.glyphs); len(g) > 0; {
		middle, accent := c.mark(g[0])
		n := 1
		for n < len(g) && !accent && g[n].face == g[0].face && g[n].outline/perFont == g[0].outline/perFont {
			if _, next := c.mark(g[n]); next {
				break
			}
			n++
		}
		switch face := g[0].face; {
		case accent:
			d.wide(g[:1], c, x-(under/2+float64(middle)/1000)*size, baseline, l.style)
		case face == noFace:
			d.boxes(n, x, baseline, size, l.style)
		case face == wideFace:
			d.wide(g[:n], c, x, baseline, l.style)
		default:
			run = run[:0]
			for i := range g[:n] {
				run = append(run, g[i].code)
			}
			d.narrow(run, c.faceOf(g[0]), x, baseline, l.style)
		}
		if !accent {
			under = float64(g[n-1].width) / 1000
		}
		x += float64(measure(g[:n])) * size / 1000
		g = g[n:]
	}
}

// faceOf is the font that draws a glyph by its code.
func (c *cut) faceOf(g glyph) *face {
	if g.face == scriptFace {
		return c.outlines.faces[g.outline/perFont]
	}
	return c.faces[g.face]
}

// mark tells an accent, which stands on the letter before it, and its middle.
func (c *cut) mark(g glyph) (middle int, ok bool) {
	if g.face != wideFace || g.width != 0 {
		return 0, false
	}
	middle, ok = c.wide.Marks[g.r]
	return middle, ok
}

func (d *doc) narrow(run []byte, f *face, x, y float64, s *style) {
	if !slices.Contains(d.added, f) {
		f.addTo(d.pdf)
		d.added = append(d.added, f)
	}
	d.set(f.family, f.style, s)
	d.pdf.Text(x, y, string(run))
}

func (d *doc) wide(g []glyph, c *cut, x, y float64, s *style) {
	ttf, err := c.wide.TTF()
	if err != nil {
		d.pdf.SetError(err)
		return
	}
	d.pdf.AddUTF8FontFromBytes(wideFamily, c.style, ttf) // at once if known
	run := make([]rune, len(g))
	for i := range g {
		run[i] = g[i].r
	}
	d.set(wideFamily, c.style, s)
	d.pdf.Text(x, y, string(run))
}

// boxes stand for n characters that no font has.
func (d *doc) boxes(n int, x, baseline, size float64, s *style) {
	d.pdf.SetDrawColor(int(s.color.r), int(s.color.g), int(s.color.b))
	d.pdf.SetLineWidth(size * 0.05)
	for i := range n {
		left := x + size*(float64(i*boxWidth)/1000+0.08)
		d.pdf.Rect(left, baseline-0.7*size, size*0.44, size*0.7, "D")
	}
}

// set tells gofpdf the font and the colour if they changed.
func (d *doc) set(family, weight string, s *style) {
	if want := (fontState{family, weight, s.size, s.color}); d.font != want {
		d.pdf.SetFont(family, weight, s.size)
		d.pdf.SetTextColor(int(s.color.r), int(s.color.g), int(s.color.b))
		d.font = want
	}
}
