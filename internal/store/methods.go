package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/secret"
)

const purposeToken = secret.Purpose("payment-method")

const methodColumns = `m.profile_id, m.id, m.order_id, m.gateway_account_id, m.token, m.brand, m.bin, m.last4, m.expiry_month, m.expiry_year,
       m.initial_transaction_id, m.card, m.standing, m.main, m.created_at, m.removed_at`

func (d *DB) scanMethod(row scanner) (payment.StoredMethod, error) {
	var m payment.StoredMethod
	var sealed []byte
	err := row.Scan(&m.ProfileID, &m.ID, &m.OrderID, &m.AccountID, &sealed, &m.Method.Brand, &m.Method.BIN, &m.Method.Last4, &m.Method.ExpiryMonth, &m.Method.ExpiryYear,
		&m.InitialTransactionID, &m.Card, &m.Standing, &m.Main, at(&m.CreatedAt), at(&m.RemovedAt))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.StoredMethod{}, payment.ErrMethodNotFound
	case err != nil:
		return payment.StoredMethod{}, fmt.Errorf("scan payment method: %w", err)
	}
	token, err := d.ring.Open(purposeToken, string(m.ID), sealed)
	if err != nil {
		return payment.StoredMethod{}, fmt.Errorf("open token of %s: %w", m.ID, err)
	}
	m.Token = string(token)
	return m, nil
}

// Method finds a payment method of a profile, also one that was removed.
func (d *DB) Method(ctx context.Context, profileID profile.ID, methodID payment.MethodID) (payment.StoredMethod, error) {
	return d.scanMethod(d.reader.QueryRowContext(ctx, `SELECT `+methodColumns+` FROM payment_methods m WHERE m.profile_id = $1 AND m.id = $2`,
		string(profileID), string(methodID)))
}

// Method finds a payment method within the transaction.
func (t *tx) Method(ctx context.Context, profileID profile.ID, methodID payment.MethodID) (payment.StoredMethod, error) {
	return t.db.scanMethod(t.QueryRowContext(ctx, `SELECT `+methodColumns+` FROM payment_methods m WHERE m.profile_id = $1 AND m.id = $2`,
		string(profileID), string(methodID)))
}

// Methods are an order's payment methods that were not removed, the main one first.
func (d *DB) Methods(ctx context.Context, profileID profile.ID, orderID order.ID) ([]payment.StoredMethod, error) {
	return d.methods(ctx, d.reader, profileID, orderID)
}

// Methods are an order's payment methods within the transaction.
func (t *tx) Methods(ctx context.Context, profileID profile.ID, orderID order.ID) ([]payment.StoredMethod, error) {
	return t.db.methods(ctx, t, profileID, orderID)
}

func (d *DB) methods(ctx context.Context, q querier, profileID profile.ID, orderID order.ID) ([]payment.StoredMethod, error) {
	rows, err := q.QueryContext(ctx, `
SELECT `+methodColumns+` FROM payment_methods m WHERE m.profile_id = $1 AND m.order_id = $2 AND m.removed_at IS NULL
 ORDER BY m.main DESC, m.created_at DESC, m.id DESC`, string(profileID), string(orderID))
	return collect(rows, err, d.scanMethod)
}

// InsertMethod adds a payment method, its token sealed; it becomes the main one.
func (t *tx) InsertMethod(ctx context.Context, m payment.StoredMethod) error {
	sealed, err := t.db.ring.Seal(purposeToken, string(m.ID), []byte(m.Token))
	if err != nil {
		return fmt.Errorf("seal token: %w", err)
	}
	if _, err := t.ExecContext(ctx, `UPDATE payment_methods SET main = FALSE WHERE profile_id = $1 AND order_id = $2`, string(m.ProfileID), string(m.OrderID)); err != nil {
		return fmt.Errorf("replace main payment method: %w", err)
	}
	return t.exec(ctx, "insert payment method", `
INSERT INTO payment_methods (profile_id, id, order_id, gateway_account_id, token, brand, bin, last4, expiry_month, expiry_year, initial_transaction_id, card, standing, main, expiry_told, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, TRUE, 0, $14)`,
		string(m.ProfileID), string(m.ID), string(m.OrderID), m.AccountID, sealed, m.Method.Brand, m.Method.BIN, m.Method.Last4, m.Method.ExpiryMonth, m.Method.ExpiryYear,
		m.InitialTransactionID, m.Card, string(m.Standing), ms(m.CreatedAt))
}

// SaveMethod changes a payment method's standing, whether it is the main one, and
// its removal.
func (t *tx) SaveMethod(ctx context.Context, m payment.StoredMethod) error {
	return t.exec(ctx, "update payment method", `
UPDATE payment_methods SET standing = $3, main = $4, removed_at = $5 WHERE profile_id = $1 AND id = $2`,
		string(m.ProfileID), string(m.ID), string(m.Standing), m.Main, ms(m.RemovedAt))
}
