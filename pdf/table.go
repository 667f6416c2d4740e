package pdf

import "strconv"

const (
	cellGap   = 4.0 // between columns
	cellPad   = 1.2 // above and below a row
	maxAmount = 52.0
	maxQty    = 26.0
	maxHead   = 60.0 // a taller head is not repeated
)

// grid is the columns of the table, without their lines.
type grid struct {
	num, text, qty, unit, total column
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
			d.row(g, i, rows[i], cellPad+keep)
			break
		}
		d.row(g, i, rows[i], cellPad)
		d.rule(margin, d.y, bodyWidth, 0.15, hair)
	}
	d.repeat, d.again = nil, 0
}

// grid places the columns: amounts are as wide as they need, the text has the rest.
func (d *doc) grid(l Labels, rows []Line) grid {
	num := d.natural(strconv.Itoa(len(rows)), &body)
	qty, unit, total := d.natural(l.Qty, &small), d.natural(l.Unit, &small), d.natural(l.Total, &small)
	for i := range rows {
		qty = max(qty, d.natural(rows[i].Qty, &body))
		unit = max(unit, d.natural(rows[i].Unit, &body))
		total = max(total, d.natural(rows[i].Total, &body))
	}
	edge := margin + bodyWidth
	place := func(natural, limit float64) column {
		if natural == 0 {
			return column{x: edge, align: right}
		}
		w := min(natural, limit) + 0.1 // it was measured: leave room for rounding
		c := column{x: edge - w, w: w, align: right}
		edge -= w + cellGap
		return c
	}
	var g grid
	g.total, g.unit, g.qty = place(total, maxAmount), place(unit, maxAmount), place(qty, maxQty)
	g.num = column{x: margin, w: num + 0.1}
	g.text.x = margin + num + cellGap
	g.text.w = edge - g.text.x
	return g
}

func (d *doc) tableHead(g grid, l Labels) {
	g.text.lines = d.lines(l.Description, &small, g.text.w)
	g.qty.lines = d.lines(l.Qty, &small, g.qty.w)
	g.unit.lines = d.lines(l.Unit, &small, g.unit.w)
	g.total.lines = d.lines(l.Total, &small, g.total.w)
	head := []column{g.text, g.qty, g.unit, g.total}
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

func (d *doc) row(g grid, i int, l Line, keep float64) {
	g.num.lines = d.lines(strconv.Itoa(i+1), &body, g.num.w)
	g.text.lines = append(d.lines(l.Text, &body, g.text.w), d.lines(l.Detail, &small, g.text.w)...)
	g.qty.lines = d.lines(l.Qty, &body, g.qty.w)
	g.unit.lines = d.lines(l.Unit, &body, g.unit.w)
	g.total.lines = d.lines(l.Total, &body, g.total.w)
	row := []column{g.num, g.text, g.qty, g.unit, g.total}
	for c := range row {
		if len(row[c].lines) > 0 {
			row[c].lines[0].above = cellPad
		}
	}
	d.band(keep, row...)
	d.y += cellPad
}
