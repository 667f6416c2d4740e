package fonts

import (
	"bytes"
	"fmt"
	"sort"
	"sync"

	"github.com/go-text/typesetting/font"
)

// Script is a writing system whose letters join, stack or run from right to left,
// with a font of it that shapes them.
type Script struct {
	Tag    string // ISO 15924, in small letters: "hebr"
	Family string // of its font, as that one's file is called

	regular, bold func() (*font.Font, error)
}

// OneCut tells that there is no bold font of a script.
func (s *Script) OneCut() bool { return s.bold == nil }

// Font is the font of a script, read at the first call and shared; the regular
// one where there is no bold one. An error means that the committed files are broken.
func (s *Script) Font(bold bool) (*font.Font, error) {
	if bold && !s.OneCut() {
		return s.bold()
	}
	return s.regular()
}

// Scripts lists all of them.
func Scripts() []*Script { return scripts }

var scripts = []*Script{
	script("hebr", "NotoSansHebrew"), script("arab", "NotoSansArabic"),
	script("deva", "NotoSansDevanagari"), script("beng", "NotoSansBengali"), script("guru", "NotoSansGurmukhi"),
	script("gujr", "NotoSansGujarati"), script("orya", "NotoSansOriya"), script("taml", "NotoSansTamil"),
	script("telu", "NotoSansTelugu"), script("knda", "NotoSansKannada"), script("mlym", "NotoSansMalayalam"),
	script("sinh", "NotoSansSinhala"), script("thai", "NotoSansThai"), script("laoo", "NotoSansLao"),
	script("khmr", "NotoSansKhmer"), script("mymr", "NotoSansMyanmar"),
	script("armn", "NotoSansArmenian"), script("geor", "NotoSansGeorgian"), script("ethi", "NotoSansEthiopic"),
	{Tag: "hani", Family: "DroidSansFallback", regular: reader("regular-hani")}, // and kana, Hangul and their signs
}

func script(tag, family string) *Script {
	return &Script{Tag: tag, Family: family, regular: reader("regular-" + tag), bold: reader("bold-" + tag)}
}

// reader reads a prepared font once.
func reader(name string) func() (*font.Font, error) {
	return sync.OnceValues(func() (*font.Font, error) {
		ttf, err := unpack(name)
		if err != nil {
			return nil, err
		}
		face, err := font.ParseTTF(bytes.NewReader(ttf))
		if err != nil {
			return nil, fmt.Errorf("read font %s: %w", name, err)
		}
		return face.Font, nil
	})
}

// blocks says which script the characters of a block belong to, in their order.
var blocks = []struct {
	first, last rune
	tag         string
}{
	{0x0530, 0x058F, "armn"}, {0x0590, 0x05FF, "hebr"}, {0x0600, 0x06FF, "arab"}, {0x0750, 0x077F, "arab"},
	{0x08A0, 0x08FF, "arab"}, {0x0900, 0x097F, "deva"}, {0x0980, 0x09FF, "beng"}, {0x0A00, 0x0A7F, "guru"},
	{0x0A80, 0x0AFF, "gujr"}, {0x0B00, 0x0B7F, "orya"}, {0x0B80, 0x0BFF, "taml"}, {0x0C00, 0x0C7F, "telu"},
	{0x0C80, 0x0CFF, "knda"}, {0x0D00, 0x0D7F, "mlym"}, {0x0D80, 0x0DFF, "sinh"}, {0x0E00, 0x0E7F, "thai"},
	{0x0E80, 0x0EFF, "laoo"}, {0x1000, 0x109F, "mymr"}, {0x10A0, 0x10FF, "geor"}, {0x1200, 0x139F, "ethi"},
	{0x1780, 0x17FF, "khmr"}, {0x1C90, 0x1CBF, "geor"}, {0x2D00, 0x2D2F, "geor"}, {0x2D80, 0x2DDF, "ethi"},
	{0x2E80, 0x9FFF, "hani"}, {0xA8E0, 0xA8FF, "deva"}, {0xAC00, 0xD7AF, "hani"}, {0xF900, 0xFAFF, "hani"},
	{0xFB13, 0xFB17, "armn"}, {0xFB1D, 0xFB4F, "hebr"}, {0xFB50, 0xFDFF, "arab"}, {0xFE30, 0xFE4F, "hani"},
	{0xFE70, 0xFEFE, "arab"}, {0xFF00, 0xFFEF, "hani"},
}

// ScriptOf is the script that a character belongs to; nil for those that the
// code pages or the wide subset draw, and for those that nothing draws.
func ScriptOf(r rune) *Script {
	if r < blocks[0].first { // as most text
		return nil
	}
	return inBlock(r)
}

func inBlock(r rune) *Script {
	i := sort.Search(len(blocks), func(i int) bool { return blocks[i].last >= r })
	if i == len(blocks) || r < blocks[i].first {
		return nil
	}
	for _, s := range scripts {
		if s.Tag == blocks[i].tag {
			return s
		}
	}
	return nil
}
