package pdf

import (
	"bytes"
	"errors"
	"image"
	_ "image/jpeg" // logos may be JPEG
	"image/png"

	"github.com/jung-kurt/gofpdf"
)

const (
	logoWidth  = 60.0 // millimetres, at most
	logoHeight = 16.0
	logoPixels = 16 << 20 // more is not a logo
)

// logo draws a PNG or JPEG at x, y and returns its height. What it cannot read
// it skips, says so in the report, and returns 0.
func (d *doc) logo(data []byte, x, y float64) float64 {
	if len(data) == 0 {
		return 0
	}
	data, kind, err := readLogo(data)
	if err != nil {
		d.report.LogoSkipped = true
		return 0
	}
	options := gofpdf.ImageOptions{ImageType: kind}
	info := d.pdf.RegisterImageOptionsReader("logo", options, bytes.NewReader(data))
	if d.pdf.Err() {
		d.pdf.ClearError()
		d.report.LogoSkipped = true
		return 0
	}
	w, h := info.Extent()
	scale := min(logoWidth/w, logoHeight/h)
	d.tell(x, y, w*scale, h*scale, nil)
	d.pdf.ImageOptions("logo", x, y, w*scale, h*scale, false, options, 0, "")
	return h * scale
}

var (
	errBigLogo  = errors.New("pdf: logo has too many pixels")
	errLogoKind = errors.New("pdf: logo is neither PNG nor JPEG")
)

// readLogo decodes the image, because gofpdf trusts what it reads, and rewrites
// the sorts of PNG that gofpdf does not know.
func readLogo(data []byte) (_ []byte, kind string, _ error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "", err
	}
	if kind != "png" && kind != "jpeg" { // another package may have registered more
		return nil, "", errLogoKind
	}
	if config.Width > logoPixels/max(config.Height, 1) {
		return nil, "", errBigLogo
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil || kind != "png" || plainPNG(data) {
		return data, kind, err
	}
	b := img.Bounds()
	simple := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			simple.Set(x, y, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	var out bytes.Buffer
	err = png.Encode(&out, simple)
	return out.Bytes(), kind, err
}

// plainPNG reads the header of a valid PNG: at most 8 bits a channel and not interlaced.
func plainPNG(data []byte) bool { return data[24] <= 8 && data[28] == 0 }
