package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Settle gives a pending payment its final result, books it and notifies the
// merchant. It fails for a payment that is not pending and for a result that is.
func (s *Sandbox) Settle(ctx context.Context, paymentID, result string) error {
	if !resultForm.MatchString(result) || stateOf(resultCode(result)) == StatePending {
		return errors.New("sandbox: not a final result")
	}
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		p, err := onePayment(ctx, tx, `WHERE id = $1 AND state = 'pending'`, paymentID)
		if err != nil {
			return err
		}
		return s.settlePayment(ctx, tx, p, result)
	})
	if err == nil {
		s.nudge()
	}
	return err
}

func (s *Sandbox) settlePayment(ctx context.Context, tx *sql.Tx, p payment, result string) error {
	var withToken bool
	if p.CheckoutID != "" {
		c, err := findCheckout(ctx, tx, p.CheckoutID)
		if err != nil {
			return err
		}
		withToken = c.CreateRegistration
	}
	p.decide(result, withToken, s.clock.now())
	_, err := tx.ExecContext(ctx, `
UPDATE payments SET state = $1, code = $2, advice = $3, category = $4, registration_id = $5, initial_id = $6, changed_at = $7, settle_at = 0
 WHERE id = $8`, p.State, p.Code, p.Advice, p.Category, p.RegistrationID, p.InitialID, p.ChangedAt.UnixMilli(), p.ID)
	if err != nil {
		return fmt.Errorf("settle payment: %w", err)
	}
	if err := keepToken(ctx, tx, p); err != nil {
		return err
	}
	return s.announce(ctx, tx, p)
}

// catchUp does what fell due on the sandbox's clock: pending payments settle, held
// cards are decided and challenges run out.
func (s *Sandbox) catchUp(ctx context.Context) error {
	now := s.clock.now().UnixMilli()
	var due int
	err := s.books.r.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM payments WHERE settle_at > 0 AND settle_at <= $1)
     + (SELECT count(*) FROM held WHERE release_at > 0 AND release_at <= $1)
     + (SELECT count(*) FROM challenges WHERE ending = '' AND ends_at <= $1)`, now).Scan(&due)
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
		if _, err := s.releaseWhere(ctx, tx, "", `release_at > 0 AND release_at <= $1`, now); err != nil {
			return err
		}
		return s.endOverdue(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("sandbox: catch up: %w", err)
	}
	s.nudge()
	return nil
}
