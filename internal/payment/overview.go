package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
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
	Undecided    State               // Held or Pending when the bank or staff still have to say
}

// OverviewLimit is how many transactions and documents one page shows.
const OverviewLimit = 100

// Overview reads an order for a browser that came by its link; it returns
// order.ErrLinkUnknown once the link is revoked.
func (s *Service) Overview(ctx context.Context, link order.Link) (Overview, error) {
	v, err := s.repo.Overview(ctx, link)
	if !v.Profile.Details.Documents {
		v.Documents = nil
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
