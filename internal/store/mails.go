package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/payment"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

const mailColumns = `m.profile_id, m.id, COALESCE(m.order_id, ''), m.kind, m.subject_id, COALESCE(m.step, 0), m.step IS NULL, m.language, m.message_id, m.state, m.attempts,
       m.next_attempt_at, m.lease_until, m.last_error, m.created_at, m.done_at`

func scanMail(row scanner) (mail.Mail, error) {
	var m mail.Mail
	err := row.Scan(&m.ProfileID, &m.ID, &m.OrderID, &m.Kind, &m.Subject, &m.Step, &m.Asked, &m.Language, &m.MessageID, &m.State, &m.Attempts,
		at(&m.NextAttemptAt), at(&m.LeaseUntil), &m.LastError, at(&m.CreatedAt), at(&m.DoneAt))
	if err != nil {
		return mail.Mail{}, fmt.Errorf("scan mail: %w", err)
	}
	return m, nil
}

// InsertMail adds a mail unless what it tells is told once and there is one.
func (t *tx) InsertMail(ctx context.Context, m mail.Mail) (bool, error) {
	res, err := t.ExecContext(ctx, `
INSERT INTO mails (profile_id, id, order_id, kind, subject_id, step, language, message_id, state, attempts, next_attempt_at, last_error, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT DO NOTHING`,
		string(m.ProfileID), string(m.ID), sql.NullString{String: string(m.OrderID), Valid: m.OrderID != ""}, string(m.Kind), m.Subject, sql.NullInt64{Int64: m.Step, Valid: !m.Asked}, m.Language, m.MessageID,
		string(m.State), m.Attempts, ms(m.NextAttemptAt), m.LastError, ms(m.CreatedAt))
	if err != nil {
		return false, fmt.Errorf("insert mail: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// RecentMails are an order's mails of a kind that somebody asked for since a time
// or that are still due, oldest first, locked.
func (t *tx) RecentMails(ctx context.Context, profileID profile.ID, orderID order.ID, kind mail.Kind, since time.Time) ([]mail.Mail, error) {
	rows, err := t.QueryContext(ctx, `
SELECT `+mailColumns+` FROM mails m
 WHERE m.profile_id = $1 AND m.order_id = $2 AND m.kind = $3 AND m.step IS NULL AND (m.created_at > $4 OR m.state = 'due')
 ORDER BY m.created_at, m.id`+t.db.dialect.ForUpdate, string(profileID), string(orderID), string(kind), ms(since))
	return collect(rows, err, scanMail)
}

// MailForUpdate locks a mail.
func (t *tx) MailForUpdate(ctx context.Context, profileID profile.ID, mailID mail.ID) (mail.Mail, error) {
	return scanMail(t.QueryRowContext(ctx, `
SELECT `+mailColumns+` FROM mails m WHERE m.profile_id = $1 AND m.id = $2`+t.db.dialect.ForUpdate, string(profileID), string(mailID)))
}

// SaveMail changes where a mail stands.
func (t *tx) SaveMail(ctx context.Context, m mail.Mail) error {
	return t.exec(ctx, "update mail", `
UPDATE mails SET message_id = $3, state = $4, attempts = $5, next_attempt_at = $6, lease_until = $7, last_error = $8, done_at = $9
 WHERE profile_id = $1 AND id = $2`, string(m.ProfileID), string(m.ID), m.MessageID, string(m.State), m.Attempts, ms(m.NextAttemptAt), ms(m.LeaseUntil),
		m.LastError, ms(m.DoneAt))
}

// AskStaff leaves a task about a mail that could not be sent.
func (t *tx) AskStaff(ctx context.Context, m mail.Mail, at time.Time) error {
	return t.InsertTask(ctx, payment.Task{ID: id.New("tsk"), ProfileID: m.ProfileID, Kind: payment.TaskMailFailed, OrderID: m.OrderID, Subject: string(m.ID), CreatedAt: at})
}

// WakeMails puts up to limit mails that are due at now, and that nobody is at,
// into the queue, the longest due first.
func (d *DB) WakeMails(ctx context.Context, now time.Time, limit int) error {
	rows, err := d.reader.QueryContext(ctx, `
SELECT m.profile_id, m.id, m.attempts FROM mails m
 WHERE m.next_attempt_at <= $1 AND (m.lease_until IS NULL OR m.lease_until <= $1)
 ORDER BY m.next_attempt_at LIMIT $2`, ms(now), limit)
	due, err := collect(rows, err, func(row scanner) (mail.Send, error) {
		var j mail.Send
		return j, row.Scan(&j.ProfileID, &j.MailID, &j.Attempts)
	})
	if err != nil {
		return fmt.Errorf("find due mails: %w", err)
	}
	for few := range slices.Chunk(due, 100) { // so that no transaction is long
		if err := d.inTx(ctx, func(t *tx) error {
			for _, j := range few {
				if err := t.Enqueue(ctx, j); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// MailsDue counts the mails that wait to be sent.
func (d *DB) MailsDue(ctx context.Context) (int, error) {
	var n int
	if err := d.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM mails WHERE next_attempt_at IS NOT NULL`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count mails: %w", err)
	}
	return n, nil
}

// DocumentsOfTransaction are an order's documents that a transaction caused or
// paid, an invoice before its receipt.
func (d *DB) DocumentsOfTransaction(ctx context.Context, profileID profile.ID, orderID order.ID, transactionID payment.TransactionID) ([]document.Document, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+documentColumns+` FROM documents d
 WHERE d.profile_id = $1 AND d.order_id = $2 AND (d.transaction_id = $3 OR EXISTS
       (SELECT 1 FROM allocations a WHERE a.profile_id = d.profile_id AND a.document_id = d.id AND a.transaction_id = $3))`,
		string(profileID), string(orderID), string(transactionID))
	found, err := collect(rows, err, plainDocument)
	slices.SortFunc(found, func(a, b document.Document) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return found, err
}

// ScheduleOf are all scheduled payments of an order, by position.
func (d *DB) ScheduleOf(ctx context.Context, profileID profile.ID, orderID order.ID) ([]schedule.Payment, error) {
	rows, err := d.reader.QueryContext(ctx, `
SELECT `+scheduledColumns+` FROM scheduled_payments s WHERE s.profile_id = $1 AND s.order_id = $2 ORDER BY s.position`, string(profileID), string(orderID))
	return collect(rows, err, scanScheduled)
}
