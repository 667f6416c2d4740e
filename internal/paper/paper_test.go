package paper

import (
	"bytes"
	"crypto/sha256"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/pdf"
)

// frozen is a document of a paid order: two rates, a tax told as an amount, a
// discount and a fee.
func frozen(kind document.Kind, language string) document.Document {
	at := time.Date(2026, 5, 3, 22, 30, 0, 0, time.UTC) // already the 4th in Berlin
	return document.Document{Kind: kind, Number: "R-2026-00042", IssuedAt: at, Snapshot: &document.Snapshot{
		Language: language, TimeZone: "Europe/Berlin", Currency: "EUR", InvoiceID: "HB-1", OrderedAt: at, InvoiceNumber: "INV-2026-00041",
		Subtotal: "1250.50", Discount: "12.00", Fees: "2.00", Total: "1240.50", Paid: "1240.50", Due: "0.00",
		Seller:   document.Party{Name: "Harbour Bicycles GmbH", Address: []string{"Am Kai 12"}, TaxID: "DE123456789"},
		Legal:    []string{"HRB 123456"},
		Customer: document.Party{Name: "Ada Winter", Country: "DE", TaxID: "12/345/67890"},
		Notes:    []string{"Until Friday.", "Thank you."},
		Lines: []document.Line{
			{Name: "Overhaul", Description: "Brakes", Quantity: 1000, Unit: "1.24", Discount: "12.00", Fee: "2.00", RatePPM: 77_000, Tax: "87.79", Total: "1230.00"},
			{Name: "Bell", Quantity: 1, Unit: "10.00", Discount: "0.00", Fee: "0.00", Tax: "1.60", Total: "10.00"},
			{Name: "Stamp", Quantity: 1, Unit: "0.50", Discount: "0.00", Fee: "0.00", Tax: "0.00", Total: "0.50"},
		},
		Taxes: []document.TaxTotal{{RatePPM: 77_000, Net: "1140.21", Tax: "87.79", Gross: "1228.00", Taxed: true},
			{Net: "8.40", Tax: "1.60", Gross: "10.00", Taxed: true}, {Net: "2.50", Tax: "0.00", Gross: "2.50"}},
		Payments: []document.Paid{{At: at, Method: document.Method{Brand: "VISA", Last4: "0000"}, Reference: "trn_1", Amount: "1240.50"}},
	}}
}

func TestReceiptSpeaksItsReadersLanguage(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"en": {"Receipt", "4 May 2026", "€1,240.50", "7.7%", "€87.79", "Tax", "No tax", "1,000", "7.7%", "€1.60", "–", "−€12.00", "€2.00", "Visa ending in 0000", "Germany", "Tax ID: 12/345/67890", "VAT ID: DE123456789", "HRB 123456", "Page {page} of {pages}"},
		"de": {"Quittung", "4. Mai 2026", "1.240,50\u00a0€", "7,7\u00a0%", "87,79\u00a0€", "Steuer", "Ohne Steuer", "1.000", "7,7\u00a0%", "1,60\u00a0€", "–", "−12,00\u00a0€", "2,00\u00a0€", "Visa mit den Endziffern 0000", "Deutschland", "Steuernummer: 12/345/67890", "USt-IdNr.: DE123456789", "HRB 123456", "Seite {page} von {pages}"},
	} {
		r, err := receipt(frozen(document.Receipt, language))
		if err != nil {
			t.Fatal(err)
		}
		got := []string{r.Title, r.Date, r.Totals.Total.Value, r.Totals.Taxes[0].Rate, r.Totals.Taxes[0].Tax, r.Totals.Taxes[1].Rate, r.Totals.Taxes[2].Rate,
			r.Lines[0].Qty, r.Lines[0].Tax, r.Lines[1].Tax, r.Lines[2].Tax, r.Lines[0].Discount, r.Lines[0].Fee,
			r.Payment.Method.Value, r.BillTo.Lines[0], r.BillTo.Lines[1], r.Seller.Legal[2], r.Seller.Legal[3], r.PageOf}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", language, diff)
		}
	}
}

