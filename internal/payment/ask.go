package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/profile"
)

// CheckReturn is what a browser that comes back from the gateway triggers: ask
// once, if the budget of questions allows it, and book the answer. The result is
// read from the books, whoever asked. It returns ErrAttemptNotFound.
func (s *Service) CheckReturn(ctx context.Context, profileID profile.ID, attemptID AttemptID) (CheckoutView, error) {
	a, asked, err := s.takeQuestion(ctx, profileID, attemptID)
	if err != nil {
		return CheckoutView{}, fmt.Errorf("check return of %s: %w", attemptID, err)
	}
	var gone bool
	if asked {
		if gone, err = s.ask(ctx, a); err != nil && !unanswered(err) {
			return CheckoutView{}, fmt.Errorf("check return of %s: %w", attemptID, err)
		}
		if gone && errors.Is(err, gateway.ErrNotFound) {
			if err := s.endEarly(ctx, a); err != nil {
				return CheckoutView{}, fmt.Errorf("check return of %s: %w", attemptID, err)
			}
		}
	}
	v, err := s.repo.Checkout(ctx, profileID, attemptID)
	v.Gone = gone
	return v, err
}

// endEarly shows a checkout no longer that the gateway has ended, and in which
// nothing was ever tried: its clock may be ahead of ours. It is watched on as any
// that is past its time.
func (s *Service) endEarly(ctx context.Context, a Attempt) error {
	return s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if _, err := tx.OrderForUpdate(ctx, a.ProfileID, a.OrderID); err != nil {
			return err
		}
		now, err := tx.AttemptForUpdate(ctx, a.ProfileID, a.ID)
		if wall := s.clock.Wall(); err == nil && now.Payable(wall) {
			now.ExpiresAt = wall
			return tx.SaveAttempt(ctx, now)
		}
		return err
	})
}

// takeQuestion counts a question against the attempt's budget, which is in the
// database because several servers share it.
func (s *Service) takeQuestion(ctx context.Context, profileID profile.ID, attemptID AttemptID) (a Attempt, granted bool, err error) {
	if a, err = s.repo.Attempt(ctx, profileID, attemptID); err != nil || !a.askable() {
		return a, false, err
	}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		if _, err := tx.OrderForUpdate(ctx, a.ProfileID, a.OrderID); err != nil {
			return err
		}
		if a, err = tx.AttemptForUpdate(ctx, profileID, attemptID); err != nil {
			return err
		}
		if granted = a.askable() && a.mayAsk(s.clock.Wall()); !granted {
			return nil
		}
		return tx.SaveAttempt(ctx, a)
	})
	return a, granted, err
}

// askable reports whether the gateway may know more of a checkout than we do.
func (a Attempt) askable() bool {
	if a.Kind != KindCheckout || a.CheckoutID == "" {
		return false
	}
	switch a.State {
	case AttemptOpen, AttemptPending, AttemptUnknown, AttemptSuperseded, AttemptExpired:
		return true
	case AttemptCreated, AttemptHeld, AttemptApproved, AttemptDeclined, AttemptRefused:
	}
	return false
}

// ask asks for a checkout's status, and by query where that tells nothing. gone
// means that the session is over and all there is to know of it is booked.
func (s *Service) ask(ctx context.Context, a Attempt) (gone bool, err error) {
	account, driver, err := s.gatewayOf(ctx, a)
	if err != nil {
		return false, err
	}
	status := driver.Status
	if a.Type == gateway.Registration {
		status = driver.StoredCard
	}
	f, err := status(ctx, account, a.CheckoutID)
	switch {
	case errors.Is(err, gateway.ErrNotFound):
		over := errors.Is(err, gateway.ErrGone)
		err := s.query(ctx, a)
		return over && (err == nil || errors.Is(err, gateway.ErrNotFound)), err
	case err != nil:
		return false, err
	}
	if f.MerchantTransactionID == "" && f.CheckoutID == "" {
		f.CheckoutID = a.CheckoutID // we asked for it by that id
	}
	_, err = s.Apply(ctx, account, f)
	return false, err
}

// query asks by merchant transaction id and books everything it hears.
func (s *Service) query(ctx context.Context, a Attempt) error {
	account, driver, err := s.gatewayOf(ctx, a)
	if err != nil {
		return err
	}
	facts, err := driver.Query(ctx, account, a.MerchantTransactionID)
	if err != nil {
		return err
	}
	for _, f := range facts {
		if f.MerchantTransactionID == "" {
			f.MerchantTransactionID = a.MerchantTransactionID // we asked for it by that id
		}
		if _, err := s.Apply(ctx, account, f); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) gatewayOf(ctx context.Context, a Attempt) (gateway.Account, gateway.Driver, error) {
	account, err := s.profiles.AccountByID(ctx, a.AccountID)
	if err != nil {
		return gateway.Account{}, nil, err
	}
	driver, err := s.drivers.Driver(account)
	return account, driver, err
}

// unanswered reports whether err is the gateway's silence rather than a fault of
// ours. It decides nothing about money.
func unanswered(err error) bool {
	for _, e := range []error{gateway.ErrNotFound, gateway.ErrThrottled, gateway.ErrUnknown, gateway.ErrRefused} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
