package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/profile"
)

const customerColumns = `c.id, c.profile_id, c.reference, c.email, c.given_name, c.family_name, c.company_name, c.phone, c.address_line1,
       c.address_line2, c.postal_code, c.city, c.region, c.country_code, c.tax_id, c.language, c.created_at, c.row_version`

func customerDest(c *customer.Customer) []any {
	return []any{&c.ID, &c.ProfileID, &c.Reference, &c.Email, &c.GivenName, &c.FamilyName, &c.CompanyName, &c.Phone, &c.AddressLine1,
		&c.AddressLine2, &c.PostalCode, &c.City, &c.Region, &c.CountryCode, &c.TaxID, &c.Language, at(&c.CreatedAt), &c.Version}
}

func selectCustomer(ctx context.Context, q querier, profileID profile.ID, customerID customer.ID) (customer.Customer, error) {
	var c customer.Customer
	err := q.QueryRowContext(ctx, `SELECT `+customerColumns+` FROM customers c WHERE c.profile_id = $1 AND c.id = $2`,
		string(profileID), string(customerID)).Scan(customerDest(&c)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return customer.Customer{}, customer.ErrNotFound
	case err != nil:
		return customer.Customer{}, fmt.Errorf("scan customer: %w", err)
	}
	return c, nil
}

// Customer finds a customer of a profile.
func (d *DB) Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error) {
	return selectCustomer(ctx, d.reader, profileID, customerID)
}

// Customer finds a customer within the transaction.
func (t *tx) Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error) {
	return selectCustomer(ctx, t, profileID, customerID)
}

// InsertCustomer adds a customer.
func (t *tx) InsertCustomer(ctx context.Context, c customer.Customer) error {
	return t.exec(ctx, "insert customer", `
INSERT INTO customers (id, profile_id, reference, email, given_name, family_name, company_name, phone, address_line1,
       address_line2, postal_code, city, region, country_code, tax_id, language, created_at, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1)`,
		string(c.ID), string(c.ProfileID), c.Reference, c.Email, c.GivenName, c.FamilyName, c.CompanyName, c.Phone, c.AddressLine1,
		c.AddressLine2, c.PostalCode, c.City, c.Region, c.CountryCode, c.TaxID, c.Language, ms(c.CreatedAt))
}
