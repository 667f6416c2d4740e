package sandbox

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"
)

// chargeRegistration is POST /v1/registrations/{token}/payments: a stored card is
// charged again, by the merchant (MIT) or by a cardholder who comes back (CIT).
func (s *Sandbox) chargeRegistration(ctx context.Context, c call) (reply, error) {
	if err := s.catchUp(ctx); err != nil {
		return reply{}, err
	}
	p := c.payment()
	p.RegistrationID = c.r.PathValue("token")
	bad := c.wrong("DB", "PA")
	var wrong []paramError
	p.Standing, wrong = standingOf(c.params, s.clock.now())
	if bad = append(bad, wrong...); len(bad) > 0 {
		return s.refuse(http.StatusBadRequest, codeNoSession, bad...), nil
	}
	var code string
	if p.Amount, p.Currency, code = c.amount(); code != "" {
		return s.refuse(http.StatusBadRequest, code), nil
	}
	return s.writing(ctx, func(tx *sql.Tx) (reply, error) {
		r, refusal, err := s.liveRegistration(ctx, tx, c.entity, p.RegistrationID)
		if err != nil || refusal != "" {
			return s.refuse(http.StatusBadRequest, refusal), err
		}
		if bad := r.disagrees(p.Standing); len(bad) > 0 {
			return s.refuse(http.StatusBadRequest, codeNoSession, bad...), nil
		}
		p.Card = r.Card
		p.Card.code = r.Answers
		if r.expired(s.clock.now()) {
			refusal = codeCardExpired
		} else if p.Standing.Mode == modeInitial {
			refusal = codeWantsAuthentication
		}
		return s.enter(ctx, tx, c, p, refusal)
	})
}

// deleteRegistration is DELETE /v1/registrations/{token}: the card is charged no more.
func (s *Sandbox) deleteRegistration(ctx context.Context, c call) (reply, error) {
	return s.writing(ctx, func(tx *sql.Tx) (reply, error) {
		r, refusal, err := s.liveRegistration(ctx, tx, c.entity, c.r.PathValue("token"))
		if err != nil || refusal != "" {
			return s.refuse(http.StatusBadRequest, refusal), err
		}
		a := s.plain(codeApproved)
		a.ID, a.ReferencedID, a.PaymentType, a.PaymentBrand = newPaymentID(), r.ID, "DR", r.Card.Brand
		if err := r.delete(ctx, tx, s.clock.now()); err != nil {
			return reply{}, err
		}
		return reply{http.StatusOK, a}, s.announceDeleted(ctx, tx, r)
	})
}

// liveRegistration finds a token that can be charged; refusal says why not.
func (s *Sandbox) liveRegistration(ctx context.Context, tx *sql.Tx, e Entity, token string) (r registration, refusal string, err error) {
	r, err = findRegistration(ctx, tx, e.EntityID, token)
	switch {
	case errors.Is(err, errNothing):
		return r, codeNoRegistration, nil
	case err == nil && !r.DeletedAt.IsZero():
		return r, codeDeregistered, nil
	}
	return r, "", err
}

// disagrees names what of a standing instruction does not fit the stored card: a
// series goes on only with the reference of the payment that began it.
func (r registration) disagrees(s standing) (bad []paramError) {
	if s.InitialTransactionID != "" && s.InitialTransactionID != r.InitialID {
		bad = append(bad, paramError{Name: "standingInstruction.initialTransactionId", Value: bounded(s.InitialTransactionID),
			Message: "is not the CardholderInitiatedTransactionID of the payment that stored this card"})
	}
	if r.Card.Brand == "MASTER" && s.Type == typeRecurring && s.RecurringType == "" {
		bad = append(bad, paramError{Name: "standingInstruction.recurringType", Message: "Mastercard wants SUBSCRIPTION or STANDING_ORDER"})
	}
	return bad
}

// expired says whether the month on the card is over.
func (r registration) expired(now time.Time) bool {
	month, err := time.Parse("2006-01", r.Card.ExpiryYear+"-"+r.Card.ExpiryMonth)
	return err == nil && !now.Before(month.AddDate(0, 1, 0))
}
