package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/profile"
)

// Product finds a product of a profile.
func (d *DB) Product(ctx context.Context, profileID profile.ID, productID catalog.ID) (catalog.Product, error) {
	var p catalog.Product
	var price amountColumns
	var discount, fee int64
	err := d.reader.QueryRowContext(ctx, `
SELECT id, profile_id, type, reference, name, description, currency, price_minor, discount_minor, fee_minor, tax_ppm, pricing_locked, payment_locked, active, created_at, row_version
  FROM products WHERE profile_id = $1 AND id = $2`, string(profileID), string(productID)).
		Scan(&p.ID, &p.ProfileID, &p.Type, &p.Reference, &p.Name, &p.Description, &price.code, &price.minor, &discount, &fee, &p.Tax,
			&p.PricingLocked, &p.PaymentLocked, &p.Active, at(&p.CreatedAt), &p.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return catalog.Product{}, catalog.ErrNotFound
	case err != nil:
		return catalog.Product{}, fmt.Errorf("scan product: %w", err)
	}
	var errs [3]error
	p.Price, errs[0] = price.value()
	p.Discount, errs[1] = price.other(discount)
	p.Fee, errs[2] = price.other(fee)
	return p, errors.Join(errs[:]...)
}

// InsertProduct adds a product.
func (t *tx) InsertProduct(ctx context.Context, p catalog.Product) error {
	return t.exec(ctx, "insert product", `
INSERT INTO products (id, profile_id, type, reference, name, description, currency, price_minor, discount_minor, fee_minor, tax_ppm, pricing_locked, payment_locked, active, created_at, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)`,
		string(p.ID), string(p.ProfileID), string(p.Type), p.Reference, p.Name, p.Description, p.Price.Currency().Code(), p.Price.Minor(), p.Discount.Minor(), p.Fee.Minor(), int64(p.Tax),
		p.PricingLocked, p.PaymentLocked, p.Active, ms(p.CreatedAt))
}