func TestInvoiceSaysWhatIsPaidAndWhatIsDue(t *testing.T) {
	t.Parallel()
	type told struct {
		Status, Due string
		Payments    []pdf.Fact
	}
	at := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	part := document.Paid{At: at, Amount: "1000.00"}
	for name, tt := range map[string]struct {
		payments []document.Paid
		due      string
		want     told
	}{
		"unpaid":       {nil, "1240.50", told{Status: "Waiting for payment", Due: "€1,240.50"}},
		"paid in part": {[]document.Paid{part}, "240.50", told{"Paid in part", "€240.50", []pdf.Fact{{Label: "Paid on 3 May 2026", Value: "€1,000.00"}}}},
		"paid twice": {[]document.Paid{part, {At: at.AddDate(0, 0, 9), Amount: "240.50"}}, "0.00", told{"Paid on 12 May 2026", "€0.00",
			[]pdf.Fact{{Label: "Paid on 3 May 2026", Value: "€1,000.00"}, {Label: "Paid on 12 May 2026", Value: "€240.50"}}}},
	} {
		d := frozen(document.Invoice, "en")
		d.Snapshot.Payments, d.Snapshot.Due = tt.payments, tt.due
		in, err := invoice(d)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, told{in.Status.Heading, in.Totals.Due.Value, in.Totals.Payments}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestSnapshotsThatCannotBeReadAreNotDrawn(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*document.Document){
		"a price finer than the currency": func(d *document.Document) { d.Snapshot.Lines[0].Unit = "1.2405" },
		"an unknown currency":             func(d *document.Document) { d.Snapshot.Currency = "XXZ" },
		"a receipt of nothing":            func(d *document.Document) { d.Snapshot.Payments = nil },
		"a kind without a drawing":        func(d *document.Document) { d.Kind = "letter" },
	} {
		d := frozen(document.Receipt, "en")
		change(&d)
		if _, err := write(io.Discard, d, pdf.Logo{}); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
}

func TestEqualSnapshotsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	for _, kind := range []document.Kind{document.Invoice, document.Receipt, document.CreditNote} {
		var sums [2][32]byte
		for i := range sums {
			var buf bytes.Buffer
			if _, err := write(&buf, frozen(kind, "de"), pdf.Logo{}); err != nil {
				t.Fatal(err)
			}
			sums[i] = sha256.Sum256(buf.Bytes())
		}
		if sums[0] != sums[1] {
			t.Errorf("the same snapshot of a %s was drawn in two ways", kind)
		}
	}
}

func TestSummarySaysHowTheOrderStands(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	total := money.New(12_400, money.EUR)
	v := payment.Overview{Profile: profile.Profile{Name: "Shop", TimeZone: "Europe/Berlin"}, Order: order.Order{InvoiceID: "HB-1", Type: catalog.SinglePayment, Status: order.Pending, Total: total, Plan: order.Plan{Initial: total},
		Lines: []order.Line{{Name: "Bell", Quantity: 1, Unit: total, Total: total}}},
		Payment: payment.Payment{ID: "pay_1", Status: payment.Open, Amount: total, Captured: money.New(0, money.EUR)}}
	for name, tt := range map[string]struct {
		change func(*payment.Overview)
		status string
		open   string
	}{
		"pending": {func(*payment.Overview) {}, "Waiting for payment", "€124.00"},
		"a trial": {func(v *payment.Overview) {
			v.Order.Type, v.Payment.Amount = catalog.Subscription, money.New(0, money.EUR)
			v.Order.Plan = order.Plan{Initial: v.Payment.Amount, Recurring: total, Unit: catalog.Month, Interval: 1}
		}, "Waiting for payment", ""},
		"checking":  {func(v *payment.Overview) { v.Undecided = payment.Pending }, "Waiting for the bank's answer", "€124.00"},
		"cancelled": {func(v *payment.Overview) { v.Order.Status = order.Cancelled }, "Cancelled", "€124.00"},
		"paid": {func(v *payment.Overview) {
			v.Order.Status, v.Payment.Status, v.Payment.Captured, v.Payment.PaidAt = order.Complete, payment.Paid, total, now
			v.Transactions = []payment.Transaction{{PaymentID: "pay_1", State: payment.Approved, Method: payment.Method{Brand: "VISA", Last4: "0000"}}}
		}, "Paid on 3 May 2026", "€0.00"},
		"charged back": {func(v *payment.Overview) {
			v.Order.Status, v.Payment.Status, v.Payment.Captured, v.Payment.PaidAt = order.Complete, payment.Paid, total, now
			v.Payment.Refunded, v.Payment.Disputed = money.New(2_400, money.EUR), money.New(10_000, money.EUR)
		}, "Paid on 3 May 2026", "€0.00"},
		"held": {func(v *payment.Overview) {
			v.Order.Status, v.Order.Plan.PreAuthorise, v.Payment.Status, v.Payment.Authorised = order.Active, true, payment.Authorised, total
		}, "€124.00 reserved, not charged yet", "€124.00"},
		"captured in part": {func(v *payment.Overview) {
			v.Order.Status, v.Order.Plan.PreAuthorise = order.Complete, true
			v.Payment.Status, v.Payment.Captured, v.Payment.PaidAt = payment.Paid, money.New(5000, money.EUR), now
		}, "Paid on 3 May 2026", "€0.00"},
		"released": {func(v *payment.Overview) {
			v.Order.Status, v.Order.Plan.PreAuthorise, v.Payment.Status = order.Complete, true, payment.Ended
		}, "Released, nothing was charged", "€0.00"},
	} {
		v := v
		tt.change(&v)
		v.Sums = payment.SumsOf(v.Payment)
		got, err := summary(v, customer.Customer{}, "en", "https://pay.example.com/pay/x", now)
		if err != nil || got.Status.Heading != tt.status || got.Totals.Due.Value != tt.open {
			t.Errorf("%s: %q, due %q, %v; want %q, %q", name, got.Status.Heading, got.Totals.Due.Value, err, tt.status, tt.open)
		}
		if shown := got.Online.Link != ""; shown != (name == "pending" || name == "a trial") {
			t.Errorf("%s: code of the link shown: %t", name, shown)
		}
		const terms = "Nothing today, then €124.00 every month from 3 June 2026 until you cancel."
		if name == "a trial" && (got.Online.Heading != "Store your card online" || len(got.Status.Facts) != 1 || got.Status.Facts[0].Value != terms) {
			t.Errorf("a trial: %q with %v", got.Online.Heading, got.Status.Facts)
		}
		if diff := cmp.Diff([]pdf.Fact{{Label: "Refunded", Value: "€24.00"}, {Label: "Returned after a dispute", Value: "€100.00"}}, got.Totals.Returned); name == "charged back" && (diff != "" || got.Totals.Paid.Value != "€124.00") {
			t.Errorf("charged back: paid %q, went back (-want +got):\n%s", got.Totals.Paid.Value, diff)
		}
		if name == "paid" && (len(got.Status.Facts) != 1 || got.Status.Facts[0].Value != "Visa ending in 0000") {
			t.Errorf("paid with %v", got.Status.Facts)
		}
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	for ppm, want := range map[money.PPM][2]string{190_000: {"19%", "19\u00a0%"}, 77_000: {"7.7%", "7,7\u00a0%"}, 5_500: {"0.55%", "0,55\u00a0%"}, 1: {"0.0001%", "0,0001\u00a0%"}, 0: {"0%", "0\u00a0%"}} {
		if got := [2]string{Rate(i18n.For("en"), ppm), Rate(i18n.For("de"), ppm)}; got != want {
			t.Errorf("%d ppm reads %q, want %q", ppm, got, want)
		}
	}
}
