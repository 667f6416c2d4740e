package pdf

import (
	"image"
	"strconv"

	"github.com/boombuler/barcode/qr"
)

const (
	codeSize  = 26.0 // millimetres
	codeQuiet = 4    // free squares that a camera needs around a code
)

// code is a QR code with its squares, ready to be put on a page.
type code struct {
	squares image.Image
	link    string
}

// newCode is the code of a link; nil for none, and for one that no code can hold.
func newCode(link string) *code {
	if link == "" {
		return nil
	}
	squares, err := qr.Encode(link, qr.M, qr.Unicode)
	if err != nil {
		return nil
	}
	return &code{squares, link}
}

// quiet is the free room that a code needs around it, in millimetres.
func (c *code) quiet() float64 { return codeQuiet * codeSize / float64(c.squares.Bounds().Dx()) }

// drawCode draws a code as one filled path of rectangles, so that no viewer shows
// seams between its squares, and makes it a link.
func (d *doc) drawCode(c *code, x, y float64) {
	d.tell(x, y, codeSize, codeSize, nil)
	n := c.squares.Bounds().Dx()
	side := codeSize / mmPerPoint / float64(n)
	left, top := x/mmPerPoint, (pageHeight-y)/mmPerPoint
	path := []byte("q 0 g\n")
	number := func(v float64) {
		path = strconv.AppendFloat(path, v, 'f', 3, 64)
		path = append(path, ' ')
	}
	for row := range n {
		for from := 0; from < n; {
			to := from
			for to < n && c.dark(to, row) {
				to++
			}
			if to > from {
				number(left + float64(from)*side)
				number(top - float64(row+1)*side)
				number(float64(to-from) * side)
				number(side)
				path = append(path, "re\n"...)
			}
			from = to + 1
		}
	}
	d.pdf.RawWriteStr(string(append(path, "f Q"...)))
	d.pdf.LinkString(x, y, codeSize, codeSize, c.link)
}

func (c *code) dark(x, y int) bool {
	red, _, _, _ := c.squares.At(x, y).RGBA()
	return red == 0
}
