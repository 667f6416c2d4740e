package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
)

// payment is what a call of the merchant's server asks for, without its amount.
func (c call) payment() payment {
	p := payment{
		ID: newPaymentID(), EntityID: c.entity.EntityID, Type: c.params.Get("paymentType"),
		MerchantTransactionID: c.params.Get("merchantTransactionId"), MerchantInvoiceID: c.params.Get("merchantInvoiceId"),
	}
	if len(p.MerchantInvoiceID) > 255 {
		p.MerchantInvoiceID = ""
	}
	return p
}

// writing runs fn in one transaction and wakes the deliveries.
func (s *Sandbox) writing(ctx context.Context, fn func(*sql.Tx) (reply, error)) (reply, error) {
	var out reply
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		var err error
		out, err = fn(tx)
		return err
	})
	if err == nil {
		s.nudge()
	}
	return out, err
}

// enter books a payment that the merchant's server asked for, tells it by
// notification and answers. A refusal is booked as a decline; a repeated
// merchantTransactionId is refused and books nothing.
func (s *Sandbox) enter(ctx context.Context, tx *sql.Tx, c call, p payment, refusal string) (reply, error) {
	switch code, err := repeated(ctx, tx, p); {
	case err != nil:
		return reply{}, err
	case code != "":
		return s.refuse(http.StatusBadRequest, code), nil
	}
	now := s.clock.now()
	p.BookedAt = now
	status, result := http.StatusBadRequest, refusal
	if refusal == "" {
		status, result = http.StatusOK, c.hit.result(p.answers())
		p.Amount = c.hit.amount(p.Amount)
	}
	p.decide(result, false, now)
	if p.State == StatePending && s.settle > 0 {
		p.SettleAt = now.Add(s.settle)
	}
	if err := insertPayment(ctx, tx, p); err != nil {
		return reply{}, err
	}
	if err := s.announce(ctx, tx, p); err != nil {
		return reply{}, err
	}
	return reply{status, s.answer(p)}, nil
}

// answers is what a payment results in when nothing is in its way: the card's own
// answer, or an approval.
func (p payment) answers() string {
	if p.Card.code != "" && p.ReferencedID == "" {
		return p.Card.code
	}
	return codeApproved
}

// repeated is the code that refuses a merchantTransactionId which an approved or
// pending payment of the channel has, "" when none has: 800.130.100 for the same
// payment once more, 800.110.100 for another one under the same id.
func repeated(ctx context.Context, tx *sql.Tx, p payment) (string, error) {
	first, err := onePayment(ctx, tx, `WHERE entity_id = $1 AND merchant_transaction_id = $2 AND state <> 'declined' AND type NOT IN ('CB', 'CBR', 'RDR') ORDER BY seq DESC`,
		p.EntityID, p.MerchantTransactionID)
	switch {
	case errors.Is(err, errNothing):
		return "", nil
	case err != nil:
		return "", err
	case first.Type == p.Type && first.ReferencedID == p.ReferencedID && first.RegistrationID == p.RegistrationID &&
		first.Amount == p.Amount && first.Currency == p.Currency:
		return codeExists, nil
	}
	return codeDuplicate, nil
}
