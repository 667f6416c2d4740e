package pdf

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ in, want string }{
		"plain":          {"Total: 12.00", "Total: 12.00"},
		"composed":       {"Zu\u0308rich", "Zürich"},
		"ligature":       {"oﬃce ﬁle", "office file"},
		"narrow space":   {"1\u202f000", "1\u00a0000"},
		"minus":          {"\u22125", "–5"},
		"invisible":      {"a\u00ad\u200b\u200d\ufe0fb", "ab"},
		"controls":       {"a\tb\x00\x1bc\x7f", "a bc"},
		"line breaks":    {"a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		"invalid":        {"a\xffb", "a\ufffdb"},
		"beyond the BMP": {"a🎉", "a🎉"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := clean(tt.in); got != tt.want {
				t.Errorf("clean(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestShapeChoosesFaces(t *testing.T) {
	t.Parallel()

	tests := map[string]struct{ language, text, want string }{
		"Western":                {"en", "Café 12 €", "cp1252"},
		"Polish":                 {"en", "Łódź Straße", "cp1250"},
		"Polish in Polish":       {"pl", "Straße", "cp1250"},
		"Russian":                {"en", "Итого 12 €", "cp1251"},
		"Greek":                  {"en", "Σύνολο", "cp1253"},
		"Turkish":                {"de", "Şişli, ığ", "cp1254"},
		"Lithuanian":             {"en", "ąčęėįšųū", "cp1257"},
		"two scripts":            {"en", "Итого Łódź", "cp1251 cp1250"},
		"Romanian comma":         {"ro", "și", "wide cp1250"},
		"accent of its own":      {"en", "x\u0302y", "cp1252 wide cp1252"},
		"emoji":                  {"en", "a 🎉 b", "cp1252 none cp1252"},
		"nothing but a stranger": {"en", "𓀀", "none"},
		"Japanese":               {"en", "東京 Tokyo", "shaped cp1252"},
		"Arabic":                 {"en", "القاهرة، Cairo", "shaped cp1252"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			set, err := notoSans(tt.language)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			last := ""
			for _, g := range set.regular.shape(clean(tt.text)) {
				name := "none"
				switch {
				case g.face == scriptFace:
					name = "shaped"
				case g.face == wideFace:
					name = "wide"
				case g.face >= 0:
					name = set.regular.faces[g.face].family
				}
				if name != last {
					got = append(got, name)
				}
				last = name
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("faces of %q = %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()

	set, err := notoSans("en")
	if err != nil {
		t.Fatal(err)
	}
	em := func(s string) int { return measure(set.regular.shape(s)) }
	tests := map[string]struct {
		text  string
		width int
		want  string
	}{
		"fits":              {"one two", em("one two"), "one two"},
		"at a space":        {"one two", em("one two") - 1, "one|two"},
		"many spaces":       {"one    two", em("one"), "one|two"},
		"inside a word":     {"abcdef", em("abc"), "abc|def"},
		"too narrow":        {"abc", 1, "a|b|c"},
		"line break":        {"a\n\nb", 9999, "a|b"},
		"nothing":           {"  \n ", 9999, ""},
		"accent stays":      {"x\u0302x", 1, "x\u0302|x"},
		"space may hang on": {"ab cd", em("ab"), "ab|cd"},
		"between Han":       {"ab 東京都港区", em("ab 東京"), "ab 東京|都港区"},
		"no comma first":    {"東京都、港区", em("東京都"), "東京|都、港|区"},
		"no bracket last":   {"東京都（港区", em("東京都（"), "東京都|（港区"},
		"Korean at a space": {"서울특별시 강남구", em("서울특별시 강"), "서울특별시|강남구"},
		"vowel stays":       {"กเก", em("กเ"), "ก|เก"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var lines []string
			for _, g := range set.regular.wrap(tt.text, tt.width) {
				var b strings.Builder
				for _, c := range g {
					b.WriteRune(c.r)
				}
				lines = append(lines, b.String())
			}
			if got := strings.Join(lines, "|"); got != tt.want {
				t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
			}
		})
	}
}
