package pdf

// taxTable is what each rate comes to, with its head as the first row.
type taxTable struct {
	rows   []Tax
	texts  [4][][]textLine // by column, then row
	widths [4]float64
	width  float64 // of all columns with their gaps
}

// taxTable sets the taxes; without any it is empty.
func (d *doc) taxTable(l Labels, taxes []Tax) taxTable {
	var t taxTable
	if len(taxes) == 0 {
		return t
	}
	t.rows = append([]Tax{{l.Rate, l.Net, l.RateTax, l.Gross}}, taxes...)
	for i, text := range []func(Tax) string{
		func(t Tax) string { return t.Rate }, func(t Tax) string { return t.Net }, func(t Tax) string { return t.Tax }, func(t Tax) string { return t.Gross },
	} {
		for _, row := range t.rows {
			t.widths[i] = max(t.widths[i], min(d.natural(text(row), &small), maxTax)+0.1)
		}
		for _, row := range t.rows {
			t.texts[i] = append(t.texts[i], d.lines(text(row), &small, t.widths[i]))
		}
		t.width += t.widths[i]
	}
	t.width += float64(len(t.widths)-1) * cellGap
	return t
}

const (
	maxTax    = 38.0 // four columns and their gaps fit the page
	underHead = 1.6
)

// columns places the table so that it is wide and ends at edge, above under the
// top of its band. All amounts stand at the right of their columns.
func (t taxTable) columns(edge, wide, above float64) []column {
	out := make([]column, len(t.texts))
	from := edge - max(wide, t.width)
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = column{x: edge - t.widths[i], w: t.widths[i], align: right}
		edge -= t.widths[i] + cellGap
	}
	out[0].x, out[0].align = from, left
	last := len(out) - 1
	for n := range t.rows {
		high := 1
		for i := range t.texts {
			high = max(high, len(t.texts[i][n]))
		}
		for i := range out {
			lines := append([]textLine(nil), t.texts[i][n]...)
			for len(lines) < high {
				lines = append(lines, textLine{style: &small})
			}
			switch n {
			case 0:
				lines[0].above = above
			case 1:
				lines[0].above = underHead
				if i == last {
					lines[0].rule, lines[0].ruleFrom, lines[0].ruleColor = 0.15, from, &hair
				}
			}
			out[i].lines = append(out[i].lines, lines...)
		}
	}
	return out
}
