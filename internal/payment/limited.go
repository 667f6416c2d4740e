package payment

import (
	"github.com/quittance/quittance/internal/fault"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/money"
)

// Faults of what merchants and staff ask to be done with a transaction.
var (
	ErrTransactionNotFound = fault.New(fault.NotFound, "transaction_not_found", "We could not find that transaction.")
	ErrNotCapturable       = fault.New(fault.Conflict, "transaction_not_capturable", "Only an approved pre-authorisation can be captured or reversed.")
	ErrNotRefundable       = fault.New(fault.Conflict, "transaction_not_refundable", "Only an approved payment or capture can be refunded.")
	ErrHoldDeciding        = fault.New(fault.Conflict, "hold_being_decided", "A capture or a reversal of this payment is under way already.")
	ErrCaptured            = fault.New(fault.Conflict, "already_captured", "This payment was captured already.")
	ErrHoldOver            = fault.New(fault.Conflict, "hold_over", "The authorisation was released or has expired.")
	ErrCaptureTooLarge     = fault.New(fault.Conflict, "capture_too_large", "This is more than was authorised.")
	ErrReversalPart        = fault.New(fault.Conflict, "reversal_not_whole", "An authorisation can only be reversed as a whole.")
	ErrNothingToRefund     = fault.New(fault.Conflict, "nothing_to_refund", "Nothing of this payment is left to refund.")
	ErrRefundTooLarge      = fault.New(fault.Conflict, "refund_too_large", "This is more than is left to refund.")
	ErrAmountInvalid       = fault.New(fault.Invalid, "amount_invalid", "This amount cannot be moved.")
)

// mayCapture checks a capture of a hold. Captures that are under way count as
// made, and a reversal that is under way excludes it. A zero amount is all that
// is left; the amount to capture is returned.
func (p Payment) mayCapture(amount money.Amount, done []Attempt, can gateway.Capabilities) (money.Amount, error) {
	if err := p.holds(); err != nil {
		return amount, err
	}
	count, spent := 0, p.Captured.Minor()
	for _, a := range done {
		switch {
		case a.Kind == KindCapture && a.State == AttemptApproved:
			count++
		case a.Kind == KindCapture && a.State.Open(), a.Kind == KindReversal && a.State.Open():
			return amount, ErrHoldDeciding
		}
	}
	left := p.Authorised.Minor() - spent
	switch {
	case count >= max(1, can.CapturesPerAuthorisation):
		return amount, ErrCaptured
	case amount.IsZero():
		amount = money.New(left, p.Amount.Currency())
	}
	if amount.Minor() > left || left <= 0 {
		return amount, ErrCaptureTooLarge
	}
	return amount, nil
}

// mayReverse checks the release of a hold, which is always the whole of it and
// excludes a capture.
func (p Payment) mayReverse(done []Attempt) error {
	if err := p.holds(); err != nil {
		return err
	}
	if p.Captured.IsPositive() {
		return ErrCaptured
	}
	for _, a := range done {
		if (a.Kind == KindCapture || a.Kind == KindReversal) && a.State.Open() {
			return ErrHoldDeciding
		}
	}
	return nil
}

// holds is nil while money is held, else why none is.
func (p Payment) holds() error {
	switch p.Status {
	case Authorised:
		return nil
	case Paid:
		return ErrCaptured
	case Ended:
		return ErrHoldOver
	case Open:
	}
	return ErrNotCapturable
}

// mayRefund checks a refund of one transaction of the payment. Refunds that are
// under way count as made, and what was charged back cannot be refunded. A zero
// amount is all that is left; the amount to refund is returned.
func (p Payment) mayRefund(t Transaction, amount money.Amount, done []Attempt) (money.Amount, error) {
	left, ofThis := p.Captured.Minor()-p.Refunded.Minor()-p.disputedNow().Minor(), t.Amount.Minor()
	for _, a := range done {
		if a.Kind != KindRefund {
			continue
		}
		if a.State.Open() {
			left -= a.Amount.Minor()
		}
		if a.ParentID == t.ID && (a.State.Open() || a.State == AttemptApproved) {
			ofThis -= a.Amount.Minor()
		}
	}
	left = min(left, ofThis)
	switch {
	case left <= 0:
		return amount, ErrNothingToRefund
	case amount.IsZero():
		amount = money.New(left, p.Amount.Currency())
	case amount.Minor() > left:
		return amount, ErrRefundTooLarge
	}
	return amount, nil
}
