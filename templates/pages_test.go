// Package templates_test holds what is true of every page.
package templates_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// marker is a localizer whose texts are the keys between marks.
type marker struct{}

func (marker) T(key string, _ ...any) string { return "«" + key + "»" }

func draw(t *testing.T, c templ.Component) (*goquery.Document, string) {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatalf("Render: %v", err)
	}
	// As a browser without scripts reads it, so that noscript counts too.
	root, err := html.ParseWithOptions(strings.NewReader(b.String()), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return goquery.NewDocumentFromNode(root), b.String()
}

// every runs a check on each page.
func every(t *testing.T, check func(*testing.T, *goquery.Document, string)) {
	t.Helper()
	for name, c := range samples(page(marker{})) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, source := draw(t, c)
			check(t, doc, source)
		})
	}
}

func TestPagesFitTheSecurityPolicy(t *testing.T) {
	t.Parallel()

	every(t, func(t *testing.T, doc *goquery.Document, source string) {
		if n := doc.Find("[style]").Length(); n != 0 {
			t.Errorf("%d style attributes, want none", n)
		}
		for _, s := range doc.Find("script").EachIter() {
			if s.AttrOr("src", "") == "" || strings.TrimSpace(s.Text()) != "" {
				t.Errorf("inline script: %q", s.Text())
			}
			for _, attr := range []string{"integrity", "crossorigin", "nonce"} {
				if s.AttrOr(attr, "") == "" {
					t.Errorf("script %s has no %s", s.AttrOr("src", ""), attr)
				}
			}
		}
		for _, s := range doc.Find("style").EachIter() {
			if s.AttrOr("nonce", "") != "n0nce" {
				t.Errorf("style element without the nonce: %s", s.Text())
			}
		}
		if on := regexp.MustCompile(`(?i)\son[a-z]+=|javascript:|data:[a-z]+/`).FindString(source); on != "" {
			t.Errorf("page has %q", on)
		}
	})
}

func TestEveryTextComesThroughTheLocalizer(t *testing.T) {
	t.Parallel()

	marked := regexp.MustCompile(`«[^»]*»`)
	every(t, func(t *testing.T, doc *goquery.Document, _ string) {
		doc.Find("style, script").Remove()
		texts := []string{doc.Text()}
		for _, attr := range []string{"aria-label", "alt", "title", "placeholder", "data-label"} {
			for _, s := range doc.Find("[" + attr + "]").EachIter() {
				texts = append(texts, s.AttrOr(attr, ""))
			}
		}
		for _, text := range texts {
			rest := marked.ReplaceAllString(text, "")
			if i := strings.IndexFunc(rest, unicode.IsLetter); i >= 0 {
				t.Errorf("text not from the catalogue near %q", strings.TrimSpace(rest[i:min(len(rest), i+40)]))
			}
		}
	})
}

func TestPagesAreOutlined(t *testing.T) {
	t.Parallel()

	every(t, func(t *testing.T, doc *goquery.Document, _ string) {
		if n := doc.Find("h1").Length(); n != 1 {
			t.Errorf("%d h1, want 1", n)
		}
		last := 0
		for _, h := range doc.Find("h1, h2, h3, h4, h5, h6").EachIter() {
			level := int(goquery.NodeName(h)[1] - '0')
			if level > last+1 {
				t.Errorf("heading %q jumps from level %d to %d", h.Text(), last, level)
			}
			last = level
		}
		for _, landmark := range []string{"header", "main", "footer"} {
			if n := doc.Find("body > " + landmark).Length(); n != 1 {
				t.Errorf("%d %s, want 1", n, landmark)
			}
		}
		skip := doc.Find("body > a").First()
		if doc.Find(skip.AttrOr("href", "")).Length() != 1 {
			t.Errorf("skip link leads to %q", skip.AttrOr("href", ""))
		}
		if doc.Find("html").AttrOr("lang", "") == "" {
			t.Error("no language")
		}
		if n := doc.Find(".btn-primary").Length(); n > 1 {
			t.Errorf("%d primary buttons, want at most 1", n)
		}
	})
}

func TestControlsAreLabelledAndReferencesLead(t *testing.T) {
	t.Parallel()

	every(t, func(t *testing.T, doc *goquery.Document, _ string) {
		seen := map[string]bool{}
		for _, s := range doc.Find("[id]").EachIter() {
			id := s.AttrOr("id", "")
			if seen[id] {
				t.Errorf("id %q twice", id)
			}
			seen[id] = true
		}
		for _, attr := range []string{"aria-labelledby", "aria-describedby", "for"} {
			for _, s := range doc.Find("[" + attr + "]").EachIter() {
				if id := s.AttrOr(attr, ""); !seen[id] {
					t.Errorf("%s %q leads nowhere", attr, id)
				}
			}
		}
		for _, s := range doc.Find("input:not([type=hidden]), select, textarea").EachIter() {
			if doc.Find("label[for='"+s.AttrOr("id", "")+"']").Length() != 1 {
				t.Errorf("%s has no label", s.AttrOr("name", ""))
			}
		}
		if n := doc.Find("th:not([scope])").Length(); n != 0 {
			t.Errorf("%d header cells without a scope", n)
		}
		if n := doc.Find("svg:not([aria-hidden=true])").Length(); n != 0 {
			t.Errorf("%d icons that are read aloud", n)
		}
		for _, s := range doc.Find("img").EachIter() {
			if s.AttrOr("alt", "") == "" {
				t.Errorf("image %s says nothing", s.AttrOr("src", ""))
			}
		}
	})
}

func TestTitleNamesPageAndMerchant(t *testing.T) {
	t.Parallel()

	p := page(marker{})
	doc, _ := draw(t, samples(p)["portal"])

	got := doc.Find("title").Text()
	if want := "«portal.title» · " + p.Merchant.Name; got != want {
		t.Errorf("title = %q, want %q", got, want)
	}
}
