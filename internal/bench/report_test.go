package bench

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/quittance/quittance/internal/testkit"
)

// What make bench ARGS="-rounds 15" may change.
var (
	rounds = flag.Int("rounds", 9, "rounds of the report, at least 5")
	orders = flag.Int("orders", 1000, "paid orders that the portal's pages are drawn from")
	python = flag.String("python", "python3", "Python that may have WeasyPrint")
	many   = flag.Int("many", 1_000_000, "orders that pages and calls are measured over beside 1000; 0 leaves that out")
)

// sampled is how many orders of a shop are visited, each by a browser of its own:
// so many that they lie all over the tables, and few enough that all are warm.
const sampled = 1000

// How often a round does a thing: enough for a tenth of a second or so.
const (
	pagesPerRound     = 400
	checkoutsPerRound = 15
	createsPerRound   = 30
)

// The rows that others are compared with.
const (
	rowStatic   = "static templ page: same middleware, layout and bytes"
	rowCheckout = "checkout create, SQLite: form to 303"
	rowCore     = "invoice as PDF, core fonts, file written as ours is"
	rowReceipt  = "receipt as PDF, core fonts, file written as ours is"
)

// BenchmarkReport prints the report of make bench.
func BenchmarkReport(b *testing.B) {
	if *rounds < 5 {
		b.Fatal("a median wants at least 5 rounds")
	}
	memory(b)
	client := newClient(b)
	var gateway tap
	unpaid := (*rounds + 1) * checkoutsPerRound
	lite := openShop(b, client, testkit.Options{OnGatewayCall: gateway.see}, *orders+unpaid, *orders/unpaid+1, unpaid)
	post := openShop(b, client, testkit.Options{Engine: "postgres"}, *orders, *orders, 0)
	static, fixed := lite.addStatic()
	drawn := buildPapers(b)
	page := func(address string) func() {
		return func() { get(b, client, address, nil) }
	}
	rows := []*row{
		{name: "bare Echo answer", beside: rowStatic, round: each(pagesPerRound, page(bareEcho(b)))},
		{name: rowStatic, round: each(pagesPerRound, page(static))},
		{name: "the same, its content as one text", beside: rowStatic, round: each(pagesPerRound, page(fixed))},
		{name: "portal page, SQLite", beside: rowStatic, atMost: 2.5, round: each(pagesPerRound, lite.visitAny())},
		{name: "portal page, PostgreSQL", beside: rowStatic, round: each(pagesPerRound, post.visitAny())},
		{name: rowCheckout, round: each(checkoutsPerRound, lite.checkOut)},
		{name: "of that, the sandbox gateway", beside: rowCheckout, round: each(checkoutsPerRound, func() { gateway.askAgain(b, client) })},
		{name: rowCore, round: drawn.drawing("Invoice", "core-finished")},
		{name: "the same, file as gofpdf writes it", beside: rowCore, round: drawn.drawing("Invoice", "core")},
		{name: "invoice as PDF, prepared fonts", beside: rowCore, atMost: 1.1, round: drawn.drawing("Invoice", "prepared")},
		{name: rowReceipt, round: drawn.drawing("Receipt", "core-finished")},
		{name: "receipt as PDF, prepared fonts", beside: rowReceipt, atMost: 1.1, round: drawn.drawing("Receipt", "prepared")},
	}
	rows = append(rows, printers(b, "invoice as PDF, prepared fonts")...)
	report(b, rows)
	fmt.Printf("(%d orders; one client, in the same process)\n\n", *orders)
	if *many > 0 {
		report(b, manyRows(b, client, *many))
	}
	for _, engine := range testkit.Engines {
		n, _ := portalStatements(b, engine)
		fmt.Printf("portal page, %s: %d statements (at most %d)\n", engine, n, mostStatements)
		if n > mostStatements {
			b.Errorf("the portal page costs %d statements on %s, want at most %d", n, engine, mostStatements)
		}
	}
	b.ReportMetric(0, "ns/op") // the time of all rounds together says nothing
}

// report measures rows in turn and prints them.
func report(b *testing.B, rows []*row) {
	b.Helper()
	for _, r := range rows {
		r.round() // warms up
	}
	for range *rounds {
		for _, r := range rows {
			r.times = append(r.times, r.round())
		}
	}
	fmt.Printf("\nMedians of %d rounds in turn:\n\n", *rounds)
	if err := print(os.Stdout, rows); err != nil {
		b.Fatal(err)
	}
}

// visitAny opens the portal of an order drawn at random from all that are paid.
func (s *shop) visitAny() func() {
	random := rand.New(rand.NewPCG(1, 2))
	return func() {
		v := s.paid[random.IntN(len(s.paid))]
		get(s.TB, s.client, v.page, v.header)
	}
}
