package profile_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/quittance/quittance/internal/profile"
)

func TestReadLogoTakesPicturesWithinBounds(t *testing.T) {
	t.Parallel()

	draw := func(w, h int, encode func(*bytes.Buffer, image.Image) error) []byte {
		var b bytes.Buffer
		if err := encode(&b, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White})); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	asPNG := func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) }
	asJPEG := func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) }
	asGIF := func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) }
	whole := draw(200, 40, asPNG)

	for name, tt := range map[string]struct {
		content []byte
		want    string // media type; empty: refused
	}{
		"png":           {whole, "image/png"},
		"jpeg":          {draw(200, 40, asJPEG), "image/jpeg"},
		"gif":           {content: draw(200, 40, asGIF)},
		"cut short":     {content: whole[:len(whole)-20]},
		"too small":     {content: draw(15, 40, asPNG)},
		"too wide":      {content: draw(2001, 40, asPNG)},
		"too many":      {content: append(whole, make([]byte, 200<<10)...)},
		"empty":         {},
		"a script page": {content: []byte("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			f, err := profile.ReadLogo(tt.content)

			if tt.want == "" {
				if !errors.Is(err, profile.ErrInvalid) {
					t.Errorf("ReadLogo = %v, want ErrInvalid", err)
				}
				return
			}
			if err != nil || f.MediaType != tt.want || f.Width != 200 || f.Height != 40 || len(f.Hash) != 32 {
				t.Errorf("ReadLogo = %+v, %v", f.Logo, err)
			}
		})
	}
}
