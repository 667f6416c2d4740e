package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/quittance/quittance/internal/order"
)

// copied are the tables with rows of an order, each after those it refers to.
// Events and drawn files are left out: no page lists them.
var copied = []struct {
	table string
	where string // which rows x are the order's; $1 is its profile, $2 its key
	paid  bool   // only orders that were paid have them
}{
	{"customers", `x.id = (SELECT o.customer_id FROM orders o WHERE o.profile_id = $1 AND o.id = $2)`, false},
	{"orders", `x.id = $2`, false},
	{"order_lines", `x.order_id = $2`, false},
	{"order_tags", `x.order_id = $2`, false},
	{"order_links", `x.order_id = $2`, false},
	{"scheduled_payments", `x.order_id = $2`, true},
	{"payments", `x.order_id = $2`, false},
	{"attempts", `x.order_id = $2`, true},
	{"payment_methods", `x.order_id = $2`, true},
	{"transactions", `x.order_id = $2`, true},
	{"mails", `x.order_id = $2`, true},
	{"documents", `x.order_id = $2`, true},
	{"document_snapshots", `x.document_id IN (SELECT d.id FROM documents d WHERE d.profile_id = $1 AND d.order_id = $2)`, true},
	{"allocations", `x.document_id IN (SELECT d.id FROM documents d WHERE d.profile_id = $1 AND d.order_id = $2)`, true},
}

// copiedKeys and copiedNames are the columns that differ from copy to copy: our
// keys, whose length stays, and what others read or gave us. The other columns
// refer to what all copies share, such as products and gateway accounts.
var (
	copiedKeys = []string{"id", "order_id", "customer_id", "payment_id", "attempt_id", "transaction_id", "document_id", "subject_id",
		"scheduled_id", "payment_method_id"}
	copiedNames = []string{"merchant_transaction_id", "checkout_id", "gateway_id", "initial_transaction_id", "number", "invoice_id", "card"}
)

// Multiply makes n copies of a paid order, customer and all, in SQL: a million in
// minutes. Each copy is a second younger than the one before, the last as old as
// the order. Those whose number unpaidEvery divides are not paid. An engine that
// keeps statistics has them afterwards.
func (a *App) Multiply(o Order, n, unpaidEvery int) {
	a.TB.Helper()
	ctx := a.TB.Context()
	pool, engine := a.DB.SQL()
	conn, err := pool.Conn(ctx)
	if err != nil {
		a.TB.Fatalf("multiply order: %v", err)
	}
	defer func() { _ = conn.Close() }()
	m := multiplication{conn, engine, o, n, unpaidEvery}
	before, after := []string{`SET session_replication_role = replica`}, []string{`SET session_replication_role = DEFAULT`, `VACUUM ANALYZE`}
	if engine == "sqlite" {
		var cache int // as the store has set it
		if err := conn.QueryRowContext(ctx, `PRAGMA cache_size`).Scan(&cache); err != nil {
			a.TB.Fatalf("multiply order: %v", err)
		}
		before = []string{`PRAGMA foreign_keys = OFF`, `PRAGMA synchronous = OFF`, `PRAGMA cache_size = -400000`}
		// All connections share one limit of pages: what this one keeps the readers could not.
		after = []string{`PRAGMA foreign_keys = ON`, `PRAGMA synchronous = FULL`, fmt.Sprintf(`PRAGMA cache_size = %d`, cache), `PRAGMA wal_checkpoint(TRUNCATE)`, `PRAGMA shrink_memory`}
	}
	err = m.exec(ctx, before...)
	const step = 20_000
	for from := 1; from <= n && err == nil; from += step {
		err = m.copy(ctx, from, min(from+step-1, n))
	}
	if err == nil {
		err = m.exec(ctx, append([]string{fmt.Sprintf(`UPDATE number_series SET last = last + %d`, n)}, after...)...)
	}
	if err != nil {
		a.TB.Fatalf("multiply order: %v", err)
	}
}

