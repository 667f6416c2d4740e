package v1

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/paging"
)

type productEnvelope struct {
	Product productAnswer `json:"product"`
}

type productAnswer struct {
	ID           string `json:"id"`
	ProfileID    string `json:"profile_id"`
	Type         string `json:"type"`
	Reference    string `json:"reference"`
	Name         string `json:"name"`
	Description  string `json:"description"`
	Currency     string `json:"currency"`
	Price        string `json:"price"`
	Discount     string `json:"discount_amount"`
	DiscountRate string `json:"discount_rate"`
	Fee          string `json:"fee_amount"`
	TaxRate      string `json:"tax_rate"`
	planAnswer
	PricingLocked bool   `json:"pricing_locked"`
	PaymentLocked bool   `json:"payment_locked"`
	Active        bool   `json:"active"`
	CreatedAt     string `json:"created_at"`
}

// planAnswer is how a product is paid; null is what its type does not have.
type planAnswer struct {
	Initial    *string `json:"initial_amount"`
	Splits     *int64  `json:"split_number"`
	Unit       *string `json:"scheduled_unit"`
	Interval   *int64  `json:"scheduled_interval"`
	DiscountTo *string `json:"discount_applies_to"`
	FeeTo      *string `json:"fee_applies_to"`
}

// createProduct is POST /products.
func (h *handlers) createProduct(c echo.Context, by caller) error {
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		var p catalog.Product
		if err := readProduct(body, &p, false); err != nil {
			return nil, err
		}
		return h.Products.Create(ctx, by.actor(), by.profileID, p.Details, call)
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

// changeProduct is PUT /products/:id.
func (h *handlers) changeProduct(c echo.Context, by caller) error {
	if !id.Valid("prd", c.Param("id")) {
		return catalog.ErrNotFound
	}
	return h.write(c, by, func(ctx context.Context, body value, call *idem.Call) (any, error) {
		change := func(p *catalog.Product) error { return readProduct(body, p, true) }
		return h.Products.Change(ctx, by.actor(), by.profileID, catalog.ID(c.Param("id")), change, call)
	})
}

// listProducts is GET /products.
func (h *handlers) listProducts(c echo.Context, by caller, q *query) error {
	f := catalog.Filter{Type: choice(q, "type", catalog.Types), Active: q.boolean("active"), Reference: q.text("reference"), Currency: q.currency("currency")}
	return showList(c, by, q, func(ctx context.Context, w paging.Window) (paging.Page[catalog.Product], error) {
		return h.Products.Products(ctx, by.profileID, f, w)
	}, describeProduct)
}

// readProduct puts what a body tells into p, all of it or what is to change.
func readProduct(body value, p *catalog.Product, change bool) error {
	var r reader
	kind, unit, currency := string(p.Type), string(p.Plan.Unit), p.Price.Currency().Code()
	var price, discount, discountRate, fee, taxRate, initial string
	known := fields{
		"type":                r.text(&kind),
		"reference":           r.text(&p.Reference),
		"name":                r.text(&p.Name),
		"description":         r.text(&p.Description),
		"currency":            r.text(&currency),
		"price":               r.decimal(&price),
		"discount_amount":     r.decimal(&discount),
		"discount_rate":       r.decimal(&discountRate),
		"fee_amount":          r.decimal(&fee),
		"tax_rate":            r.decimal(&taxRate),
		"initial_amount":      r.decimal(&initial),
		"split_number":        r.integer(&p.Plan.Splits),
		"scheduled_unit":      r.text(&unit),
		"scheduled_interval":  r.integer(&p.Plan.Interval),
		"discount_applies_to": r.once(&p.Plan.DiscountOnce),
		"fee_applies_to":      r.once(&p.Plan.FeeOnce),
		"pricing_locked":      r.boolean(&p.PricingLocked),
		"payment_locked":      r.boolean(&p.PaymentLocked),
	}
	if change {
		known["active"] = r.boolean(&p.Active)
		r.change(body, "product", known)
	} else {
		r.envelope(body, "product", known, "type", "name", "currency", "price")
	}
	p.Type, p.Plan.Unit = catalog.Type(kind), catalog.Unit(unit)
	switch { // telling the discount one way ends the other
	case discount != "" && discountRate == "":
		p.DiscountRate = 0
	case discount == "" && discountRate != "":
		p.Discount = money.Amount{}
	}
	if in, err := money.ParseCurrency(currency); err != nil {
		r.note("/product/currency", "currency", "Use an ISO 4217 code such as EUR.")
	} else {
		r.amount(&p.Price, price, "/product/price", in)
		r.amount(&p.Discount, discount, "/product/discount_amount", in)
		r.amount(&p.Fee, fee, "/product/fee_amount", in)
		r.amount(&p.Plan.Initial, initial, "/product/initial_amount", in)
	}
	r.rate(&p.DiscountRate, discountRate, "/product/discount_rate")
	r.rate(&p.Tax, taxRate, "/product/tax_rate")
	return r.err()
}

// Which payments of a subscription something applies to.
const (
	toInitial = "initial"
	toAll     = "all"
)

// once fills to with whether something applies to the initial payment only.
func (r *reader) once(to *bool) field {
	return func(v value, at string) {
		switch {
		case v.kind != text:
			r.note(at, "wrong_type", "This must be a string.")
		case v.text != toInitial && v.text != toAll:
			r.note(at, "applies_to", "Use initial or all.")
		default:
			*to = v.text == toInitial
		}
	}
}

func describeProduct(p catalog.Product) productAnswer {
	return productAnswer{
		ID: string(p.ID), ProfileID: string(p.ProfileID), Type: string(p.Type), Reference: p.Reference, Name: p.Name,
		Description: p.Description, Currency: p.Price.Currency().Code(), Price: p.Price.Decimal(), Discount: p.Discount.Decimal(),
		DiscountRate: percent(p.DiscountRate), Fee: p.Fee.Decimal(), TaxRate: percent(p.Tax), planAnswer: describePlan(p.Type, p.Plan),
		PricingLocked: p.PricingLocked, PaymentLocked: p.PaymentLocked, Active: p.Active, CreatedAt: timestamp(p.CreatedAt),
	}
}

func describePlan(t catalog.Type, p catalog.Plan) planAnswer {
	var a planAnswer
	if t == catalog.Instalment || t == catalog.Metered {
		initial := p.Initial.Decimal()
		a.Initial = &initial
	}
	if t == catalog.Instalment {
		a.Splits = &p.Splits
	}
	if t == catalog.Instalment || t == catalog.Subscription {
		unit := string(p.Unit)
		a.Unit, a.Interval = &unit, &p.Interval
	}
	if t == catalog.Subscription {
		a.DiscountTo, a.FeeTo = appliesTo(p.DiscountOnce), appliesTo(p.FeeOnce)
	}
	return a
}

func appliesTo(once bool) *string {
	to := toAll
	if once {
		to = toInitial
	}
	return &to
}
