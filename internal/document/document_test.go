package document_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

func eur(minor int64) money.Amount { return money.New(minor, money.EUR) }

// sale is an order of lines that are taxed in every way there is.
func sale() order.Order {
	return order.Order{InvoiceID: "HB-1", Note: "Until Friday.", Total: eur(33_600), Lines: []order.Line{
		{Name: "A", Quantity: 2, Unit: eur(10_000), Discount: eur(1_000), Fee: eur(50), TaxRate: 190_000, Tax: eur(2_874), Total: eur(18_100)},
		{Name: "B", Quantity: 1, Unit: eur(5_000), TaxRate: 70_000, Tax: eur(327), Total: eur(5_000)},
		{Name: "C", Quantity: 1, Unit: eur(7_000), TaxRate: 190_000, Tax: eur(1_118), Total: eur(7_000)},
		{Name: "D", Quantity: 3, Unit: eur(1_000), Tax: eur(450), Total: eur(3_000)},
		{Name: "E", Quantity: 1, Unit: eur(500), Total: eur(500)},
	}}
}

func TestTaxesAddUpToTheTotal(t *testing.T) {
	t.Parallel()
	got, err := document.TaxTotals(sale().Lines)
	want := []document.RateTotal{
		{Rate: 190_000, Taxed: true, Net: eur(21_008), Tax: eur(3_992), Gross: eur(25_000)},
		{Rate: 70_000, Taxed: true, Net: eur(4_673), Tax: eur(327), Gross: eur(5_000)},
		{Taxed: true, Net: eur(2_550), Tax: eur(450), Gross: eur(3_000)},
		{Net: eur(600), Tax: eur(0), Gross: eur(600)},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(money.Amount{}, money.Currency{})); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	none, err := document.TaxTotals([]order.Line{{Quantity: 1, Unit: eur(500), Fee: eur(1), Total: eur(501)}})
	if err != nil || len(none) != 0 {
		t.Errorf("without any tax: %v, %v", none, err)
	}
}

func TestFreezeAddsUpWhatTheLinesShow(t *testing.T) {
	t.Parallel()
	s, err := document.Freeze(profile.Profile{Name: "Shop", Details: profile.Details{PaperNote: "Thanks."}}, customer.Customer{}, sale())
	if err != nil {
		t.Fatal(err)
	}
	got := []string{s.Subtotal, s.Discount, s.Fees, s.Total, s.Lines[0].Discount, s.Lines[0].Fee, s.Lines[0].Total, s.Seller.Name, s.Notes[0], s.Notes[1]}
	if diff := cmp.Diff([]string{"355.00", "20.00", "1.00", "336.00", "20.00", "1.00", "181.00", "Shop", "Until Friday.", "Thanks."}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// desk is a unit of work that keeps what was written in it.
type desk struct {
	serial    int64
	last      time.Time
	allocated []money.Amount
}

func (d *desk) NextNumber(_ context.Context, _ document.Series, at time.Time) (int64, time.Time, error) {
	d.serial++
	if at.After(d.last) {
		d.last = at
	}
	return d.serial, d.last, nil
}

func (d *desk) InsertDocument(context.Context, document.Document) error { return nil }

func (d *desk) Allocate(_ context.Context, _ document.Document, _ string, a money.Amount) error {
	d.allocated = append(d.allocated, a)
	return nil
}

func TestInvoicesExistUnpaidPartPaidAndPaid(t *testing.T) {
	t.Parallel()
	first, second := document.Payment{TransactionID: "trn_1", Amount: eur(300)}, document.Payment{TransactionID: "trn_2", Amount: eur(700)}
	for name, tt := range map[string]struct {
		kind        document.Kind
		payments    []document.Payment
		paid, due   string
		transaction string
		fails       bool
	}{
		"unpaid":            {kind: document.Invoice, paid: "0.00", due: "10.00"},
		"part-paid":         {kind: document.Invoice, payments: []document.Payment{first}, paid: "3.00", due: "7.00", transaction: "trn_1"},
		"paid":              {kind: document.Invoice, payments: []document.Payment{first, second}, paid: "10.00", due: "0.00", transaction: "trn_1"},
		"paid beyond":       {kind: document.Invoice, payments: []document.Payment{second, second}, fails: true},
		"other currency":    {kind: document.Invoice, payments: []document.Payment{{Amount: money.New(1, money.JPY)}}, fails: true},
		"receipt":           {kind: document.Receipt, payments: []document.Payment{first}, paid: "3.00", due: "7.00", transaction: "trn_1"},
		"receipt of none":   {kind: document.Receipt, fails: true},
		"receipt of two":    {kind: document.Receipt, payments: []document.Payment{first, second}, fails: true},
		"nothing allocated": {kind: document.CreditNote, payments: []document.Payment{first}, paid: "3.00", due: "7.00", transaction: "trn_1"},
	} {
		tx := &desk{}
		d, err := document.Issue(t.Context(), tx, document.Document{Kind: tt.kind, Total: eur(1_000), Snapshot: &document.Snapshot{}}, profile.Profile{TimeZone: "UTC"}, time.Unix(0, 0), tt.payments...)
		if (err != nil) != tt.fails {
			t.Errorf("%s: %v", name, err)
		}
		if tt.fails {
			if tx.serial != 0 {
				t.Errorf("%s: took a number", name)
			}
			continue
		}
		if d.Snapshot.Paid != tt.paid || d.Snapshot.Due != tt.due || len(d.Snapshot.Payments) != len(tt.payments) || d.TransactionID != tt.transaction {
			t.Errorf("%s: paid %s, due %s, %d payments, transaction %q", name, d.Snapshot.Paid, d.Snapshot.Due, len(d.Snapshot.Payments), d.TransactionID)
		}
		if tt.kind == document.Invoice && len(tx.allocated) != len(tt.payments) || tt.kind != document.Invoice && len(tx.allocated) != 0 {
			t.Errorf("%s: %d allocations", name, len(tx.allocated))
		}
	}
}

func TestNumbersFollowTheProfilesFormat(t *testing.T) {
	t.Parallel()
	p := profile.Profile{TimeZone: "Europe/Berlin", Details: profile.Details{Formats: profile.Formats{Invoice: "{year}/{kind}/{serial}", Receipt: "Q{serial:3}-{year}"}}}
	newYear := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC) // 2027 in Berlin
	tx := &desk{serial: 41, last: newYear.Add(time.Hour)}
	for kind, want := range map[document.Kind]string{document.Invoice: "2027/INV/42", document.Receipt: "Q042-2027", document.CreditNote: "CN-2027-00042"} {
		tx.serial = 41
		d, err := document.Issue(t.Context(), tx, document.Document{Kind: kind, Total: eur(1), Snapshot: &document.Snapshot{}}, p, newYear, document.Payment{Amount: eur(1)})
		if err != nil || d.Number != want || d.IssuedOn != "2027-01-01" || !d.IssuedAt.Equal(tx.last) {
			t.Errorf("%s: %q on %s, %v; want %q", kind, d.Number, d.IssuedOn, err, want)
		}
	}
}
