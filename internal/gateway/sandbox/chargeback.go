package sandbox

import (
	"context"
	"database/sql"
	"errors"
)

// Chargeback lets the cardholder take money back by way of the bank: it books a
// CB on an approved debit or capture and notifies the merchant. An empty code is
// 000.100.220, fraud; an empty amount is all that was not charged back before. It
// returns the id of the new transaction.
func (s *Sandbox) Chargeback(ctx context.Context, paymentID, code, amount string) (string, error) {
	if code == "" {
		code = codeFraud
	}
	if !codeDispute.MatchString(code) || !resultForm.MatchString(code) {
		return "", errors.New("sandbox: a chargeback has a code of 000.100.2")
	}
	id := newPaymentID()
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		parent, err := onePayment(ctx, tx, `WHERE id = $1 AND state = 'approved' AND type IN ('DB', 'CP')`, paymentID)
		if err != nil {
			return err
		}
		left, err := disputable(ctx, tx, parent)
		if err != nil {
			return err
		}
		now := s.clock.now()
		p := payment{ID: id, EntityID: parent.EntityID, ReferencedID: parent.ID, MerchantTransactionID: parent.MerchantTransactionID,
			MerchantInvoiceID: parent.MerchantInvoiceID, Type: "CB", Amount: left, Currency: parent.Currency,
			State: StateApproved, Code: code, Card: parent.Card, BookedAt: now, ChangedAt: now}
		if amount != "" {
			if p.Amount, err = readAmount(amount, parent.Currency); err != nil {
				return err
			}
		}
		if p.Amount > left || left == 0 {
			return errors.New("sandbox: more than is left of the payment")
		}
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

// disputable is what was not charged back of a payment; money that was refunded
// may be charged back too, as happens.
func disputable(ctx context.Context, tx *sql.Tx, parent payment) (hundredths, error) {
	list, err := payments(ctx, tx, `WHERE referenced_id = $1 AND type = 'CB'`, parent.ID)
	left := parent.Amount
	for _, p := range list {
		left -= p.Amount
	}
	return left, err
}
