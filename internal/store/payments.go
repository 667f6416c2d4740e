package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// The facts of a payment, without the order that it belongs to.
const paymentFacts = `y.id, COALESCE(y.scheduled_id, ''), y.kind, y.status, y.currency, y.amount_minor, y.settles_minor,
       y.authorised_minor, y.captured_minor, y.refunded_minor, y.disputed_minor, y.holds_until, y.paid_at, y.created_at, y.row_version`

const paymentColumns = `y.profile_id, y.order_id, ` + paymentFacts

type paymentScan struct {
	p                                                 payment.Payment
	amount                                            amountColumns
	settles, authorised, captured, refunded, disputed int64
}

// facts receives paymentFacts.
func (s *paymentScan) facts() []any {
	return []any{&s.p.ID, &s.p.ScheduledID, &s.p.Kind, &s.p.Status, &s.amount.code, &s.amount.minor, &s.settles,
		&s.authorised, &s.captured, &s.refunded, &s.disputed, at(&s.p.HoldsUntil), at(&s.p.PaidAt), at(&s.p.CreatedAt), &s.p.Version}
}

// dest receives paymentColumns.
func (s *paymentScan) dest() []any { return append([]any{&s.p.ProfileID, &s.p.OrderID}, s.facts()...) }

func (s *paymentScan) done() (payment.Payment, error) {
	var err error
	if s.p.Amount, err = s.amount.value(); err != nil {
		return s.p, err
	}
	in := func(minor int64) money.Amount { return money.New(minor, s.p.Amount.Currency()) }
	s.p.Settles, s.p.Authorised, s.p.Captured, s.p.Refunded, s.p.Disputed = in(s.settles), in(s.authorised), in(s.captured), in(s.refunded), in(s.disputed)
	return s.p, nil
}

// InsertPayment adds an open payment.
func (t *tx) InsertPayment(ctx context.Context, p payment.Payment) error {
	return t.exec(ctx, "insert payment", `
INSERT INTO payments (id, profile_id, order_id, scheduled_id, kind, status, currency, amount_minor, settles_minor, authorised_minor, captured_minor, refunded_minor, disputed_minor, created_at, row_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, $10, 1)`,
		string(p.ID), string(p.ProfileID), string(p.OrderID), null(p.ScheduledID), string(p.Kind), string(p.Status), p.Amount.Currency().Code(),
		p.Amount.Minor(), p.Settles.Minor(), ms(p.CreatedAt))
}

// PaymentForUpdate locks a payment.
func (t *tx) PaymentForUpdate(ctx context.Context, profileID profile.ID, paymentID payment.ID) (payment.Payment, error) {
	return t.onePayment(ctx, `y.profile_id = $1 AND y.id = $2`, string(profileID), string(paymentID))
}

// InitialPaymentForUpdate locks an order's first payment.
func (t *tx) InitialPaymentForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (payment.Payment, error) {
	return t.onePayment(ctx, `y.profile_id = $1 AND y.order_id = $2 AND y.kind = 'initial'`, string(profileID), string(orderID))
}

// OpenRegistrationForUpdate locks the open registration of an order; the unique
// index lets there be one.
func (t *tx) OpenRegistrationForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (payment.Payment, error) {
	return t.onePayment(ctx, `y.profile_id = $1 AND y.order_id = $2 AND y.kind = 'registration' AND y.status = 'open'`, string(profileID), string(orderID))
}

// PaymentOfScheduledForUpdate locks the payment of a scheduled one.
func (t *tx) PaymentOfScheduledForUpdate(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (payment.Payment, error) {
	return t.onePayment(ctx, `y.profile_id = $1 AND y.scheduled_id = $2`, string(profileID), string(scheduledID))
}

// OpenPaymentsForUpdate locks an order's open payments.
func (t *tx) OpenPaymentsForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) ([]payment.Payment, error) {
	rows, err := t.QueryContext(ctx, `
SELECT `+paymentColumns+` FROM payments y WHERE y.profile_id = $1 AND y.order_id = $2 AND y.status = 'open'`+t.db.dialect.ForUpdate,
		string(profileID), string(orderID))
	return collect(rows, err, func(row scanner) (payment.Payment, error) {
		var s paymentScan
		if err := row.Scan(s.dest()...); err != nil {
			return payment.Payment{}, fmt.Errorf("scan payment: %w", err)
		}
		return s.done()
	})
}

