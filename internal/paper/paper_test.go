package paper

import (
	"bytes"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/pdf"
)

func issued(language string) document.Document {
	at := time.Date(2026, 5, 3, 22, 30, 0, 0, time.UTC) // already the 4th in Berlin
	return document.Document{Number: "R-2026-00042", IssuedAt: at, Snapshot: &document.Snapshot{
		Language: language, TimeZone: "Europe/Berlin", Currency: "EUR", InvoiceID: "HB-1", Total: "1240.50", Paid: "1240.50", PaidAt: at, Reference: "trn_1",
		Seller:   document.Party{Name: "Harbour Bicycles GmbH", Address: []string{"Am Kai 12"}, TaxID: "DE123"},
		Customer: document.Party{Name: "Ada Winter", Country: "DE", TaxID: "DE999"},
		Lines:    []document.Line{{Name: "Overhaul", Description: "Brakes", Quantity: 1000, Unit: "1.2405", Total: "1240.50"}},
		Method:   document.Method{Brand: "VISA", Last4: "0000"}, TaxByRate: []document.TaxTotal{{RatePPM: 77_000, Tax: "88.68"}},
	}}
}

func TestReceiptSpeaksItsReadersLanguage(t *testing.T) {
	t.Parallel()
	for language, want := range map[string][]string{
		"en": {"Receipt", "4 May 2026", "€1,240.50", "Tax included (7.7%)", "1,000", "Visa ending in 0000", "Germany", "Tax ID: DE999", "Page {page} of {pages}"},
		"de": {"Quittung", "4. Mai 2026", "1.240,50\u00a0€", "Enthaltene Steuer (7,7\u00a0%)", "1.000", "Visa mit den Endziffern 0000", "Deutschland", "Steuernummer: DE999", "Seite {page} von {pages}"},
	} {
		d := issued(language)
		d.Snapshot.Lines[0].Unit = "1.24"
		r, err := receipt(d)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{r.Title, r.Date, r.Totals.Total.Value, r.Totals.Taxes[0].Label, r.Lines[0].Qty, r.Payment.Method.Value, r.BillTo.Lines[0], r.BillTo.Lines[1], r.PageOf}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", language, diff)
		}
	}
}

func TestReceiptRefusesASnapshotItCannotRead(t *testing.T) {
	t.Parallel()
	if _, err := receipt(issued("en")); err == nil {
		t.Error("a unit price finer than the currency was printed")
	}
}

func TestEqualSnapshotsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	var sums [2][32]byte
	for i := range sums {
		d := issued("de")
		d.Snapshot.Lines[0].Unit = "1.24"
		in, err := receipt(d)
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if _, err := pdf.WriteReceipt(&buf, in); err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(buf.Bytes())
	}
	if sums[0] != sums[1] {
		t.Error("the same snapshot was drawn in two ways")
	}
}

func TestSummarySaysHowTheOrderStands(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	total := money.New(12_400, money.EUR)
	v := payment.Overview{Profile: profile.Profile{Name: "Shop", TimeZone: "Europe/Berlin"}, Order: order.Order{InvoiceID: "HB-1", Status: order.Pending, Total: total,
		Lines: []order.Line{{Name: "Bell", Quantity: 1, Unit: total, Total: total}}},
		Payment: payment.Payment{ID: "pay_1", Status: payment.Open, Amount: total, Captured: money.New(0, money.EUR)}}
	for name, tt := range map[string]struct {
		change func(*payment.Overview)
		status string
		open   string
	}{
		"pending":   {func(*payment.Overview) {}, "Waiting for payment", "€124.00"},
		"checking":  {func(v *payment.Overview) { v.Undecided = payment.Pending }, "Waiting for the bank's answer", "€124.00"},
		"cancelled": {func(v *payment.Overview) { v.Order.Status = order.Cancelled }, "Cancelled", "€124.00"},
		"paid": {func(v *payment.Overview) {
			v.Order.Status, v.Payment.Status, v.Payment.Captured, v.Payment.PaidAt = order.Complete, payment.Paid, total, now
			v.Transactions = []payment.Transaction{{PaymentID: "pay_1", State: payment.Approved, Method: payment.Method{Brand: "VISA", Last4: "0000"}}}
		}, "Paid on 3 May 2026", "€0.00"},
	} {
		v := v
		tt.change(&v)
		got, err := summary(v, customer.Customer{}, "en", now)
		if err != nil || got.Status.Heading != tt.status || got.Totals.Open.Value != tt.open {
			t.Errorf("%s: %q, open %q, %v; want %q, %q", name, got.Status.Heading, got.Totals.Open.Value, err, tt.status, tt.open)
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
