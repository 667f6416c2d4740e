package v1

import (
	"context"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

type orderEnvelope struct {
	Order orderAnswer `json:"order"`
}

// orderSummary is what a list shows of an order.
type orderSummary struct {
	ID         string `json:"id"`
	ProfileID  string `json:"profile_id"`
	Type       string `json:"order_type"`
	Status     string `json:"status"`
	InvoiceID  string `json:"invoice_id"`
	CustomerID string `json:"customer_id"`
	Currency   string `json:"currency"`
	paymentAnswer
	Note           string  `json:"note"`
	Memo           string  `json:"memo"`
	Language       string  `json:"language"`
	Redirect       string  `json:"redirect_url"`
	FailedRedirect string  `json:"failed_redirect_url"`
	CreatedAt      string  `json:"created_at"`
	CancelsOn      *string `json:"cancels_on"` // null unless its customer ended a subscription
	EndedAt        *string `json:"ended_at"`   // null while it goes on
}

type orderAnswer struct {
	orderSummary
	Tags        []string        `json:"tags"`
	Products    []lineAnswer    `json:"order_products"`
	Discount    string          `json:"total_discount_amount"` // of all products, like the next two
	Fee         string          `json:"total_fee_amount"`
	Tax         string          `json:"total_tax_amount"`
	PaymentLink *string         `json:"payment_link"` // null when none can be shown, or not to the caller
	Checkout    *checkoutAnswer `json:"checkout"`     // null when none is open
}

type lineAnswer struct {
	ProductID   string `json:"product_id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Quantity    int64  `json:"qty"`
	Amount      string `json:"amount"` // of one, like the next two
	Discount    string `json:"discount_amount"`
	Fee         string `json:"fee_amount"`
	TaxRate     string `json:"tax_rate"`
	TaxAmount   string `json:"tax_amount"` // the part of total_amount that is tax
	TotalAmount string `json:"total_amount"`
}

// showOrder is GET /orders/:id.
func (h *handlers) showOrder(c echo.Context, by caller) error {
	if !order.ValidID(c.Param("id")) {
		return order.ErrNotFound
	}
	o, err := h.Orders.Order(c.Request().Context(), by.profileID, order.ID(c.Param("id")))
	if err != nil {
		return err
	}
	link, err := h.linkOf(c.Request().Context(), by, o.ID)
	if err != nil {
		return err
	}
	checkout, err := h.checkoutOf(c.Request().Context(), by.profileID, o)
	if err != nil {
		return err
	}
	return show(c, orderEnvelope{describeOrder(o, link, checkout)})
}

// listOrders is GET /orders.
func (h *handlers) listOrders(c echo.Context, by caller, q *query) error {
	f := order.Filter{CreatedBy: by.own, Statuses: choices(q, "status", order.Statuses), Type: choice(q, "order_type", catalog.Types),
		CustomerID: customer.ID(q.key("customer_id", "cus")), CustomerEmail: q.text("customer_email"), InvoiceID: q.text("invoice_id"),
		Tag: q.text("tag"), Currency: q.currency("currency"), CreatedFrom: q.moment("created_from"), CreatedTo: q.moment("created_to")}
	f.Total = q.amount("amount", "currency", f.Currency)
	f.CardLast4, f.CardBrand = q.last4("card_last4"), strings.ToUpper(q.text("card_brand"))
	if f.CardBrand != "" && !q.values.Has("card_last4") {
		q.note("card_last4", "required", "Tell the last four digits of the card too.")
	}
	if first, last := q.date("paid_from"), q.date("paid_to"); !first.IsZero() || !last.IsZero() {
		p, err := h.Profiles.Profile(c.Request().Context(), by.profileID)
		if err != nil {
			return err
		}
		f.PaidFrom, f.PaidTo = paidDays(p, first, last)
	}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[order.Order], error) {
		return h.Orders.Orders(ctx, by.profileID, f, w)
	}, summarise)
}

// paidDays are the moments of a profile's days, of which the last counts too.
func paidDays(p profile.Profile, first, last time.Time) (from, to time.Time) {
	if !first.IsZero() {
		from = p.DayBegins(first)
	}
	if !last.IsZero() {
		to = p.DayBegins(last.AddDate(0, 0, 1))
	}
	return from, to
}

func summarise(o order.Order) orderSummary {
	a := orderSummary{
		ID: string(o.ID), ProfileID: string(o.ProfileID), Type: string(o.Type), Status: string(o.Status),
		InvoiceID: o.InvoiceID, CustomerID: string(o.CustomerID), Currency: o.Total.Currency().Code(), paymentAnswer: describePayments(o),
		Note: o.Note, Memo: o.Plan.Memo, Language: o.Language, Redirect: o.RedirectURL, FailedRedirect: o.FailedRedirectURL, CreatedAt: timestamp(o.CreatedAt),
	}
	if o.CancelsOn != "" {
		a.CancelsOn = &o.CancelsOn
	}
	if !o.EndedAt.IsZero() {
		ended := timestamp(o.EndedAt)
		a.EndedAt = &ended
	}
	return a
}

func describeOrder(o order.Order, link *string, checkout *checkoutAnswer) orderAnswer {
	a := orderAnswer{orderSummary: summarise(o), Tags: append([]string{}, o.Tags...), Products: make([]lineAnswer, 0, len(o.Lines)), PaymentLink: link, Checkout: checkout}
	for _, l := range o.Lines {
		a.Products = append(a.Products, lineAnswer{
			ProductID: string(l.ProductID), Name: l.Name, Description: l.Description, Quantity: l.Quantity, Amount: l.Unit.Decimal(),
			Discount: l.Discount.Decimal(), Fee: l.Fee.Decimal(),
			TaxRate: percent(l.TaxRate), TaxAmount: l.Tax.Decimal(), TotalAmount: l.Total.Decimal(),
		})
	}
	sums := o.Sums()
	a.Discount, a.Fee, a.Tax = sums.Discount.Decimal(), sums.Fee.Decimal(), sums.Tax.Decimal()
	return a
}
