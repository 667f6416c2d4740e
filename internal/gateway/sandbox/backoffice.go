package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
)

// backOffice is POST /v1/payments/{id}: capture, refund or reverse an earlier
// transaction. What the reference does not allow is booked as declined; a
// malformed call and a repeated merchantTransactionId book nothing.
func (s *Sandbox) backOffice(ctx context.Context, c call) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	kind, mtid := c.params.Get("paymentType"), c.params.Get("merchantTransactionId")
	var bad []paramError
	if kind != "CP" && kind != "RF" && kind != "RV" {
		bad = append(bad, paramError{Name: "paymentType", Value: bounded(kind), Message: "must be CP, RF or RV"})
	}
	if !merchantID(mtid) {
		bad = append(bad, paramError{Name: "merchantTransactionId", Value: bounded(mtid), Message: "must have 8 to 255 printable characters"})
	}
	if len(bad) > 0 {
		return s.refuse(http.StatusBadRequest, codeNoSession, bad...), nil
	}
	p := payment{
		ID: newPaymentID(), EntityID: c.entity.EntityID, ReferencedID: c.r.PathValue("id"),
		MerchantTransactionID: mtid, MerchantInvoiceID: c.params.Get("merchantInvoiceId"), Type: kind,
	}
	if len(p.MerchantInvoiceID) > 255 {
		p.MerchantInvoiceID = ""
	}
	whole := kind == "RV" && c.params.Get("amount") == ""
	if !whole {
		var code string
		if p.Amount, p.Currency, code = c.amount(); code != "" {
			return s.refuse(http.StatusBadRequest, code), nil
		}
	}
	var out reply
	err := s.books.write(ctx, func(tx *sql.Tx) error {
		var err error
		out, err = s.bookBackOffice(ctx, tx, p, whole, c.hit)
		return err
	})
	if err == nil {
		s.nudge()
	}
	return out, err
}

func (s *Sandbox) bookBackOffice(ctx context.Context, tx *sql.Tx, p payment, whole bool, hit hits) (reply, error) {
	parent, err := onePayment(ctx, tx, `WHERE entity_id = $1 AND id = $2`, p.EntityID, p.ReferencedID)
	if errors.Is(err, errNothing) {
		return s.refuse(http.StatusNotFound, codeNoTransaction), nil
	}
	if err != nil {
		return reply{}, err
	}
	_, err = onePayment(ctx, tx, `WHERE entity_id = $1 AND merchant_transaction_id = $2 AND type = $3 AND state <> 'declined'`,
		p.EntityID, p.MerchantTransactionID, p.Type)
	if err == nil {
		return s.refuse(http.StatusBadRequest, codeDuplicate), nil
	}
	if !errors.Is(err, errNothing) {
		return reply{}, err
	}
	if whole {
		p.Amount, p.Currency = parent.Amount, parent.Currency
	}
	followers, err := payments(ctx, tx, `WHERE referenced_id = $1 AND state <> 'declined'`, parent.ID)
	if err != nil {
		return reply{}, err
	}
	now := s.clock.now()
	p.Card, p.BookedAt = parent.Card, now
	status, code := http.StatusOK, codeApproved
	if refusal := refusalOf(p, parent, followers); refusal != "" {
		status, code = http.StatusBadRequest, refusal
	} else {
		code = hit.result(code)
		p.Amount = hit.amount(p.Amount)
	}
	p.decide(code, false, now)
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

// refusalOf is the code with which a capture, refund or reversal of parent is
// declined, "" when it is allowed. Followers are the transactions on the same
// parent that were approved or may still be.
func refusalOf(p, parent payment, followers []payment) string {
	used := map[string]hundredths{}
	for _, f := range followers {
		used[f.Type] += f.Amount
	}
	allowed := map[string]bool{"CP/PA": true, "RV/PA": true, "RF/DB": true, "RF/CP": true}
	switch {
	case !allowed[p.Type+"/"+parent.Type]:
		return codeReferenceType
	case parent.State == StatePending:
		return codeReferencePending
	case parent.State == StateDeclined:
		return codeReferenceRejected
	case p.Currency != parent.Currency:
		return codeReferenceCurrency
	case used["RV"] > 0:
		return codeReferenceUsed
	}
	switch p.Type {
	case "CP":
		if used["CP"]+p.Amount > parent.Amount {
			return codeCaptureExceeds
		}
	case "RF":
		if used["RF"]+p.Amount > parent.Amount {
			return codeRefundExceeds
		}
	case "RV":
		if used["CP"] > 0 {
			return codeCannotReverse
		}
		if p.Amount != parent.Amount {
			return codeReferenceAmount
		}
	}
	return ""
}
