package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

const attemptColumns = `attempts.profile_id, attempts.id, attempts.order_id, attempts.payment_id, COALESCE(attempts.scheduled_id, ''), COALESCE(attempts.payment_method_id, ''), attempts.gateway_account_id, attempts.merchant_transaction_id, attempts.kind, attempts.type, attempts.state,
       attempts.currency, attempts.amount_minor, COALESCE(attempts.parent_transaction_id, ''), attempts.parent_gateway_id, attempts.checkout_id, attempts.script_url, attempts.integrity, attempts.ip_hash,
       attempts.created_at, attempts.sent_at, attempts.expires_at, attempts.watch_until, attempts.not_found_at, attempts.next_attempt_at, attempts.lease_until, attempts.asks, attempts.asked_at, attempts.asked_before_at, attempts.closed_at, attempts.daily_at, attempts.daily_until`

type attemptScan struct {
	a      payment.Attempt
	amount amountColumns
}

func (s *attemptScan) dest() []any {
	a := &s.a
	return []any{&a.ProfileID, &a.ID, &a.OrderID, &a.PaymentID, &a.ScheduledID, &a.MethodID, &a.AccountID, &a.MerchantTransactionID, &a.Kind, &a.Type, &a.State,
		&s.amount.code, &s.amount.minor, &a.ParentID, &a.ParentGatewayID, &a.CheckoutID, &a.ScriptURL, &a.Integrity, &a.IPHash,
		at(&a.CreatedAt), at(&a.SentAt), at(&a.ExpiresAt), at(&a.WatchUntil), at(&a.NotFoundAt), at(&a.NextAttemptAt), at(&a.LeaseUntil),
		&a.Asks, at(&a.AskedAt), at(&a.AskedBeforeAt), at(&a.ClosedAt), at(&a.DailyAt), at(&a.DailyUntil)}
}

func (s *attemptScan) done() (payment.Attempt, error) {
	var err error
	if s.a.Amount, err = s.amount.value(); err != nil {
		return s.a, unreadable("amount of", string(s.a.ID), err)
	}
	return s.a, nil
}

func scanAttempt(row scanner) (payment.Attempt, error) {
	var s attemptScan
	err := row.Scan(s.dest()...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.Attempt{}, payment.ErrAttemptNotFound
	case err != nil:
		return payment.Attempt{}, fmt.Errorf("scan attempt: %w", err)
	}
	return s.done()
}

// Attempt finds an attempt of a profile.
func (d *DB) Attempt(ctx context.Context, profileID profile.ID, attemptID payment.AttemptID) (payment.Attempt, error) {
	return scanAttempt(d.reader.QueryRowContext(ctx, `SELECT `+attemptColumns+` FROM attempts WHERE attempts.profile_id = $1 AND attempts.id = $2`,
		string(profileID), string(attemptID)))
}

// LiveCheckout is the checkout in which an order's initial payment can be paid at
// now; payment.ErrAttemptNotFound when it has none, or something is undecided.
func (d *DB) LiveCheckout(ctx context.Context, profileID profile.ID, orderID order.ID, now time.Time) (payment.Attempt, error) {
	return scanAttempt(d.reader.QueryRowContext(ctx, `
SELECT `+attemptColumns+`
  FROM payments y JOIN attempts ON attempts.profile_id = y.profile_id AND attempts.payment_id = y.id
 WHERE y.profile_id = $1 AND y.order_id = $2 AND y.kind = 'initial' AND y.status = 'open' AND `+undecided+` = ''
   AND attempts.kind = 'checkout' AND attempts.state = 'open' AND attempts.expires_at > $3`, string(profileID), string(orderID), ms(now)))
}

// AttemptOfFact finds the attempt a fact belongs to.
func (d *DB) AttemptOfFact(ctx context.Context, account gateway.Account, f gateway.Fact) (payment.Attempt, error) {
	for _, by := range []struct{ value, where string }{
		{f.MerchantTransactionID, `attempts.merchant_transaction_id = $3`},
		{f.CheckoutID, `attempts.checkout_id = $3`},
		{f.ReferencedID, `attempts.id = (SELECT t.attempt_id FROM transactions t WHERE t.profile_id = $1 AND t.gateway_account_id = $2 AND t.gateway_id = $3)`},
	} {
		if by.value == "" {
			continue
		}
		a, err := scanAttempt(d.reader.QueryRowContext(ctx, `
SELECT `+attemptColumns+` FROM attempts WHERE attempts.profile_id = $1 AND attempts.gateway_account_id = $2 AND `+by.where,
			string(account.ProfileID), account.ID, by.value))
		if !errors.Is(err, payment.ErrAttemptNotFound) {
			return a, err
		}
	}
	return payment.Attempt{}, payment.ErrAttemptNotFound
}