// Copy is the i-th copy of an order, from 1, with a link that opens it.
func (a *App) Copy(o Order, i int) Order {
	a.TB.Helper()
	ctx := a.TB.Context()
	id := string(o.ID)
	o.ID = order.ID(id[:len(id)-tailLength] + fmt.Sprintf("%0*d", tailLength, i))
	token, err := a.Orders.LinkToken(ctx, o.ProfileID, o.ID)
	if err != nil {
		a.TB.Fatalf("link of copy: %v", err)
	}
	hash := sha256.Sum256([]byte(token))
	pool, _ := a.DB.SQL()
	if _, err := pool.ExecContext(ctx, `UPDATE order_links SET token_hash = $3 WHERE profile_id = $1 AND order_id = $2`,
		string(o.ProfileID), string(o.ID), hash[:]); err != nil {
		a.TB.Fatalf("link of copy: %v", err)
	}
	o.Token, o.Link = token, a.URL+"/pay/"+token
	return o
}

// tailLength is how many characters at the end of a key number a copy.
const tailLength = 7

// tail writes a copy's number as the end of a key.
const tail = `substr(CAST(10000000 + n.i AS TEXT), 2)`

type multiplication struct {
	conn   *sql.Conn
	engine string
	order  Order
	n      int

	unpaidEvery int
}

func (m multiplication) exec(ctx context.Context, statements ...string) error {
	for _, s := range statements {
		if _, err := m.conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// copy makes the copies from one number to another in one transaction.
func (m multiplication) copy(ctx context.Context, from, to int) error {
	tx, err := m.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit it does nothing
	for _, c := range copied {
		columns, err := columnsOf(ctx, tx, c.table)
		if err != nil {
			return err
		}
		values := make([]string, len(columns))
		for i, column := range columns {
			values[i] = m.value(c.table, column)
		}
		where := c.where
		if c.paid {
			where += fmt.Sprintf(` AND n.i %% %d <> 0`, m.unpaidEvery)
		}
		statement := fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)
INSERT INTO %s (%s) SELECT %s FROM %s x CROSS JOIN n WHERE x.profile_id = $1 AND %s`,
			from, to, c.table, strings.Join(columns, ", "), strings.Join(values, ", "), c.table, where)
		if _, err := tx.ExecContext(ctx, statement, string(m.order.ProfileID), string(m.order.ID)); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return tx.Commit()
}

func columnsOf(ctx context.Context, tx *sql.Tx, table string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	return columns, rows.Err()
}

// value is a column of a copy, in SQL over the original row x.
func (m multiplication) value(table, column string) string {
	x := "x." + column
	unpaid := func(value string) string {
		return fmt.Sprintf(`CASE WHEN n.i %% %d = 0 THEN %s ELSE %s END`, m.unpaidEvery, value, x)
	}
	switch name := table + "." + column; {
	case column == "token_hash" && m.engine == "sqlite":
		return `randomblob(32)`
	case column == "token_hash":
		return `sha256(convert_to(x.order_id || ` + tail + `, 'UTF8'))`
	case slices.Contains(copiedKeys, column):
		return fmt.Sprintf(`CASE WHEN length(%[1]s) > %[2]d THEN substr(%[1]s, 1, length(%[1]s) - %[2]d) || %[3]s ELSE %[1]s END`, x, tailLength, tail)
	case slices.Contains(copiedNames, column):
		return x + ` || '-' || ` + tail
	case column == "serial":
		return `COALESCE((SELECT s.last FROM number_series s WHERE s.profile_id = x.profile_id AND s.kind = x.kind AND s.year = x.year), x.serial) + n.i`
	case column == "created_at":
		return fmt.Sprintf(`%s - 1000 * (%d - n.i)`, x, m.n)
	case column == "next_attempt_at", column == "lease_until", column == "daily_at":
		return `CAST(NULL AS BIGINT)`
	case column == "drawn":
		return `TRUE`
	case name == "orders.status":
		return unpaid(`'pending'`)
	case name == "payments.status":
		return unpaid(`'open'`)
	case name == "payments.captured_minor":
		return unpaid(`0`)
	case name == "orders.ended_at", name == "payments.paid_at":
		return unpaid(`NULL`)
	}
	return x
}
