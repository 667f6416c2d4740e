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

	// What gofpdf is told of an embedded font is only a name; finish puts the
	// font in its place. Both are empty for a font that gofpdf knows.
	standIn string
	objects fontObjects
}

// fontObjects are what a font consists of in a file: its dictionary, and the
// parts that this refers to.
type fontObjects interface {
	AppendDict(b []byte, first int) []byte // whose parts have the numbers from first on
	Parts() int
	AppendPart(b []byte, i, first int) ([]byte, error)
}

// cut is one weight: faces tried in their order, then wide.
type cut struct {
	faces []*face
	wide  fonts.Wide
	style string // gofpdf's word for the weight

	outlines *outlines // of the document's shaped text; nil: it has none
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
	set := typeface{t.regular.preferring(first), t.bold.preferring(first)}
	shaped := new(outlines)
	set.regular.outlines, set.bold.outlines = shaped, shaped
	return set, nil
}

func prepared(from fonts.Cut, style string) cut {
	c := cut{wide: from.Wide, style: style}
	for i := range from.Pages {
		f := &from.Pages[i]
		c.faces = append(c.faces, &face{
			family:  f.Page.Name,
			style:   style,
			encode:  f.Page.Encode,
			widths:  f.Widths,
			standIn: "StandIn-" + f.Page.Name + style,
			objects: &f.Objects,
		})
	}
	return c
}

// addTo makes an embedded font known to gofpdf: as one that needs no file, so
// that gofpdf spends nothing on it.
func (f *face) addTo(pdf *gofpdf.Fpdf) {
	if f.objects != nil {
		pdf.AddFontFromBytes(f.family, f.style, []byte(`{"Tp":"Core","Name":"`+f.standIn+`"}`), nil)
	}
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
