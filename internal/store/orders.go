package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// The facts of an order, without the keys that it is found by.
const orderFacts = `o.customer_id, o.type, o.status, o.invoice_id, o.note, o.language, o.currency, o.total_minor, o.redirect_url, o.failed_redirect_url, o.plan, o.resumes_as, o.cancels_on,
       o.created_at, o.ended_at, o.row_version`

const orderColumns = `o.id, o.profile_id, ` + orderFacts

type orderScan struct {
	o     order.Order
	total amountColumns
	plan  string
}

// facts receives orderFacts.
func (s *orderScan) facts() []any {
	return []any{&s.o.CustomerID, &s.o.Type, &s.o.Status, &s.o.InvoiceID, &s.o.Note, &s.o.Language,
		&s.total.code, &s.total.minor, &s.o.RedirectURL, &s.o.FailedRedirectURL, &s.plan, &s.o.ResumesAs, &s.o.CancelsOn, at(&s.o.CreatedAt), at(&s.o.EndedAt), &s.o.Version}
}

// dest receives orderColumns.
func (s *orderScan) dest() []any { return append([]any{&s.o.ID, &s.o.ProfileID}, s.facts()...) }

func (s *orderScan) done() (order.Order, error) {
	var err error
	if s.o.Total, err = s.total.value(); err != nil {
		return s.o, err
	}
	s.o.Plan, err = readPlan(s.plan, s.o.Total)
	return s.o, err
}

func selectOrder(ctx context.Context, q querier, profileID profile.ID, orderID order.ID, lock string) (order.Order, error) {
	var s orderScan
	err := q.QueryRowContext(ctx, `SELECT `+orderColumns+` FROM orders o WHERE o.profile_id = $1 AND o.id = $2`+lock,
		string(profileID), string(orderID)).Scan(s.dest()...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return order.Order{}, order.ErrNotFound
	case err != nil:
		return order.Order{}, fmt.Errorf("scan order: %w", err)
	}
	return s.done()
}

// Order finds an order of a profile, with its lines and tags.
func (d *DB) Order(ctx context.Context, profileID profile.ID, orderID order.ID) (order.Order, error) {
	o, err := selectOrder(ctx, d.reader, profileID, orderID, "")
	if err != nil {
		return order.Order{}, err
	}
	if o.Lines, err = selectLines(ctx, d.reader, o); err != nil {
		return order.Order{}, err
	}
	rows, err := d.reader.QueryContext(ctx, `
SELECT g.tag FROM order_tags g WHERE g.profile_id = $1 AND g.order_id = $2`, string(profileID), string(orderID))
	if o.Tags, err = collect(rows, err, func(row scanner) (string, error) {
		var tag string
		err := row.Scan(&tag)
		return tag, err
	}); err != nil {
		return order.Order{}, fmt.Errorf("select order tags: %w", err)
	}
	slices.Sort(o.Tags) // by bytes, whatever the database's collation
	return o, nil
}

// OrderForUpdate locks an order: the first lock of every money transaction.
func (t *tx) OrderForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (order.Order, error) {
	return selectOrder(ctx, t, profileID, orderID, t.db.dialect.ForUpdate)
}

// OrderLines are an order's lines within the transaction.
func (t *tx) OrderLines(ctx context.Context, o order.Order) ([]order.Line, error) {
	return selectLines(ctx, t, o)
}

