package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

type heldCard struct {
	checkoutID, code string
	amount           hundredths
	card             card
}

// Release decides the card held for a checkout as it would have been decided at
// once, whatever became of the checkout meanwhile: an approval may come long
// after the merchant replaced it. An empty code keeps the card's own result; an
// empty checkout id releases all that is held. It returns how many were decided.
func (s *Sandbox) Release(ctx context.Context, checkoutID, code string) (int, error) {
	if code != "" && !resultForm.MatchString(code) {
		return 0, errors.New("sandbox: not a result")
	}
	var n int
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		var err error
		n, err = s.releaseWhere(ctx, tx, code, `$1 = '' OR checkout_id = $1`, checkoutID)
		return err
	})
	if err == nil {
		s.nudge()
	}
	return n, err
}

// Held lists the checkouts with a card that waits for its decision.
func (s *Sandbox) Held(ctx context.Context) ([]string, error) {
	list, err := heldCards(ctx, s.books.r, `1 = 1`)
	ids := make([]string, len(list))
	for i, h := range list {
		ids[i] = h.checkoutID
	}
	return ids, err
}

func (s *Sandbox) releaseWhere(ctx context.Context, tx *sql.Tx, code, where string, args ...any) (int, error) {
	list, err := heldCards(ctx, tx, where, args...)
	if err != nil {
		return 0, err
	}
	for _, h := range list {
		o, err := findCheckout(ctx, tx, h.checkoutID)
		if err != nil {
			return 0, err
		}
		if code != "" {
			h.code = code
		}
		if _, err := s.book(ctx, tx, o, h.card, h.code, h.amount); err != nil {
			return 0, err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM held WHERE checkout_id = $1`, h.checkoutID); err != nil {
			return 0, fmt.Errorf("release card: %w", err)
		}
	}
	return len(list), nil
}

func heldCards(ctx context.Context, q querier, where string, args ...any) (list []heldCard, err error) {
	rows, err := q.QueryContext(ctx, `
SELECT checkout_id, code, amount, brand, bin, last4, expiry_month, expiry_year, holder, flow
  FROM held WHERE `+where+` ORDER BY checkout_id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read held cards: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h heldCard
		if err := rows.Scan(&h.checkoutID, &h.code, &h.amount, &h.card.Brand, &h.card.BIN, &h.card.Last4,
			&h.card.ExpiryMonth, &h.card.ExpiryYear, &h.card.Holder, &h.card.Flow); err != nil {
			return nil, fmt.Errorf("scan held card: %w", err)
		}
		list = append(list, h)
	}
	return list, rows.Err()
}
