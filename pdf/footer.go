package pdf

import (
	"strconv"
	"strings"
)

const maxLegal = 12 // lines of legal data that a footer prints at most

// reserveFooter sets the seller's legal data and keeps room for it on every page.
func (d *doc) reserveFooter(p Paper) []textLine {
	legal := d.lines(strings.Join(p.Seller.Legal, " · "), &fine, cols(9))
	legal = legal[:min(len(legal), maxLegal)]
	d.bottom = pageHeight - margin - max(height(legal), fine.lead) - 6
	return legal
}

// footers go on all pages at the end, when their number is known.
func (d *doc) footers(legal []textLine, format string) {
	if format == "" {
		format = "{page} / {pages}"
	}
	pages := d.pdf.PageCount()
	for n := 1; n <= pages; n++ {
		d.pdf.SetPage(n)
		d.font = fontState{} // each page has its own
		d.y = d.bottom + 4
		d.rule(margin, d.y, bodyWidth, 0.15, hair)
		d.y += 2
		count := strings.NewReplacer("{page}", strconv.Itoa(n), "{pages}", strconv.Itoa(pages)).Replace(format)
		d.stack([]column{
			{x: col(0), w: cols(9), lines: legal},
			{x: col(9), w: cols(3), align: right, lines: firstLine(d.lines(count, &fine, cols(3)))},
		})
	}
}