func selectLines(ctx context.Context, q querier, o order.Order) ([]order.Line, error) {
	rows, err := q.QueryContext(ctx, `
SELECT l.position, l.product_id, l.name, l.description, l.quantity, l.unit_minor, l.discount_minor, l.fee_minor, l.tax_ppm, l.tax_minor, l.total_minor
  FROM order_lines l WHERE l.profile_id = $1 AND l.order_id = $2 ORDER BY l.position`, string(o.ProfileID), string(o.ID))
	currency := o.Total.Currency()
	lines, err := collect(rows, err, func(row scanner) (order.Line, error) {
		var l order.Line
		var unit, discount, fee, tax, total int64
		err := row.Scan(&l.Position, &l.ProductID, &l.Name, &l.Description, &l.Quantity, &unit, &discount, &fee, &l.TaxRate, &tax, &total)
		l.Unit, l.Discount, l.Fee = money.New(unit, currency), money.New(discount, currency), money.New(fee, currency)
		l.Tax, l.Total = money.New(tax, currency), money.New(total, currency)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("select order lines: %w", err)
	}
	return lines, nil
}

// InsertOrder adds an order, its lines and its tags.
func (t *tx) InsertOrder(ctx context.Context, o order.Order, createdBy user.ID) error {
	plan, err := writePlan(o)
	if err != nil {
		return err
	}
	if err := t.exec(ctx, "insert order", `
INSERT INTO orders (id, profile_id, customer_id, type, status, invoice_id, note, language, currency, total_minor, redirect_url, failed_redirect_url, plan, resumes_as, cancels_on, created_at,
       pending_since, remind_at, reminders, created_by, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', '', $14, $14, $15, 0, $16, 1)`,
		string(o.ID), string(o.ProfileID), string(o.CustomerID), string(o.Type), string(o.Status), o.InvoiceID, o.Note, o.Language,
		o.Total.Currency().Code(), o.Total.Minor(), o.RedirectURL, o.FailedRedirectURL, plan, ms(o.CreatedAt), ms(mail.FirstReminder(o)), null(createdBy)); err != nil {
		return err
	}
	for _, l := range o.Lines {
		if err := t.exec(ctx, "insert order line", `
INSERT INTO order_lines (profile_id, order_id, position, product_id, name, description, quantity, unit_minor, discount_minor, fee_minor, tax_ppm, tax_minor, total_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			string(o.ProfileID), string(o.ID), l.Position, string(l.ProductID), l.Name, l.Description, l.Quantity,
			l.Unit.Minor(), l.Discount.Minor(), l.Fee.Minor(), int64(l.TaxRate), l.Tax.Minor(), l.Total.Minor()); err != nil {
			return err
		}
	}
	for _, tag := range o.Tags {
		if err := t.exec(ctx, "tag order", `INSERT INTO order_tags (profile_id, order_id, tag, created_at) VALUES ($1, $2, $3, $4)`,
			string(o.ProfileID), string(o.ID), tag, ms(o.CreatedAt)); err != nil {
			return err
		}
	}
	return nil
}

// SaveOrder changes an order's status and plan. An order is saved once in a
// transaction: its version is the one that was read.
func (t *tx) SaveOrder(ctx context.Context, o order.Order) error {
	plan, err := writePlan(o)
	if err != nil {
		return err
	}
	return t.exec(ctx, "update order", `
UPDATE orders SET status = $4, plan = $5, resumes_as = $6, cancels_on = $7, ended_at = $8, row_version = row_version + 1
 WHERE profile_id = $1 AND id = $2 AND row_version = $3`,
		string(o.ProfileID), string(o.ID), o.Version, string(o.Status), plan, string(o.ResumesAs), o.CancelsOn, ms(o.EndedAt))
}

// OpenPayment opens an order's initial payment.
func (t *tx) OpenPayment(ctx context.Context, o order.Order) error {
	return t.InsertPayment(ctx, payment.New(o.ProfileID, o.ID, payment.Initial, o.Plan.Initial, o.CreatedAt))
}

// InsertLink adds a payment link.
func (t *tx) InsertLink(ctx context.Context, l order.StoredLink, at time.Time) error {
	return t.exec(ctx, "insert order link", `
INSERT INTO order_links (profile_id, order_id, version, key_id, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(l.ProfileID), string(l.OrderID), l.Version, l.KeyID, l.TokenHash, ms(at))
}

// RevokeLinks ends every link of an order.
func (t *tx) RevokeLinks(ctx context.Context, profileID profile.ID, orderID order.ID, at time.Time) error {
	_, err := t.ExecContext(ctx, `UPDATE order_links SET revoked_at = $3 WHERE profile_id = $1 AND order_id = $2 AND revoked_at IS NULL`,
		string(profileID), string(orderID), ms(at))
	if err != nil {
		return fmt.Errorf("revoke order links: %w", err)
	}
	return nil
}

func scanLink(row scanner) (order.StoredLink, error) {
	var l order.StoredLink
	err := row.Scan(&l.ProfileID, &l.OrderID, &l.Version, &l.KeyID, &l.TokenHash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return order.StoredLink{}, order.ErrLinkUnknown
	case err != nil:
		return order.StoredLink{}, fmt.Errorf("scan order link: %w", err)
	}
	return l, nil
}

// LinkByTokenHash finds a link in use.
func (d *DB) LinkByTokenHash(ctx context.Context, hash []byte) (order.Link, error) {
	l, err := scanLink(d.reader.QueryRowContext(ctx, `
SELECT profile_id, order_id, version, key_id, token_hash FROM order_links WHERE token_hash = $1 AND revoked_at IS NULL`, hash))
	return l.Link, err
}

// LinkOwner is whose a link is, in use or not.
func (d *DB) LinkOwner(ctx context.Context, hash []byte) (profile.ID, error) {
	l, err := scanLink(d.reader.QueryRowContext(ctx, `
SELECT profile_id, order_id, version, key_id, token_hash FROM order_links WHERE token_hash = $1`, hash))
	return l.ProfileID, err
}

// LinkHolds looks whether a link is still in use.
func (d *DB) LinkHolds(ctx context.Context, l order.Link) error {
	_, err := scanLink(d.reader.QueryRowContext(ctx, `
SELECT profile_id, order_id, version, key_id, token_hash FROM order_links
 WHERE profile_id = $1 AND order_id = $2 AND version = $3 AND revoked_at IS NULL`, string(l.ProfileID), string(l.OrderID), l.Version))
	return err
}

// CurrentLink is an order's newest link in use.
func (d *DB) CurrentLink(ctx context.Context, profileID profile.ID, orderID order.ID) (order.StoredLink, error) {
	return scanLink(d.reader.QueryRowContext(ctx, `
SELECT profile_id, order_id, version, key_id, token_hash FROM order_links
 WHERE profile_id = $1 AND order_id = $2 AND revoked_at IS NULL ORDER BY version DESC LIMIT 1`, string(profileID), string(orderID)))
}

// HasConsent reports whether an order's customer ever gave one.
func (d *DB) HasConsent(ctx context.Context, profileID profile.ID, orderID order.ID) (bool, error) {
	var given bool
	err := d.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM consents WHERE profile_id = $1 AND order_id = $2)`, string(profileID), string(orderID)).Scan(&given)
	if err != nil {
		return false, fmt.Errorf("look for consent: %w", err)
	}
	return given, nil
}

// InsertConsent adds the evidence of a consent.
func (t *tx) InsertConsent(ctx context.Context, c order.Consent) error {
	return t.exec(ctx, "insert consent", `
INSERT INTO consents (profile_id, id, order_id, terms_version, language, text, ip, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(c.ProfileID), c.ID, string(c.OrderID), c.TermsVersion, c.Language, c.Text, c.IP, ms(c.GivenAt))
}
