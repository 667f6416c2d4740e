package order

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/user"
)

// Sale is what a merchant tells to create an order. Amounts are texts as the
// merchant wrote them; what is empty is the product's. What a type does not have
// is not looked at.
type Sale struct {
	Type       catalog.Type // of the order; its products are of the same
	CustomerID customer.ID
	// CustomersOf is the user among whose customers CustomerID is looked for; empty:
	// among all.
	CustomersOf user.ID
	Currency    string
	InvoiceID   string // empty: a short form of the order's key
	Note, Memo  string
	Tags        []string // each at most once
	Language    string   // empty: the customer's, else the profile's
	Lines       []SaleLine
	// Where the browser goes on to after the payment; empty: the portal.
	RedirectURL, FailedRedirectURL string

	PreAuthorise bool // single: the total is held, to be captured later
	Terms
}

// SaleLine asks for a product. Amount, Discount, Fee and Tax are of one.
type SaleLine struct {
	ProductID catalog.ID
	Quantity  int64
	Amount    string
	Discount  string
	Fee       string
	Tax       string // the tax included in Amount less Discount
	// Subscription: the discount, the fee, count for the initial payment only.
	DiscountOnce, FeeOnce *bool
}

// Terms are how an order is paid, where it differs from its product's plan. A
// single order has none.
type Terms struct {
	// Initial is what an instalment or metered order's checkout collects; with
	// Register, of any type, the small hold that checks the card.
	Initial string
	// Register makes the checkout store the card only: nothing of the price is
	// collected by it.
	Register bool
	Splits   *int64 // instalment: how many payments follow the initial one
	Unit     string // instalment and subscription: a payment every Interval units
	Interval *int64
	StartOn  string // instalment and subscription; see Plan
}

// Bounds of an order.
const (
	MaxLines = 200
	// MaxStartYears is how far ahead the first scheduled payment may be.
	MaxStartYears = 3
)

// mistakes collects what is wrong with a request.
type mistakes []fault.Field

func (m *mistakes) refuse(pointer, code, public string) {
	*m = append(*m, fault.Field{Pointer: "/order/" + pointer, Code: code, Public: public})
}

// validate refuses what is wrong whatever the customer and the products are.
func (in Sale) validate(today time.Time, bad *mistakes) {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"invoice_id", in.InvoiceID, 100}, {"note", in.Note, 2000}, {"memo", in.Memo, 2000}} {
		if utf8.RuneCountInString(f.value) > f.most {
			bad.refuse(f.name, "too_long", fmt.Sprintf("Use at most %d characters.", f.most))
		}
	}
	if in.Language != "" && in.Language != "en" && in.Language != "de" {
		bad.refuse("language", "language", "Use en or de.")
	}
	in.validateTags(bad.refuse)
	in.validateAddresses(bad.refuse)
	switch n := len(in.Lines); {
	case in.Type != catalog.SinglePayment && n != 1:
		bad.refuse("order_products", "one_product", "An order of this type has exactly one product.")
	case n == 0 || n > MaxLines:
		bad.refuse("order_products", "line_count", fmt.Sprintf("An order has 1 to %d products.", MaxLines))
	}
	if in.StartOn != "" {
		in.validateStart(today, bad)
	}
}

// validateStart wants a day from today, which is midnight in the profile's zone,
// to MaxStartYears ahead.
func (in Sale) validateStart(today time.Time, bad *mistakes) {
	start, err := time.ParseInLocation(time.DateOnly, in.StartOn, today.Location())
	switch {
	case err != nil:
		bad.refuse("start_date", "start_date", "Use a day such as 2026-05-31.")
	case start.Format(time.DateOnly) < today.Format(time.DateOnly), start.After(today.AddDate(MaxStartYears, 0, 0)):
		bad.refuse("start_date", "start_date_range", fmt.Sprintf("Use a day from today to %d years ahead.", MaxStartYears))
	}
}
