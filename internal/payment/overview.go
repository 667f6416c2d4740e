package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/catalog"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Overview is everything the pages of one order show, and no more is read: of a
// transaction neither its attempt and account nor the gateway's own words, of a
// document its key, transaction, kind and number. None shows the customer.
type Overview struct {
	Profile      profile.Profile
	Order        order.Order // with its lines
	Payment      Payment
	Transactions []Transaction       // newest first, at most OverviewLimit
	Documents    []document.Document // newest first; none while the profile has them switched off
	Schedule     []schedule.Payment  // what can still be collected, the next due first, at most ScheduleLimit
	Last         schedule.Payment    // of a subscription that ends: the newest; else zero
	Sums         Sums
	Undecided    State // Held or Pending when the bank or staff still have to say
}

// OverviewLimit is how many transactions and documents one page shows, ScheduleLimit
// how many payments to come.
const (
	OverviewLimit = 100
	ScheduleLimit = 24
)

// Overview reads an order for a browser that came by its link; it returns
// order.ErrLinkUnknown once the link is revoked.
func (s *Service) Overview(ctx context.Context, link order.Link) (Overview, error) {
	v, err := s.repo.Overview(ctx, link)
	if !v.Profile.Details.Documents {
		v.Documents = nil
	}
	if v.Order.Type == catalog.SinglePayment {
		v.Sums = SumsOf(v.Payment)
	}
	return v, err
}

// CheckoutView is everything the pages of one checkout show.
type CheckoutView struct {
	Profile   profile.Profile
	Order     order.Order // with its lines
	Payment   Payment
	Attempt   Attempt
	Latest    Transaction // the newest of this attempt; zero when nothing was tried
	Undecided State       // of the payment, on whichever attempt
	Gone      bool        // CheckReturn heard that the gateway has ended it, and has booked all of it
}

// Result is what a checkout's page has to say.
type Result string

// The results, in the order in which they are looked for.
const (
	ResultPaid       Result = "paid"       // this checkout is the sale
	ResultReturned   Result = "returned"   // paid twice: this one goes back
	ResultHeld       Result = "held"       // staff are looking
	ResultChecking   Result = "checking"   // the bank has not answered
	ResultDeclined   Result = "declined"   // nothing was taken; the checkout goes on
	ResultSuperseded Result = "superseded" // another checkout took its place
	ResultExpired    Result = "expired"
	ResultOpening    Result = "opening" // the gateway is being asked for it
	ResultOpen       Result = "open"
)

// Result says where a checkout stands at wall time now.
func (v CheckoutView) Result(now time.Time) Result {
	a := v.Attempt
	switch {
	case a.State == AttemptApproved && v.Latest.Surplus:
		return ResultReturned
	case a.State == AttemptApproved || v.Payment.Status == Paid:
		return ResultPaid
	case a.State == AttemptHeld || v.Undecided == Held:
		return ResultHeld
	case a.State == AttemptPending || a.State == AttemptUnknown || v.Undecided == Pending:
		return ResultChecking
	case a.State == AttemptSuperseded:
		return ResultSuperseded
	case a.State == AttemptCreated:
		return ResultOpening
	case !a.Payable(now):
		return ResultExpired
	case v.Latest.State == Declined:
		return ResultDeclined
	}
	return ResultOpen
}

// Checkout reads a checkout for its pages; ErrAttemptNotFound.
func (s *Service) Checkout(ctx context.Context, profileID profile.ID, attemptID AttemptID) (CheckoutView, error) {
	return s.repo.Checkout(ctx, profileID, attemptID)
}

// Wallet is what the customer of an order with several payments may do about its
// card, and what is to be paid with it.
type Wallet struct {
	Order   order.Order
	Cards   []StoredMethod     // the main one first
	Open    []schedule.Payment // by position: what can be collected by now, and all that another card settled or should have
	Charged map[schedule.ID]bool
	Loc     *time.Location
	Now     time.Time // billing time
}

// Wallet reads it, for a browser whose Overview was read.
func (s *Service) Wallet(ctx context.Context, v Overview) (Wallet, error) {
	now, err := s.clock.Now(ctx, v.Profile.ID)
	if err != nil {
		return Wallet{}, fmt.Errorf("billing time: %w", err)
	}
	w := Wallet{Order: v.Order, Loc: v.Profile.Location(), Now: now}
	if w.Cards, err = s.repo.Methods(ctx, v.Profile.ID, v.Order.ID); err != nil {
		return w, err
	}
	if w.Open, err = s.repo.OpenSchedule(ctx, v.Profile.ID, v.Order.ID, now.Add(24*time.Hour).In(w.Loc).Format(time.DateOnly)); err != nil {
		return w, err
	}
	w.Charged, err = s.repo.BeingCharged(ctx, v.Profile.ID, v.Order.ID)
	return w, err
}

// Outstanding is what another card settles.
func (w Wallet) Outstanding() []schedule.Payment {
	var parts []schedule.Payment
	for _, i := range outstanding(w.Open, w.Charged, w.Loc, w.Now) {
		parts = append(parts, w.Open[i])
	}
	return parts
}

// Owed is the sum of Outstanding.
func (w Wallet) Owed() (money.Amount, error) {
	return schedule.Sum(w.Outstanding(), w.Order.Total.Currency())
}

// MustUpdate is what the function of this name says of it.
func (w Wallet) MustUpdate() bool {
	owed, err := w.Owed()
	return err == nil && MustUpdate(w.Order, w.Cards, owed, w.Now)
}

// MayTryAgain is what the function of this name says of it.
func (w Wallet) MayTryAgain() bool { return MayTryAgain(w.Cards, w.Open, w.Now) }

// Declined reports whether the bank declined what the card in use was stored to
// settle.
func (w Wallet) Declined() bool {
	for _, p := range w.Open {
		if len(w.Cards) > 0 && p.Origin == schedule.Update && p.Status == schedule.Cancelled && !p.CreatedAt.Before(w.Cards[0].CreatedAt) {
			return true
		}
	}
	return false
}

// Settling is what is being charged to a new card at this moment, if anything is.
func (w Wallet) Settling() (schedule.Payment, bool) {
	for _, p := range w.Open {
		if p.Origin == schedule.Update && p.Status == schedule.Scheduled {
			return p, true
		}
	}
	return schedule.Payment{}, false
}
