//go:build linux

package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/quittance/quittance/internal/gateway/sandbox"
)

// leftover tells what the program still has to do, one thing a line. An attempt
// stands with its whole payment, in our books and in the gateway's: what keeps it
// open may be another of its attempts.
func (f *fleet) leftover(ctx context.Context) (_ string, err error) {
	db, closeAll, err := f.openDead()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	theirs, err := sandbox.ReadBooks(f.gateway.file)
	if err != nil {
		return "", err
	}
	now := time.Now().Add(f.gateway.ahead())
	var lines, payments []string
	for _, query := range []string{
		`SELECT 'attempt', id, payment_id FROM attempts WHERE next_attempt_at IS NOT NULL ORDER BY payment_id, created_at`,
		`SELECT 'notification', id || ', ' || state || ', tries ' || tries, '' FROM inbound_notifications WHERE next_attempt_at IS NOT NULL`,
		`SELECT 'webhook', id || ', attempts ' || attempts, '' FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL`,
		`SELECT 'document not drawn', kind || ' ' || number, '' FROM documents WHERE NOT drawn`,
	} {
		err := each(ctx, db, query, func(scan func(...any) error) error {
			var what, which, payment string
			err := scan(&what, &which, &payment)
			lines = append(lines, what+" "+which)
			if payment != "" && !slices.Contains(payments, payment) {
				payments = append(payments, payment)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	for _, p := range payments {
		of, err := paymentLines(ctx, db, theirs, p, now)
		if err != nil {
			return "", err
		}
		lines = append(append(lines, "payment "+p), of...)
	}
	return strings.Join(lines, "\n    "), nil
}

// paymentLines tells the attempts of a payment and what became of them in both books.
func paymentLines(ctx context.Context, db *sql.DB, theirs []sandbox.Entry, paymentID string, now time.Time) (lines []string, err error) {
	var merchantIDs []string
	err = each(ctx, db, `
SELECT id, merchant_transaction_id, kind, type, state, asks, created_at, watch_until, next_attempt_at, lease_until
  FROM attempts WHERE payment_id = '`+paymentID+`' ORDER BY created_at`, func(scan func(...any) error) error {
		var id, merchantID, kind, typ, state string
		var asks, created int64
		var watch, next, lease sql.NullInt64
		err := scan(&id, &merchantID, &kind, &typ, &state, &asks, &created, &watch, &next, &lease)
		merchantIDs = append(merchantIDs, merchantID)
		lines = append(lines, fmt.Sprintf("  %s: %s %s %s, asks %d, made %s, watch ends %s, next %s, lease ends %s", id, kind, typ, state, asks,
			when(sql.NullInt64{Int64: created, Valid: true}, now), when(watch, now), when(next, now), when(lease, now)))
		return err
	})
	if err != nil {
		return nil, err
	}
	err = each(ctx, db, `SELECT gateway_id, attempt_id, type, state, booked_at FROM transactions WHERE payment_id = '`+paymentID+`' ORDER BY booked_at`,
		func(scan func(...any) error) error {
			var gatewayID, attemptID, typ, state string
			var booked sql.NullInt64
			err := scan(&gatewayID, &attemptID, &typ, &state, &booked)
			lines = append(lines, fmt.Sprintf("  ours %s of %s: %s %s, booked %s", gatewayID, attemptID, typ, state, when(booked, now)))
			return err
		})
	for _, e := range theirs {
		if slices.Contains(merchantIDs, e.MerchantTransactionID) {
			lines = append(lines, fmt.Sprintf("  theirs %s: %s %s, changed %s ago", e.ID, e.Type, e.State, now.Sub(e.ChangedAt).Round(time.Second)))
		}
	}
	return lines, err
}

// when is a time in milliseconds as seen from now.
func when(ms sql.NullInt64, now time.Time) string {
	if !ms.Valid {
		return "never"
	}
	d := time.UnixMilli(ms.Int64).Sub(now).Round(time.Second)
	if d < 0 {
		return (-d).String() + " ago"
	}
	return "in " + d.String()
}
