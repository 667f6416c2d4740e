package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// The page, in millimetres: A4 with a grid of twelve columns.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 20.0
	bodyWidth  = pageWidth - 2*margin
	gutter     = 4.0
	colWidth   = (bodyWidth - 11*gutter) / 12

	mmPerPoint = 25.4 / 72
)

// col is the left edge of a grid column, counted from 0.
func col(n int) float64 { return margin + float64(n)*(colWidth+gutter) }

// cols is the width of n neighbouring grid columns.
func cols(n int) float64 { return float64(n)*(colWidth+gutter) - gutter }

// rgb is a colour.
type rgb struct{ r, g, b uint8 }

var (
	ink   = rgb{24, 24, 27}
	muted = rgb{92, 95, 102}
	hair  = rgb{208, 211, 217}
)

// options are what a test may turn.
type options struct {
	typeface func(language string) (typeface, error)
	finish   bool // rewrite gofpdf's file, else give it as it is
	compress bool // have gofpdf compress; finish does so itself
	placed   func(placed)
}

// placed is a line of text or a picture as it was put on a page, in millimetres
// from the upper left corner.
type placed struct {
	page                     int
	left, top, right, bottom float64
	text                     string // empty for a picture
}

var defaults = options{typeface: notoSans, finish: true}

// doc is a document being drawn from top to bottom. gofpdf keeps its first
// error and ignores later calls, so drawing goes straight on and writeTo reports.
type doc struct {
	pdf    *gofpdf.Fpdf
	faces  typeface
	report Report

	y      float64 // top of what is drawn next
	top    float64 // where a continued page begins
	bottom float64 // where the body of every page ends

	begin  func()  // draws the head of a continued page
	repeat func()  // draws the table's head under it, while a table is open
	again  float64 // height of what repeat draws

	font  fontState
	added []*face

	placed func(placed) // nil: nobody asks
}

// fontState is what gofpdf was last told, so that it is told only changes.
type fontState struct {
	family, style string
	size          float64
	color         rgb
}

var errNoDate = errors.New("pdf: DatedAt is zero")

// newDoc fixes all that gofpdf would otherwise take from the clock or from the
// order of maps.
func newDoc(date time.Time, language string, o options) (*doc, error) {
	if date.IsZero() {
		return nil, errNoDate
	}
	set, err := o.typeface(language)
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	f := gofpdf.New("P", "mm", "A4", "")
	f.SetCompression(o.compress)
	f.SetCatalogSort(true)
	f.SetCreationDate(date.UTC())
	f.SetModificationDate(date.UTC())
	f.SetProducer("", false)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(false, 0)
	d := &doc{pdf: f, faces: set, y: margin, top: margin, bottom: pageHeight - margin, placed: o.placed}
	f.AddPage()
	return d, nil
}

// newPage continues on the next page.
func (d *doc) newPage() {
	d.pdf.AddPage()
	d.y = margin
	if d.begin != nil {
		d.begin()
	}
	if d.repeat != nil {
		d.repeat()
	}
}

// room is the height that a continued page has for something new.
func (d *doc) room() float64 { return d.bottom - d.top - d.again }

func (d *doc) left() float64 { return d.bottom - d.y }

// rule draws a line from x over w at height y.
func (d *doc) rule(x, y, w, thickness float64, c rgb) {
	d.pdf.SetFillColor(int(c.r), int(c.g), int(c.b))
	d.pdf.Rect(x, y-thickness/2, w, thickness, "F")
}

// tell reports what was put on the page, to who asks.
func (d *doc) tell(x, y, w, h float64, g []glyph) {
	if d.placed == nil {
		return
	}
	p := placed{page: d.pdf.PageNo(), left: x, top: y, right: x + w, bottom: y + h}
	for i := range g {
		if g[i].face == scriptFace {
			p.text += d.faces.regular.outlines.all[g[i].outline].text
			continue
		}
		p.text += string(g[i].r)
	}
	d.placed(p)
}

func (d *doc) writeTo(w io.Writer, o options, language string) (Report, error) {
	d.report.Pages = d.pdf.PageCount()
	if o := d.faces.regular.outlines; o != nil && o.err != nil {
		return Report{}, fmt.Errorf("pdf: %w", o.err)
	}
	if !o.finish {
		return d.report, d.pdf.Output(w)
	}
	var raw bytes.Buffer
	if err := d.pdf.Output(&raw); err != nil {
		return Report{}, fmt.Errorf("pdf: %w", err)
	}
	file, err := finish(raw.Bytes(), d.added, language)
	if err != nil {
		return Report{}, fmt.Errorf("pdf: %w", err)
	}
	if _, err := w.Write(file); err != nil {
		return Report{}, fmt.Errorf("pdf: %w", err)
	}
	return d.report, nil
}
