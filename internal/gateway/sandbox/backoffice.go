package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"
)

// holdLife is how long an issuer keeps what was authorised: after it there is
// nothing to capture or to reverse.
const holdLife = 7 * 24 * time.Hour

// backOffice is POST /v1/payments/{id}: capture, refund or reverse an earlier
// transaction. What the reference does not allow is booked as declined; a
// malformed call and a repeated merchantTransactionId book nothing.
func (s *Sandbox) backOffice(ctx context.Context, c call) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	p := c.payment()
	p.ReferencedID = c.r.PathValue("id")
	if bad := c.wrong("CP", "RF", "RV"); len(bad) > 0 {
		return s.refuse(http.StatusBadRequest, codeNoSession, bad...), nil
	}
	whole := p.Type == "RV" && c.params.Get("amount") == ""
	if !whole {
		var code string
		if p.Amount, p.Currency, code = c.amount(); code != "" {
			return s.refuse(http.StatusBadRequest, code), nil
		}
	}
	return s.writing(ctx, func(tx *sql.Tx) (reply, error) {
		return s.bookBackOffice(ctx, tx, c, p, whole)
	})
}

func (s *Sandbox) bookBackOffice(ctx context.Context, tx *sql.Tx, c call, p payment, whole bool) (reply, error) {
	parent, err := onePayment(ctx, tx, `WHERE entity_id = $1 AND id = $2`, p.EntityID, p.ReferencedID)
	if errors.Is(err, errNothing) {
		return s.refuse(http.StatusNotFound, codeNoTransaction), nil
	}
	if err != nil {
		return reply{}, err
	}
	followers, err := payments(ctx, tx, `WHERE referenced_id = $1 AND state <> 'declined'`, parent.ID)
	if err != nil {
		return reply{}, err
	}
	o := operation{payment: p, parent: parent, entity: c.entity, held: s.clock.now().Sub(parent.BookedAt) < holdLife, count: map[string]int{}, used: map[string]hundredths{}}
	for _, f := range followers {
		o.count[f.Type]++
		o.used[f.Type] += f.Amount
	}
	if whole {
		o.Amount, o.Currency = max(1, parent.Amount-o.used["RV"]), parent.Currency
	}
	o.Card = parent.Card
	return s.enter(ctx, tx, c, o.payment, o.refusal())
}

// operation is a capture, refund or reversal that is asked for, and what was done
// on the same parent: approved, or pending and so perhaps to be.
type operation struct {
	payment
	parent payment
	entity Entity
	held   bool // the issuer still holds an authorisation of the parent's age
	count  map[string]int
	used   map[string]hundredths
}

// refusal is the code with which the operation is declined, "" when it is allowed.
func (o operation) refusal() string {
	switch o.Type + "/" + o.parent.Type {
	case "CP/PA", "RV/PA", "RF/DB", "RF/CP":
	default:
		return codeReferenceType
	}
	switch {
	case o.parent.State == StatePending:
		return codeReferencePending
	case o.parent.State == StateDeclined:
		return codeReferenceRejected
	case o.Currency != o.parent.Currency:
		return codeReferenceCurrency
	case o.used["RV"] >= o.parent.Amount:
		return codeReferenceUsed
	}
	switch o.Type {
	case "CP":
		return o.captureRefusal()
	case "RV":
		return o.reversalRefusal()
	}
	if o.used["RF"]+o.Amount > o.parent.Amount {
		return codeRefundExceeds
	}
	return ""
}

func (o operation) captureRefusal() string {
	switch {
	case o.count["CP"] >= o.entity.captures():
		return codeReferenceUsed
	case !o.held:
		return codeCutOff
	case o.used["CP"]+o.used["RV"]+o.Amount > o.parent.Amount:
		return codeCaptureExceeds
	}
	return ""
}

func (o operation) reversalRefusal() string {
	left := o.parent.Amount - o.used["RV"]
	switch {
	case o.count["CP"] > 0:
		return codeCannotReverse
	case !o.held:
		return codeReversalLate
	case o.Amount > left, o.Amount < left && !o.entity.PartialReversals:
		return codeReferenceAmount
	}
	return ""
}
