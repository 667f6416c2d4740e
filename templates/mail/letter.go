// Package mail draws e-mail: one letter, as HTML and as text. Mail programs know
// little of HTML and strip stylesheets, so the HTML is tables whose every element
// carries its style; all of it comes from style.go. It loads nothing from
// anywhere.
package mail

// Letter is a mail ready to print: every text is in the reader's language, every
// amount formatted. What is empty is left out.
type Letter struct {
	Lang          string
	Subject       string
	Merchant      string
	Accent        string // the merchant's colour, "#rrggbb"
	Heading       string
	Intro         string
	Amount        Fact // the one amount the mail is about, if it is about one
	Facts         []Fact
	Action        Action
	AttachedLabel string
	Attached      []string // names of the documents
	Order         Order
	Contact       Contact
	Legal         []string // lines that name the seller
	Why           string   // why the reader gets this mail
}

// peek is what a list of mails shows beside the subject.
func (v Letter) peek() string {
	if v.Amount.Value == "" {
		return v.Intro
	}
	return v.Amount.Label + " " + v.Amount.Value + ". " + v.Intro
}

// Fact is a value with its name.
type Fact struct{ Label, Value string }

// Action is the one thing to do.
type Action struct {
	Label string // of the button
	URL   string
	After string // what happens then
	Plain string // introduces the address in full, for who cannot press the button
}

// Order is what was ordered and what it adds up to. Without a heading it is left
// out.
type Order struct {
	Heading, Number string
	Lines           []Line
	Sums            []Fact
	Total, Tax      Fact
	NoteLabel, Note string
}

// Line is one of them.
type Line struct {
	Text, Detail string
	Count        string // "2 × €17.50"; empty for a single one
	Total        string
}

// Contact is how to reach the merchant.
type Contact struct{ Label, Email, Phone, Website string }

// ways are the merchant's addresses that there are.
func (c Contact) ways() []string {
	var out []string
	for _, s := range []string{c.Email, c.Phone, c.Website} {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
