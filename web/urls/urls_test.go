package urls_test

import (
	"net/url"
	"testing"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/web/urls"
)

func TestAddresses(t *testing.T) {
	t.Parallel()

	site := urls.Site("https://pay.example.com")
	for want, got := range map[string]string{
		"https://pay.example.com/pay/abc":                          site.PaymentLink("abc"),
		"https://pay.example.com/checkout/att_1/return?t=p.1.a%2B": site.CheckoutReturn("att_1", "p.1.a+"),
		"/orders/ord_1":                           urls.Order("ord_1"),
		"/orders/ord_1/pay":                       urls.Pay("ord_1"),
		"/orders/ord_1/order-summary.pdf":         urls.OrderSummary("ord_1"),
		"/orders/ord_1/receipts/R-2026-00001.pdf": urls.Document("ord_1", document.Receipt, "R-2026-00001"),
		"/orders/ord_1/invoices/2026%2F1%3F.pdf":  urls.Document("ord_1", document.Invoice, "2026/1?"),
		"/orders/ord_1/credit-notes/CN-1.pdf":     urls.Document("ord_1", document.CreditNote, "CN-1"),
		"/checkout/att_1":                         urls.Checkout("att_1"),
		"":                                        urls.Document("ord_1", "letter", "1"),
	} {
		if got != want {
			t.Errorf("address = %s, want %s", got, want)
		}
		if _, err := url.Parse(got); err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
	if !site.Secure() || urls.Site("http://127.0.0.1:8080").Secure() {
		t.Error("https alone is secure")
	}
}

func TestFileNamesAreSafe(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]string{
		"receipt-R-2026-00001":   "receipt-R-2026-00001",
		`../../etc/"x"` + "\r\n": "------etc--x---",
		"Bestellung Ä/1":         "Bestellung---1",
	} {
		if got := urls.FileName(in); got != want {
			t.Errorf("urls.FileName(%q) = %q, want %q", in, got, want)
		}
	}
}
