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
	Card                                     card
	RegistrationID                           string // token, of an approved payment that wanted one
	InitialID                                string // the scheme's reference, of an approved payment
	BookedAt, ChangedAt                      time.Time
	SettleAt                                 time.Time // when a pending one is approved by itself; zero: never
}

// errNothing is "no such row", for callers to answer in the protocol's words.
var errNothing = errors.New("sandbox: not found")

const paymentColumns = `id, entity_id, checkout_id, referenced_id, merchant_transaction_id, merchant_invoice_id,
       type, amount, currency, state, code, brand, bin, last4, expiry_month, expiry_year, holder, flow,
       registration_id, initial_id, booked_at, changed_at, settle_at`

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
			&p.Type, &p.Amount, &p.Currency, &p.State, &p.Code, &p.Card.Brand, &p.Card.BIN, &p.Card.Last4,
			&p.Card.ExpiryMonth, &p.Card.ExpiryYear, &p.Card.Holder, &p.Card.Flow,
			&p.RegistrationID, &p.InitialID, &booked, &changed, &settle); err != nil {
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
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		p.ID, p.EntityID, p.CheckoutID, p.ReferencedID, p.MerchantTransactionID, p.MerchantInvoiceID,
		p.Type, int64(p.Amount), p.Currency, p.State, p.Code, p.Card.Brand, p.Card.BIN, p.Card.Last4,
		p.Card.ExpiryMonth, p.Card.ExpiryYear, p.Card.Holder, p.Card.Flow,
		p.RegistrationID, p.InitialID, p.BookedAt.UnixMilli(), p.ChangedAt.UnixMilli(), settle)
	if err != nil {
		return fmt.Errorf("book payment: %w", err)
	}
	return nil
}

// decide gives a payment its code and what follows from it. withToken says
// whether an approval makes a registration.
func (p *payment) decide(code string, withToken bool, now time.Time) {
	p.Code, p.State, p.ChangedAt, p.SettleAt = code, stateOf(code), now, time.Time{}
	if p.State != StateApproved || (p.Type != "DB" && p.Type != "PA") {
		return
	}
	p.InitialID = "MCS" + strings.ToUpper(randomHex(6))
	if withToken {
		p.RegistrationID = newPaymentID()
	}
}

// Settle gives a pending payment its final result code, books it and notifies
// the merchant. It fails for a payment that is not pending and for a code that is.
func (s *Sandbox) Settle(ctx context.Context, paymentID, code string) error {
	if !codeForm.MatchString(code) || stateOf(code) == StatePending {
		return errors.New("sandbox: not a final result code")
	}
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		p, err := onePayment(ctx, tx, `WHERE id = $1 AND state = 'pending'`, paymentID)
		if err != nil {
			return err
		}
		return s.settlePayment(ctx, tx, p, code)
	})
	if err == nil {
		s.nudge()
	}
	return err
}

func (s *Sandbox) settlePayment(ctx context.Context, tx *sql.Tx, p payment, code string) error {
	var withToken bool
	if p.CheckoutID != "" {
		c, err := findCheckout(ctx, tx, p.CheckoutID)
		if err != nil {
			return err
		}
		withToken = c.CreateRegistration
	}
	p.decide(code, withToken, s.clock.now())
	_, err := tx.ExecContext(ctx, `
UPDATE payments SET state = $1, code = $2, registration_id = $3, initial_id = $4, changed_at = $5, settle_at = 0
 WHERE id = $6`, p.State, p.Code, p.RegistrationID, p.InitialID, p.ChangedAt.UnixMilli(), p.ID)
	if err != nil {
		return fmt.Errorf("settle payment: %w", err)
	}
	return s.announce(ctx, tx, p)
}

// catchUp does what fell due on the sandbox's clock: pending payments settle and
// held cards are decided.
func (s *Sandbox) catchUp(ctx context.Context) error {
	now := s.clock.now().UnixMilli()
	var due int
	err := s.books.r.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM payments WHERE settle_at > 0 AND settle_at <= $1)
     + (SELECT count(*) FROM held WHERE release_at > 0 AND release_at <= $1)`, now).Scan(&due)
	if err != nil {
		return fmt.Errorf("sandbox: look for what is due: %w", err)
	}
	if due == 0 {
		return nil
	}
	err = s.books.write(ctx, func(tx *sql.Tx) error {
		list, err := payments(ctx, tx, `WHERE settle_at > 0 AND settle_at <= $1 ORDER BY settle_at, seq`, now)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := s.settlePayment(ctx, tx, p, codeApproved); err != nil {
				return err
			}
		}
		_, err = s.releaseWhere(ctx, tx, "", `release_at > 0 AND release_at <= $1`, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("sandbox: catch up: %w", err)
	}
	s.nudge()
	return nil
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func newPaymentID() string { return "8ac7" + randomHex(14) }
