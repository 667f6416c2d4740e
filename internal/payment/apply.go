package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/quittance/quittance/internal/actor"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/money"
	"github.com/quittance/quittance/internal/schedule"
)

// ErrUnmatched means that a fact belongs to nothing we know.
var ErrUnmatched = errors.New("payment: fact matches no attempt")

// Apply books what the gateway says happened: the one way for the browser's
// return, the webhook, the poll and reconciliation. Facts are never refused.
// Twice, late or out of order changes nothing: a transaction is known by
// gateway account and gateway id, pending after final is ignored, final after
// pending is booked. It returns ErrUnmatched for a fact of no attempt of ours.
func (s *Service) Apply(ctx context.Context, account gateway.Account, f gateway.Fact) (Attempt, error) {
	a, err := s.repo.AttemptOfFact(ctx, account, f)
	if errors.Is(err, ErrAttemptNotFound) {
		return Attempt{}, ErrUnmatched
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("find attempt of a fact: %w", err)
	}
	now, err := s.clock.Now(ctx, account.ProfileID)
	if err != nil {
		return Attempt{}, fmt.Errorf("billing time: %w", err)
	}
	driver, err := s.drivers.Driver(account)
	if err != nil {
		return Attempt{}, err
	}
	b := booking{service: s, fact: f, now: now, can: driver.Capabilities(), by: actor.Actor{Kind: actor.Gateway, ID: account.ID}}
	err = s.repo.InPaymentTx(ctx, func(tx Tx) error {
		b.tx, b.wall = tx, s.clock.Wall()
		if b.rows, err = lock(ctx, tx, a); err != nil {
			return err
		}
		b.limits, _ = driver.Limits(b.order.Total.Currency())
		return b.book(ctx)
	})
	if err != nil {
		return Attempt{}, fmt.Errorf("apply transaction %s to attempt %s: %w", f.ID, a.ID, err)
	}
	return b.attempt, nil
}

// booking is one fact on its way into the books, with the rows it touches
// locked in order.
type booking struct {
	service *Service
	tx      Tx
	fact    gateway.Fact
	by      actor.Actor
	can     gateway.Capabilities
	limits  gateway.Limits // of the order's currency
	now     time.Time      // billing time
	wall    time.Time

	rows
	txn   Transaction
	known bool // txn was booked before
}

func (b *booking) book(ctx context.Context) error {
	if b.fact.ID == "" {
		return b.nothingYet(ctx)
	}
	if b.fact.Type == gateway.Registration && b.attempt.Type != gateway.Registration {
		return nil // the card of a payment, which tells of it itself
	}
	var err error
	if b.txn, b.known, err = b.tx.TransactionByGatewayID(ctx, b.attempt.ProfileID, b.attempt.AccountID, b.fact.ID); err != nil {
		return err
	}
	if !b.known {
		b.txn = b.fresh()
	}
	if b.fact.Result.Outcome == gateway.Disputed || b.fact.Result.Outcome == gateway.Won {
		return b.dispute(ctx)
	}
	if b.lapses() {
		return b.lapsed(ctx)
	}
	switch next := b.stateOfFact(); {
	case next == "":
		return b.unknown(ctx)
	case b.known && b.txn.State == next, b.known && b.txn.State == Held:
		return nil
	case b.known && b.txn.State.Final() && next == Pending:
		return nil
	case b.known && b.txn.State == Approved:
		return b.contradicted(ctx)
	default:
		return b.move(ctx, next)
	}
}

// stateOfFact is the state the fact asks for, empty when it tells none. Money
// that does not fit what we asked is held (design.md §4.6); a decline moved
// none, so it need not fit.
func (b *booking) stateOfFact() State {
	switch b.fact.Result.Outcome {
	case gateway.Approved, gateway.Review:
		if !b.fits() {
			return Held
		}
		return Approved
	case gateway.Pending:
		return Pending
	case gateway.Declined, gateway.Rejected:
		return Declined
	case gateway.Unknown, gateway.Disputed, gateway.Won:
	}
	return ""
}

// fits compares amount, currency, type and checkout with what we asked for.
func (b *booking) fits() bool {
	a, f := b.attempt, b.fact
	amount := f.Amount == a.Amount || (f.Amount == money.Amount{} && (f.Type == gateway.Reversal || a.Amount.IsZero())) // a whole reversal and a registration name none
	return amount && f.Type == a.Type &&
		(f.CheckoutID == "" || a.CheckoutID == "" || f.CheckoutID == a.CheckoutID) &&
		(a.ParentGatewayID == "" || f.ReferencedID == "" || f.ReferencedID == a.ParentGatewayID)
}

