package pdf

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// levels gives the embedding level of each character of a paragraph, by the
// Unicode bidirectional algorithm (UAX 9): even ones run to the right, odd ones
// to the left. Clean text has no formatting characters, so that the rules for
// explicit levels do not apply and the paragraph is one sequence.
func levels(runes []rune) []uint8 {
	p := paragraph{runes: runes, classes: make([]bidi.Class, len(runes))}
	base := bidi.L
	for i, r := range runes {
		props, _ := bidi.LookupRune(r)
		p.classes[i] = props.Class()
	}
	if i := slices.IndexFunc(p.classes, directed); i >= 0 && p.classes[i] != bidi.L {
		base = bidi.R
	}
	p.base = base
	p.weak()
	p.brackets()
	p.neutral()
	out := make([]uint8, len(runes))
	for i, c := range p.classes { // I1, I2
		switch {
		case base == bidi.R && c == bidi.R:
			out[i] = 1
		case base == bidi.R:
			out[i] = 2
		case c == bidi.R:
			out[i] = 1
		case c != bidi.L:
			out[i] = 2
		}
	}
	return out
}

type paragraph struct {
	runes   []rune
	classes []bidi.Class
	base    bidi.Class // L or R
}

// directed tells the classes of letters.
func directed(c bidi.Class) bool { return c == bidi.L || c == bidi.R || c == bidi.AL }

// weak resolves marks, numbers and what stands in and around them: W1 to W7.
func (p *paragraph) weak() {
	c := p.classes
	before, last := p.base, p.base
	for i := range c {
		if c[i] == bidi.NSM {
			c[i] = before
		}
		before = c[i]
		if c[i] == bidi.EN && last == bidi.AL {
			c[i] = bidi.AN
		}
		if directed(c[i]) {
			last = c[i]
		}
	}
	for i := range c {
		if c[i] == bidi.AL {
			c[i] = bidi.R
		}
	}
	for i := 1; i+1 < len(c); i++ {
		if a := c[i-1]; a == c[i+1] && (a == bidi.EN && (c[i] == bidi.ES || c[i] == bidi.CS) || a == bidi.AN && c[i] == bidi.CS) {
			c[i] = a
		}
	}
	for i := 0; i < len(c); {
		n := run(c[i:], func(c bidi.Class) bool { return c == bidi.ET })
		if n > 0 && (i > 0 && c[i-1] == bidi.EN || i+n < len(c) && c[i+n] == bidi.EN) {
			fill(c[i:i+n], bidi.EN)
		}
		i += max(n, 1)
	}
	last = p.base
	for i := range c {
		switch c[i] {
		case bidi.ET, bidi.ES, bidi.CS:
			c[i] = bidi.ON
		case bidi.EN:
			if last == bidi.L {
				c[i] = bidi.L
			}
		case bidi.L, bidi.R:
			last = c[i]
		default: // stays what it is
		}
	}
}

// brackets give pairs the direction of what they hold: N0.
func (p *paragraph) brackets() {
	type pair struct{ from, to int }
	var open []int
	var pairs []pair
	for i, r := range p.runes {
		props, _ := bidi.LookupRune(r)
		if p.classes[i] != bidi.ON || !props.IsBracket() {
			continue
		}
		if props.IsOpeningBracket() {
			open = append(open, i)
			continue
		}
		for j := len(open) - 1; j >= 0; j-- {
			if mirrors[p.runes[open[j]]] == r {
				pairs = append(pairs, pair{open[j], i})
				open = open[:j]
				break
			}
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return a.from - b.from })
	for _, x := range pairs {
		same, other := false, false
		for _, c := range p.classes[x.from+1 : x.to] {
			switch direction(c) {
			case p.base:
				same = true
			case bidi.ON:
			default:
				other = true
			}
		}
		switch {
		case same:
			p.set(x.from, p.base)
			p.set(x.to, p.base)
		case other:
			d := p.before(x.from)
			p.set(x.from, d)
			p.set(x.to, d)
		}
	}
}

// set gives a bracket and the marks on it a direction.
func (p *paragraph) set(i int, c bidi.Class) {
	p.classes[i] = c
	for i++; i < len(p.runes); i++ {
		if props, _ := bidi.LookupRune(p.runes[i]); props.Class() != bidi.NSM {
			return
		}
		p.classes[i] = c
	}
}

// before is the direction of what stands before i.
func (p *paragraph) before(i int) bidi.Class {
	for i--; i >= 0; i-- {
		if d := direction(p.classes[i]); d != bidi.ON {
			return d
		}
	}
	return p.base
}

// direction is how a class counts beside a neutral: numbers as letters from
// right to left.
func direction(c bidi.Class) bidi.Class {
	switch c {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R
	default:
		return bidi.ON
	}
}

// neutral gives spaces and signs the direction of both their sides, or that of
// the paragraph: N1, N2.
func (p *paragraph) neutral() {
	c := p.classes
	for i := 0; i < len(c); {
		n := run(c[i:], func(c bidi.Class) bool { return direction(c) == bidi.ON })
		if n > 0 {
			before, after := p.before(i), p.base
			if i+n < len(c) {
				after = direction(c[i+n])
			}
			if before != after {
				before = p.base
			}
			fill(c[i:i+n], before)
		}
		i += max(n, 1)
	}
}

// run is how many classes from the start satisfy is.
func run(c []bidi.Class, is func(bidi.Class) bool) int {
	n := 0
	for n < len(c) && is(c[n]) {
		n++
	}
	return n
}

func fill(c []bidi.Class, with bidi.Class) {
	for i := range c {
		c[i] = with
	}
}

// mirrors are the signs that look the other way in text from right to left.
var mirrors = map[rune]rune{
	'(': ')', ')': '(', '[': ']', ']': '[', '{': '}', '}': '{', '<': '>', '>': '<', '«': '»', '»': '«', '‹': '›', '›': '‹',
}

// visual puts the glyphs of a line into the order in which they stand from left
// to right: L2, L3.
func visual(g []glyph) []glyph {
	high := uint8(0)
	for i := range g {
		high = max(high, g[i].level)
	}
	if high == 0 {
		return g
	}
	letters := make([][]glyph, 0, len(g)) // each with the accents on it
	for len(g) > 0 {
		n := 1
		for n < len(g) && g[n].face == wideFace && g[n].width == 0 && g[n].level == g[0].level {
			n++
		}
		letters = append(letters, g[:n])
		g = g[n:]
	}
	for level := high; level > 0; level-- {
		for i := 0; i < len(letters); {
			n := 0
			for i+n < len(letters) && letters[i+n][0].level >= level {
				n++
			}
			slices.Reverse(letters[i : i+n])
			i += max(n, 1)
		}
	}
	return slices.Concat(letters...)
}
