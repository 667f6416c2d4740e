package mail

import "strings"

// Text is the letter for programs and people that prefer plain text. Lines are as
// long as their sentences: the reader's program breaks them.
func Text(v Letter) string {
	var t text
	t.line(v.Merchant)
	t.part(v.Heading)
	t.part(v.Intro)
	t.fact(v.Amount)
	for _, f := range v.Facts {
		t.fact(f)
	}
	if len(v.Attached) > 0 {
		t.fact(Fact{v.AttachedLabel, strings.Join(v.Attached, ", ")})
	}
	if v.Action.URL != "" {
		t.part(v.Action.Label + ":")
		t.line(v.Action.URL)
		t.part(v.Action.After)
	}
	if v.Order.Heading != "" {
		t.order(v.Order)
	}
	if ways := v.Contact.ways(); len(ways) > 0 {
		t.part(v.Contact.Label)
		t.line(ways...)
	}
	t.part("-- ") // what follows is a signature to mail programs
	t.line(v.Legal...)
	t.part(v.Why)
	return t.b.String()
}

type text struct{ b strings.Builder }

func (t *text) line(lines ...string) {
	for _, l := range lines {
		if l != "" {
			t.b.WriteString(l + "\n")
		}
	}
}

// part is a line after an empty one.
func (t *text) part(s string) {
	if s != "" {
		t.b.WriteString("\n" + s + "\n")
	}
}

func (t *text) fact(f Fact) {
	if f.Value != "" {
		t.line(f.Label + ": " + f.Value)
	}
}

func (t *text) order(o Order) {
	t.part(o.Heading + " (" + o.Number + ")")
	for _, l := range o.Lines {
		name := l.Text
		if l.Count != "" {
			name += ", " + l.Count
		}
		t.line("- " + name + ": " + l.Total)
	}
	for _, f := range o.Sums {
		t.fact(f)
	}
	t.fact(o.Total)
	t.fact(o.Tax)
	if o.Note != "" {
		t.part(o.NoteLabel + ":")
		t.line(o.Note)
	}
}
