package ui

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/a-h/templ"
)

// Accent is a merchant's colour made readable: each value is "#rrggbb".
type Accent struct {
	Fill     string // of the primary button
	FillText string // black or white, at least 4.5:1 on Fill
	Link     string // text on the light page, at least 4.5:1
	LinkDark string // text on the dark page, at least 4.5:1
}

// readable is the least contrast of text (WCAG 2.1 AA).
const readable = 4.5

// The stylesheet's backgrounds, of which the least favourable counts.
var (
	lightPage = colour{0xf6, 0xf6, 0xf5}
	darkPage  = colour{0x1e, 0x20, 0x23}
	black     = colour{0, 0, 0}
	white     = colour{255, 255, 255}
)

// NewAccent takes a colour as "#rrggbb". Anything else gives the zero Accent,
// with which pages keep the stylesheet's own.
func NewAccent(hex string) Accent {
	c, ok := parseColour(hex)
	if !ok {
		return Accent{}
	}
	text := white
	if contrast(c, white) < readable {
		text = black
	}
	return Accent{
		Fill:     c.hex(),
		FillText: text.hex(),
		Link:     c.towards(black, lightPage).hex(),
		LinkDark: c.towards(white, darkPage).hex(),
	}
}

// accentStyle is the one style element that a page may have.
func accentStyle(nonce string, a Accent) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		for _, hex := range []string{a.Fill, a.FillText, a.Link, a.LinkDark} {
			if _, ok := parseColour(hex); !ok {
				return nil
			}
		}
		_, err := fmt.Fprintf(w, `<style nonce="%s">:root{--accent:%s;--accent-text:%s;--accent-link:%s;--accent-link-dark:%s}</style>`,
			templ.EscapeString(nonce), a.Fill, a.FillText, a.Link, a.LinkDark)
		return err
	})
}

type colour struct{ r, g, b uint8 }

func parseColour(hex string) (colour, bool) {
	if len(hex) != 7 || hex[0] != '#' {
		return colour{}, false
	}
	n, err := strconv.ParseUint(hex[1:], 16, 24)
	if err != nil {
		return colour{}, false
	}
	return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

func (c colour) hex() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

// towards mixes c with an end, in twentieths, until it can be read on a background.
func (c colour) towards(end, background colour) colour {
	mixed := c
	for i := 1; i <= 20 && contrast(mixed, background) < readable; i++ {
		mixed = colour{mix(c.r, end.r, i), mix(c.g, end.g, i), mix(c.b, end.b, i)}
	}
	return mixed
}

func mix(from, to uint8, twentieths int) uint8 {
	return uint8((int(from)*(20-twentieths) + int(to)*twentieths) / 20)
}

// contrast is WCAG's ratio of two colours, from 1 to 21.
func contrast(a, b colour) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c colour) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

func linear(channel uint8) float64 {
	v := float64(channel) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
