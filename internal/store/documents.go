package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
)

// NextNumber takes the next number of a series and keeps its row locked until the
// transaction ends. Take it last; rolling back gives it back, so the series has
// no gaps. The issue time never precedes the series' last.
func (t *tx) NextNumber(ctx context.Context, s document.Series, issued time.Time) (int64, time.Time, error) {
	var n int64
	err := t.QueryRowContext(ctx, `
INSERT INTO number_series (profile_id, kind, year, last, last_issued_at) VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (profile_id, kind, year) DO UPDATE SET last = number_series.last + 1,
       last_issued_at = CASE WHEN number_series.last_issued_at > excluded.last_issued_at THEN number_series.last_issued_at ELSE excluded.last_issued_at END
RETURNING last, last_issued_at`, string(s.ProfileID), string(s.Kind), s.Year, ms(issued)).Scan(&n, at(&issued))
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("next number of %v: %w", s, err)
	}
	return n, issued, nil
}

// InsertDocument adds an issued document. It is never changed.
func (t *tx) InsertDocument(ctx context.Context, d document.Document) error {
	snapshot, err := json.Marshal(d.Snapshot)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	if err := t.exec(ctx, "insert document", `
INSERT INTO documents (profile_id, id, order_id, transaction_id, kind, year, serial, number, issued_on, issued_at, currency, total_minor, drawn, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, FALSE, $10)`,
		string(d.ProfileID), string(d.ID), string(d.OrderID), null(d.TransactionID), string(d.Kind), d.Year, d.Serial, d.Number, d.IssuedOn, ms(d.IssuedAt),
		d.Total.Currency().Code(), d.Total.Minor()); err != nil {
		return err
	}
	return t.exec(ctx, "insert snapshot", `INSERT INTO document_snapshots (profile_id, document_id, content) VALUES ($1, $2, $3)`,
		string(d.ProfileID), string(d.ID), string(snapshot))
}

// Allocate ties a transaction's money to an invoice.
func (t *tx) Allocate(ctx context.Context, d document.Document, transactionID string, amount money.Amount) error {
	return t.exec(ctx, "insert allocation", `
INSERT INTO allocations (profile_id, document_id, transaction_id, currency, amount_minor) VALUES ($1, $2, $3, $4, $5)`,
		string(d.ProfileID), string(d.ID), transactionID, amount.Currency().Code(), amount.Minor())
}

const documentColumns = `d.profile_id, d.id, d.order_id, COALESCE(d.transaction_id, ''), d.kind, d.year, d.serial, d.number, d.issued_on, d.issued_at, d.currency, d.total_minor`

func scanDocument(row scanner, more ...any) (document.Document, error) {
	var d document.Document
	var total amountColumns
	err := row.Scan(append([]any{&d.ProfileID, &d.ID, &d.OrderID, &d.TransactionID, &d.Kind, &d.Year, &d.Serial, &d.Number, &d.IssuedOn, at(&d.IssuedAt),
		&total.code, &total.minor}, more...)...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return document.Document{}, document.ErrNotFound
	case err != nil:
		return document.Document{}, fmt.Errorf("scan document: %w", err)
	}
	d.Total, err = total.value()
	return d, err
}

func (d *DB) document(ctx context.Context, where string, args ...any) (document.Document, error) {
	var snapshot string
	doc, err := scanDocument(d.reader.QueryRowContext(ctx, `
SELECT `+documentColumns+`, s.content FROM documents d JOIN document_snapshots s ON s.profile_id = d.profile_id AND s.document_id = d.id WHERE `+where, args...), &snapshot)
	if err != nil {
		return document.Document{}, err
	}
	if err := json.Unmarshal([]byte(snapshot), &doc.Snapshot); err != nil {
		return document.Document{}, fmt.Errorf("decode snapshot of %s: %w", doc.ID, err)
	}
	return doc, nil
}

// Document finds an order's document by what people read on it.
func (d *DB) Document(ctx context.Context, profileID profile.ID, orderID order.ID, kind document.Kind, number string) (document.Document, error) {
	return d.document(ctx, `d.profile_id = $1 AND d.kind = $2 AND d.number = $3 AND d.order_id = $4`, string(profileID), string(kind), number, string(orderID))
}

// DocumentByID finds a document of a profile.
func (d *DB) DocumentByID(ctx context.Context, profileID profile.ID, documentID document.ID) (document.Document, error) {
	return d.document(ctx, `d.profile_id = $1 AND d.id = $2`, string(profileID), string(documentID))
}

// Documents are a page of an order's documents, without their snapshots.
func (d *DB) Documents(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[document.Document], error) {
	l := listOf(profileID, documentColumns, "documents d", "d")
	l.equal("d.order_id", string(orderID))
	l.behind(w.After)
	// A document is made when it is issued.
	return page(ctx, d, l, w, l.rows(w.Limit+1), plainDocument, func(x document.Document) paging.Place {
		return paging.Place{At: x.IssuedAt, Key: string(x.ID)}
	})
}

