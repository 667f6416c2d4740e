package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
)

// queryLimit bounds how many transactions one query lists.
const queryLimit = 100

// checkoutStatus is GET /v1/checkouts/{id}/payment, or …/registration for one that
// only stores a card: the latest transaction of a checkout. Answers are throttled,
// and a final state is told once.
func (s *Sandbox) checkoutStatus(ctx context.Context, c call) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	var out reply
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		var err error
		out, err = s.statusIn(ctx, tx, c.entity, c.r)
		return err
	})
	return out, err
}

func (s *Sandbox) statusIn(ctx context.Context, tx *sql.Tx, e Entity, r *http.Request) (reply, error) {
	id := r.PathValue("id")
	gone := s.refuse(http.StatusBadRequest, codeNoSession)
	now := s.clock.now()
	o, err := findCheckout(ctx, tx, id)
	if errors.Is(err, errNothing) || (err == nil && (o.EntityID != e.EntityID || o.resourcePath() != r.URL.Path)) {
		return gone, nil
	}
	if err != nil {
		return reply{}, err
	}
	if now.Sub(o.AskedBeforeAt) < statusInterval {
		return s.refuse(http.StatusTooManyRequests, codeThrottled), nil
	}
	p, err := onePayment(ctx, tx, `WHERE checkout_id = $1 ORDER BY seq`, id)
	tried := err == nil
	if err != nil && !errors.Is(err, errNothing) {
		return reply{}, err
	}
	lives := o.CreatedAt
	if tried {
		lives = p.ChangedAt
	}
	_, err = openChallenge(ctx, tx, id)
	asking := err == nil
	if err != nil && !errors.Is(err, errNothing) {
		return reply{}, err
	}
	if !asking && (now.Sub(lives) >= checkoutLife || (tried && o.Told == p.ID)) {
		return gone, nil
	}
	told := o.Told
	a := s.plain(codePending)
	a.NDC = id
	if tried && !asking {
		told = ""
		a = s.answer(p)
		if p.State != StatePending {
			told = p.ID
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE checkouts SET asked_before_at = asked_at, asked_at = $1, told = $2 WHERE id = $3`,
		now.UnixMilli(), told, id)
	if err != nil {
		return reply{}, fmt.Errorf("count status answer: %w", err)
	}
	return reply{http.StatusOK, a}, nil
}

// query is GET /v1/query?merchantTransactionId=: all payments made under it, oldest
// first, however often it is asked. A card that was only stored is no payment.
func (s *Sandbox) query(ctx context.Context, c call) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	mtid := c.params.Get("merchantTransactionId")
	if !merchantID(mtid) {
		return s.refuse(http.StatusBadRequest, codeNoSession, paramError{
			Name: "merchantTransactionId", Value: bounded(mtid), Message: "must have 8 to 255 printable characters"}), nil
	}
	list, err := payments(ctx, s.books.r, `WHERE entity_id = $1 AND merchant_transaction_id = $2 AND type <> 'RG' ORDER BY seq LIMIT $3`,
		c.entity.EntityID, mtid, queryLimit)
	if err != nil {
		return reply{}, err
	}
	if len(list) == 0 {
		return s.refuse(http.StatusNotFound, codeNoTransaction), nil
	}
	a := s.plain(codeRequestDone)
	for _, p := range list {
		a.Payments = append(a.Payments, s.answer(p))
	}
	return reply{http.StatusOK, a}, nil
}

// paymentStatus is GET /v1/payments/{id}.
func (s *Sandbox) paymentStatus(ctx context.Context, c call) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	p, err := onePayment(ctx, s.books.r, `WHERE entity_id = $1 AND id = $2`, c.entity.EntityID, c.r.PathValue("id"))
	if errors.Is(err, errNothing) {
		return s.refuse(http.StatusNotFound, codeNoTransaction), nil
	}
	if err != nil {
		return reply{}, err
	}
	return reply{http.StatusOK, s.answer(p)}, nil
}
