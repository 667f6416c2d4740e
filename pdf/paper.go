// Package pdf draws the documents that a customer keeps, on A4.
//
// It is a small canvas over gofpdf. Its input is plain, formatted, translated
// text: it computes nothing, reads no clock and knows no language. Equal input
// gives equal bytes, in any process. It owns the layout, the fonts and the way
// text that the fonts lack is shown.
package pdf

import "time"

// Paper is what every document has. Apart from DatedAt all fields may be
// empty; what is empty leaves no gap.
type Paper struct {
	// Language is the BCP 47 tag of the texts. It only decides which font is
	// tried first, so that a document needs few of them.
	Language string

	Title   string // the document's name: "Receipt"
	Number  string // its number, as people read it
	Date    string // its date, formatted
	Subject string // one line for the file's properties

	// DatedAt becomes the creation and modification date of the file. It is
	// the document's own date and must not be zero.
	DatedAt time.Time

	Seller Seller
	BillTo Party
	Facts  []Fact // beside the parties: order number, delivery date …

	Labels Labels
	Lines  []Line
	Totals Totals
	Notes  []string // paragraphs under the totals

	// PageOf is the page count with {page} and {pages} in it:
	// "Page {page} of {pages}". Empty means "{page} / {pages}".
	PageOf string
}

// Seller is who sends the document.
type Seller struct {
	Party
	Logo   Logo     // shown instead of the name in the letterhead
	Accent string   // colour of the rule under the head, "#rrggbb"; anything else is a dark grey
	Legal  []string // for the footer: registered name, register, VAT id, contact; at most 12 printed lines
}

// Party is a name and a postal address.
type Party struct {
	Name  string
	Lines []string
}

// Fact is one labelled value.
type Fact struct {
	Label, Value string
}

// Labels are the words that the layout itself needs.
type Labels struct {
	Seller, BillTo, Facts                             string // above the columns under the head
	Description, Qty, Unit, Discount, Fee, Tax, Total string // heads of the table's columns
	Rate, Net, RateTax, Gross                         string // heads of the taxes
}

// Line is one position. Positions are numbered from 1 in their order. A column
// that no line fills is left out.
type Line struct {
	Text     string
	Detail   string // smaller, under Text: SKU, period
	Qty      string
	Unit     string // price of one
	Discount string // of the whole line, like Fee
	Fee      string
	Tax      string // its rate, or its amount where there is no rate; "–" for a line without, where others have some
	Total    string
}

// Totals are printed in the order of the fields. A fact without a value is left out.
type Totals struct {
	Subtotal Fact
	Discount Fact
	Fees     Fact
	Total    Fact   // the largest number on the page
	Payments []Fact // what was paid, one each
	Paid     Fact
	Returned []Fact // what went back of that, one each
	Due      Fact
	Taxes    []Tax
}

// Tax is what is taxed at one rate.
type Tax struct {
	Rate, Net, Tax, Gross string
}

// Report says how a drawing went.
type Report struct {
	Pages   int
	Missing int // characters that no font has, drawn as empty boxes
}
