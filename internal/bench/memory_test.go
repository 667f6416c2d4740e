package bench

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/quittance/quittance/pdf"
)

// Documents drawn before the memory in use is first looked at, and at the end.
const (
	firstLook = 1_000
	lastLook  = 10_000
)

// mayGrow is how many per cent more memory may be in use at the last look.
const mayGrow = 5

// memory draws invoices, each to another customer, and reports what they leave
// behind.
func memory(b *testing.B) {
	b.Helper()
	var first uint64
	for n := 1; n <= lastLook; n++ {
		if _, err := pdf.WriteInvoice(io.Discard, invoice(n)); err != nil {
			b.Fatal(err)
		}
		if n == firstLook {
			first = inUse()
		}
	}
	last := inUse()
	fmt.Printf("memory in use after %d invoices: %d KB, after %d: %d KB (%+.1f %%, at most %d)\n",
		firstLook, first>>10, lastLook, last>>10, 100*(float64(last)/float64(first)-1), mayGrow)
	if last*100 > first*(100+mayGrow) {
		b.Errorf("%d invoices left %d bytes behind", lastLook-firstLook, last-first)
	}
}

// inUse is the heap without what the collector takes.
func inUse() uint64 {
	var m runtime.MemStats
	for range 3 { // pools are emptied by the second
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// invoice is the n-th of 12 lines; every tenth is to a name in another script.
func invoice(n int) pdf.Invoice {
	name := fmt.Sprintf("Zoë Winter %d", n)
	if n%10 == 0 {
		name = fmt.Sprintf("Ζωή Χειμώνα %d", n)
	}
	p := pdf.Paper{Language: "en", Title: "Invoice", Number: fmt.Sprintf("INV-2026-%05d", n), Date: "12 March 2026", DatedAt: time.Date(2026, time.March, 12, 0, 0, 0, 0, time.UTC),
		Seller: pdf.Seller{Party: pdf.Party{Name: "Northwind Tools Ltd", Lines: []string{"12 Canal Street", "Manchester M1 3HE"}}, Accent: "#0f766e"},
		BillTo: pdf.Party{Name: name, Lines: []string{"4 Mill Lane"}}, Labels: pdf.Labels{Description: "Description", Qty: "Quantity", Unit: "Unit price", Total: "Amount"},
		Totals: pdf.Totals{Total: pdf.Fact{Label: "Total", Value: "£1,158.55"}}}
	for l := range 12 {
		p.Lines = append(p.Lines, pdf.Line{Text: "Torque wrench, 1/2 inch", Detail: fmt.Sprintf("SKU NW-%04d", n+l), Qty: "1", Unit: "£96.55", Total: "£96.55"})
	}
	return pdf.Invoice{Paper: p}
}
