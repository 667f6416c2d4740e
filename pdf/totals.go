package pdf

// ending is the block that closes a document: the aside on the left, the
// totals on the right.
type ending struct {
	columns []column
}

const beforeEnding = 5.0 // space between the table and the ending

func (e ending) height() float64 {
	if h := tallest(e.columns); h > 0 {
		return beforeEnding + h
	}
	return 0
}

func (d *doc) ending(s sheet) ending {
	return ending{append(d.asideColumns(s.aside), d.totalsColumns(s.Totals)...)}
}

// end draws the ending. The table has left room for it, unless no page could hold it.
func (d *doc) end(e ending) {
	if e.height() == 0 {
		return
	}
	d.rule(margin, d.y, bodyWidth, 0.3, ink)
	d.y += beforeEnding
	d.band(0, e.columns...)
	d.y += 5
}

func (d *doc) asideColumns(a aside) []column {
	names := column{x: col(0), w: cols(2)}
	values := column{x: col(2), w: cols(4)}
	for _, f := range a.facts {
		if f.Value == "" {
			continue
		}
		n, v := pair(d.lines(f.Label, &body, names.w), d.lines(f.Value, &body, values.w))
		names.lines = append(names.lines, n...)
		values.lines = append(values.lines, v...)
	}
	if len(values.lines) == 0 {
		return nil
	}
	heading := d.lines(a.heading, &strong, cols(6))
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
	wide := 0.0
	for _, s := range sums {
		wide = max(wide, d.natural(s.fact.Value, s.style)+0.1)
	}
	block := cols(6)
	values := column{w: min(wide, block*0.7), align: right}
	values.x = margin + bodyWidth - values.w
	names := column{x: col(6), w: block - values.w - cellGap}
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
