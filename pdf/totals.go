package pdf

// ending is what closes a document: the aside on the left, the totals on the
// right, the notes under both.
type ending struct {
	columns []column
	notes   []textLine
}

const (
	beforeEnding = 5.0  // space between the table and the ending
	beforeNote   = 4.0  // space above each note
	shortNotes   = 60.0 // notes up to this height stay with the totals
)

// height is what must stand on one page with the last row of the table.
func (e ending) height() float64 {
	h := 0.0
	if n := tallest(e.columns); n > 0 {
		h = beforeEnding + n
	}
	if n := height(e.notes); n <= shortNotes {
		h += n
	}
	return h
}

func (d *doc) ending(s sheet) ending {
	e := ending{columns: append(d.asideColumns(s.aside), d.totalsColumns(s.Totals)...)}
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
	if tallest(e.columns) > 0 {
		d.rule(margin, d.y, bodyWidth, 0.3, ink)
		d.y += beforeEnding
		d.band(0, e.columns...)
	}
	d.band(0, column{x: col(0), w: cols(9), lines: e.notes})
}

func (d *doc) asideColumns(a aside) []column {
	wide := 0.0
	for _, f := range a.facts {
		if f.Value != "" {
			wide = max(wide, d.natural(f.Label, &body)+0.1)
		}
	}
	names := column{x: col(0), w: min(wide, cols(3))}
	values := column{x: col(0) + names.w + cellGap}
	values.w = col(0) + cols(6) - values.x
	for _, f := range a.facts {
		if f.Value == "" {
			continue
		}
		n, v := pair(d.lines(f.Label, &body, names.w), d.lines(f.Value, &body, values.w))
		names.lines = append(names.lines, n...)
		values.lines = append(values.lines, v...)
	}
	heading := d.lines(a.heading, &strong, cols(6))
	switch {
	case len(values.lines) == 0 && a.heading == "":
		return nil
	case len(values.lines) == 0:
		return []column{{x: col(0), w: cols(6), lines: heading}}
	}
	names.lines = append(heading, names.lines...)
	blank, _ := pair(nil, heading)
	values.lines = append(blank, values.lines...)
	return []column{names, values}
}

func (d *doc) totalsColumns(t Totals) []column {
	sums := []sum{{fact: t.Subtotal, style: &body}, {fact: t.Discount, style: &body}}
	for _, tax := range t.Taxes {
		sums = append(sums, sum{fact: tax, style: &body})
	}
	sums = append(sums,
		sum{fact: t.Fee, style: &body},
		sum{fact: t.Total, style: &total, ruled: true},
		sum{fact: t.Paid, style: &body},
		sum{fact: t.Open, style: &strong},
	)
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
		if s.ruled && len(n) > 0 && len(names.lines) > 0 {
			n[0].above, v[0].above = 3, 3
			v[0].rule, v[0].ruleFrom = 0.3, names.x
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
