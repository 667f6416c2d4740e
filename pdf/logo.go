package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // logos may be JPEG
	"image/png"

	"github.com/jung-kurt/gofpdf"
)

const (
	logoWidth  = 60.0 // millimetres, at most
	logoHeight = 16.0
	logoDots   = 300      // an inch, at most: finer is lost on paper
	logoPixels = 16 << 20 // more is not a logo
)

// Logo is a picture made ready for the letterhead by ReadLogo. The zero Logo is none.
type Logo struct {
	png           []byte // opaque, eight bits a channel: gofpdf takes its pixels as they are
	width, height float64
}

var (
	errBigLogo  = errors.New("pdf: logo has too many pixels")
	errLogoKind = errors.New("pdf: logo is neither PNG nor JPEG")
)

// ReadLogo makes a PNG or JPEG ready to be drawn: on white, no finer than paper
// shows. That costs more than drawing a document, so keep what it returns.
func ReadLogo(data []byte) (Logo, error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Logo{}, fmt.Errorf("pdf: logo: %w", err)
	}
	if kind != "png" && kind != "jpeg" { // another package may have registered more
		return Logo{}, errLogoKind
	}
	if config.Width > logoPixels/max(config.Height, 1) {
		return Logo{}, errBigLogo
	}
	picture, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return Logo{}, fmt.Errorf("pdf: logo: %w", err)
	}
	size := picture.Bounds().Size()
	scale := min(logoWidth/float64(size.X), logoHeight/float64(size.Y)) // millimetres for a pixel
	shrink := max(1, int(25.4/logoDots/scale))                          // pixels that become one
	var out bytes.Buffer
	if err := png.Encode(&out, onWhite(picture, shrink)); err != nil {
		return Logo{}, fmt.Errorf("pdf: logo: %w", err)
	}
	return Logo{out.Bytes(), float64(size.X) * scale, float64(size.Y) * scale}, nil
}

// onWhite is a picture on white paper, each square of shrink pixels a side
// averaged into one.
func onWhite(picture image.Image, shrink int) *image.RGBA {
	b := picture.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, (b.Dx()+shrink-1)/shrink, (b.Dy()+shrink-1)/shrink))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			square := image.Rect(x*shrink, y*shrink, (x+1)*shrink, (y+1)*shrink).Add(b.Min).Intersect(b)
			var sum [3]uint64
			for sy := square.Min.Y; sy < square.Max.Y; sy++ {
				for sx := square.Min.X; sx < square.Max.X; sx++ {
					red, green, blue, alpha := picture.At(sx, sy).RGBA()
					for i, v := range [3]uint32{red, green, blue} {
						sum[i] += uint64(v + 0xffff - alpha) // colours come multiplied by their alpha
					}
				}
			}
			n := uint64(square.Dx() * square.Dy())
			out.SetRGBA(x, y, color.RGBA{uint8(sum[0] / n >> 8), uint8(sum[1] / n >> 8), uint8(sum[2] / n >> 8), 0xff})
		}
	}
	return out
}

// logo draws a logo at x, y and returns its height, 0 for none.
func (d *doc) logo(l Logo, x, y float64) float64 {
	if l.png == nil {
		return 0
	}
	options := gofpdf.ImageOptions{ImageType: "png"}
	d.pdf.RegisterImageOptionsReader("logo", options, bytes.NewReader(l.png))
	d.tell(x, y, l.width, l.height, nil)
	d.pdf.ImageOptions("logo", x, y, l.width, l.height, false, options, 0, "")
	return l.height
}
