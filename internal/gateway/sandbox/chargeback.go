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
	return s.dispute(ctx, "CB", paymentID, code, amount)
}

// ResolveDispute settles a dispute before it becomes a chargeback, by sending the
// money back: an RDR, as Chargeback otherwise.
func (s *Sandbox) ResolveDispute(ctx context.Context, paymentID, amount string) (string, error) {
	return s.dispute(ctx, "RDR", paymentID, codeRequestDone, amount)
}

// WinDispute gives back to the merchant what a chargeback took: it books a CBR on
// the CB and notifies the merchant. An empty amount is all that was not won before.
func (s *Sandbox) WinDispute(ctx context.Context, chargebackID, amount string) (string, error) {
	return s.dispute(ctx, "CBR", chargebackID, codeRequestDone, amount)
}

// disputes says on what each step of a dispute is booked, and what uses up the same
// money.
var disputes = map[string]struct{ on, used string }{
	"CB":  {`WHERE id = $1 AND state = 'approved' AND type IN ('DB', 'CP')`, `WHERE referenced_id = $1 AND type IN ('CB', 'RDR')`},
	"RDR": {`WHERE id = $1 AND state = 'approved' AND type IN ('DB', 'CP')`, `WHERE referenced_id = $1 AND type IN ('CB', 'RDR')`},
	"CBR": {`WHERE id = $1 AND state = 'approved' AND type = 'CB'`, `WHERE referenced_id = $1 AND type = 'CBR'`},
}

func (s *Sandbox) dispute(ctx context.Context, typ, parentID, code, amount string) (string, error) {
	if code == "" {
		code = codeFraud
	}
	if typ == "CB" && (!codeDispute.MatchString(code) || !resultForm.MatchString(code)) {
		return "", errors.New("sandbox: a chargeback has a code of 000.100.2")
	}
	id := newPaymentID()
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		parent, err := onePayment(ctx, tx, disputes[typ].on, parentID)
		if err != nil {
			return err
		}
		left, err := undisputed(ctx, tx, parent, disputes[typ].used)
		if err != nil {
			return err
		}
		now := s.clock.now()
		p := payment{ID: id, EntityID: parent.EntityID, ReferencedID: parent.ID, MerchantTransactionID: parent.MerchantTransactionID,
			MerchantInvoiceID: parent.MerchantInvoiceID, Type: typ, Amount: left, Currency: parent.Currency,
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

// undisputed is what such a step was not taken about before; money that was refunded
// may be charged back too, as happens.
func undisputed(ctx context.Context, tx *sql.Tx, parent payment, used string) (hundredths, error) {
	list, err := payments(ctx, tx, used, parent.ID)
	left := parent.Amount
	for _, p := range list {
		left -= p.Amount
	}
	return left, err
}
