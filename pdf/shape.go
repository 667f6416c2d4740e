package pdf

import "strings"

// glyph is one character with the face that draws it.
type glyph struct {
	r       rune   // the first one, of a glyph that stands for several
	width   uint16 // thousandths of an em
	outline uint16 // number of what draws it, of scriptFace
	code    byte   // of r in the face
	face    int8   // index into the cut's faces, or one of those below
	level   uint8  // of its direction: odd ones run to the left
}

const (
	wideFace   int8 = -1
	noFace     int8 = -2
	scriptFace int8 = -3 // shaped, and drawn as an outline

	boxWidth = 600 // of the box that stands for a character without a face
)

// shape finds a face for each character of clean text.
func (c *cut) shape(s string) []glyph {
	for _, r := range s {
		if c.scriptOf(r) != nil {
			return c.mixed([]rune(s))
		}
	}
	return c.plain([]rune(s))
}

// plain finds faces for characters that need no shaping. It changes face as
// seldom as it can: each run goes to the face that draws the longest part of
// what is left.
func (c *cut) plain(runes []rune) []glyph {
	out := make([]glyph, 0, len(runes))
	for len(runes) > 0 {
		best, n := c.longest(runes)
		if n == 0 {
			out = append(out, c.other(runes[0]))
			runes = runes[1:]
			continue
		}
		f := c.faces[best]
		for _, r := range runes[:n] {
			code, _ := f.encode(r)
			out = append(out, glyph{r: r, width: uint16(f.widths[code]), code: code, face: int8(best)})
		}
		runes = runes[n:]
	}
	return out
}

// longest gives the face that draws the most of runes from their start, and how many.
func (c *cut) longest(runes []rune) (best, n int) {
	for i := range c.faces {
		k := 0
		for k < len(runes) {
			if _, ok := c.faces[i].encode(runes[k]); !ok {
				break
			}
			k++
		}
		if k > n {
			best, n = i, k
		}
		if n == len(runes) {
			break
		}
	}
	return best, n
}

func (c *cut) other(r rune) glyph {
	if w, ok := c.wide.Widths[r]; ok {
		return glyph{r: r, width: uint16(w), face: wideFace}
	}
	return box(r, 0)
}

// box stands for a character that no font has.
func box(r rune, level uint8) glyph { return glyph{r: r, width: boxWidth, face: noFace, level: level} }

// wrap breaks s into lines no wider than width, in thousandths of an em. It
// breaks at line breaks, spaces and between East Asian characters, and inside a word only if the word alone
// is too wide. Text without anything to draw has no lines.
func (c *cut) wrap(s string, width int) [][]glyph {
	var lines [][]glyph
	for part := range strings.SplitSeq(s, "\n") {
		if part = strings.Trim(part, " "); part != "" {
			lines = wrapParagraph(lines, c.shape(part), width)
		}
	}
	return lines
}

func wrapParagraph(lines [][]glyph, rest []glyph, width int) [][]glyph {
	for len(rest) > 0 {
		end, next := breakAt(rest, width)
		lines = append(lines, rest[:end])
		rest = rest[next:]
	}
	return lines
}

// breakAt says where the first line of g ends and where the next begins.
func breakAt(g []glyph, width int) (end, next int) {
	sum, space := 0, -1
	for i := range g {
		if g[i].r == ' ' || (i > 0 && mayPart(g[i-1].r, g[i].r)) {
			space = i
		}
		sum += int(g[i].width)
		if sum <= width || g[i].r == ' ' {
			continue
		}
		if space > 0 {
			return trimEnd(g, space), skipSpaces(g, space)
		}
		i = max(i, 1)
		for j := i; j > 0 && j < len(g); j-- { // not between a vowel and its letter
			if !bound(g[j-1].r, g[j].r) {
				i = j
				break
			}
		}
		for i < len(g) && g[i].width == 0 { // an accent stays with its letter
			i++
		}
		return i, i
	}
	return len(g), len(g)
}

func trimEnd(g []glyph, end int) int {
	for end > 0 && g[end-1].r == ' ' {
		end--
	}
	return end
}

func skipSpaces(g []glyph, i int) int {
	for i < len(g) && g[i].r == ' ' {
		i++
	}
	return i
}

// measure is the width of g in thousandths of an em.
func measure(g []glyph) int {
	sum := 0
	for i := range g {
		sum += int(g[i].width)
	}
	return sum
}
