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

const methodColumns = `payment_methods.profile_id, payment_methods.id, payment_methods.order_id, payment_methods.gateway_account_id, payment_methods.token, payment_methods.brand, payment_methods.bin, payment_methods.last4, payment_methods.expiry_month, payment_methods.expiry_year,
       payment_methods.initial_transaction_id, payment_methods.card, payment_methods.standing, payment_methods.main, payment_methods.created_at, payment_methods.removed_at, payment_methods.forget_at, payment_methods.forget_tries, payment_methods.lease_until`

func (d *DB) scanMethod(row scanner) (payment.StoredMethod, error) {
	var m payment.StoredMethod
	var sealed []byte
	err := row.Scan(&m.ProfileID, &m.ID, &m.OrderID, &m.AccountID, &sealed, &m.Method.Brand, &m.Method.BIN, &m.Method.Last4, &m.Method.ExpiryMonth, &m.Method.ExpiryYear,
		&m.InitialTransactionID, &m.Card, &m.Standing, &m.Main, at(&m.CreatedAt), at(&m.RemovedAt), at(&m.ForgetAt), &m.ForgetTries, at(&m.LeaseUntil))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.StoredMethod{}, payment.ErrMethodNotFound
	case err != nil:
		return payment.StoredMethod{}, fmt.Errorf("scan payment method: %w", err)
	}
	token, err := d.ring.Open(purposeToken, string(m.ID), sealed)
	if err != nil {
		return payment.StoredMethod{}, unreadable("token of", string(m.ID), err)
	}
	m.Token = string(token)
	return m, nil
}

// Method finds a payment method of a profile, also one that was removed.
func (d *DB) Method(ctx context.Context, profileID profile.ID, methodID payment.MethodID) (payment.StoredMethod, error) {
	return d.scanMethod(d.reader.QueryRowContext(ctx, `SELECT `+methodColumns+` FROM payment_methods WHERE profile_id = $1 AND id = $2`,
		string(profileID), string(methodID)))
}

// Method finds a payment method within the transaction.
func (t *tx) Method(ctx context.Context, profileID profile.ID, methodID payment.MethodID) (payment.StoredMethod, error) {
	return t.db.scanMethod(t.QueryRowContext(ctx, `SELECT `+methodColumns+` FROM payment_methods WHERE profile_id = $1 AND id = $2`,
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
SELECT `+methodColumns+` FROM payment_methods WHERE profile_id = $1 AND order_id = $2 AND removed_at IS NULL
 ORDER BY main DESC, created_at DESC, id DESC`, string(profileID), string(orderID))
	return collect(rows, err, d.scanMethod)
}

// InsertMethod adds a payment method, its token sealed. A main one takes the place
// of the one before.
func (t *tx) InsertMethod(ctx context.Context, m payment.StoredMethod) error {
	sealed, err := t.db.ring.Seal(purposeToken, string(m.ID), []byte(m.Token))
	if err != nil {
		return fmt.Errorf("seal token: %w", err)
	}
	if m.Main {
		if err := t.noMain(ctx, m); err != nil {
			return err
		}
	}
	return t.exec(ctx, "insert payment method", `
INSERT INTO payment_methods (profile_id, id, order_id, gateway_account_id, token, brand, bin, last4, expiry_month, expiry_year, initial_transaction_id, card, standing, main, expiry_told,
       created_at, removed_at, forget_at, forget_tries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16, $17, 0)`,
		string(m.ProfileID), string(m.ID), string(m.OrderID), m.AccountID, sealed, m.Method.Brand, m.Method.BIN, m.Method.Last4, m.Method.ExpiryMonth, m.Method.ExpiryYear,
		m.InitialTransactionID, m.Card, string(m.Standing), m.Main, ms(m.CreatedAt), ms(m.RemovedAt), ms(m.ForgetAt))
}

// SaveMethod changes a payment method's standing, whether it is the main one, and
// its removal. A main one takes the place of the one before.
func (t *tx) SaveMethod(ctx context.Context, m payment.StoredMethod) error {
	if m.Main {
		if err := t.noMain(ctx, m); err != nil {
			return err
		}
	}
	return t.exec(ctx, "update payment method", `
UPDATE payment_methods SET standing = $3, main = $4, removed_at = $5, forget_at = $6, forget_tries = $7, lease_until = $8 WHERE profile_id = $1 AND id = $2`,
		string(m.ProfileID), string(m.ID), string(m.Standing), m.Main, ms(m.RemovedAt), ms(m.ForgetAt), m.ForgetTries, ms(m.LeaseUntil))
}

// noMain takes the place of an order's main payment method away, unless it is m.
func (t *tx) noMain(ctx context.Context, m payment.StoredMethod) error {
	if _, err := t.ExecContext(ctx, `UPDATE payment_methods SET main = FALSE WHERE profile_id = $1 AND order_id = $2 AND id <> $3 AND main`,
		string(m.ProfileID), string(m.OrderID), string(m.ID)); err != nil {
		return fmt.Errorf("replace main payment method: %w", err)
	}
	return nil
}

// UsedByOpenAttempt looks for an open charge of a payment method.
func (t *tx) UsedByOpenAttempt(ctx context.Context, m payment.StoredMethod) (used bool, err error) {
	err = t.QueryRowContext(ctx, `
SELECT EXISTS (SELECT 1 FROM attempts WHERE profile_id = $1 AND order_id = $2 AND payment_method_id = $3 AND state IN ('created', 'open', 'pending', 'unknown', 'held'))`,
		string(m.ProfileID), string(m.OrderID), string(m.ID)).Scan(&used)
	if err != nil {
		return false, fmt.Errorf("look for charges of payment method: %w", err)
	}
	return used, nil
}
