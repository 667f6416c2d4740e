package i18n

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sameInBoth are the keys whose German text may equal the English one: names,
// abbreviations and words that both languages share.
var sameInBoth = []string{
	"date.month.4", "date.month.8", "date.month.9", "date.month.11",
	"document.pdf", "mail.count", "portal.history.status", "portal.status",
}

// raw reads one language's files as they are, past the code under test.
func raw(t *testing.T, code string) map[string]string {
	t.Helper()
	names, err := fs.Glob(files, "messages/*."+code+".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("catalogues of %s: %v, %v", code, names, err)
	}
	all := map[string]string{}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, text := range texts {
			if _, twice := all[key]; twice {
				t.Errorf("%s: key %s twice", name, key)
			}
			// A text with plural forms is compared as the JSON of all its forms.
			if s, ok := text.(string); ok {
				all[key] = s
				continue
			}
			forms, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			all[key] = string(forms)
		}
	}
	return all
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()

	english, german := raw(t, "en"), raw(t, "de")
	placeholder := regexp.MustCompile(`\{\{[^}]*\}\}|\]\([a-z]+\)`)
	for key, en := range english {
		de, ok := german[key]
		if !ok {
			t.Errorf("%s: no German", key)
			continue
		}
		if strings.TrimSpace(en) == "" || strings.TrimSpace(de) == "" {
			t.Errorf("%s: empty", key)
		}
		if en == de && !slices.Contains(sameInBoth, key) {
			t.Errorf("%s: German is the English %q", key, en)
		}
		inEnglish, inGerman := placeholder.FindAllString(en, -1), placeholder.FindAllString(de, -1)
		slices.Sort(inEnglish)
		slices.Sort(inGerman)
		if !slices.Equal(slices.Compact(inEnglish), slices.Compact(inGerman)) {
			t.Errorf("%s: placeholders %v in English, %v in German", key, inEnglish, inGerman)
		}
	}
	for key := range german {
		if _, ok := english[key]; !ok {
			t.Errorf("%s: no English", key)
		}
	}
	for _, key := range sameInBoth {
		if english[key] != german[key] {
			t.Errorf("%s: differs, and so does not belong on the list", key)
		}
	}
}

func TestTextsKeepTheHouseWords(t *testing.T) {
	t.Parallel()

	forbidden := regexp.MustCompile(`(?i)\b(oops|fraud|betrug|hoppla|error|fehler)\b|\b[Dd](u|ein|eine|einen|eines|ich|ir)\b`)
	for _, code := range []string{"en", "de"} {
		for key, text := range raw(t, code) {
			if found := forbidden.FindString(text); found != "" {
				t.Errorf("%s in %s says %q: %s", key, code, found, text)
			}
		}
	}
}

func TestEveryDeclineSaysThatNoMoneyWasTaken(t *testing.T) {
	t.Parallel()

	for code, sentence := range map[string]string{"en": "No money was taken.", "de": "Es wurde kein Geld abgebucht."} {
		n := 0
		for key, text := range raw(t, code) {
			if strings.HasPrefix(key, "declined.") && key != "declined.title" && key != "declined.elsewhere" {
				n++
				if !strings.Contains(text, sentence) {
					t.Errorf("%s in %s does not say %q", key, code, sentence)
				}
			}
		}
		if n == 0 {
			t.Errorf("no decline texts in %s", code)
		}
	}
}

// sources gives every file below a folder of the module that has a suffix.
func sources(t *testing.T, suffix string, folders ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, folder := range folders {
		root := filepath.Join("..", "..", folder)
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "node_modules":
				return fs.SkipDir
			case entry.IsDir() || !strings.HasSuffix(name, suffix) || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go"):
				return nil
			}
			b, err := os.ReadFile(name)
			found[name] = string(b)
			return err
		})
		if err != nil {
			t.Fatalf("read sources: %v", err)
		}
	}
	return found
}

// wanted finds every code that a pattern's first group names in the sources.
func wanted(texts map[string]string, pattern string) map[string]string {
	codes := map[string]string{}
	for name, text := range texts {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			codes[m[1]] = name
		}
	}
	return codes
}

func TestEveryKeyOfATemplateIsThere(t *testing.T) {
	t.Parallel()

	texts := sources(t, ".templ", "templates")
	keys := wanted(texts, `\.T\("([^"]+)"`)
	maps.Copy(keys, wanted(texts, `"((?:unpaid|portal|declined|document)\.[a-z_]+)"`))
	if len(keys) < 50 {
		t.Fatalf("found %d keys in the templates; the pattern no longer fits", len(keys))
	}
	for key, name := range keys {
		if !For("en").Has(key) {
			t.Errorf("%s: no text for %s", name, key)
		}
	}
}

func TestEveryReasonOfTheGatewayHasItsWords(t *testing.T) {
	t.Parallel()

	reasons := wanted(sources(t, "fact.go", "internal/gateway"), `Reason\w+\s+Reason = "(\w+)"`)
	if len(reasons) == 0 {
		t.Fatal("found no reasons; the pattern no longer fits")
	}
	for reason := range reasons {
		if !For("en").Has("declined." + reason) {
			t.Errorf("no text for declined.%s", reason)
		}
	}
}

func TestEveryKeyOfAHandlerIsThere(t *testing.T) {
	t.Parallel()

	for key, name := range wanted(sources(t, ".go", "web", "internal/notify"), `\.T\("([a-z_.]+[a-z])"`) {
		if !For("en").Has(key) {
			t.Errorf("%s: no text for %s", name, key)
		}
	}
}

func TestEnglishFaultsAreTheFaultsOwnSentences(t *testing.T) {
	t.Parallel()

	declared := regexp.MustCompile(`fault\.New\(\s*fault\.\w+,\s*"([^"]+)",\s*("(?:[^"\\]|\\.)*")`)
	for name, text := range sources(t, ".go", "internal", "web") {
		for _, m := range declared.FindAllStringSubmatch(text, -1) {
			want, err := strconv.Unquote(m[2])
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := For("en").Fault(m[1], want); got != want {
				t.Errorf("%s: fault.%s reads %q, declared as %q", name, m[1], got, want)
			}
		}
	}
}

func TestEveryFaultHasItsTexts(t *testing.T) {
	t.Parallel()

	code := sources(t, ".go", "internal", "web")
	faults := wanted(code, `fault\.New\(\s*fault\.\w+,\s*"([^"]+)"`)
	if len(faults) == 0 {
		t.Fatal("found no faults; the pattern no longer fits")
	}
	for c, name := range faults {
		if !For("en").Has("fault." + c) {
			t.Errorf("%s: no text for fault.%s", name, c)
		}
	}
	// The constructors of field messages are named as they are used.
	for _, pattern := range []string{`fault\.Field\{[^}]*?Code:\s*"([^"]+)"`, `\b(?:refuse|at)\([^,()]+,\s*"([a-z_]+)",`} {
		for c, name := range wanted(code, pattern) {
			if !For("en").Has("field." + c) {
				t.Errorf("%s: no text for field.%s", name, c)
			}
		}
	}
}
