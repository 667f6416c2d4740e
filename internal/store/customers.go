package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
)

const customerColumns = `c.id, c.profile_id, c.reference, c.email, c.given_name, c.family_name, c.company_name, c.phone, c.address_line1,
       c.address_line2, c.postal_code, c.city, c.region, c.country_code, c.tax_id, c.language, c.active, COALESCE(c.created_by, ''), c.created_at, c.row_version`

func customerDest(c *customer.Customer) []any {
	return []any{&c.ID, &c.ProfileID, &c.Reference, &c.Email, &c.GivenName, &c.FamilyName, &c.CompanyName, &c.Phone, &c.AddressLine1,
		&c.AddressLine2, &c.PostalCode, &c.City, &c.Region, &c.CountryCode, &c.TaxID, &c.Language, &c.Active, &c.CreatedBy, at(&c.CreatedAt), &c.Version}
}

func scanCustomer(row scanner) (customer.Customer, error) {
	var c customer.Customer
	err := row.Scan(customerDest(&c)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return customer.Customer{}, customer.ErrNotFound
	case err != nil:
		return customer.Customer{}, fmt.Errorf("scan customer: %w", err)
	}
	return c, nil
}

func selectCustomer(ctx context.Context, q querier, profileID profile.ID, customerID customer.ID) (customer.Customer, error) {
	return scanCustomer(q.QueryRowContext(ctx, `SELECT `+customerColumns+` FROM customers c WHERE c.profile_id = $1 AND c.id = $2`,
		string(profileID), string(customerID)))
}

// Customer finds a customer of a profile.
func (d *DB) Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error) {
	return selectCustomer(ctx, d.reader, profileID, customerID)
}

// Customer finds a customer within the transaction.
func (t *tx) Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error) {
	return selectCustomer(ctx, t, profileID, customerID)
}

// Customers are a page of a profile's customers.
func (d *DB) Customers(ctx context.Context, profileID profile.ID, f customer.Filter, w paging.Window) (paging.Page[customer.Customer], error) {
	l := listOf(profileID, customerColumns, "customers c", "c")
	l.equal("c.reference", f.Reference)
	if f.Email != "" {
		l.equal("c.email_key", key(f.Email))
	}
	l.equal("c.created_by", string(f.CreatedBy))
	byName := f.Name != "" && !l.led
	switch {
	case w.After != nil && byName != (w.After.Name != ""):
		return paging.Page[customer.Customer]{}, paging.ErrCursor
	case byName:
		return d.customersNamed(ctx, profileID, f, w)
	case f.Name != "":
		name, family := l.beginning(f.Name)
		l.and(name + " OR " + family)
	}
	l.between(f.CreatedFrom, f.CreatedTo, w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), scanCustomer, func(c customer.Customer) paging.Place {
		return paging.Place{At: c.CreatedAt, Key: string(c.ID)}
	})
}

// beginning are the conditions that a customer's name begins so, or its family name.
func (l *list) beginning(name string) (byName, byFamily string) {
	from := key(name)
	first, last := l.arg(from), l.arg(beyond(from))
	return "c.name_key >= " + first + " AND c.name_key < " + last, "c.family_key >= " + first + " AND c.family_key < " + last
}

// named is a customer at the place of one of its names.
type named struct {
	customer.Customer
	name []byte
}

// customersNamed reads two indexes side by side, names and names with the family
// name first, each no further than the page needs. Who is found in both comes once,
// by the former.
func (d *DB) customersNamed(ctx context.Context, profileID profile.ID, f customer.Filter, w paging.Window) (paging.Page[customer.Customer], error) {
	l := listOf(profileID, "", "customers c", "c")
	byName, byFamily := l.beginning(f.Name)
	l.led = true
	l.within("c.created_at", f.CreatedFrom, f.CreatedTo)
	arm := func(column, condition string) string {
		if w.After != nil {
			condition += " AND (" + column + ", c.id) > (" + l.arg([]byte(w.After.Name)) + ", " + l.arg(w.After.Key) + ")"
		}
		return "SELECT * FROM (SELECT c.id, " + column + " AS listed FROM customers c WHERE " + strings.Join(append(l.where, condition), " AND ") +
			" ORDER BY " + column + ", c.id LIMIT " + strconv.Itoa(w.Skip+w.Limit+1) + ") "
	}
	//nolint:gosec // all of it is ours: what was asked for stands in arguments
	text := "SELECT " + customerColumns + ", n.listed FROM (" + arm("c.name_key", byName) + "s0 UNION ALL " +
		arm("c.family_key", byFamily+" AND ("+byName+") = FALSE") + "s1 ORDER BY listed, id LIMIT " + strconv.Itoa(w.Limit+1) + " OFFSET " + strconv.Itoa(w.Skip) +
		") n CROSS JOIN customers c WHERE c.profile_id = $1 AND c.id = n.id ORDER BY n.listed, n.id"
	rows, err := d.readers.QueryContext(ctx, text, l.args...)
	all, err := collect(rows, err, scanNamed)
	if err != nil {
		return paging.Page[customer.Customer]{}, fmt.Errorf("read list of customers by name: %w", err)
	}
	p := paging.Cut(all, w, func(n named) paging.Place {
		return paging.Place{At: n.CreatedAt, Key: string(n.ID), Name: string(n.name)}
	})
	customers := make([]customer.Customer, len(p.Rows))
	for i, n := range p.Rows {
		customers[i] = n.Customer
	}
	return paging.Page[customer.Customer]{Rows: customers, Next: p.Next}, nil
}

func scanNamed(row scanner) (named, error) {
	var n named
	err := row.Scan(append(customerDest(&n.Customer), &n.name)...)
	return n, err
}

// customerArgs are the details' columns in the order of both statements below.
func customerArgs(c customer.Customer) []any {
	return []any{string(c.ProfileID), string(c.ID), c.Version, c.Reference, c.Email, c.GivenName, c.FamilyName, c.CompanyName, c.Phone, c.AddressLine1,
		c.AddressLine2, c.PostalCode, c.City, c.Region, c.CountryCode, c.TaxID, c.Language, c.Active, key(c.Email), key(c.Name()), familyKey(c)}
}

func familyKey(c customer.Customer) any {
	if listed := c.FamilyFirst(); listed != "" {
		return key(listed)
	}
	return nil
}

// InsertCustomer adds a customer.
func (t *tx) InsertCustomer(ctx context.Context, c customer.Customer) error {
	return t.exec(ctx, "insert customer", `
INSERT INTO customers (profile_id, id, row_version, reference, email, given_name, family_name, company_name, phone, address_line1,
       address_line2, postal_code, city, region, country_code, tax_id, language, active, email_key, name_key, family_key, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		append(customerArgs(c), ms(c.CreatedAt), null(c.CreatedBy))...)
}

// SaveCustomer writes the next version of a customer.
func (t *tx) SaveCustomer(ctx context.Context, c customer.Customer) error {
	err := t.exec(ctx, "update customer", `
UPDATE customers SET reference = $4, email = $5, given_name = $6, family_name = $7, company_name = $8, phone = $9, address_line1 = $10,
       address_line2 = $11, postal_code = $12, city = $13, region = $14, country_code = $15, tax_id = $16, language = $17, active = $18,
       email_key = $19, name_key = $20, family_key = $21, row_version = $3
 WHERE profile_id = $1 AND id = $2 AND row_version + 1 = $3`, customerArgs(c)...)
	return lost(err, customer.ErrChanged)
}