func (t *tx) onePayment(ctx context.Context, where string, args ...any) (payment.Payment, error) {
	var s paymentScan
	err := t.QueryRowContext(ctx, `SELECT `+paymentColumns+` FROM payments y WHERE `+where+t.db.dialect.ForUpdate, args...).Scan(s.dest()...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return payment.Payment{}, payment.ErrPaymentNotFound
	case err != nil:
		return payment.Payment{}, fmt.Errorf("scan payment: %w", err)
	}
	return s.done()
}

// SavePayment changes what was asked for and what became of it.
func (t *tx) SavePayment(ctx context.Context, p payment.Payment) error {
	return t.exec(ctx, "update payment", `
UPDATE payments SET status = $4, amount_minor = $5, authorised_minor = $6, captured_minor = $7, refunded_minor = $8, disputed_minor = $9, holds_until = $10, paid_at = $11,
       row_version = row_version + 1
 WHERE profile_id = $1 AND id = $2 AND row_version = $3`,
		string(p.ProfileID), string(p.ID), p.Version, string(p.Status), p.Amount.Minor(), p.Authorised.Minor(), p.Captured.Minor(), p.Refunded.Minor(), p.Disputed.Minor(),
		ms(p.HoldsUntil), ms(p.PaidAt))
}

// LapsingHolds are payments whose hold is expected to lapse, along an index that
// has only those of which there is something to tell.
func (d *DB) LapsingHolds(ctx context.Context, profileID profile.ID, told payment.HoldTold, by time.Time, limit int) ([]payment.Payment, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+paymentColumns+` FROM payments y
 WHERE y.profile_id = $1 AND y.status = 'authorised' AND y.hold_told < 2 AND y.hold_told = $2 AND y.holds_until <= $3
 ORDER BY y.holds_until, y.id LIMIT `+strconv.Itoa(limit), string(profileID), int64(told), ms(by))
	return collect(rows, err, func(row scanner) (payment.Payment, error) {
		var s paymentScan
		if err := row.Scan(s.dest()...); err != nil {
			return s.p, err
		}
		return s.done()
	})
}