// DocumentFile are a document's drawn bytes.
func (d *DB) DocumentFile(ctx context.Context, profileID profile.ID, documentID document.ID) (document.File, error) {
	var f document.File
	err := d.reader.QueryRowContext(ctx, `SELECT sha256, content FROM document_files WHERE profile_id = $1 AND document_id = $2`,
		string(profileID), string(documentID)).Scan(&f.SHA256, &f.Content)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return document.File{}, document.ErrNotFound
	case err != nil:
		return document.File{}, fmt.Errorf("read document file: %w", err)
	}
	return f, nil
}

// KeepFile stores drawn bytes unless there are some already, and returns those
// that are kept: the first drawing is served for ever. If that one lacks
// characters, it leaves a task.
func (d *DB) KeepFile(ctx context.Context, profileID profile.ID, documentID document.ID, f document.File, drawn time.Time) (document.File, error) {
	err := d.inTx(ctx, func(t *tx) error {
		kept, err := t.ExecContext(ctx, `
INSERT INTO document_files (profile_id, document_id, sha256, content, drawn_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (profile_id, document_id) DO NOTHING`, string(profileID), string(documentID), f.SHA256, f.Content, ms(drawn))
		if err != nil {
			return fmt.Errorf("keep document file: %w", err)
		}
		if n, err := kept.RowsAffected(); err == nil && n == 1 {
			t.measure(MeasuredDrawing, "")
			if err := t.askAboutFile(ctx, profileID, documentID, f, drawn); err != nil {
				return err
			}
		}
		return t.exec(ctx, "mark document as drawn", `UPDATE documents SET drawn = TRUE WHERE profile_id = $1 AND id = $2`, string(profileID), string(documentID))
	})
	if err != nil {
		return document.File{}, err
	}
	return d.DocumentFile(ctx, profileID, documentID)
}

// askAboutFile leaves a task about a document that lacks characters.
func (t *tx) askAboutFile(ctx context.Context, profileID profile.ID, documentID document.ID, f document.File, at time.Time) error {
	if f.Missing == 0 {
		return nil
	}
	d, err := scanDocument(t.QueryRowContext(ctx, `SELECT `+documentColumns+` FROM documents d WHERE d.profile_id = $1 AND d.id = $2`,
		string(profileID), string(documentID)))
	if err != nil {
		return err
	}
	return t.InsertTask(ctx, payment.Task{ID: id.New("tsk"), ProfileID: profileID, Kind: payment.TaskPaperLacks, OrderID: d.OrderID,
		Subject: string(documentID), CreatedAt: at})
}

// UndrawnDocuments are issued documents whose drawing is still due, behind one of them.
func (d *DB) UndrawnDocuments(ctx context.Context, behind document.Draw, limit int) ([]document.Draw, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT d.profile_id, d.id FROM documents d WHERE d.drawn = FALSE AND (d.profile_id, d.id) > ($1, $2) ORDER BY d.profile_id, d.id LIMIT $3`,
		string(behind.ProfileID), string(behind.DocumentID), limit)
	return collect(rows, err, func(row scanner) (document.Draw, error) {
		var j document.Draw
		err := row.Scan(&j.ProfileID, &j.DocumentID)
		return j, err
	})
}

// AskAboutUndrawn leaves a task, once, about a document that cannot be drawn.
func (d *DB) AskAboutUndrawn(ctx context.Context, j document.Draw, at time.Time) error {
	return d.inTx(ctx, func(t *tx) error {
		var orderID order.ID
		if err := t.QueryRowContext(ctx, `SELECT d.order_id FROM documents d WHERE d.profile_id = $1 AND d.id = $2`,
			string(j.ProfileID), string(j.DocumentID)).Scan(&orderID); err != nil {
			return fmt.Errorf("find order of document %s: %w", j.DocumentID, err)
		}
		if told, err := t.HasTask(ctx, j.ProfileID, orderID, payment.TaskPaperUndrawn, string(j.DocumentID)); err != nil || told {
			return err
		}
		return t.InsertTask(ctx, payment.Task{ID: id.New("tsk"), ProfileID: j.ProfileID, Kind: payment.TaskPaperUndrawn, OrderID: orderID,
			Subject: string(j.DocumentID), CreatedAt: at})
	})
}

func plainDocument(row scanner) (document.Document, error) { return scanDocument(row) }

// InvoiceOfOrder is an order's first invoice.
func (t *tx) InvoiceOfOrder(ctx context.Context, profileID profile.ID, orderID order.ID) (document.Document, error) {
	return scanDocument(t.QueryRowContext(ctx, `
SELECT `+documentColumns+` FROM documents d WHERE d.profile_id = $1 AND d.order_id = $2 AND d.kind = 'invoice'
 ORDER BY d.created_at, d.id LIMIT 1`, string(profileID), string(orderID)))
}

// InvoiceOfTransaction is the invoice that a transaction paid.
func (t *tx) InvoiceOfTransaction(ctx context.Context, profileID profile.ID, transactionID payment.TransactionID) (document.Document, error) {
	return scanDocument(t.QueryRowContext(ctx, `
SELECT `+documentColumns+` FROM allocations a CROSS JOIN documents d
 WHERE a.profile_id = $1 AND a.transaction_id = $2 AND d.profile_id = a.profile_id AND d.id = a.document_id AND d.kind = 'invoice' ORDER BY a.document_id LIMIT 1`, string(profileID), string(transactionID)))
}
