package pdf

import "cmp"

// align is where a column's lines stand.
type align bool

const (
	left  align = false
	right align = true
)

// column is a stack of lines in a part of the page's width.
type column struct {
	x, w  float64
	align align
	lines []textLine
}

func height(lines []textLine) float64 {
	h := 0.0
	for i := range lines {
		h += lines[i].height()
	}
	return h
}

func tallest(columns []column) float64 {
	h := 0.0
	for i := range columns {
		h = max(h, height(columns[i].lines))
	}
	return h
}

// band draws columns side by side and moves below the tallest. It stays on one
// page if any page could hold it together with keep, the height of what must
// not stand alone after it; else it is split between lines.
func (d *doc) band(keep float64, columns ...column) {
	h := tallest(columns)
	if h+keep > d.left() && h+keep <= d.room() {
		d.newPage()
	}
	for fresh := false; ; fresh = true {
		limit := d.left()
		if h = tallest(columns); h <= limit && h+keep > limit && keep < d.room() {
			limit = h - 2*epsilon // the last line goes along with what follows
		}
		drawn, rest := split(columns, limit+epsilon)
		if fresh && tallest(drawn) == 0 {
			drawn, rest = split(columns, d.left()+epsilon) // unless it has a page of its own already
		}
		d.stack(drawn)
		if rest == nil {
			return
		}
		columns = rest
		d.newPage()
	}
}

// epsilon is less than anyone can see, and more than sums of heights are wrong by.
const epsilon = 0.001

// split takes from each column the lines that fit into limit. rest is nil if
// nothing is left over.
func split(columns []column, limit float64) (fits, rest []column) {
	fits = make([]column, len(columns))
	for i, c := range columns {
		n, h := 0, 0.0
		for n < len(c.lines) && h+c.lines[n].height() <= limit {
			h += c.lines[n].height()
			n++
		}
		fits[i] = c
		fits[i].lines = c.lines[:n]
		if n < len(c.lines) && rest == nil {
			rest = make([]column, len(columns))
			copy(rest, columns)
			for j := range i {
				rest[j].lines = nil
			}
		}
		if rest != nil {
			rest[i].lines = c.lines[n:]
		}
	}
	return fits, rest
}

func (d *doc) stack(columns []column) {
	for _, c := range columns {
		y := d.y
		for _, l := range c.lines {
			if l.rule > 0 {
				d.rule(l.ruleFrom, y+l.above/2, c.x+c.w-l.ruleFrom, l.rule, *cmp.Or(l.ruleColor, &l.style.color))
			}
			if l.code != nil {
				d.drawCode(l.code, c.x, y+l.height()-codeSize)
			}
			x := c.x
			if c.align == right {
				x += c.w - l.width
			}
			d.draw(l, x, y)
			y += l.height()
		}
	}
	d.y += tallest(columns)
}

// pair makes two texts equally high, so that the next pair begins on one line.
func pair(a, b []textLine) ([]textLine, []textLine) {
	for len(a) < len(b) {
		a = append(a, textLine{style: b[len(a)].style})
	}
	for len(b) < len(a) {
		b = append(b, textLine{style: a[len(b)].style})
	}
	return a, b
}
