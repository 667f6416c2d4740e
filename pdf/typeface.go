package pdf

import (
	"slices"
	"strings"
	"sync"

	"github.com/jung-kurt/gofpdf"

	"github.com/quittance/quittance/pdf/fonts"
)

// face is a font that draws single bytes.
type face struct {
	family, style string
	encode        func(rune) (byte, bool)
	widths        [256]int // thousandths of an em
	add           func(*gofpdf.Fpdf)
}

// cut is one weight: faces tried in their order, then wide.
type cut struct {
	faces []*face
	wide  fonts.Wide
	style string // gofpdf's word for the weight
}

// typeface is what a document is set in.
type typeface struct {
	regular, bold cut
}

// wideFamily is the name under which a document knows the wide subset.
const wideFamily = "wide"

// embedded is the prepared typeface, made once and shared by all documents.
var embedded = sync.OnceValues(func() (typeface, error) {
	set, err := fonts.Load()
	if err != nil {
		return typeface{}, err
	}
	return typeface{prepared(set.Regular, ""), prepared(set.Bold, "B")}, nil
})

// notoSans is the prepared typeface, the code page of the language first.
func notoSans(language string) (typeface, error) {
	t, err := embedded()
	if err != nil {
		return typeface{}, err
	}
	first := codePage(language)
	return typeface{t.regular.preferring(first), t.bold.preferring(first)}, nil
}

func prepared(from fonts.Cut, style string) cut {
	c := cut{wide: from.Wide, style: style}
	for _, f := range from.Pages {
		c.faces = append(c.faces, &face{
			family: f.Page.Name,
			style:  style,
			encode: f.Page.Encode,
			widths: f.Widths,
			add: func(pdf *gofpdf.Fpdf) {
				pdf.AddFontFromBytes(f.Page.Name, style, f.Definition, f.File)
			},
		})
	}
	return c
}

// preferring is c with the face of one family tried before the others.
func (c cut) preferring(family string) cut {
	i := slices.IndexFunc(c.faces, func(f *face) bool { return f.family == family })
	if i <= 0 {
		return c
	}
	faces := append([]*face{c.faces[i]}, c.faces[:i]...)
	c.faces = append(faces, c.faces[i+1:]...)
	return c
}

// codePage is the one that writes most of a language.
func codePage(tag string) string {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch language {
	case "bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq":
		return "cp1250"
	case "be", "bg", "mk", "ru", "sr", "uk":
		return "cp1251"
	case "el":
		return "cp1253"
	case "tr", "az":
		return "cp1254"
	case "et", "lt", "lv":
		return "cp1257"
	default:
		return "cp1252"
	}
}
