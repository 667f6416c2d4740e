package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// registration is a stored card; its id is the token that charges it.
type registration struct {
	ID, EntityID string
	Card         card
	InitialID    string // the scheme's reference of the payment that stored it
	Answers      string // result of its charges; empty is approved
	DeletedAt    time.Time
}

// keepToken stores the card of a payment that made a token.
func keepToken(ctx context.Context, tx *sql.Tx, p payment) error {
	if p.State != StateApproved || p.RegistrationID == "" || p.CheckoutID == "" {
		return nil
	}
	_, later, _ := wish(p.Card.Holder)
	_, err := tx.ExecContext(ctx, `
INSERT INTO registrations (id, entity_id, payment_id, brand, bin, last4, expiry_month, expiry_year, holder, initial_id, answers, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, p.RegistrationID, p.EntityID, p.ID, p.Card.Brand, p.Card.BIN, p.Card.Last4,
		p.Card.ExpiryMonth, p.Card.ExpiryYear, p.Card.Holder, p.InitialID, later, p.ChangedAt.UnixMilli())
	if err != nil {
		return fmt.Errorf("store card: %w", err)
	}
	return nil
}

// findRegistration is errNothing for a token that no channel or another one has.
func findRegistration(ctx context.Context, q querier, entityID, token string) (registration, error) {
	var r registration
	var deleted int64
	err := q.QueryRowContext(ctx, `
SELECT id, entity_id, brand, bin, last4, expiry_month, expiry_year, holder, initial_id, answers, deleted_at
  FROM registrations WHERE id = $1 AND entity_id = $2`, token, entityID).Scan(&r.ID, &r.EntityID, &r.Card.Brand, &r.Card.BIN, &r.Card.Last4,
		&r.Card.ExpiryMonth, &r.Card.ExpiryYear, &r.Card.Holder, &r.InitialID, &r.Answers, &deleted)
	if errors.Is(err, sql.ErrNoRows) {
		return registration{}, errNothing
	}
	if err != nil {
		return registration{}, fmt.Errorf("read stored card: %w", err)
	}
	if deleted > 0 {
		r.DeletedAt = fromMillis(deleted)
	}
	return r, nil
}

func (r registration) delete(ctx context.Context, tx *sql.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `UPDATE registrations SET deleted_at = $1 WHERE id = $2`, now.UnixMilli(), r.ID); err != nil {
		return fmt.Errorf("delete stored card: %w", err)
	}
	return nil
}

// SetAnswer says what charges of a stored card result in from now on, like
// "800.100.152 MAC 24"; an empty result is an approval.
func (s *Sandbox) SetAnswer(ctx context.Context, token, result string) error {
	if result != "" && !resultForm.MatchString(result) {
		return errors.New("sandbox: not a result")
	}
	return s.books.write(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE registrations SET answers = $1 WHERE id = $2`, result, token)
		if err != nil {
			return fmt.Errorf("set answer of a stored card: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return errNothing
	})
}
