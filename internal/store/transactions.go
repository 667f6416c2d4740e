package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

const transactionColumns = `t.profile_id, t.order_id, t.id, t.payment_id, t.attempt_id, t.gateway_account_id, t.gateway_id, t.referenced_id, t.type, t.state, t.surplus,
       t.currency, t.amount_minor, t.result_code, t.reason, t.retry_class, t.brand, t.bin, t.last4, t.expiry_month, t.expiry_year, t.gateway_at, t.booked_at, t.created_at`

func scanTransaction(row scanner) (payment.Transaction, error) {
	var t payment.Transaction
	var amount amountColumns
	err := row.Scan(&t.ProfileID, &t.OrderID, &t.ID, &t.PaymentID, &t.AttemptID, &t.AccountID, &t.GatewayID, &t.ReferencedID, &t.Type, &t.State, &t.Surplus,
		&amount.code, &amount.minor, &t.ResultCode, &t.Reason, &t.Retry, &t.Method.Brand, &t.Method.BIN, &t.Method.Last4, &t.Method.ExpiryMonth, &t.Method.ExpiryYear,
		at(&t.GatewayAt), at(&t.BookedAt), at(&t.CreatedAt))
	if err != nil {
		return t, err
	}
	t.Amount, err = amount.value()
	return t, err
}

// TransactionByGatewayID finds a booked transaction by what the gateway calls it.
func (t *tx) TransactionByGatewayID(ctx context.Context, profileID profile.ID, accountID, gatewayID string) (payment.Transaction, bool, error) {
	txn, err := scanTransaction(t.QueryRowContext(ctx, `
SELECT `+transactionColumns+` FROM transactions t WHERE t.profile_id = $1 AND t.gateway_account_id = $2 AND t.gateway_id = $3`,
		string(profileID), accountID, gatewayID))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.Transaction{}, false, nil
	case err != nil:
		return payment.Transaction{}, false, fmt.Errorf("scan transaction: %w", err)
	}
	return txn, true, nil
}

const selectTransaction = `SELECT ` + transactionColumns + ` FROM transactions t WHERE t.profile_id = $1 AND t.id = $2`

// Transaction finds a transaction of a profile.
func (d *DB) Transaction(ctx context.Context, profileID profile.ID, transactionID payment.TransactionID) (payment.Transaction, error) {
	return foundTransaction(d.reader.QueryRowContext(ctx, selectTransaction, string(profileID), string(transactionID)))
}

// Transaction finds a transaction of a profile.
func (t *tx) Transaction(ctx context.Context, profileID profile.ID, transactionID payment.TransactionID) (payment.Transaction, error) {
	return foundTransaction(t.QueryRowContext(ctx, selectTransaction, string(profileID), string(transactionID)))
}

// Transactions are a page of an order's transactions, along the table's key.
func (d *DB) Transactions(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[payment.Transaction], error) {
	l := listOf(profileID, transactionColumns, "transactions t", "t")
	l.equal("t.order_id", string(orderID))
	l.behind(w.After)
	return page(ctx, d, l, w, l.rows(w.Limit+1), scanTransaction, func(x payment.Transaction) paging.Place {
		return paging.Place{At: x.CreatedAt, Key: string(x.ID)}
	})
}

// HoldOf is the approved pre-authorisation of a payment.
func (t *tx) HoldOf(ctx context.Context, p payment.Payment) (payment.Transaction, error) {
	return foundTransaction(t.QueryRowContext(ctx, `
SELECT `+transactionColumns+` FROM transactions t
 WHERE t.profile_id = $1 AND t.order_id = $2 AND t.payment_id = $3 AND t.type = 'PA' AND t.state = 'approved' AND t.surplus = FALSE
 ORDER BY t.created_at, t.id LIMIT 1`, string(p.ProfileID), string(p.OrderID), string(p.ID)))
}

func foundTransaction(row scanner) (payment.Transaction, error) {
	x, err := scanTransaction(row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.Transaction{}, payment.ErrTransactionNotFound
	case err != nil:
		return payment.Transaction{}, fmt.Errorf("scan transaction: %w", err)
	}
	return x, nil
}

// InsertTransaction books a transaction.
func (t *tx) InsertTransaction(ctx context.Context, x payment.Transaction) error {
	t.db.log.DebugContext(ctx, "booking written", "tx", t.number, "gateway_id", x.GatewayID)
	return t.exec(ctx, "insert transaction", `
INSERT INTO transactions (id, profile_id, order_id, payment_id, attempt_id, gateway_account_id, gateway_id, referenced_id, type, state, surplus, currency, amount_minor,
       result_code, reason, retry_class, brand, bin, last4, expiry_month, expiry_year, gateway_at, booked_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		string(x.ID), string(x.ProfileID), string(x.OrderID), string(x.PaymentID), string(x.AttemptID), x.AccountID, x.GatewayID, x.ReferencedID, string(x.Type), string(x.State), x.Surplus,
		x.Amount.Currency().Code(), x.Amount.Minor(), x.ResultCode, string(x.Reason), string(x.Retry), x.Method.Brand, x.Method.BIN, x.Method.Last4, x.Method.ExpiryMonth, x.Method.ExpiryYear,
		ms(x.GatewayAt), ms(x.BookedAt), ms(x.CreatedAt))
}

// SaveTransaction moves a booked transaction into another state.
func (t *tx) SaveTransaction(ctx context.Context, x payment.Transaction) error {
	t.db.log.DebugContext(ctx, "booking written", "tx", t.number, "gateway_id", x.GatewayID)
	return t.exec(ctx, "update transaction", `
UPDATE transactions SET state = $3, surplus = $4, result_code = $5, reason = $6, retry_class = $7, brand = $8, bin = $9, last4 = $10, expiry_month = $11, expiry_year = $12, booked_at = $13
 WHERE profile_id = $1 AND id = $2`,
		string(x.ProfileID), string(x.ID), string(x.State), x.Surplus, x.ResultCode, string(x.Reason), string(x.Retry), x.Method.Brand, x.Method.BIN, x.Method.Last4,
		x.Method.ExpiryMonth, x.Method.ExpiryYear, ms(x.BookedAt))
}
