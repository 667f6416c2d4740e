// Package gateway is what the domain needs of a payment gateway: to open a
// checkout, to ask what became of it, to send money back, and to open the
// notifications it posts. The drivers are the packages below this one.
//
// A driver reports facts and invents none. It keeps nothing, retries nothing and
// decides nothing: whether an unknown outcome may be tried again is a rule of
// package payment.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
)

// Errors of every driver. Anything that is none of these is as good as
// ErrUnknown: money may have moved.
var (
	// ErrUnknown: no answer, a 5xx, a broken connection, an answer that makes no sense.
	ErrUnknown = errors.New("gateway: outcome unknown")
	// ErrNotFound: the gateway knows no such payment or session. It is not a decline.
	ErrNotFound = errors.New("gateway: not found")
	// ErrGone is an ErrNotFound of a session that is over: used up, or past its
	// life. What was paid in it is told by a query only.
	ErrGone = fmt.Errorf("%w: the session is over", ErrNotFound)
	// ErrThrottled: asked too often. Nothing happened.
	ErrThrottled = errors.New("gateway: asked too often")
	// ErrRefused: the gateway did not take the request (our configuration or form);
	// nothing happened. The Refusal beside it has the code.
	ErrRefused = errors.New("gateway: request refused")
	// ErrTokenGone: the gateway has no such stored card, or has it no more; nothing happened.
	ErrTokenGone = errors.New("gateway: stored card is gone")
	// ErrNotAuthentic: a notification that this account's key does not open.
	ErrNotAuthentic = errors.New("gateway: notification is not authentic")
)

// Refusal is an ErrRefused with the gateway's own code and words, for the operator,
// and what it allows afterwards. Code is empty where nothing was sent.
type Refusal struct {
	Code, Description string
	Reason            Reason
	Retry             Retry
}

func (r *Refusal) Error() string { return "gateway: request refused: " + r.Code + " " + r.Description }

// Is makes errors.Is(err, ErrRefused) true.
func (r *Refusal) Is(target error) bool { return target == ErrRefused }

// Account is one profile's account at a gateway, with its secrets opened.
type Account struct {
	ID         string
	ProfileID  id.Profile
	Driver     string           // "opp"
	EntityID   string           // the gateway's channel
	Token      string           // bearer secret of the gateway's API
	WebhookKey []byte           // opens its notifications
	APIBase    string           // where our server calls it: "https://eu-test.oppwa.com"
	PublicBase string           // where browsers load its widget from
	TestMode   string           // sent along where the gateway has such a mode; empty when live
	Brands     []string         // what customers may pay with, in the gateway's codes; empty: DefaultBrands
	Currencies []money.Currency // what the account is set up for; empty: whatever the gateway takes
}

// DefaultBrands are the cards that an account takes when it names none.
func DefaultBrands() []string { return []string{"VISA", "MASTER", "AMEX"} }

// Takes reports whether the account is set up for a currency.
func (a Account) Takes(c money.Currency) bool {
	return len(a.Currencies) == 0 || slices.Contains(a.Currencies, c)
}

// Notification is an opened one. Probe is set for the gateway's test call, which
// tells nothing and wants a 200.
type Notification struct {
	Probe bool
	Plain []byte // the opened content, to keep; Driver.Read reads it
	Fact  Fact
}

// Limits are what a gateway can collect in one currency.
type Limits struct {
	Step int64 // the smallest step, in minor units: 10 for KWD at a gateway of two decimals
	Max  int64 // in minor units
}

// Sources are what the widget needs from a page's content security policy.
// Challenge is what its frames need besides where card issuers ask their customers
// inside the page: nobody can list the issuers.
type Sources struct {
	Script, Frame, Connect, FormAction, Challenge []string
}

// Capabilities are what a gateway can do. Code asks these, never a driver's name.
type Capabilities struct {
	CapturesPerAuthorisation int           // 1 where the remainder is released at the first capture
	CheckoutLife             time.Duration // how long a checkout can be paid
	StatusAnswers            int           // how many status answers a checkout gives per StatusWindow
	StatusWindow             time.Duration
	ClosesCheckouts          bool
	Registers                bool          // stores a card without any amount
	HoldLife                 time.Duration // how long an authorised amount may be captured
}

// Driver speaks one gateway's protocol.
type Driver interface {
	Capabilities() Capabilities
	// Limits of a currency; ok is false where it cannot be paid at all.
	Limits(money.Currency) (limits Limits, ok bool)
	// Sources that a page with the account's widget must allow.
	Sources(Account) Sources
	// CreateCheckout opens a checkout. Sending the same MerchantTransactionID again is allowed.
	CreateCheckout(context.Context, Account, CheckoutRequest) (Checkout, error)
	// Status asks what became of a checkout, by its id alone. The answer is the
	// latest transaction; ErrGone after the session was used up or is too old,
	// ErrNotFound before anything was tried.
	Status(ctx context.Context, account Account, checkoutID string) (Fact, error)
	// Query lists all transactions made under one MerchantTransactionID, oldest
	// first; ErrNotFound when there is none.
	Query(ctx context.Context, account Account, merchantTransactionID string) ([]Fact, error)
	// BackOffice captures, refunds or reverses. A declined one is a Fact, not an error.
	BackOffice(context.Context, Account, BackOfficeRequest) (Fact, error)
	// StoredCard asks what became of a checkout that only stores a card, by its id
	// alone; as Status, with the token in the fact's method.
	StoredCard(ctx context.Context, account Account, checkoutID string) (Fact, error)
	// Charge charges a stored card; ErrTokenGone when there is none. A decline is a
	// Fact, whose Result.Retry says what may follow.
	Charge(context.Context, Account, ChargeRequest) (Fact, error)
	// Forget deletes a stored card at the gateway. One that is gone is no error.
	Forget(ctx context.Context, account Account, token string) error
	// Open checks and opens a notification; ErrNotAuthentic when the key does not fit.
	Open(account Account, header http.Header, body []byte) (Notification, error)
	// Read reads the plain content of an opened notification again. A Fact without
	// an ID tells of no payment.
	Read(plain []byte) (Fact, error)
}
