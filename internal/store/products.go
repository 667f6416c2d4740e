package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

const productColumns = `p.id, p.profile_id, p.type, p.reference, p.name, p.description, p.currency, p.price_minor, p.discount_minor, p.discount_ppm,
       p.fee_minor, p.tax_ppm, p.initial_minor, p.split_number, p.scheduled_unit, p.scheduled_interval, p.discount_once, p.fee_once,
       p.pricing_locked, p.payment_locked, p.active, p.created_at, p.row_version`

func scanProduct(row scanner) (catalog.Product, error) {
	var p catalog.Product
	var code string
	var price, discount, fee, initial int64
	err := row.Scan(&p.ID, &p.ProfileID, &p.Type, &p.Reference, &p.Name, &p.Description, &code, &price, &discount, &p.DiscountRate,
		&fee, &p.Tax, &initial, &p.Plan.Splits, &p.Plan.Unit, &p.Plan.Interval, &p.Plan.DiscountOnce, &p.Plan.FeeOnce,
		&p.PricingLocked, &p.PaymentLocked, &p.Active, at(&p.CreatedAt), &p.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return catalog.Product{}, catalog.ErrNotFound
	case err != nil:
		return catalog.Product{}, fmt.Errorf("scan product: %w", err)
	}
	currency, err := money.ParseCurrency(code)
	if err != nil {
		return catalog.Product{}, fmt.Errorf("scan product %s: %w", p.ID, err)
	}
	p.Price, p.Discount = money.New(price, currency), money.New(discount, currency)
	p.Fee, p.Plan.Initial = money.New(fee, currency), money.New(initial, currency)
	return p, nil
}

// Product finds a product of a profile.
func (d *DB) Product(ctx context.Context, profileID profile.ID, productID catalog.ID) (catalog.Product, error) {
	return scanProduct(d.reader.QueryRowContext(ctx, `SELECT `+productColumns+` FROM products p WHERE p.profile_id = $1 AND p.id = $2`,
		string(profileID), string(productID)))
}

// Products are a page of a profile's products.
func (d *DB) Products(ctx context.Context, profileID profile.ID, f catalog.Filter, w paging.Window) (paging.Page[catalog.Product], error) {
	l := listOf(profileID, productColumns, "products p", "p")
	l.equal("p.reference", f.Reference)
	l.equal("p.currency", f.Currency)
	l.equal("p.type", string(f.Type))
	if f.Active != nil {
		l.equal("p.active", *f.Active)
	}
	l.behind(w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), scanProduct, func(p catalog.Product) paging.Place {
		return paging.Place{At: p.CreatedAt, Key: string(p.ID)}
	})
}

// InsertProduct adds a product.
func (t *tx) InsertProduct(ctx context.Context, p catalog.Product) error {
	return t.exec(ctx, "insert product", `
INSERT INTO products (profile_id, id, row_version, reference, name, description, price_minor, discount_minor, discount_ppm, fee_minor, tax_ppm,
       initial_minor, split_number, scheduled_unit, scheduled_interval, discount_once, fee_once, pricing_locked, payment_locked, active,
       type, currency, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		append(productArgs(p), string(p.Type), p.Price.Currency().Code(), ms(p.CreatedAt))...)
}

// SaveProduct writes the next version of a product. Type and currency stay.
func (t *tx) SaveProduct(ctx context.Context, p catalog.Product) error {
	err := t.exec(ctx, "update product", `
UPDATE products SET reference = $4, name = $5, description = $6, price_minor = $7, discount_minor = $8, discount_ppm = $9, fee_minor = $10, tax_ppm = $11,
       initial_minor = $12, split_number = $13, scheduled_unit = $14, scheduled_interval = $15, discount_once = $16, fee_once = $17,
       pricing_locked = $18, payment_locked = $19, active = $20, row_version = $3
 WHERE profile_id = $1 AND id = $2 AND row_version + 1 = $3`, productArgs(p)...)
	return lost(err, catalog.ErrChanged)
}

// productArgs are what may change of a product, in the order of both statements above.
func productArgs(p catalog.Product) []any {
	return []any{string(p.ProfileID), string(p.ID), p.Version, p.Reference, p.Name, p.Description, p.Price.Minor(), p.Discount.Minor(),
		int64(p.DiscountRate), p.Fee.Minor(), int64(p.Tax), p.Plan.Initial.Minor(), p.Plan.Splits, string(p.Plan.Unit), p.Plan.Interval,
		p.Plan.DiscountOnce, p.Plan.FeeOnce, p.PricingLocked, p.PaymentLocked, p.Active}
}
