package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// StartCheckout gives the one checkout that an order has: the live one, or a new
// one. It returns ErrPaid, ErrInProgress, ErrHeld, ErrTooManyTries,
// order.ErrNotPayable, or ErrGateway when the gateway could not open one. An
// attempt that is still Created is being opened by someone else right now.
func (s *Service) StartCheckout(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, ipHash string) (Attempt, error) {
	return s.RenewCheckout(ctx, by, profileID, orderID, ipHash, "")
}

// OpenCheckout is StartCheckout for a page of the merchant's own, which can use
// nothing but a checkout that is open: where it is being opened by someone else
// right now, it returns ErrOpening.
func (s *Service) OpenCheckout(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID) (Attempt, error) {
	a, err := s.StartCheckout(ctx, by, profileID, orderID, "")
	if err == nil && !a.Payable(s.clock.Wall()) {
		return a, ErrOpening
	}
	return a, err
}

// LiveCheckout is the checkout in which an order can be paid now; ErrAttemptNotFound
// when it has none, or what was tried in one before is not decided.
func (s *Service) LiveCheckout(ctx context.Context, profileID profile.ID, orderID order.ID) (Attempt, error) {
	return s.repo.LiveCheckout(ctx, profileID, orderID, s.clock.Wall())
}

// RenewCheckout is StartCheckout for a customer whose browser was told that the
// checkout called over is no good any more: it is replaced although we would still
// show it, once the gateway knows nothing undecided of it. An empty over is none.
func (s *Service) RenewCheckout(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, ipHash string, over AttemptID) (Attempt, error) {
	return s.start(ctx, by, profileID, orderID, wish{kind: Initial, ipHash: ipHash, over: over})
}

// start gives the one checkout of the payment that is wished for.
func (s *Service) start(ctx context.Context, by actor.Actor, profileID profile.ID, orderID order.ID, w wish) (Attempt, error) {
	until, err := s.CoolDown(ctx, profileID, orderID, w.ipHash)
	if err != nil {
		return Attempt{}, err
	}
	if !until.IsZero() {
		return Attempt{}, ErrTooManyTries
	}
	account, err := s.profiles.Account(ctx, profileID)
	if err != nil {
		return Attempt{}, err
	}
	var asked AttemptID
	for range 3 {
		c, err := s.claimCheckout(ctx, by, account, orderID, w, asked)
		if err != nil {
			return Attempt{}, fmt.Errorf("start checkout of %s: %w", orderID, err)
		}
		switch c.next {
		case useIt:
			return c.attempt, nil
		case sendIt:
			return s.openCheckout(ctx, account, c)
		case askFirst:
			if err := s.askBeforeReplacing(ctx, c.attempt); err != nil {
				return Attempt{}, fmt.Errorf("start checkout of %s: %w", orderID, err)
			}
			asked = c.attempt.ID
		}
	}
	return Attempt{}, ErrInProgress
}

// claim is what claimCheckout found out.
type claim struct {
	attempt  Attempt
	order    order.Order
	customer customer.Customer
	next     nextStep
}

type nextStep int

const (
	useIt    nextStep = iota // show this checkout
	sendIt                   // committed and ours to send to the gateway
	askFirst                 // too old to show, or of another amount: the gateway must say what became of it
)

// claimCheckout decides under the order's lock. asked is the attempt that the
// gateway was just asked about and knows nothing undecided of.
func (s *Service) claimCheckout(ctx context.Context, by actor.Actor, account gateway.Account, orderID order.ID, w wish, asked AttemptID) (claim, error) {
	var c claim
	profileID := account.ProfileID
	now, err := s.clock.Now(ctx, profileID)
	if err != nil {
		return c, fmt.Errorf("billing time: %w", err)
	}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		wall := s.clock.Wall()
		o, err := tx.OrderForUpdate(ctx, profileID, orderID)
		if err != nil {
			return err
		}
		t, err := s.target(ctx, tx, o, w, by, now)
		if err != nil {
			return err
		}
		c.order = o
		if c.customer, err = tx.Customer(ctx, profileID, o.CustomerID); err != nil {
			return err
		}
		if done, err := c.fromLive(ctx, tx, t, w, asked, wall); err != nil || done {
			return err
		}
		if c.attempt.ID != "" {
			c.attempt.supersede(wall)
			if err := tx.SaveAttempt(ctx, c.attempt); err != nil {
				return err
			}
			if err := tx.Record(ctx, event.Event{ProfileID: profileID, Type: "checkout.superseded", OrderID: string(o.ID), Subject: string(c.attempt.ID), By: by, At: now}); err != nil {
				return err
			}
		}
		p := t.payment
		if t.begin != nil {
			if p, err = t.begin(ctx); err != nil {
				return err
			}
		}
		typ, amount, err := s.tryOf(ctx, tx, account, o, p)
		if err != nil {
			return err
		}
		c.attempt = newAttempt(p, account.ID, KindCheckout, typ, amount, wall)
		c.attempt.IPHash, c.attempt.SentAt, c.next = w.ipHash, wall, sendIt
		c.attempt.lease(wall)
		c.attempt.askLater(wall)
		if err := tx.InsertAttempt(ctx, c.attempt); err != nil {
			return err
		}
		return tx.Record(ctx, event.Event{ProfileID: profileID, Type: "checkout.started", OrderID: string(o.ID), Subject: string(c.attempt.ID), By: by, At: now})
	})
	return c, err
}

