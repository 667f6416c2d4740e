package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Codes of a challenge that nobody answered.
const (
	codeCancelled = "100.396.101"
	codeTimedOut  = "100.396.103"
)

// challengeLeast is how long an issuer waits at least; else a challenge lives as
// long as its checkout.
const challengeLeast = 5 * time.Minute

// challenge is an issuer that asks its cardholder whether a payment is theirs.
// While it is open the checkout takes no other payment and the books know
// nothing; how it ends is booked.
type challenge struct {
	ID, CheckoutID string
	Card           card // as confirmed: its code and flow are those of an approval
	Amount         hundredths
	Target, Locale string
	BegunAt        time.Time
	EndsAt         time.Time
	Ending         ending
}

// ending is how a challenge ended, empty while it is open.
type ending string

const (
	endedApproved  ending = "approved" // by the cardholder; the issuer may say no all the same
	endedRejected  ending = "rejected"
	endedCancelled ending = "cancelled"
	endedExpired   ending = "expired"
)

const challengeColumns = `id, checkout_id, code, amount, brand, bin, last4, expiry_month, expiry_year, holder, flow,
       target, locale, begun_at, ends_at, ending`

// challenges reads those that clause selects.
func challenges(ctx context.Context, q querier, clause string, args ...any) (list []challenge, err error) {
	rows, err := q.QueryContext(ctx, `SELECT `+challengeColumns+` FROM challenges `+clause, args...)
	if err != nil {
		return nil, fmt.Errorf("read challenges: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h challenge
		var begun, ends int64
		if err := rows.Scan(&h.ID, &h.CheckoutID, &h.Card.code, &h.Amount, &h.Card.Brand, &h.Card.BIN, &h.Card.Last4,
			&h.Card.ExpiryMonth, &h.Card.ExpiryYear, &h.Card.Holder, &h.Card.Flow,
			&h.Target, &h.Locale, &begun, &ends, &h.Ending); err != nil {
			return nil, fmt.Errorf("scan challenge: %w", err)
		}
		h.BegunAt, h.EndsAt = fromMillis(begun), fromMillis(ends)
		list = append(list, h)
	}
	return list, rows.Err()
}

// findChallenge returns errNothing for an id that was never given.
func findChallenge(ctx context.Context, q querier, id string) (challenge, error) {
	return oneChallenge(ctx, q, `WHERE id = $1`, id)
}

// openChallenge is the one that a checkout waits for; errNothing when it waits
// for none.
func openChallenge(ctx context.Context, q querier, checkoutID string) (challenge, error) {
	return oneChallenge(ctx, q, `WHERE checkout_id = $1 AND ending = ''`, checkoutID)
}

func oneChallenge(ctx context.Context, q querier, clause string, args ...any) (challenge, error) {
	list, err := challenges(ctx, q, clause, args...)
	if err != nil {
		return challenge{}, err
	}
	if len(list) == 0 {
		return challenge{}, errNothing
	}
	return list[0], nil
}

// beginChallenge keeps a card until its holder has answered.
func (s *Sandbox) beginChallenge(ctx context.Context, tx *sql.Tx, o checkout, c card, amount hundredths, target, locale string) (challenge, error) {
	now := s.clock.now()
	h := challenge{ID: randomHex(20), CheckoutID: o.ID, Card: c, Amount: amount, Target: target, Locale: locale, BegunAt: now,
		EndsAt: o.CreatedAt.Add(checkoutLife)}
	if least := now.Add(challengeLeast); h.EndsAt.Before(least) {
		h.EndsAt = least
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO challenges (`+challengeColumns+`)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '')`, h.ID, h.CheckoutID, c.code, int64(amount),
		c.Brand, c.BIN, c.Last4, c.ExpiryMonth, c.ExpiryYear, c.Holder, c.Flow, target, locale, h.BegunAt.UnixMilli(), h.EndsAt.UnixMilli())
	if err != nil {
		return challenge{}, fmt.Errorf("begin challenge: %w", err)
	}
	return h, nil
}

// answerChallenge ends an open challenge and books what it ends with. One that
// has ended already is left as it is, whoever answers again.
func (s *Sandbox) answerChallenge(ctx context.Context, id string, how ending) error {
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		h, err := findChallenge(ctx, tx, id)
		if err != nil || h.Ending != "" {
			return err
		}
		return s.endChallenge(ctx, tx, h, how)
	})
	if err == nil {
		s.nudge()
	}
	return err
}

// endChallenge books the payment of an open challenge.
func (s *Sandbox) endChallenge(ctx context.Context, tx *sql.Tx, h challenge, how ending) error {
	c := h.Card
	switch how {
	case endedApproved:
	case endedRejected:
		c.Flow, c.code = flowFailed, codeAuthFailed
	case endedCancelled:
		c.Flow, c.code = flowLeft, codeCancelled
	case endedExpired:
		c.Flow, c.code = flowLeft, codeTimedOut
	default:
		return fmt.Errorf("sandbox: no such ending %q", how)
	}
	o, err := findCheckout(ctx, tx, h.CheckoutID)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE challenges SET ending = $1 WHERE id = $2`, how, h.ID); err != nil {
		return fmt.Errorf("end challenge: %w", err)
	}
	_, err = s.book(ctx, tx, o, c, c.code, h.Amount)
	return err
}

// endOverdue ends the challenges whose time is up.
func (s *Sandbox) endOverdue(ctx context.Context, tx *sql.Tx, now int64) error {
	list, err := challenges(ctx, tx, `WHERE ending = '' AND ends_at <= $1 ORDER BY ends_at, id`, now)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := s.endChallenge(ctx, tx, h, endedExpired); err != nil {
			return err
		}
	}
	return nil
}
