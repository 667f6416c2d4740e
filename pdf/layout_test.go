package pdf

import (
	"fmt"
	"image"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestLayoutHolds draws documents of all sorts of texts and lengths: nothing
// stands on anything else or outside the margins, and the totals stand on one
// page with the last line.
func TestLayoutHolds(t *testing.T) {
	t.Parallel()

	logo, err := ReadLogo(encode(t, image.NewNRGBA(image.Rect(0, 0, 80, 30))))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		s := anySheet(r)
		if rapid.Bool().Draw(r, "logo") {
			s.Seller.Logo = logo
		}
		var all []placed
		report, err := write(io.Discard, s, options{typeface: notoSans, finish: true, placed: func(p placed) { all = append(all, p) }})
		if err != nil {
			r.Fatal(err)
		}
		pages := make([][]placed, report.Pages+1)
		for _, p := range all {
			pages[p.page] = append(pages[p.page], p)
		}
		for _, page := range pages {
			withinMargins(r, page)
			apart(r, page)
		}
		last, sum := pageOf(all, lastLine), pageOf(all, "Grand total")
		if sum == 0 || (len(s.Lines) > 0 && last != sum) {
			r.Errorf("the last line is on page %d, the total on page %d", last, sum)
		}
		if page := pageOf(all, "Amount due"); page != sum {
			r.Errorf("the total is on page %d, what is due on page %d", sum, page)
		}
	})
}

const lastLine = "the last line"

// tolerance is what rounding may do, in millimetres.
const tolerance = 0.15

func withinMargins(r *rapid.T, page []placed) {
	for _, p := range page {
		if p.left < margin-tolerance || p.right > pageWidth-margin+tolerance || p.top < margin-tolerance || p.bottom > pageHeight-margin+tolerance {
			r.Errorf("outside the margins: %+v", p)
		}
	}
}

func apart(r *rapid.T, page []placed) {
	for i, a := range page {
		for _, b := range page[i+1:] {
			room := 0.0
			if (a.text == "" && a.bottom-a.top == codeSize) || (b.text == "" && b.bottom-b.top == codeSize) {
				room = 1.6 // four squares of a code as dense as they come here
			}
			if a.left < b.right+room-tolerance && b.left < a.right+room-tolerance && a.top < b.bottom+room-tolerance && b.top < a.bottom+room-tolerance {
				r.Errorf("one on the other: %+v, %+v", a, b)
			}
		}
	}
}

func pageOf(all []placed, text string) int {
	for _, p := range all {
		if p.text == text {
			return p.page
		}
	}
	return 0
}

func anySheet(r *rapid.T) sheet {
	piece := rapid.SampledFrom([]string{"bell", "Lenkerbandbefestigungsstopfen", "W", "ﬁne", "x\u0302", "🎉", "Łódź", "Ελλάδα", "日本", "株式会社さくら商事、東京都港区（本社）", "12", "شركة", "(שלום)", "क्षेत्रीय", "กระเป๋าเดินทางใบใหญ่", "٣٤", "\n", "a/b-c.d", strings.Repeat("M", 60)})
	text := func(name string, most int) string {
		return strings.Join(rapid.SliceOfN(piece, 0, most).Draw(r, name), " ")
	}
	amount := rapid.SampledFrom([]string{"", "€0.01", "¥1", "€1,234.56", "123.456.789,00 €", "−KWD 123,456,789.000", "KWD 9,223,372,036,854,775.807"})
	rate := rapid.SampledFrom([]string{"", "19%", "7.7%", "–", "€3.80"})
	fact := func(name string) Fact { return Fact{text(name, 4), text(name, 4)} }
	facts := func(name string, most int) []Fact {
		out := make([]Fact, rapid.IntRange(0, most).Draw(r, name))
		for i := range out {
			out[i] = fact(name)
		}
		return out
	}
	s := sheet{Paper: Paper{
		Language: rapid.SampledFrom([]string{"en", "de", "el", ""}).Draw(r, "language"), Title: text("title", 3), Number: text("number", 4), Date: text("date", 3),
		DatedAt: time.Unix(0, 0),
		Seller:  Seller{Party: Party{text("seller", 4), strings.Split(text("address", 6), " ")}, Legal: strings.Split(text("legal", 40), " ")},
		BillTo:  Party{text("customer", 5), strings.Split(text("address", 6), " ")},
		Facts:   facts("facts", 4),
		Labels: Labels{"From", "To", "Details", "Description", "Quantity", "Unit price", "Discount", "Fee", "Tax", "Amount",
			"Tax included", "Net", "Tax", "Gross"},
		PageOf: "Page {page} of {pages}",
		Totals: Totals{Subtotal: Fact{"Subtotal", amount.Draw(r, "sum")}, Discount: Fact{"Discount", amount.Draw(r, "sum")}, Fees: Fact{"Fees", amount.Draw(r, "sum")},
			Total: Fact{"Grand total", "€1.00"}, Due: Fact{"Amount due", "€1.00"}},
	}, aside: aside{heading: text("heading", 6), facts: facts("aside", 3)}}
	if rapid.Bool().Draw(r, "unpaid") {
		s.aside.online = Online{"https://pay.example.com/pay/" + strings.Repeat("x", rapid.IntRange(1, 200).Draw(r, "token")), text("online", 3), text("online", 8)}
	}
	for range rapid.IntRange(0, 4).Draw(r, "payments") {
		s.Totals.Payments = append(s.Totals.Payments, Fact{"Paid on 3 May 2026", amount.Draw(r, "payment")})
	}
	for range rapid.IntRange(0, 4).Draw(r, "taxes") {
		s.Totals.Taxes = append(s.Totals.Taxes, Tax{rate.Draw(r, "rate"), amount.Draw(r, "net"), amount.Draw(r, "tax"), amount.Draw(r, "gross")})
	}
	for range rapid.IntRange(0, 2).Draw(r, "notes") {
		s.Notes = append(s.Notes, text("note", 20))
	}
	n := rapid.IntRange(0, 60).Draw(r, "lines")
	for i := range n {
		l := Line{Text: text("line", 6), Detail: text("detail", 4), Qty: fmt.Sprint(i), Unit: amount.Draw(r, "unit"), Discount: amount.Draw(r, "discount"),
			Fee: amount.Draw(r, "fee"), Tax: rate.Draw(r, "rate"), Total: amount.Draw(r, "total")}
		if i == n-1 {
			l.Text = lastLine
		}
		s.Lines = append(s.Lines, l)
	}
	return s
}
