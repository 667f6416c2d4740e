// Package urls owns every address of the site, so that routes, pages and
// answers of the API cannot disagree.
package urls

import (
	"net/url"
	"strings"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// Prefixes of addresses that machines use. Errors below them are no pages.
const (
	API      = "/api/v1"
	Webhooks = "/webhooks"
	Reports  = "/csp-reports" // of what payment pages blocked
	Probes   = "/checkout/probe/"
)

// Site is where the site is reached from outside: "https://pay.example.com",
// without a slash at its end.
type Site string

// Secure reports whether browsers reach the site by https only.
func (s Site) Secure() bool { return strings.HasPrefix(string(s), "https://") }

// PaymentLink is the whole address that a customer is sent. token is a secret.
func (s Site) PaymentLink(token string) string { return string(s) + "/pay/" + url.PathEscape(token) }

// CheckoutReturn is the whole address to which the gateway sends a browser back;
// token is the one that signs it.
func (s Site) CheckoutReturn(id payment.AttemptID, token string) string {
	return string(s) + Checkout(id) + "/return?t=" + url.QueryEscape(token)
}

// Embed is the whole address of a checkout in a frame; ticket is what signs it.
func (s Site) Embed(id payment.AttemptID, ticket string) string {
	return string(s) + Embed(id, ticket)
}

// EmbedReturn is the whole address to which the card fields in a frame lead it back.
func (s Site) EmbedReturn(id payment.AttemptID, ticket string) string {
	return string(s) + Embeds + url.PathEscape(string(id)) + "/return?t=" + url.QueryEscape(ticket)
}

// EmbedScript is the whole address of the script that mounts the frame. A version
// never changes: merchants' pages hold its hash.
func (s Site) EmbedScript() string { return string(s) + EmbedScript }

// Order is an order's page: before payment, and the portal ever after.
func Order(id order.ID) string { return "/orders/" + url.PathEscape(string(id)) }

// OrderBusy is the order's page for a customer who was told to wait.
func OrderBusy(id order.ID) string { return Order(id) + "?busy=1" }

// Pay takes the POST of an order's "Continue to payment".
func Pay(id order.ID) string { return Order(id) + "/pay" }

// Card is the page on which the cards of an order are changed; it also takes the
// POST that stores another.
func Card(id order.ID) string { return Order(id) + "/card" }

// CardSaid is that page with the sentence of a code on it.
func CardSaid(id order.ID, code string) string { return Card(id) + "?said=" + url.QueryEscape(code) }

// ChooseCard makes another stored card the one in use.
func ChooseCard(id order.ID) string { return Card(id) + "/choose" }

// RemoveCard takes a card away.
func RemoveCard(id order.ID) string { return Card(id) + "/remove" }

// TryCard charges what is outstanding to the main card once more.
func TryCard(id order.ID) string { return Card(id) + "/try" }

// OrderDone is the order's page for a customer who has just done something there.
func OrderDone(id order.ID, what string) string { return Order(id) + "?done=" + url.QueryEscape(what) }

// Cancel is the page that asks before a subscription is ended; it takes the POST too.
func Cancel(id order.ID) string { return Order(id) + "/cancel" }

// Keep takes the POST that takes the end of a subscription back.
func Keep(id order.ID) string { return Order(id) + "/keep" }

// OrderSummary is an order's summary as PDF.
func OrderSummary(id order.ID) string { return Order(id) + "/order-summary.pdf" }

// Document is an issued document as PDF; empty for a kind without an address.
func Document(id order.ID, kind document.Kind, number string) string {
	folder := DocumentFolder(kind)
	if folder == "" {
		return ""
	}
	return Order(id) + "/" + folder + "/" + url.PathEscape(number) + ".pdf"
}

// DocumentFolder is the part of an address that names a kind of document; empty
// for a kind without one.
func DocumentFolder(kind document.Kind) string {
	switch kind {
	case document.Invoice:
		return "invoices"
	case document.Receipt:
		return "receipts"
	case document.CreditNote:
		return "credit-notes"
	}
	return ""
}

// Checkout is the page with the card fields. It also takes the POST that starts
// again when the checkout has expired.
func Checkout(id payment.AttemptID) string { return "/checkout/" + url.PathEscape(string(id)) }

// Embeds is what the addresses in frames begin with; EmbedScript is where the script
// that mounts them is served, EmbedFile its name among the static files.
const (
	Embeds      = "/embed/"
	EmbedScript = Embeds + "v1/quittance.js"
	EmbedFile   = "js/quittance-v1.js"
)

// Embed is a checkout in a frame. It also takes the POST of its consent.
func Embed(id payment.AttemptID, ticket string) string {
	return Embeds + url.PathEscape(string(id)) + "?t=" + url.QueryEscape(ticket)
}

// Logo is a merchant's picture by its content.
func Logo(l profile.Logo) string {
	if l.Hash == "" {
		return ""
	}
	return "/logos/" + url.PathEscape(l.Hash) + "." + strings.TrimPrefix(l.MediaType, "image/")
}

// Webhook is where the gateway of an account posts its notifications.
func (s Site) Webhook(driver, accountID string) string {
	return string(s) + Webhooks + "/" + url.PathEscape(driver) + "/" + url.PathEscape(accountID)
}

// FileName keeps of a name with a merchant's own number what every file system
// takes.
func FileName(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, s)
	if len(s) > 80 {
		s = s[:80]
	}
	return s
}
