package pdf

import (
	"strconv"
	"strings"
)

const (
	cellGap   = 4.0 // between columns
	cellPad   = 1.2 // above and below a row
	maxAmount = 52.0
	maxQty    = 26.0
	maxHead   = 60.0 // a taller head is not repeated
	none      = "–"  // in a column: this line has none
	minText   = 46.0 // narrower than this, a description makes no sense
)

// cell is a column of the table to the right of the text: its head, and what a
// line has in it.
type cell struct {
	head  func(Labels) string
	value func(Line) string
	limit float64
	folds int // may stand under the text where room is short: 1 first, then 2; 0 never
}

var cells = []cell{
	{func(l Labels) string { return l.Qty }, func(l Line) string { return l.Qty }, maxQty, 0},
	{func(l Labels) string { return l.Unit }, func(l Line) string { return l.Unit }, maxAmount, 0},
	{func(l Labels) string { return l.Discount }, func(l Line) string { return l.Discount }, maxAmount, 1},
	{func(l Labels) string { return l.Fee }, func(l Line) string { return l.Fee }, maxAmount, 1},
	{func(l Labels) string { return l.Tax }, func(l Line) string { return l.Tax }, maxAmount, 2},
	{func(l Labels) string { return l.Total }, func(l Line) string { return l.Total }, maxAmount, 0},
}

// grid is the columns of the table, without their lines.
type grid struct {
	num, text column
	cells     []cell
	columns   []column // of cells
	folded    []cell   // they stand under the text
}

// table is the numbered list of positions. Its head is repeated on each page,
// and its last row stays with what follows, which is keep high.
func (d *doc) table(l Labels, rows []Line, keep float64) {
	if len(rows) == 0 {
		return
	}
	g := d.grid(l, rows)
	d.tableHead(g, l)
	for i := range rows {
		if i == len(rows)-1 {
			d.row(g, l, i, rows[i], cellPad+keep)
			break
		}
		d.row(g, l, i, rows[i], cellPad)
		d.rule(margin, d.y, bodyWidth, 0.15, hair)
	}
	d.repeat, d.again = nil, 0
}

// grid places the columns: amounts are as wide as they need, the text has the
// rest. Where that is too little, what may fold stands under the text instead.
func (d *doc) grid(l Labels, rows []Line) grid {
	used := make([]cell, 0, len(cells))
	widths := make([]float64, 0, len(cells))
	taken := d.natural(strconv.Itoa(len(rows)), &body) + cellGap
	for _, c := range cells {
		w := 0.0
		for i := range rows {
			w = max(w, d.natural(c.value(rows[i]), &body))
		}
		if w == 0 {
			continue // a head alone is no column
		}
		w = min(max(w, d.natural(c.head(l), &small)), c.limit) + 0.1 // it was measured: leave room for rounding
		used, widths = append(used, c), append(widths, w)
		taken += w + cellGap
	}
	g := grid{num: column{x: margin, w: d.natural(strconv.Itoa(len(rows)), &body) + 0.1}}
	fold := 0
	for ; fold < 2 && bodyWidth-taken < minText; fold++ {
		for i, c := range used {
			if c.folds == fold+1 {
				taken -= widths[i] + cellGap
			}
		}
	}
	edge := margin + bodyWidth
	for i := len(used) - 1; i >= 0; i-- {
		if f := used[i].folds; f > 0 && f <= fold {
			g.folded = append([]cell{used[i]}, g.folded...)
			continue
		}
		g.cells = append([]cell{used[i]}, g.cells...)
		g.columns = append([]column{{x: edge - widths[i], w: widths[i], align: right}}, g.columns...)
		edge -= widths[i] + cellGap
	}
	g.text.x = g.num.x + g.num.w + cellGap
	g.text.w = edge - g.text.x
	return g
}

func (d *doc) tableHead(g grid, l Labels) {
	g.text.lines = d.lines(l.Description, &small, g.text.w)
	head := []column{g.text}
	for i, c := range g.columns {
		c.lines = d.lines(g.cells[i].head(l), &small, c.w)
		head = append(head, c)
	}
	high := tallest(head) + 1
	if high+3*cellPad+body.lead > d.left() {
		d.newPage()
	}
	draw := func() {
		d.stack(head)
		d.y += 1
		d.rule(margin, d.y, bodyWidth, 0.3, ink)
	}
	draw()
	if high <= maxHead {
		d.repeat, d.again = draw, high
	}
}

func (d *doc) row(g grid, labels Labels, i int, l Line, keep float64) {
	g.num.lines = d.lines(strconv.Itoa(i+1), &body, g.num.w)
	g.text.lines = append(d.lines(l.Text, &body, g.text.w), d.lines(l.Detail, &small, g.text.w)...)
	var folded []string
	for _, c := range g.folded {
		if v := c.value(l); v != "" && v != none {
			folded = append(folded, c.head(labels)+": "+v)
		}
	}
	g.text.lines = append(g.text.lines, d.lines(strings.Join(folded, " · "), &small, g.text.w)...)
	row := make([]column, 0, len(g.columns)+2)
	row = append(row, g.num, g.text)
	for i, c := range g.columns {
		c.lines = d.lines(g.cells[i].value(l), &body, c.w)
		row = append(row, c)
	}
	for c := range row {
		if len(row[c].lines) > 0 {
			row[c].lines[0].above = cellPad
		}
	}
	d.band(keep, row...)
	d.y += cellPad
}
