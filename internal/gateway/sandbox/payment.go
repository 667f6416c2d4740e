package sandbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// payment is one transaction of the books.
type payment struct {
	ID, EntityID, CheckoutID, ReferencedID   string
	MerchantTransactionID, MerchantInvoiceID string
	Type                                     string
	Amount                                   hundredths
	Currency                                 string
	State                                    State
	Code                                     string
	Advice, Category                         string // what the scheme added to a decline
	Card                                     card
	RegistrationID                           string // token: the one made, or the one charged
	InitialID                                string // the scheme's reference, of an approved first payment
	Standing                                 standing
	BookedAt, ChangedAt                      time.Time
	SettleAt                                 time.Time // when a pending one is approved by itself; zero: never
}

// errNothing is "no such row", for callers to answer in the protocol's words.
var errNothing = errors.New("sandbox: not found")

const paymentColumns = `id, entity_id, checkout_id, referenced_id, merchant_transaction_id, merchant_invoice_id,
       type, amount, currency, state, code, advice, category, brand, bin, last4, expiry_month, expiry_year, holder, flow,
       registration_id, initial_id, standing, booked_at, changed_at, settle_at`

// payments reads those that clause selects: a WHERE, an ORDER BY or both.
func payments(ctx context.Context, q querier, clause string, args ...any) (list []payment, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+paymentColumns+` FROM payments `+clause, args...)
	if err != nil {
		return nil, fmt.Errorf("read payments: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p payment
		var booked, changed, settle int64
		if err := rows.Scan(&p.ID, &p.EntityID, &p.CheckoutID, &p.ReferencedID, &p.MerchantTransactionID, &p.MerchantInvoiceID,
			&p.Type, &p.Amount, &p.Currency, &p.State, &p.Code, &p.Advice, &p.Category, &p.Card.Brand, &p.Card.BIN, &p.Card.Last4,
			&p.Card.ExpiryMonth, &p.Card.ExpiryYear, &p.Card.Holder, &p.Card.Flow,
			&p.RegistrationID, &p.InitialID, &p.Standing, &booked, &changed, &settle); err != nil {
			return nil, fmt.Errorf("scan payment: %w", err)
		}
		p.BookedAt, p.ChangedAt = fromMillis(booked), fromMillis(changed)
		if settle > 0 {
			p.SettleAt = fromMillis(settle)
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// onePayment is the last of those that clause selects; errNothing when there is none.
func onePayment(ctx context.Context, q querier, clause string, args ...any) (payment, error) {
	list, err := payments(ctx, q, clause, args...)
	if err != nil {
		return payment{}, err
	}
	if len(list) == 0 {
		return payment{}, errNothing
	}
	return list[len(list)-1], nil
}

func insertPayment(ctx context.Context, tx *sql.Tx, p payment) error {
	var settle int64
	if !p.SettleAt.IsZero() {
		settle = p.SettleAt.UnixMilli()
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO payments (`+paymentColumns+`)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		p.ID, p.EntityID, p.CheckoutID, p.ReferencedID, p.MerchantTransactionID, p.MerchantInvoiceID,
		p.Type, int64(p.Amount), p.Currency, p.State, p.Code, p.Advice, p.Category, p.Card.Brand, p.Card.BIN, p.Card.Last4,
		p.Card.ExpiryMonth, p.Card.ExpiryYear, p.Card.Holder, p.Card.Flow,
		p.RegistrationID, p.InitialID, p.Standing, p.BookedAt.UnixMilli(), p.ChangedAt.UnixMilli(), settle)
	if err != nil {
		return fmt.Errorf("book payment: %w", err)
	}
	return keepToken(ctx, tx, p)
}

// decide gives a payment its result and what follows from it. withToken says
// whether an approval makes a registration.
func (p *payment) decide(result string, withToken bool, now time.Time) {
	p.Code, p.Advice, p.Category = readResult(result, p.Card.Brand)
	p.State, p.ChangedAt, p.SettleAt = stateOf(p.Code), now, time.Time{}
	if p.State != StateApproved {
		return
	}
	if p.Standing.Mode == modeInitial {
		p.InitialID = "MCS" + strings.ToUpper(randomHex(6))
	}
	switch {
	case p.Type == "RG":
		p.RegistrationID = p.ID
	case withToken:
		p.RegistrationID = newPaymentID()
	}
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func newPaymentID() string { return "8ac7" + randomHex(14) }
