package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/jobs"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/user"
)

// tx is one unit of work. It serves every domain's Tx. Events are kept back and
// written last, because their sequence is one locked row per profile.
type tx struct {
	*sql.Tx
	db     *DB
	number uint64 // in the log, to tell what belongs together
	events []event.Event
	// merchant is the profile that was read last: one unit of work asks for it in
	// many places. It is of another profile, or none, where its ID differs.
	merchant profile.Profile

	measured []measured
}

// InProfileTx runs fn in one transaction.
func (d *DB) InProfileTx(ctx context.Context, fn func(profile.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// InUserTx runs fn in one transaction.
func (d *DB) InUserTx(ctx context.Context, fn func(user.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// InCustomerTx runs fn in one transaction.
func (d *DB) InCustomerTx(ctx context.Context, fn func(customer.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// InCatalogTx runs fn in one transaction.
func (d *DB) InCatalogTx(ctx context.Context, fn func(catalog.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// InOrderTx runs fn in one transaction.
func (d *DB) InOrderTx(ctx context.Context, fn func(order.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// InPaymentTx runs fn in one transaction.
func (d *DB) InPaymentTx(ctx context.Context, fn func(payment.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// InMailTx runs fn in one transaction.
func (d *DB) InMailTx(ctx context.Context, fn func(mail.Tx) error) error {
	return d.inTx(ctx, func(t *tx) error { return fn(t) })
}

// maxTries is how often a transaction is run again after PostgreSQL gave up on
// it for a deadlock or a serialisation failure.
const maxTries = 4

// inTx commits if fn returns nil and rolls back on an error or a panic. fn may
// run more than once, so it must touch nothing but the transaction and locals.
func (d *DB) inTx(ctx context.Context, fn func(*tx) error) error {
	var err error
	for range maxTries {
		if err = d.once(ctx, fn); !retryable(err) {
			return err
		}
	}
	return err
}

func (d *DB) once(ctx context.Context, fn func(*tx) error) (err error) {
	sqlTx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	number, committed := d.begun.Add(1), false
	d.log.DebugContext(ctx, "transaction begins", "tx", number)
	defer func() {
		if rerr := sqlTx.Rollback(); rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("rollback: %w", rerr))
		}
		d.log.DebugContext(ctx, "transaction ended", "tx", number, "committed", committed)
	}()
	t := &tx{Tx: sqlTx, db: d, number: number}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.writeEvents(ctx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	d.tell(t)
	return nil
}

// retryable reports PostgreSQL's codes for a transaction that lost to another one
// and for a deadlock.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// Enqueue puts a job into the queue with everything else this transaction writes.
func (t *tx) Enqueue(ctx context.Context, args jobs.Args) error {
	if err := t.db.enqueue(ctx, t.Tx, args); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// EnqueueAll puts many jobs into the queue, as Enqueue does.
func (t *tx) EnqueueAll(ctx context.Context, all []jobs.Args) error {
	if err := t.db.enqueue(ctx, t.Tx, all...); err != nil {
		return fmt.Errorf("enqueue %d jobs: %w", len(all), err)
	}
	return nil
}

// exec runs a statement that must change exactly one row.
func (t *tx) exec(ctx context.Context, doing, query string, args ...any) error {
	res, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%s: changed %d rows: %w", doing, n, errors.Join(err, errRowCount))
	}
	return nil
}

var errRowCount = errors.New("store: not one row")

// lost is changed in place of an error that says that the row of an optimistic
// change had another version by then.
func lost(err error, changed *fault.Error) error {
	if errors.Is(err, errRowCount) {
		return changed.Because(err)
	}
	return err
}

// querier is what reads need: a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// scanner is a row or rows.
type scanner interface{ Scan(dest ...any) error }

// collect scans all rows and closes them.
func collect[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()     //nolint:errcheck // Err says all there is to say
	out := make([]T, 0, 2) // most lists are short, and rows are wide
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