// NoteHold notes what staff were told of a hold.
func (t *tx) NoteHold(ctx context.Context, profileID profile.ID, paymentID payment.ID, told payment.HoldTold) (bool, error) {
	done, err := t.ExecContext(ctx, `
UPDATE payments SET hold_told = $3 WHERE profile_id = $1 AND id = $2 AND status = 'authorised' AND hold_told < $3`, string(profileID), string(paymentID), int64(told))
	if err != nil {
		return false, fmt.Errorf("note what was told of a hold: %w", err)
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// UndecidedState looks for transactions that the bank or staff must still decide,
// among those of the order: its key leads to them.
func (t *tx) UndecidedState(ctx context.Context, profileID profile.ID, orderID order.ID, paymentID payment.ID) (payment.State, error) {
	var s payment.State
	err := t.QueryRowContext(ctx, `
SELECT COALESCE(MIN(state), '') FROM transactions WHERE profile_id = $1 AND order_id = $2 AND payment_id = $3 AND state IN ('held', 'pending')`,
		string(profileID), string(orderID), string(paymentID)).Scan(&s)
	if err != nil {
		return "", fmt.Errorf("look for undecided transactions: %w", err)
	}
	return s, nil
}

// HasPending looks for transactions of an attempt that the bank must still decide,
// as UndecidedState does.
func (t *tx) HasPending(ctx context.Context, profileID profile.ID, orderID order.ID, attemptID payment.AttemptID) (pending bool, err error) {
	err = t.QueryRowContext(ctx, `
SELECT EXISTS (SELECT 1 FROM transactions WHERE profile_id = $1 AND order_id = $2 AND attempt_id = $3 AND state = 'pending')`,
		string(profileID), string(orderID), string(attemptID)).Scan(&pending)
	if err != nil {
		return false, fmt.Errorf("look for pending transactions: %w", err)
	}
	return pending, nil
}

// InsertTask adds something for staff to look at.
func (t *tx) InsertTask(ctx context.Context, task payment.Task) error {
	return t.exec(ctx, "insert staff task", `
INSERT INTO staff_tasks (profile_id, id, kind, order_id, subject, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(task.ProfileID), task.ID, string(task.Kind), string(task.OrderID), task.Subject, ms(task.CreatedAt))
}

// HasTask looks for a task, done or not, along an index of its order's.
func (t *tx) HasTask(ctx context.Context, profileID profile.ID, orderID order.ID, kind payment.TaskKind, subject string) (has bool, err error) {
	err = t.QueryRowContext(ctx, `
SELECT EXISTS (SELECT 1 FROM staff_tasks WHERE profile_id = $1 AND order_id = $2 AND kind = $3 AND subject = $4)`,
		string(profileID), string(orderID), string(kind), subject).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("look for a staff task: %w", err)
	}
	return has, nil
}

// InsertTry counts a declined try. The same transaction counts once.
func (t *tx) InsertTry(ctx context.Context, txn payment.Transaction, ipHash string, at time.Time) error {
	_, err := t.ExecContext(ctx, `
INSERT INTO declined_tries (profile_id, transaction_id, order_id, ip_hash, bin, declined_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (profile_id, transaction_id) DO NOTHING`,
		string(txn.ProfileID), string(txn.ID), string(txn.OrderID), ipHash, txn.Method.BIN, ms(at))
	if err != nil {
		return fmt.Errorf("insert declined try: %w", err)
	}
	return nil
}

// LiftTries forgets an order's declined tries.
func (t *tx) LiftTries(ctx context.Context, profileID profile.ID, orderID order.ID, now time.Time) error {
	_, err := t.ExecContext(ctx, `UPDATE declined_tries SET lifted_at = $3 WHERE profile_id = $1 AND order_id = $2 AND lifted_at IS NULL`,
		string(profileID), string(orderID), ms(now))
	if err != nil {
		return fmt.Errorf("lift declined tries: %w", err)
	}
	return nil
}

// selectTries counts by four indexes in one statement. An unknown address or BIN
// counts nothing.
const selectTries = `
SELECT (SELECT COUNT(*) FROM declined_tries WHERE profile_id = $1 AND order_id = $2 AND declined_at > $4 AND lifted_at IS NULL),
       (SELECT MIN(declined_at) FROM declined_tries WHERE profile_id = $1 AND order_id = $2 AND declined_at > $4 AND lifted_at IS NULL),
       (SELECT COUNT(*) FROM declined_tries WHERE profile_id = $1 AND ip_hash = $3 AND ip_hash <> '' AND declined_at > $4 AND lifted_at IS NULL),
       (SELECT MIN(declined_at) FROM declined_tries WHERE profile_id = $1 AND ip_hash = $3 AND ip_hash <> '' AND declined_at > $4 AND lifted_at IS NULL),
       (SELECT COUNT(*) FROM declined_tries WHERE profile_id = $1 AND bin <> '' AND declined_at > $5 AND lifted_at IS NULL AND bin =
               (SELECT b.bin FROM declined_tries b WHERE b.profile_id = $1 AND b.order_id = $2 ORDER BY b.declined_at DESC LIMIT 1)),
       (SELECT MIN(declined_at) FROM declined_tries WHERE profile_id = $1 AND bin <> '' AND declined_at > $5 AND lifted_at IS NULL AND bin =
               (SELECT b.bin FROM declined_tries b WHERE b.profile_id = $1 AND b.order_id = $2 ORDER BY b.declined_at DESC LIMIT 1)),
       (SELECT COUNT(*) FROM declined_tries WHERE profile_id = $1 AND declined_at > $5 AND lifted_at IS NULL),
       (SELECT MIN(declined_at) FROM declined_tries WHERE profile_id = $1 AND declined_at > $5 AND lifted_at IS NULL)`

func countTries(ctx context.Context, q querier, profileID profile.ID, orderID order.ID, ipHash string, since payment.TriesSince) (payment.Tries, error) {
	var t payment.Tries
	err := q.QueryRowContext(ctx, selectTries, string(profileID), string(orderID), ipHash, ms(since.Day), ms(since.Hour)).
		Scan(&t.Order, at(&t.OldestOrder), &t.IP, at(&t.OldestIP), &t.BIN, at(&t.OldestBIN), &t.Profile, at(&t.OldestProfile))
	if err != nil {
		return payment.Tries{}, fmt.Errorf("count declined tries: %w", err)
	}
	return t, nil
}

// Tries counts declined tries.
func (d *DB) Tries(ctx context.Context, profileID profile.ID, orderID order.ID, ipHash string, since payment.TriesSince) (payment.Tries, error) {
	return countTries(ctx, d.reader, profileID, orderID, ipHash, since)
}

// Tries counts declined tries within the transaction.
func (t *tx) Tries(ctx context.Context, profileID profile.ID, orderID order.ID, ipHash string, since payment.TriesSince) (payment.Tries, error) {
	return countTries(ctx, t, profileID, orderID, ipHash, since)
}
