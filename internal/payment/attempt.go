package payment

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// AttemptKind is what an attempt tries.
type AttemptKind string

// The kinds. A customer pays in a checkout; all others are calls of our own server:
// a charge of a stored card, what is done with an approved transaction, and the
// return of surplus money.
const (
	KindCheckout AttemptKind = "checkout"
	KindCharge   AttemptKind = "charge"
	KindCapture  AttemptKind = "capture"
	KindReversal AttemptKind = "reversal"
	KindRefund   AttemptKind = "refund"
	KindReturn   AttemptKind = "return"
)

// Pays reports whether such an attempt collects what its payment asks for.
func (k AttemptKind) Pays() bool { return k == KindCheckout || k == KindCharge }

// AttemptState is where an attempt stands.
type AttemptState string

// The states. An attempt is open while money may still move through it and
// nothing better is known.
const (
	AttemptCreated    AttemptState = "created"    // committed; the gateway has not answered yet
	AttemptOpen       AttemptState = "open"       // a checkout waits for its customer
	AttemptPending    AttemptState = "pending"    // the gateway will answer later
	AttemptUnknown    AttemptState = "unknown"    // sent, and no answer
	AttemptHeld       AttemptState = "held"       // approved otherwise than asked; staff decide
	AttemptApproved   AttemptState = "approved"   //
	AttemptDeclined   AttemptState = "declined"   // of a server's call only: a checkout outlives its declines
	AttemptSuperseded AttemptState = "superseded" // a checkout that was replaced, still watched
	AttemptExpired    AttemptState = "expired"    // a checkout nobody paid
	AttemptRefused    AttemptState = "refused"    // the gateway would not open it
)

// Open reports whether the attempt occupies its payment: no other may begin.
func (s AttemptState) Open() bool {
	return slices.Contains([]AttemptState{AttemptCreated, AttemptOpen, AttemptPending, AttemptUnknown, AttemptHeld}, s)
}

// Waiting times of wall time (design.md §4.2, §4.4).
const (
	// CheckoutLife is how long we show a checkout: five minutes less than gateways keep it.
	CheckoutLife = 25 * time.Minute
	// SupersededWatch is how long a replaced checkout is watched on.
	SupersededWatch = 45 * time.Minute
	// NotFoundAfterLife closes a checkout that the gateway does not know, counted
	// from the end of the gateway's own lifetime.
	NotFoundAfterLife = 15 * time.Minute
	// NotFoundApart is what lies between the two not-founds that allow a server
	// call to be sent again.
	NotFoundApart = 10 * time.Minute
	// attemptLease is how long one worker may be at an attempt: longer than a call
	// to a gateway may take.
	attemptLease = 30 * time.Second
	// statusWindow and statusAnswers are the budget of questions about a checkout.
	statusWindow  = time.Minute
	statusAnswers = 2
)

// Attempt is our own record of one intent to move money, committed before the
// gateway hears of it. All its times are wall time.
type Attempt struct {
	ID                    AttemptID
	ProfileID             profile.ID
	OrderID               order.ID
	PaymentID             ID
	ScheduledID           schedule.ID // its payment's
	MethodID              MethodID    // the stored card that a charge goes to
	AccountID             string
	MerchantTransactionID string
	Kind                  AttemptKind
	Type                  gateway.Type
	State                 AttemptState
	Amount                money.Amount
	ParentID              TransactionID // what is captured, released or sent back
	ParentGatewayID       string
	CheckoutID            string
	ScriptURL             string
	Integrity             string
	IPHash                string
	CreatedAt             time.Time
	SentAt                time.Time
	ExpiresAt             time.Time // a checkout is not shown after this
	WatchUntil            time.Time
	NotFoundAt            time.Time // the first of two not-founds
	NextAttemptAt         time.Time // when the sweep takes it up; zero: never
	LeaseUntil            time.Time
	Asks                  int64
	AskedAt               time.Time // the last question about it
	AskedBeforeAt         time.Time // the one before
	ClosedAt              time.Time
	DailyAt               time.Time // over: when it is asked about again; zero: never
	DailyUntil            time.Time // and for how long
}

