package v1

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
)

type orderEnvelope struct {
	Order orderAnswer `json:"order"`
}

type orderAnswer struct {
	ID          string       `json:"id"`
	ProfileID   string       `json:"profile_id"`
	Type        string       `json:"order_type"`
	Status      string       `json:"status"`
	InvoiceID   string       `json:"invoice_id"`
	CustomerID  string       `json:"customer_id"`
	Currency    string       `json:"currency"`
	TotalToPay  string       `json:"total_to_pay"`
	Note        string       `json:"note"`
	Language    string       `json:"language"`
	Products    []lineAnswer `json:"order_products"`
	PaymentLink *string      `json:"payment_link"` // null when no link can be shown
	CreatedAt   string       `json:"created_at"`
	EndedAt     *string      `json:"ended_at"` // null while it goes on
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

// createSingleOrder is POST /orders/create_single_order.
func (h *handlers) createSingleOrder(c echo.Context, by caller) error {
	return h.create(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		in, err := readSingleOrder(body)
		if err != nil {
			return nil, err
		}
		return h.Orders.CreateSingle(ctx, by.actor(), by.profileID, in, call)
	})
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
	var link *string
	switch token, err := h.Orders.LinkToken(c.Request().Context(), by.profileID, o.ID); {
	case err == nil:
		link = h.link(token)
	case !errors.Is(err, order.ErrLinkUnknown):
		return err
	}
	return show(c, orderEnvelope{describeOrder(o, link)})
}

func readSingleOrder(body value) (order.Single, error) {
	var r reader
	var in order.Single
	var customerID string
	r.envelope(body, "order", fields{
		"customer_id": r.text(&customerID),
		"currency":    r.text(&in.Currency),
		"invoice_id":  r.text(&in.InvoiceID),
		"note":        r.text(&in.Note),
		"order_products": r.list(func(v value, at string) {
			var productID string
			l := order.SingleLine{Quantity: 1}
			r.object(v, at, fields{
				"product_id":      r.text(&productID),
				"qty":             r.integer(&l.Quantity),
				"amount":          r.decimal(&l.Amount),
				"discount_amount": r.decimal(&l.Discount),
				"fee_amount":      r.decimal(&l.Fee),
				"tax_amount":      r.decimal(&l.Tax),
			}, "product_id")
			l.ProductID = catalog.ID(productID)
			in.Lines = append(in.Lines, l)
		}),
	}, "customer_id", "currency", "order_products")
	in.CustomerID = customer.ID(customerID)
	return in, r.err()
}

func describeOrder(o order.Order, link *string) orderAnswer {
	a := orderAnswer{
		ID: string(o.ID), ProfileID: string(o.ProfileID), Type: string(o.Type), Status: string(o.Status),
		InvoiceID: o.InvoiceID, CustomerID: string(o.CustomerID), Currency: o.Total.Currency().Code(), TotalToPay: o.Total.Decimal(),
		Note: o.Note, Language: o.Language, Products: make([]lineAnswer, 0, len(o.Lines)), PaymentLink: link, CreatedAt: timestamp(o.CreatedAt),
	}
	if !o.EndedAt.IsZero() {
		ended := timestamp(o.EndedAt)
		a.EndedAt = &ended
	}
	for _, l := range o.Lines {
		a.Products = append(a.Products, lineAnswer{
			ProductID: string(l.ProductID), Name: l.Name, Description: l.Description, Quantity: l.Quantity, Amount: l.Unit.Decimal(),
			Discount: l.Discount.Decimal(), Fee: l.Fee.Decimal(),
			TaxRate: percent(l.TaxRate), TaxAmount: l.Tax.Decimal(), TotalAmount: l.Total.Decimal(),
		})
	}
	return a
}