func (b *booking) fresh() Transaction {
	a, f := b.attempt, b.fact
	amount := f.Amount
	if amount.Currency().Code() == "" {
		amount = a.Amount // the gateway told none, as some declines do
	}
	return Transaction{ID: TransactionID(id.New("trn")), ProfileID: a.ProfileID, OrderID: a.OrderID, PaymentID: a.PaymentID, AttemptID: a.ID,
		AccountID: a.AccountID, GatewayID: f.ID, ReferencedID: f.ReferencedID, Type: f.Type, Amount: amount, GatewayAt: f.At, CreatedAt: b.now}
}

// move puts the transaction into its next state and lets that do its work.
func (b *booking) move(ctx context.Context, next State) error {
	f := b.fact
	b.txn.State, b.txn.BookedAt, b.txn.ResultCode, b.txn.Reason, b.txn.Retry = next, b.now, f.Result.Code, f.Result.Reason, f.Result.Retry.Class
	b.txn.Method = Method{f.Method.Brand, f.Method.BIN, f.Method.Last4, f.Method.ExpiryMonth, f.Method.ExpiryYear}
	switch next {
	case Approved:
		return b.approved(ctx)
	case Declined:
		return b.declined(ctx)
	case Pending:
		return b.pending(ctx)
	case Held:
		return b.held(ctx)
	}
	return fmt.Errorf("no such state %q", next)
}

// nothingYet is an answer without a transaction: the customer has tried nothing.
func (b *booking) nothingYet(ctx context.Context) error {
	if b.fact.Result.Outcome != gateway.Unknown {
		return nil
	}
	return b.unknown(ctx)
}

// unknown is an answer that says neither yes nor no.
func (b *booking) unknown(ctx context.Context) error {
	if b.attempt.State != AttemptOpen && b.attempt.State != AttemptPending {
		return nil
	}
	b.attempt.State = AttemptUnknown
	b.attempt.Asks = 0
	b.attempt.askLater(b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	if err := b.tx.InsertTask(ctx, newTask(b.attempt.ProfileID, TaskUnknown, b.attempt.OrderID, string(b.attempt.ID), b.now)); err != nil {
		return err
	}
	return b.tell(ctx, b.tx, "payment.unknown", b.by, b.now)
}

// contradicted is a gateway that takes back what it approved under the same id: a
// fact that no machine should judge. Staff are told once, however often it says so.
func (b *booking) contradicted(ctx context.Context) error {
	told, err := b.tx.HasTask(ctx, b.attempt.ProfileID, b.attempt.OrderID, TaskContradiction, string(b.txn.ID))
	if err != nil || told {
		return err
	}
	return b.task(ctx, TaskContradiction)
}

func (b *booking) pending(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if b.attempt.State.Open() && b.attempt.State != AttemptHeld {
		b.attempt.State = AttemptPending
	}
	b.attempt.Asks = 0
	b.attempt.askLater(b.wall)
	if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
		return err
	}
	return b.record(ctx, "payment.pending", nil)
}

func (b *booking) held(ctx context.Context) error {
	if err := b.saveTransaction(ctx); err != nil {
		return err
	}
	if b.attempt.State.Open() {
		b.attempt.State, b.attempt.NextAttemptAt = AttemptHeld, time.Time{}
		b.attempt.lookBack(b.wall)
		b.attempt.askDaily(b.wall)
		if err := b.tx.SaveAttempt(ctx, b.attempt); err != nil {
			return err
		}
	}
	if err := b.task(ctx, TaskHeld); err != nil {
		return err
	}
	if b.attempt.Kind == KindCharge && b.scheduled.Book(schedule.Held, b.now) {
		if err := b.tx.SaveScheduled(ctx, b.scheduled); err != nil {
			return err
		}
		if err := b.service.goOn(ctx, b.tx, &b.order, schedule.Held, b.by, b.now); err != nil {
			return err
		}
	}
	return b.record(ctx, "payment.held", nil)
}

func (b *booking) saveTransaction(ctx context.Context) error {
	if b.known {
		return b.tx.SaveTransaction(ctx, b.txn)
	}
	b.known = true
	return b.tx.InsertTransaction(ctx, b.txn)
}

func (b *booking) task(ctx context.Context, kind TaskKind) error {
	return b.tx.InsertTask(ctx, newTask(b.attempt.ProfileID, kind, b.attempt.OrderID, string(b.txn.ID), b.now))
}

func (b *booking) record(ctx context.Context, typ string, data map[string]any) error {
	if data == nil {
		data = map[string]any{}
	}
	if b.attempt.ScheduledID != "" {
		data["scheduled_payment"] = string(b.attempt.ScheduledID)
	}
	data["attempt"], data["amount"], data["currency"], data["type"] = string(b.attempt.ID), b.txn.Amount.Decimal(), b.txn.Amount.Currency().Code(), string(b.txn.Type)
	return b.tx.Record(ctx, event.Event{ProfileID: b.attempt.ProfileID, Type: typ, OrderID: string(b.attempt.OrderID), Subject: string(b.txn.ID), By: b.by, At: b.now, Data: data})
}
