package v1

import (
	"context"
	"maps"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/order"
)

// createOrder is POST /orders/create_…_order of one type.
func (h *handlers) createOrder(t catalog.Type) func(echo.Context, caller) error {
	return func(c echo.Context, by caller) error {
		return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
			var r reader
			in, wanted := r.order(body, t)
			if err := h.mayEmbed(ctx, by.profileID, &r, "/order/embed_host", wanted.embedHost); err != nil {
				return nil, err
			}
			if err := r.err(); err != nil {
				return nil, err
			}
			in.CustomersOf = by.own
			if wanted.checkout {
				return h.createWithCheckout(ctx, by, in, wanted.embedHost, call)
			}
			return h.Orders.Create(ctx, by.actor(), by.profileID, in, call)
		})
	}
}

// wanted is what an order's answer is to have besides.
type wanted struct {
	checkout  bool
	embedHost string
}

// order reads what is told of an order of a type.
func (r *reader) order(body value, t catalog.Type) (in order.Sale, also wanted) {
	in.Type = t
	var customerID string
	known := fields{
		"customer_id": r.text(&customerID),
		"currency":    r.text(&in.Currency),
		"invoice_id":  r.text(&in.InvoiceID),
		"note":        r.text(&in.Note),
		"memo":        r.text(&in.Memo),
		"language":    r.text(&in.Language),
		"tags": r.list(func(v value, at string) {
			var tag string
			r.text(&tag)(v, at)
			in.Tags = append(in.Tags, tag)
		}),
		"create_checkout":     r.boolean(&also.checkout),
		"embed_host":          r.text(&also.embedHost),
		"redirect_url":        r.text(&in.RedirectURL),
		"failed_redirect_url": r.text(&in.FailedRedirectURL),
		"order_products": r.list(func(v value, at string) {
			in.Lines = append(in.Lines, r.line(v, at, t))
		}),
	}
	terms, finish := r.terms(&in)
	maps.Copy(known, terms)
	r.envelope(body, "order", known, "customer_id", "currency", "order_products")
	finish()
	in.CustomerID = customer.ID(customerID)
	return in, also
}

// line reads one of an order's products.
func (r *reader) line(v value, at string, t catalog.Type) order.SaleLine {
	var productID string
	l := order.SaleLine{Quantity: 1}
	known := fields{
		"product_id":      r.text(&productID),
		"qty":             r.integer(&l.Quantity),
		"amount":          r.decimal(&l.Amount),
		"discount_amount": r.decimal(&l.Discount),
		"fee_amount":      r.decimal(&l.Fee),
		"tax_amount":      r.decimal(&l.Tax),
	}
	if t == catalog.Subscription {
		known["discount_applies_to"] = optional(r.once, &l.DiscountOnce)
		known["fee_applies_to"] = optional(r.once, &l.FeeOnce)
	}
	r.object(v, at, known, "product_id")
	l.ProductID = catalog.ID(productID)
	return l
}

// terms are the fields that say how an order of a type is paid; finish comes when
// all were read.
func (r *reader) terms(in *order.Sale) (known fields, finish func()) {
	if in.Type == catalog.SinglePayment {
		return fields{"pre_authorise": r.boolean(&in.PreAuthorise)}, func() {}
	}
	known = fields{
		"initial_amount": r.decimal(&in.Initial),
		"register_only":  r.boolean(&in.Register),
	}
	if in.Type == catalog.Metered {
		return known, func() {}
	}
	known["scheduled_unit"] = r.text(&in.Unit)
	known["scheduled_interval"] = optional(r.integer, &in.Interval)
	known["start_date"] = r.text(&in.StartOn)
	if in.Type == catalog.Instalment {
		known["split_number"] = optional(r.integer, &in.Splits)
		return known, func() {}
	}
	const other = "recurring_collection_interval" // of BillPro; the same as scheduled_interval
	var interval *int64
	known[other] = optional(r.integer, &interval)
	return known, func() {
		switch {
		case interval == nil:
		case in.Interval != nil:
			r.note("/order/"+other, "told_twice", "Tell scheduled_interval or recurring_collection_interval, not both.")
		default:
			in.Interval = interval
		}
	}
}

// optional is a field that leaves to nil where nothing is told.
func optional[T any](take func(*T) field, to **T) field {
	return func(v value, at string) {
		var told T
		take(&told)(v, at)
		*to = &told
	}
}