// fromLive reports whether the payment's live checkout decides what comes next.
// Where it does not, the attempt that is left in c is to be superseded.
func (c *claim) fromLive(ctx context.Context, tx Tx, t target, w wish, asked AttemptID, wall time.Time) (done bool, err error) {
	c.attempt = Attempt{}
	p := t.payment
	if p.ID == "" {
		return false, nil
	}
	if err := payable(ctx, tx, c.order, p); err != nil {
		return false, err
	}
	live, err := tx.OpenAttemptForUpdate(ctx, p.ProfileID, p.ID)
	switch {
	case errors.Is(err, ErrAttemptNotFound):
		return false, nil
	case err != nil:
		return false, err
	case live.State == AttemptHeld:
		return false, ErrHeld
	case live.State == AttemptPending || live.State == AttemptUnknown:
		return false, ErrInProgress
	}
	c.attempt, c.next = live, useIt
	switch {
	case live.State == AttemptCreated && !t.stale:
		if c.attempt.lease(wall) {
			c.next = sendIt
			return true, tx.SaveAttempt(ctx, c.attempt)
		}
		return true, nil
	case live.Payable(wall) && live.ID != w.over && !t.stale:
		return true, nil
	case live.ID != asked:
		c.next = askFirst
		return true, nil
	}
	return false, nil
}

// payable says why an order takes no money for a payment now, nil when it does.
func payable(ctx context.Context, tx Tx, o order.Order, p Payment) error {
	switch {
	case p.Kind == Registration && !o.Status.Live(), p.Status == Ended:
		return order.ErrNotPayable
	case p.Status != Open:
		return ErrPaid
	case p.Kind == Initial && !o.Status.Preliminary():
		return order.ErrNotPayable
	}
	undecided, err := tx.UndecidedState(ctx, p.ProfileID, p.OrderID, p.ID)
	if err != nil {
		return err
	}
	switch undecided {
	case Held:
		return ErrHeld
	case Pending:
		return ErrInProgress
	case Approved, Declined, "":
	}
	return nil
}

// openCheckout calls the gateway for an attempt that is committed and leased. A
// lost answer leaves it Created: nobody knows that checkout's id, so nobody can
// pay it, and the next press sends the same merchant transaction id again.
func (s *Service) openCheckout(ctx context.Context, account gateway.Account, claimed claim) (Attempt, error) {
	a, c := claimed.attempt, claimed.customer
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return Attempt{}, err
	}
	request := gateway.CheckoutRequest{
		MerchantTransactionID: a.MerchantTransactionID, InvoiceReference: string(a.OrderID), Type: a.Type, Amount: a.Amount,
		Email: c.Email, GivenName: c.GivenName, FamilyName: c.FamilyName, Country: c.CountryCode,
	}
	if stores(claimed.order) {
		request.Store = seriesOf(claimed.order)
	}
	made, callErr := driver.CreateCheckout(ctx, account, request)
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		now := s.clock.Wall()
		r, err := lock(ctx, tx, a)
		if err != nil {
			return err
		}
		if a = r.attempt; a.State != AttemptCreated {
			return nil // a repetition after our lease was quicker; its checkout is the one
		}
		a.LeaseUntil = now
		switch {
		case callErr == nil:
			a.CheckoutID, a.ScriptURL, a.Integrity = made.ID, made.ScriptURL, made.Integrity
			a.State, a.ExpiresAt, a.Asks = AttemptOpen, now.Add(CheckoutLife), 0
			a.askLater(now)
		case errors.Is(callErr, gateway.ErrRefused):
			a.close(AttemptRefused, now)
			if err := tx.InsertTask(ctx, newTask(a.ProfileID, TaskRefused, a.OrderID, string(a.ID), now)); err != nil {
				return err
			}
			r.attempt = a
			if err := tx.SaveAttempt(ctx, a); err != nil {
				return err
			}
			return giveUp(ctx, tx, &r)
		}
		return tx.SaveAttempt(ctx, a)
	})
	if err != nil {
		return Attempt{}, fmt.Errorf("keep checkout of attempt %s: %w", a.ID, err)
	}
	if callErr != nil && a.State != AttemptOpen {
		return Attempt{}, ErrGateway.Because(fmt.Errorf("open checkout of attempt %s: %w", a.ID, callErr))
	}
	return a, nil
}

// askBeforeReplacing asks what became of a checkout that is too old to show. Nil
// means the gateway knows nothing undecided of it; whatever it does know is
// booked.
func (s *Service) askBeforeReplacing(ctx context.Context, a Attempt) error {
	ask := s.query
	if a.Type == gateway.Registration {
		ask = func(ctx context.Context, a Attempt) error { _, err := s.ask(ctx, a); return err }
	}
	err := ask(ctx, a)
	if err == nil || errors.Is(err, gateway.ErrNotFound) {
		return nil
	}
	return ErrInProgress.Because(err)
}
