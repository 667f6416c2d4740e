package portal

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/i18n"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
	view "github.com/quittance/quittance/templates/portal"
	"github.com/quittance/quittance/templates/ui"
)

func eur(minor int64) money.Amount { return money.New(minor, money.EUR) }

// paidTwice is an order whose second payment is on its way back, paid shortly
// before midnight in UTC, which is the next day in Berlin.
func paidTwice() payment.Overview {
	at := time.Date(2026, 5, 2, 23, 30, 0, 0, time.UTC)
	card := payment.Method{Brand: "VISA", Last4: "0091", ExpiryMonth: 5, ExpiryYear: 2030}
	v := payment.Overview{
		Profile: profile.Profile{TimeZone: "Europe/Berlin"},
		Order: order.Order{ID: "ord_1", InvoiceID: "NK-1", Type: catalog.SinglePayment, Status: order.Complete, Total: eur(12400), Lines: []order.Line{
			{Name: "Plate", Quantity: 2, Unit: eur(6000), Tax: eur(1916), Total: eur(12000)}, {Name: "Card", Quantity: 1, Unit: eur(400), Tax: eur(64), Total: eur(400)}}},
		Payment: payment.Payment{Status: payment.Paid, Amount: eur(12400), Captured: eur(12400), PaidAt: at},
		Transactions: []payment.Transaction{
			{ID: "trn_4", GatewayID: "g4", ReferencedID: "g3", Type: gateway.Refund, State: payment.Approved, Amount: eur(12400), BookedAt: at},
			{ID: "trn_3", GatewayID: "g3", Type: gateway.Debit, State: payment.Approved, Surplus: true, Amount: eur(12400), BookedAt: at, Method: payment.Method{Brand: "MASTER", Last4: "9999"}},
			{ID: "trn_2", GatewayID: "g2", Type: gateway.Debit, State: payment.Approved, Amount: eur(12400), BookedAt: at, Method: card},
			{ID: "trn_1", GatewayID: "g1", Type: gateway.Debit, State: payment.Declined, Amount: eur(12400), BookedAt: at, Method: payment.Method{Brand: "AMEX", Last4: "1008"}},
		},
		Documents: []document.Document{{OrderID: "ord_1", TransactionID: "trn_2", Kind: document.Receipt, Number: "R-2026-00001"}},
	}
	v.Sums = payment.SumsOf(v.Payment)
	return v
}

// A payment that staff look at is not told to be on its way, although its charge is
// not over.
func TestHeldPaymentOfAScheduleIsBeingChecked(t *testing.T) {
	t.Parallel()
	w := payment.Wallet{Loc: time.UTC, Charged: map[schedule.ID]bool{"spm_1": true}}
	for status, want := range map[schedule.Status]string{schedule.Review: "Wird geprüft", schedule.Scheduled: "Wird abgebucht"} {
		if got := dueOf(i18n.For("de"), w, schedule.Payment{ID: "spm_1", Status: status, Amount: eur(100), DueOn: "2026-05-03"}); got.Status.Word != want {
			t.Errorf("%s: %q, want %q", status, got.Status.Word, want)
		}
	}
}

func TestPortalOfAnOrderPaidTwice(t *testing.T) {
	t.Parallel()

	v := paidTwice()
	got := show(i18n.For("en"), v)
	got.History.Entries = history(i18n.For("en"), v, v.Transactions)

	receipt := view.Document{Kind: "receipt", Label: "Receipt R-2026-00001", URL: "/orders/ord_1/receipts/R-2026-00001.pdf"}
	const day = "3 May 2026"
	want := view.Show{
		Number: "NK-1", Status: ui.Status{Tone: ui.Good, Word: "Paid on " + day}, Amounts: view.Amounts{Label: "Total", Main: "€124.00", Paid: "€124.00", Open: "€0.00"},
		Next:   "There is nothing more to pay. Keep your link: it opens this page whenever you need it.",
		Notice: ui.Alert{Tone: ui.Quiet, Text: "A second payment of €124.00 arrived and was sent back to you."},
		Order: ui.Lines{Total: "€124.00", Taxes: []ui.Tax{{Amount: "€19.80"}}, Lines: []ui.Line{
			{Description: "Plate", Quantity: "2", UnitPrice: "€60.00", Total: "€120.00"}, {Description: "Card", Quantity: "1", UnitPrice: "€4.00", Total: "€4.00"}}},
		Method: view.Method{Brand: "Visa", Last4: "0091", Expiry: "05\u00a0/\u00a02030"},
		History: view.History{Entries: []view.Entry{
			{Date: day, What: "Second payment sent back", Amount: "-€124.00", Status: ui.Status{Tone: ui.Good, Word: "Sent back"}},
			{Date: day, What: "Second payment, goes back to you", Detail: "Mastercard ending in 9999", Amount: "€124.00", Status: ui.Status{Tone: ui.Good, Word: "Approved"}},
			{Date: day, What: "Payment", Detail: "Visa ending in 0091", Amount: "€124.00", Status: ui.Status{Tone: ui.Good, Word: "Approved"}, Documents: []view.Document{receipt}},
			{Date: day, What: "Payment", Amount: "€124.00", Status: ui.Status{Tone: ui.Bad, Word: "Declined"}, Detail: "American Express ending in 1008"},
		}},
		Downloads: []view.Document{{Kind: "summary", Label: "Order summary", URL: "/orders/ord_1/order-summary.pdf"}, receipt},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("portal (-want +got):\n%s", diff)
	}
}

func TestDisputedPaymentSaysSo(t *testing.T) {
	t.Parallel()

	v := paidTwice()
	v.Transactions = append([]payment.Transaction{{ID: "trn_5", Type: gateway.Chargeback, State: payment.Approved, Amount: eur(12400),
		BookedAt: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)}}, v.Transactions...)

	got := show(i18n.For("de"), v)
	entries := history(i18n.For("de"), v, v.Transactions)

	if want := (ui.Status{Tone: ui.Bad, Word: i18n.For("de").T("portal.status.disputed", "date", "1. Juni 2026")}); got.Status != want {
		t.Errorf("status = %v, want %v", got.Status, want)
	}
	if entries[0].What != i18n.For("de").T("history.chargeback") || !strings.HasPrefix(entries[0].Amount, "-") && !strings.HasPrefix(entries[0].Amount, "−") {
		t.Errorf("history begins with %q over %q", entries[0].What, entries[0].Amount)
	}

	v.Transactions = append([]payment.Transaction{{ID: "trn_6", Type: gateway.ChargebackReversal, State: payment.Approved, Amount: eur(12400),
		BookedAt: time.Date(2026, 6, 9, 10, 0, 0, 0, time.UTC)}}, v.Transactions...)
	if got := show(i18n.For("de"), v); got.Status.Tone != ui.Good {
		t.Errorf("won, the status is %v", got.Status)
	}
	if entries := history(i18n.For("de"), v, v.Transactions); entries[0].What != i18n.For("de").T("history.dispute_won") {
		t.Errorf("won, the history begins with %q", entries[0].What)
	}
}
