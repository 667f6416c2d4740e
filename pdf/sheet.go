package pdf

import (
	"io"
	"strconv"
	"strings"
)

// sheet is what the one builder draws: any of the documents.
type sheet struct {
	Paper
	aside aside
}

// aside stands beside the totals.
type aside struct {
	heading string
	facts   []Fact
	online  Online
}

// write draws s on w.
func write(w io.Writer, s sheet, o options) (Report, error) {
	d, err := newDoc(s.DatedAt, s.Language, o)
	if err != nil {
		return Report{}, err
	}
	d.properties(s.Paper)
	foot := d.reserveFooter(s.Paper)
	d.letterhead(s.Paper)
	d.continued(s.Paper)
	d.parties(s.Paper)
	end := d.ending(s)
	d.table(s.Labels, s.Lines, end.height())
	d.end(end)
	d.footers(foot, s.PageOf)
	return d.writeTo(w, o, s.Language)
}

func (d *doc) properties(p Paper) {
	d.pdf.SetTitle(property(strings.TrimSpace(p.Title+" "+p.Number)), false)
	d.pdf.SetAuthor(property(p.Seller.Name), false)
	d.pdf.SetSubject(property(p.Subject), false)
}

// letterhead has the sender on the left, the document's name, number and date
// on the right, and the accent rule under both.
func (d *doc) letterhead(p Paper) {
	from := column{x: col(0), w: cols(6)}
	mark := d.logo(p.Seller.Logo, from.x, d.y)
	if mark == 0 {
		from.lines = d.lines(p.Seller.Name, &sender, from.w)
	}
	what := column{x: col(6), w: cols(6), align: right}
	what.lines = d.lines(p.Title, &title, what.w)
	what.lines = append(what.lines, d.lines(p.Number, &number, what.w)...)
	what.lines = append(what.lines, d.lines(p.Date, &dated, what.w)...)

	under := d.y + mark
	d.band(0, from, what)
	d.y = max(d.y, under) + 3.5
	d.rule(margin, d.y, bodyWidth, 0.7, accent(p.Seller.Accent))
	d.y += 6
}

// continued decides how later pages begin: who and what, small, over a hairline.
func (d *doc) continued(p Paper) {
	who := firstLine(d.lines(p.Seller.Name, &small, cols(7)))
	what := firstLine(d.lines(strings.TrimSpace(p.Title+" "+p.Number), &small, cols(5)))
	d.top = margin + small.lead + 5
	d.begin = func() {
		d.stack([]column{
			{x: col(0), w: cols(7), lines: who},
			{x: col(7), w: cols(5), lines: what, align: right},
		})
		d.rule(margin, margin+small.lead+1, bodyWidth, 0.15, hair)
		d.y = d.top
	}
}

func firstLine(lines []textLine) []textLine { return lines[:min(1, len(lines))] }

// parties has the seller, the customer and the facts side by side.
func (d *doc) parties(p Paper) {
	const w = 4
	seller := column{x: col(0), w: cols(w), lines: d.party(p.Labels.Seller, p.Seller.Party, cols(w))}
	customer := column{x: col(w), w: cols(w), lines: d.party(p.Labels.BillTo, p.BillTo, cols(w))}
	facts := column{x: col(2 * w), w: cols(w)}
	for _, f := range p.Facts {
		if f.Value == "" {
			continue
		}
		label := d.lines(f.Label, &fine, facts.w)
		if len(facts.lines) > 0 && len(label) > 0 {
			label[0].above = 1.2
		}
		facts.lines = append(facts.lines, label...)
		facts.lines = append(facts.lines, d.lines(f.Value, &body, facts.w)...)
	}
	if len(facts.lines) > 0 {
		facts.lines = append(d.lines(p.Labels.Facts, &fine, facts.w), facts.lines...)
	}
	d.band(0, seller, customer, facts)
	d.y += 7
}

func (d *doc) party(label string, p Party, w float64) []textLine {
	name := d.lines(p.Name, &strong, w)
	for _, l := range p.Lines {
		name = append(name, d.lines(l, &body, w)...)
	}
	if len(name) == 0 {
		return nil
	}
	return append(d.lines(label, &fine, w), name...)
}

// accent reads "#rrggbb".
func accent(s string) rgb {
	if v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 24); err == nil && len(s) == 7 {
		return rgb{uint8(v >> 16), uint8(v >> 8), uint8(v)}
	}
	return ink
}