// AttemptForUpdate locks an attempt.
func (t *tx) AttemptForUpdate(ctx context.Context, profileID profile.ID, attemptID payment.AttemptID) (payment.Attempt, error) {
	return scanAttempt(t.QueryRowContext(ctx, `SELECT `+attemptColumns+` FROM attempts WHERE attempts.profile_id = $1 AND attempts.id = $2`+t.db.dialect.ForUpdate,
		string(profileID), string(attemptID)))
}

// OpenAttemptForUpdate locks the open attempt that collects a payment; the unique
// index lets there be one.
func (t *tx) OpenAttemptForUpdate(ctx context.Context, profileID profile.ID, paymentID payment.ID) (payment.Attempt, error) {
	return scanAttempt(t.QueryRowContext(ctx, `
SELECT `+attemptColumns+` FROM attempts
 WHERE attempts.profile_id = $1 AND attempts.payment_id = $2 AND attempts.kind IN ('checkout', 'charge') AND attempts.state IN ('created', 'open', 'pending', 'unknown', 'held')`+t.db.dialect.ForUpdate,
		string(profileID), string(paymentID)))
}

// FollowUps are what was done with a payment's approved transactions, oldest first.
func (t *tx) FollowUps(ctx context.Context, profileID profile.ID, paymentID payment.ID) ([]payment.Attempt, error) {
	rows, err := t.QueryContext(ctx, `
SELECT `+attemptColumns+` FROM attempts
 WHERE attempts.profile_id = $1 AND attempts.payment_id = $2 AND attempts.kind IN ('capture', 'reversal', 'refund')
 ORDER BY attempts.created_at, attempts.id`, string(profileID), string(paymentID))
	return collect(rows, err, scanAttempt)
}

// InsertAttempt adds an attempt.
func (t *tx) InsertAttempt(ctx context.Context, a payment.Attempt) error {
	t.db.log.DebugContext(ctx, "attempt written", "tx", t.number, "kind", a.Kind, "merchant_transaction_id", a.MerchantTransactionID)
	return t.exec(ctx, "insert attempt", `
INSERT INTO attempts (profile_id, id, order_id, payment_id, scheduled_id, payment_method_id, gateway_account_id, merchant_transaction_id, kind, type, state, currency, amount_minor,
       parent_transaction_id, parent_gateway_id, checkout_id, script_url, integrity, ip_hash, created_at, sent_at, next_attempt_at, lease_until, asks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', '', $16, $17, $18, $19, $20, $21)`,
		string(a.ProfileID), string(a.ID), string(a.OrderID), string(a.PaymentID), null(a.ScheduledID), null(a.MethodID), a.AccountID, a.MerchantTransactionID, string(a.Kind), string(a.Type), string(a.State),
		a.Amount.Currency().Code(), a.Amount.Minor(), null(a.ParentID), a.ParentGatewayID, a.IPHash, ms(a.CreatedAt), ms(a.SentAt), ms(a.NextAttemptAt), ms(a.LeaseUntil), a.Asks)
}

// SaveAttempt changes an attempt.
func (t *tx) SaveAttempt(ctx context.Context, a payment.Attempt) error {
	return t.exec(ctx, "update attempt", `
UPDATE attempts SET state = $3, checkout_id = $4, script_url = $5, integrity = $6, sent_at = $7, expires_at = $8, watch_until = $9, not_found_at = $10,
       next_attempt_at = $11, lease_until = $12, asks = $13, asked_at = $14, asked_before_at = $15, closed_at = $16, daily_at = $17, daily_until = $18
 WHERE profile_id = $1 AND id = $2`,
		string(a.ProfileID), string(a.ID), string(a.State), a.CheckoutID, a.ScriptURL, a.Integrity, ms(a.SentAt), ms(a.ExpiresAt), ms(a.WatchUntil), ms(a.NotFoundAt),
		ms(a.NextAttemptAt), ms(a.LeaseUntil), a.Asks, ms(a.AskedAt), ms(a.AskedBeforeAt), ms(a.ClosedAt), ms(a.DailyAt), ms(a.DailyUntil))
}
