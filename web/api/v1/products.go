package v1

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
)

type productEnvelope struct {
	Product productAnswer `json:"product"`
}

type productAnswer struct {
	ID            string `json:"id"`
	ProfileID     string `json:"profile_id"`
	Type          string `json:"type"`
	Reference     string `json:"reference"`
	Name          string `json:"name"`
	Description   string `json:"description"`
	Currency      string `json:"currency"`
	Price         string `json:"price"`
	Discount      string `json:"discount_amount"`
	Fee           string `json:"fee_amount"`
	TaxRate       string `json:"tax_rate"`
	PricingLocked bool   `json:"pricing_locked"`
	PaymentLocked bool   `json:"payment_locked"`
	Active        bool   `json:"active"`
	CreatedAt     string `json:"created_at"`
}

// createProduct is POST /products.
func (h *handlers) createProduct(c echo.Context, by caller) error {
	return h.create(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		d, err := readProduct(body)
		if err != nil {
			return nil, err
		}
		return h.Products.Create(ctx, by.actor(), by.profileID, d, call)
	})
}

// showProduct is GET /products/:id.
func (h *handlers) showProduct(c echo.Context, by caller) error {
	if !id.Valid("prd", c.Param("id")) {
		return catalog.ErrNotFound
	}
	p, err := h.Products.Product(c.Request().Context(), by.profileID, catalog.ID(c.Param("id")))
	if err != nil {
		return err
	}
	return show(c, productEnvelope{describeProduct(p)})
}

func readProduct(body value) (catalog.Details, error) {
	var r reader
	var d catalog.Details
	var kind, currency, price, discount, fee, rate string
	r.envelope(body, "product", fields{
		"type":            r.text(&kind),
		"reference":       r.text(&d.Reference),
		"name":            r.text(&d.Name),
		"description":     r.text(&d.Description),
		"currency":        r.text(&currency),
		"price":           r.decimal(&price),
		"discount_amount": r.decimal(&discount),
		"fee_amount":      r.decimal(&fee),
		"tax_rate":        r.decimal(&rate),
		"pricing_locked":  r.boolean(&d.PricingLocked),
		"payment_locked":  r.boolean(&d.PaymentLocked),
	}, "type", "name", "currency", "price")
	d.Type = catalog.Type(kind)
	in, err := money.ParseCurrency(currency)
	if err != nil {
		r.note("/product/currency", "currency", "Use an ISO 4217 code such as EUR.")
	} else {
		d.Price = r.amount(price, "/product/price", in)
		d.Discount = r.amount(discount, "/product/discount_amount", in)
		d.Fee = r.amount(fee, "/product/fee_amount", in)
	}
	if rate != "" {
		if d.Tax, err = parsePercent(rate); err != nil {
			r.note("/product/tax_rate", "tax_rate", "Use a rate in per cent such as 19 or 7.7, with at most 4 decimals.")
		}
	}
	return d, r.err()
}

func describeProduct(p catalog.Product) productAnswer {
	return productAnswer{
		ID: string(p.ID), ProfileID: string(p.ProfileID), Type: string(p.Type), Reference: p.Reference, Name: p.Name,
		Description: p.Description, Currency: p.Price.Currency().Code(), Price: p.Price.Decimal(), Discount: p.Discount.Decimal(), Fee: p.Fee.Decimal(),
		TaxRate:       percent(p.Tax),
		PricingLocked: p.PricingLocked, PaymentLocked: p.PaymentLocked, Active: p.Active, CreatedAt: timestamp(p.CreatedAt),
	}
}
