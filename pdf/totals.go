package pdf

// ending is what closes a document: the aside on the left, the totals on the
// right, the notes under both. The taxes stand under the aside where there is
// room, else under the totals, or under both if they are wide.
type ending struct {
	columns []column
	taxes   []column
	notes   []textLine
}

const (
	beforeEnding = 5.0  // space between the table and the ending
	beforeTaxes  = 6.0  // space above the taxes
	beforeNote   = 4.0  // space above each note
	shortNotes   = 60.0 // notes up to this height stay with the totals
)

// height is what must stand on one page with the last row of the table.
func (e ending) height() float64 {
	h := 0.0
	if n := tallest(e.columns); n > 0 {
		h = beforeEnding + n
	}
	if n := tallest(e.taxes); n > 0 {
		h += beforeTaxes + n
	}
	if n := height(e.notes); n <= shortNotes {
		h += n
	}
	return h
}

func (d *doc) ending(s sheet) ending {
	var e ending
	before, sums := d.asideColumns(s.aside), d.totalsColumns(s.Totals)
	taxes := d.taxTable(s.Labels, s.Totals.Taxes)
	switch half := cols(6); {
	case len(taxes.rows) == 0:
	case taxes.width > half:
		e.taxes = taxes.columns(margin+bodyWidth, taxes.width, 0)
	case tallest(before) < tallest(sums):
		gap := beforeTaxes
		if len(before) == 0 {
			gap = 0
		}
		before = append(before, taxes.columns(col(0)+min(half, taxes.width+4*cellGap), min(half, taxes.width+4*cellGap), tallest(before)+gap)...)
	default:
		sums = append(sums, taxes.columns(margin+bodyWidth, half, tallest(sums)+beforeTaxes)...)
	}
	e.columns = append(before, sums...)
	for _, n := range s.Notes {
		lines := d.lines(n, &body, cols(9))
		if len(lines) > 0 {
			lines[0].above = beforeNote
		}
		e.notes = append(e.notes, lines...)
	}
	return e
}

// end draws the ending. The table has left room for it, unless no page could hold it.
func (d *doc) end(e ending) {
	rest := e.height() - beforeEnding - tallest(e.columns)
	if tallest(e.columns) > 0 {
		d.rule(margin, d.y, bodyWidth, 0.3, ink)
		d.y += beforeEnding
		d.band(max(rest, 0), e.columns...)
	}
	if tallest(e.taxes) > 0 {
		d.y += beforeTaxes
		d.band(0, e.taxes...)
	}
	d.band(0, column{x: col(0), w: cols(9), lines: e.notes})
}

func (d *doc) totalsColumns(t Totals) []column {
	sums := make([]sum, 0, 8+len(t.Payments)+len(t.Returned))
	for _, f := range []Fact{t.Subtotal, t.Discount, t.Fees} {
		sums = append(sums, sum{fact: f, style: &body})
	}
	sums = append(sums, sum{fact: t.Total, style: &total, ruled: true})
	for _, f := range t.Payments {
		sums = append(sums, sum{fact: f, style: &body})
	}
	sums = append(sums, sum{fact: t.Paid, style: &body})
	for _, f := range t.Returned {
		sums = append(sums, sum{fact: f, style: &body})
	}
	sums = append(sums, sum{fact: t.Due, style: &strong})
	wide, limit := 0.0, cols(6)*0.7
	for i := range sums {
		w := d.natural(sums[i].fact.Value, sums[i].style)
		if w > limit && sums[i].style == &total { // rather smaller than broken
			sums[i].style = &strong
			w = d.natural(sums[i].fact.Value, &strong)
		}
		wide = max(wide, w+0.1)
	}
	values := column{w: min(wide, limit), align: right}
	values.x = margin + bodyWidth - values.w
	names := column{x: col(6), w: cols(6) - values.w - cellGap}
	for _, s := range sums {
		if s.fact.Value == "" {
			continue
		}
		n, v := pair(d.lines(s.fact.Label, s.style, names.w), d.lines(s.fact.Value, s.style, values.w))
		switch {
		case len(n) == 0 || len(names.lines) == 0:
		case s.ruled:
			n[0].above, v[0].above = 3, 3
			v[0].rule, v[0].ruleFrom = 0.3, names.x
		case names.lines[len(names.lines)-1].style == &total:
			n[0].above, v[0].above = 1, 1
		}
		names.lines = append(names.lines, n...)
		values.lines = append(values.lines, v...)
	}
	return []column{names, values}
}

// sum is one row of the totals.
type sum struct {
	fact  Fact
	style *style
	ruled bool
}
