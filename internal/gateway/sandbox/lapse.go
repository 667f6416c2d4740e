package sandbox

import (
	"context"
	"database/sql"
	"errors"
)

// Lapse lets the issuer give a hold back by itself: it books an RV of the whole
// approved authorisation, under its own merchantTransactionId since nobody asked for
// it, and notifies the merchant. Without it a hold that is over says so only when it is
// captured or reversed. It fails for a hold of which something was captured or
// reversed, and returns the id of the new transaction.
func (s *Sandbox) Lapse(ctx context.Context, paymentID string) (string, error) {
	id := newPaymentID()
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		hold, err := onePayment(ctx, tx, `WHERE id = $1 AND state = 'approved' AND type = 'PA'`, paymentID)
		if err != nil {
			return err
		}
		done, err := payments(ctx, tx, `WHERE referenced_id = $1 AND state <> 'declined'`, hold.ID)
		if err != nil {
			return err
		}
		if len(done) > 0 {
			return errors.New("sandbox: the authorisation was captured or reversed")
		}
		now := s.clock.now()
		p := payment{ID: id, EntityID: hold.EntityID, ReferencedID: hold.ID, MerchantTransactionID: hold.MerchantTransactionID, MerchantInvoiceID: hold.MerchantInvoiceID,
			Type: "RV", Amount: hold.Amount, Currency: hold.Currency, State: StateApproved, Code: codeApproved, Card: hold.Card, BookedAt: now, ChangedAt: now}
		if err := insertPayment(ctx, tx, p); err != nil {
			return err
		}
		return s.announce(ctx, tx, p)
	})
	if err != nil {
		return "", err
	}
	s.nudge()
	return id, nil
}
