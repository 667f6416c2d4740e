//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// openLive opens our database to read in it while the program runs.
func (f *fleet) openLive() (_ *sql.DB, closeAll func() error, err error) {
	driver, address := "pgx", f.database
	if path, lite := strings.CutPrefix(f.database, "sqlite:"); lite {
		driver, address = "sqlite", "file:"+path+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return nil, nil, err
	}
	return db, db.Close, nil
}

// openDead opens our database after its program was killed or stopped. On SQLite
// it reads a copy: opening the file itself would do the recovery after a kill that
// the program must do.
func (f *fleet) openDead() (_ *sql.DB, closeAll func() error, err error) {
	path, lite := strings.CutPrefix(f.database, "sqlite:")
	if !lite {
		return f.openLive()
	}
	dir, err := os.MkdirTemp(f.dir, "copy-")
	if err != nil {
		return nil, nil, err
	}
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "q.db"+suffix), b, 0o600)
		}
		if err != nil {
			return nil, nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "q.db"))
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return db, func() error { return errors.Join(db.Close(), os.RemoveAll(dir)) }, nil
}

// glance is what classifying a kill needs of our books.
type glance struct {
	settled map[string]bool      // the gateway's ids of what we have booked as final
	askedAt map[string]time.Time // by merchant transaction id: the last question for a status
}

func (f *fleet) ledgerNow(ctx context.Context) (_ glance, err error) {
	g := glance{map[string]bool{}, map[string]time.Time{}}
	db, closeAll, err := f.openDead()
	if err != nil {
		return g, err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	err = each(ctx, db, `SELECT gateway_id FROM transactions WHERE state <> 'pending'`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		g.settled[id] = true
		return err
	})
	if err != nil {
		return g, err
	}
	return g, each(ctx, db, `SELECT merchant_transaction_id, asked_at FROM attempts WHERE asked_at IS NOT NULL`, func(scan func(...any) error) error {
		var id string
		var ms int64
		err := scan(&id, &ms)
		g.askedAt[id] = time.UnixMilli(ms)
		return err
	})
}

// each runs a query and hands over its rows.
func each(ctx context.Context, db *sql.DB, query string, row func(scan func(...any) error) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return rows.Err()
}

// attemptRow, transactionRow and orderRow are our books as the comparison needs them.
type attemptRow struct {
	id, orderID, merchantID, kind, typ, state, currency string
	minor                                               int64
}

type transactionRow struct {
	gatewayID, attemptID, orderID, typ, state, currency string
	minor                                               int64
	surplus                                             bool
}

type orderRow struct {
	id, typ, status, invoiceID string
	kept                       int64 // what its payments took, less what they gave back
}

type ledger struct {
	attempts     map[string]attemptRow // by merchant transaction id
	transactions []transactionRow
	orders       map[string]orderRow
}

func readLedger(ctx context.Context, db *sql.DB) (ledger, error) {
	l := ledger{attempts: map[string]attemptRow{}, orders: map[string]orderRow{}}
	err := errors.Join(
		each(ctx, db, `SELECT id, order_id, merchant_transaction_id, kind, type, state, currency, amount_minor FROM attempts`, func(scan func(...any) error) error {
			var a attemptRow
			err := scan(&a.id, &a.orderID, &a.merchantID, &a.kind, &a.typ, &a.state, &a.currency, &a.minor)
			l.attempts[a.merchantID] = a
			return err
		}),
		each(ctx, db, `SELECT gateway_id, attempt_id, order_id, type, state, currency, amount_minor, surplus FROM transactions ORDER BY id`, func(scan func(...any) error) error {
			var x transactionRow
			err := scan(&x.gatewayID, &x.attemptID, &x.orderID, &x.typ, &x.state, &x.currency, &x.minor, &x.surplus)
			l.transactions = append(l.transactions, x)
			return err
		}),
		each(ctx, db, `
SELECT o.id, o.type, o.status, o.invoice_id, CAST(sum(p.captured_minor - p.refunded_minor) AS BIGINT) FROM orders o
  JOIN payments p ON p.profile_id = o.profile_id AND p.order_id = o.id GROUP BY o.id, o.type, o.status, o.invoice_id`, func(scan func(...any) error) error {
			var o orderRow
			err := scan(&o.id, &o.typ, &o.status, &o.invoiceID, &o.kept)
			l.orders[o.id] = o
			return err
		}))
	return l, err
}
