package pdf

const maxFacts = 60.0 // with more of them there is no code, which must fit on a page

// asideColumns are how things stand, and under it the way to pay online.
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
	names.lines = append(heading, names.lines...)
	blank, _ := pair(nil, heading)
	values.lines = append(blank, values.lines...)
	return d.withCode(a.online, names, values)
}

// withCode puts the code of a payment link under the facts, its text beside it.
func (d *doc) withCode(o Online, names, values column) []column {
	facts := max(height(names.lines), height(values.lines))
	c := newCode(o.Link)
	if c == nil || facts > maxFacts {
		if len(names.lines) == 0 {
			return nil
		}
		return []column{names, values}
	}
	above := c.quiet()
	if len(names.lines) == 0 {
		above = 0
	}
	text := column{x: col(0) + codeSize + max(c.quiet(), cellGap)}
	text.w = col(0) + cols(6) - text.x
	text.lines = append(d.lines(o.Heading, &strong, text.w), d.lines(o.Text, &small, text.w)...)
	if len(text.lines) > 0 {
		text.lines[0].above = above + facts
	}
	square := textLine{style: &body, code: c, above: above + codeSize - body.lead + facts - height(names.lines)}
	names.lines = append(names.lines, square)
	return []column{names, values, text}
}