// newAttempt makes one that is ready to be committed. Its merchant transaction
// id is 26 characters, within every brand's limits we know but the shortest.
func newAttempt(p Payment, account string, kind AttemptKind, typ gateway.Type, amount money.Amount, now time.Time) Attempt {
	key := id.New("att")
	return Attempt{ID: AttemptID(key), ProfileID: p.ProfileID, OrderID: p.OrderID, PaymentID: p.ID, ScheduledID: p.ScheduledID, AccountID: account,
		MerchantTransactionID: key[len("att_"):], Kind: kind, Type: typ, State: AttemptCreated, Amount: amount, CreatedAt: now}
}

// Unpaid reports whether a checkout is closed without a payment: the gateway, asked
// when all its time was over, knew of none, or it never opened it. Until then it may
// have been paid on without our knowing yet.
func (a Attempt) Unpaid() bool {
	return !a.ClosedAt.IsZero() && slices.Contains([]AttemptState{AttemptSuperseded, AttemptExpired, AttemptRefused}, a.State)
}

// Payable reports whether a customer may still be shown the checkout.
func (a Attempt) Payable(now time.Time) bool {
	return a.Kind == KindCheckout && a.State == AttemptOpen && now.Before(a.ExpiresAt)
}

// lease marks the attempt as being worked on and reports whether it was free.
func (a *Attempt) lease(now time.Time) bool {
	if now.Before(a.LeaseUntil) {
		return false
	}
	a.LeaseUntil = now.Add(attemptLease)
	return true
}

// mayAsk takes one question from the budget and reports whether there was one.
func (a *Attempt) mayAsk(now time.Time) bool {
	if !a.AskedBeforeAt.IsZero() && now.Sub(a.AskedBeforeAt) < statusWindow {
		return false
	}
	a.AskedBeforeAt, a.AskedAt = a.AskedAt, now
	return true
}

// supersede replaces a checkout. It is watched on, since its customer may still
// be paying in another tab.
func (a *Attempt) supersede(now time.Time) {
	a.State, a.WatchUntil, a.Asks = AttemptSuperseded, now.Add(SupersededWatch), 0
	a.askLater(now)
}

// close ends it; from now on it is asked about once a day.
func (a *Attempt) close(s AttemptState, now time.Time) {
	a.State, a.ClosedAt, a.NextAttemptAt = s, now, time.Time{}
	a.askDaily(now)
}

// watched reports whether a checkout waits for a payment that nobody has told us
// of yet.
func (a Attempt) watched() bool {
	return a.State == AttemptSuperseded || (a.State.Open() && a.State != AttemptHeld)
}

// over is when a checkout is asked about for the last time unless something of it
// is pending: after the gateway's own lifetime, and after its watch.
func (a Attempt) over(gatewayLife time.Duration) time.Time {
	made := a.CreatedAt
	if !a.ExpiresAt.IsZero() {
		made = a.ExpiresAt.Add(-CheckoutLife)
	}
	over := made.Add(gatewayLife + NotFoundAfterLife)
	if over.Before(a.WatchUntil) {
		over = a.WatchUntil
	}
	return over
}

// lookBack plans one more question about a checkout that has its answer: a
// status tells the latest transaction only, so an earlier decline that nobody
// told us of is found in this way.
func (a *Attempt) lookBack(now time.Time) {
	if a.Kind == KindCheckout {
		a.NextAttemptAt = now.Add(time.Minute)
	}
}

// askLater plans the next question: soon at first, then ever more rarely, at
// most an hour apart.
func (a *Attempt) askLater(now time.Time) {
	gap := time.Minute << min(a.Asks, 6)
	a.Asks++
	a.NextAttemptAt = now.Add(min(gap, time.Hour))
}
