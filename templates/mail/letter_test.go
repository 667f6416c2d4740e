package mail

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// full is a letter with everything a letter may have.
func full() Letter {
	return Letter{Lang: "de", Subject: "Subject", Merchant: "Bell & Söhne", Accent: "#ffd400", Heading: "Heading", Intro: "Intro <b>",
		Amount: Fact{"To pay", "€5.00"}, Facts: []Fact{{"Paid on", "3 May 2026"}}, AttachedLabel: "Attached", Attached: []string{"Invoice 1", "Receipt 1"},
		Action: Action{"Pay €5.00", "https://pay.example/pay/token", "After", "Plain"},
		Order: Order{"Lines", "Order 7", []Line{{"Bell", "Brass", "2 × €2.00", "€4.00"}, {"Fitting", "", "", "€2.00"}}, []Fact{{"Discount", "-€1.00"}},
			Fact{"Total", "€5.00"}, Fact{"Tax included", "€0.80"}, "Note", "Bring\nit"},
		Contact: Contact{"Questions", "shop@example.com", "+49 1", "https://shop.example"}, Legal: []string{"Bell GmbH", "Am Kai"}, Why: "Why"}
}

func draw(t *testing.T, v Letter) (*goquery.Document, string) {
	t.Helper()
	var b strings.Builder
	if err := HTML(v).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

func TestBothFormsSayTheSame(t *testing.T) {
	t.Parallel()
	v := full()
	doc, _ := draw(t, v)
	page, plain := strings.Join(strings.Fields(doc.Find("body").Text()), " "), strings.Join(strings.Fields(Text(v)), " ")
	for _, want := range []string{"Bell & Söhne", "Heading", "Intro <b>", "To pay", "€5.00", "Paid on", "3 May 2026", "Invoice 1", "Receipt 1", "Pay €5.00",
		"https://pay.example/pay/token", "After", "Order 7", "Bell", "2 × €2.00", "€4.00", "Fitting", "Discount", "-€1.00", "Total", "Tax included", "Bring it",
		"Questions", "shop@example.com", "+49 1", "https://shop.example", "Bell GmbH", "Am Kai", "Why"} {
		if !strings.Contains(page, want) {
			t.Errorf("the HTML lacks %q", want)
		}
		if !strings.Contains(plain, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

func TestEveryElementOfAMailCarriesItsStyle(t *testing.T) {
	t.Parallel()
	doc, _ := draw(t, full())
	used := map[string]bool{}
	for _, e := range doc.Find("body, body *").EachIter() {
		name := goquery.NodeName(e)
		if name == "tbody" || name == "tr" || name == "br" {
			continue
		}
		class := e.AttrOr("class", "")
		used[class] = true
		if _, known := styles[class]; !known || !strings.HasPrefix(e.AttrOr("style", ""), styles[class]) {
			t.Errorf("<%s class=%q> has the style %q", name, class, e.AttrOr("style", ""))
		}
	}
	for name := range styles {
		if !used[name] {
			t.Errorf("nothing is styled as %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`\.([a-z]+)[,{]`).FindAllStringSubmatch(dark, -1) {
		if _, known := styles[m[1]]; !known {
			t.Errorf("the stylesheet speaks of .%s, which there is not", m[1])
		}
	}
}

func TestMailLoadsNothingAndRunsNothing(t *testing.T) {
	t.Parallel()
	v := full()
	v.Contact.Website, v.Accent = "javascript:alert(1)", "red;}</style><script>"
	doc, source := draw(t, v)
	if n := doc.Find("img, link, script, iframe, object, form, video, audio").Length(); n != 0 || strings.Contains(source, "url(") || strings.Contains(source, "@import") {
		t.Errorf("%d elements that load or run something", n)
	}
	var links []string
	for _, a := range doc.Find("a").EachIter() {
		links = append(links, a.AttrOr("href", ""))
	}
	want := []string{v.Action.URL, v.Action.URL, "mailto:shop@example.com", "about:invalid#TemplFailedSanitizationURL"}
	if !slices.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
}

func TestWhatIsEmptyIsLeftOut(t *testing.T) {
	t.Parallel()
	v := Letter{Lang: "en", Subject: "S", Merchant: "M", Heading: "H", Intro: "I", Amount: Fact{"Paid", "€1.00"}, Order: Order{Heading: "Lines", Number: "7", Total: Fact{"Total", "€1.00"}}, Why: "W"}
	doc, _ := draw(t, v)
	if n := doc.Find("a, .facts, .note").Length(); n != 0 || doc.Find("h2").Length() != 1 {
		t.Errorf("%d elements of what there is not", n)
	}
	if want := "M\n\nH\n\nI\nPaid: €1.00\n\nLines (7)\nTotal: €1.00\n\n-- \n\nW\n"; Text(v) != want {
		t.Errorf("the text:\n%q, want\n%q", Text(v), want)
	}
}
