package bench

import (
	"bufio"
	"fmt"
	"html/template"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// printsPerRound is how often a round prints: another program's way takes a
// hundred times as long as ours.
const printsPerRound = 3

// printer is another program, kept running, that prints our invoice as HTML.
type printer struct {
	tb  testing.TB
	in  io.Writer
	out *bufio.Scanner
}

// printers are rows of what else prints an invoice here, warm, for information:
// Chromium by the browser tests' packages, and WeasyPrint. What is not here is
// left out, and said to be.
func printers(tb testing.TB, beside string) []*row {
	tb.Helper()
	page := invoicePage(tb)
	var rows []*row
	modules, err := filepath.Abs(filepath.Join("..", "..", "web", "browser"))
	if err != nil {
		tb.Fatal(err)
	}
	_, there := os.Stat(filepath.Join(modules, "node_modules", "playwright-core"))
	chromium, err := exec.LookPath("chromium")
	if err == nil && there == nil {
		p := startPrinter(tb, "node", filepath.Join("testdata", "chromium.mjs"), modules, chromium, page)
		rows = append(rows, &row{name: "such an invoice as HTML, printed by a warm Chromium", beside: beside, round: p.print})
	} else {
		fmt.Println("Chromium or playwright-core is not here: left out")
	}
	if exec.CommandContext(tb.Context(), *python, "-c", "import weasyprint").Run() == nil {
		p := startPrinter(tb, *python, filepath.Join("testdata", "weasy.py"), page)
		rows = append(rows, &row{name: "the same, printed by WeasyPrint", beside: beside, round: p.print})
	} else {
		fmt.Println("WeasyPrint is not here: left out")
	}
	return rows
}

// startPrinter starts a program that ends with the benchmark.
func startPrinter(tb testing.TB, name string, args ...string) *printer {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), name, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close() // it ends when there is no more to read
		_ = cmd.Wait() // or was ended with the benchmark's context
	})
	return &printer{tb, in, bufio.NewScanner(out)}
}

// print lets the program print some invoices and says how long one took.
func (p *printer) print() time.Duration {
	p.tb.Helper()
	if _, err := fmt.Fprintln(p.in, printsPerRound); err != nil {
		p.tb.Fatal(err)
	}
	if !p.out.Scan() {
		p.tb.Fatalf("the printer ended: %v", p.out.Err())
	}
	ns, err := strconv.ParseInt(strings.TrimSpace(p.out.Text()), 10, 64)
	if err != nil {
		p.tb.Fatal(err)
	}
	return time.Duration(ns)
}

// invoicePage is an HTML file with an invoice like the one that package pdf draws:
// 12 lines, one page.
func invoicePage(tb testing.TB) string {
	tb.Helper()
	type line struct{ No, Text, Detail, Qty, Unit, Tax, Total string }
	view := struct {
		Title, Number, Date, Accent, Seller, Customer, Status, Method, Total, TaxTotal string
		SellerLines, CustomerLines                                                     []string
		Lines                                                                          []line
	}{Title: "Invoice", Number: "INV-2026-00311", Date: "12 March 2026", Accent: "#0f766e", Seller: "Northwind Tools Ltd", Customer: "Ada Whitcombe",
		Status: "Paid on 14 March 2026", Method: "Visa ending in 4242", Total: "£1,158.55", TaxTotal: "£192.68",
		SellerLines: []string{"12 Canal Street", "Manchester M1 3HE", "United Kingdom"}, CustomerLines: []string{"4 Mill Lane", "Hebden Bridge HX7 8AA", "United Kingdom"}}
	names := []string{"Torque wrench, 1/2 inch", "Annual maintenance plan", "Hex key set", "Workshop lamp with a swivelling arm, clamp and replaceable bulb for long evenings"}
	for i := range 12 {
		view.Lines = append(view.Lines, line{strconv.Itoa(i + 1), names[i%len(names)], fmt.Sprintf("SKU NW-%04d", 1000+i), strconv.Itoa(i%7 + 1), "£42.00", "20%", fmt.Sprintf("£%d.00", 42*(i%7+1))})
	}
	file, err := os.Create(filepath.Join(tb.TempDir(), "invoice.html"))
	if err != nil {
		tb.Fatal(err)
	}
	if err := template.Must(template.ParseFiles(filepath.Join("testdata", "invoice.html"))).Execute(file, view); err != nil {
		tb.Fatal(err)
	}
	if err := file.Close(); err != nil {
		tb.Fatal(err)
	}
	return file.Name()
}
