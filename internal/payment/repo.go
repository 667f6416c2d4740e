package payment

import (
	"context"
	"time"

	"github.com/quittance/quittance/internal/customer"
	"github.com/quittance/quittance/internal/document"
	"github.com/quittance/quittance/internal/event"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/idem"
	"github.com/quittance/quittance/internal/mail"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/paging"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Repo is what this package needs from storage.
type Repo interface {
	UnpaidRepo
	DailyRepo
	InPaymentTx(ctx context.Context, fn func(Tx) error) error
	// Attempt finds one of a profile; ErrAttemptNotFound.
	Attempt(ctx context.Context, profileID profile.ID, attemptID AttemptID) (Attempt, error)
	// LiveCheckout is the checkout in which an order's initial payment can be paid at
	// wall time now; ErrAttemptNotFound.
	LiveCheckout(ctx context.Context, profileID profile.ID, orderID order.ID, now time.Time) (Attempt, error)
	// AttemptOfFact finds the attempt of an account that a fact belongs to: by
	// merchant transaction id, else by checkout id, else by the transaction it
	// refers to. It returns ErrAttemptNotFound.
	AttemptOfFact(ctx context.Context, account gateway.Account, f gateway.Fact) (Attempt, error)
	// Order finds an order with its lines and tags; order.ErrNotFound.
	Order(ctx context.Context, profileID profile.ID, orderID order.ID) (order.Order, error)
	// LapsingHolds are payments whose hold is expected to lapse by a billing time and
	// of which staff were told so much, the first to lapse first.
	LapsingHolds(ctx context.Context, profileID profile.ID, told HoldTold, by time.Time, limit int) ([]Payment, error)
	// Transaction finds one of a profile; ErrTransactionNotFound.
	Transaction(ctx context.Context, profileID profile.ID, transactionID TransactionID) (Transaction, error)
	// Scheduled finds a scheduled payment; schedule.ErrNotFound.
	Scheduled(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error)
	// Method finds a payment method, also one that was removed; ErrMethodNotFound.
	Method(ctx context.Context, profileID profile.ID, methodID MethodID) (StoredMethod, error)
	// Methods are an order's payment methods that were not removed, the main one first.
	Methods(ctx context.Context, profileID profile.ID, orderID order.ID) ([]StoredMethod, error)
	// OpenSchedule are an order's scheduled payments, by position, that can still be
	// collected and were declined or are due by a day, and all that came from an update
	// of its card.
	OpenSchedule(ctx context.Context, profileID profile.ID, orderID order.ID, by string) ([]schedule.Payment, error)
	// BeingCharged are the scheduled payments of an order of which a charge is open.
	BeingCharged(ctx context.Context, profileID profile.ID, orderID order.ID) (map[schedule.ID]bool, error)
	// Checkout is what a checkout's pages show.
	Checkout(ctx context.Context, profileID profile.ID, attemptID AttemptID) (CheckoutView, error)
	// Overview is what an order's pages show, for a link that is not revoked; it
	// returns order.ErrLinkUnknown.
	Overview(ctx context.Context, link order.Link) (Overview, error)
	// History is at most limit transactions of an order, newest first.
	History(ctx context.Context, profileID profile.ID, orderID order.ID, q HistoryQuery, limit int) ([]Transaction, error)
	// Transactions are a page of an order's transactions, newest first.
	Transactions(ctx context.Context, profileID profile.ID, orderID order.ID, w paging.Window) (paging.Page[Transaction], error)
	// Tries counts declined tries since the given times.
	Tries(ctx context.Context, profileID profile.ID, orderID order.ID, ipHash string, since TriesSince) (Tries, error)
	// Notification finds a stored one.
	Notification(ctx context.Context, profileID profile.ID, notificationID string) (Notification, error)
}

// Tx is one unit of work on money. Lock in this order: order, scheduled payments,
// payment, attempt, number series (design.md §4.9).
type Tx interface {
	document.Tx
	mail.Queue
	OrderForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (order.Order, error)
	SaveOrder(ctx context.Context, o order.Order) error
	// PendingSince is when a locked order was made, or its last try was declined;
	// RestartPending makes it now.
	PendingSince(ctx context.Context, profileID profile.ID, orderID order.ID) (time.Time, error)
	RestartPending(ctx context.Context, profileID profile.ID, orderID order.ID, now time.Time) error
	OrderLines(ctx context.Context, o order.Order) ([]order.Line, error)
	// InvoiceOfOrder is an order's first invoice; document.ErrNotFound.
	InvoiceOfOrder(ctx context.Context, profileID profile.ID, orderID order.ID) (document.Document, error)
	// InvoiceOfTransaction is the invoice that a transaction paid; document.ErrNotFound.
	InvoiceOfTransaction(ctx context.Context, profileID profile.ID, transactionID TransactionID) (document.Document, error)
	// ScheduledForUpdate locks a scheduled payment; schedule.ErrNotFound.
	ScheduledForUpdate(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (schedule.Payment, error)
	// ScheduleForUpdate locks what of a locked order's schedule can still be collected,
	// and reads what package schedule needs beside it: the first and the newest planned
	// payment, the newest that began another rhythm, the one of the latest day that was
	// tried, and the last. All of an instalment order. By position.
	ScheduleForUpdate(ctx context.Context, o order.Order) ([]schedule.Payment, error)
	// PartsForUpdate locks what was merged into a scheduled payment, by position.
	PartsForUpdate(ctx context.Context, profileID profile.ID, into schedule.ID) ([]schedule.Payment, error)
	InsertScheduled(ctx context.Context, p schedule.Payment) error
	SaveScheduled(ctx context.Context, p schedule.Payment) error
	InsertPayment(ctx context.Context, p Payment) error
	// PaymentForUpdate locks a payment; ErrPaymentNotFound.
	PaymentForUpdate(ctx context.Context, profileID profile.ID, paymentID ID) (Payment, error)
	// InitialPaymentForUpdate locks an order's first payment; ErrPaymentNotFound.
	InitialPaymentForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (Payment, error)
	// OpenPaymentsForUpdate locks what an order asks for and nobody has paid.
	OpenPaymentsForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) ([]Payment, error)
	// OpenRegistrationForUpdate locks the one open registration of an order;
	// ErrPaymentNotFound.
	OpenRegistrationForUpdate(ctx context.Context, profileID profile.ID, orderID order.ID) (Payment, error)
	// BeingCharged are the scheduled payments of an order of which a charge is open.
	BeingCharged(ctx context.Context, profileID profile.ID, orderID order.ID) (map[schedule.ID]bool, error)
	// PaymentOfScheduledForUpdate locks the payment that collects a scheduled one;
	// ErrPaymentNotFound before the first charge.
	PaymentOfScheduledForUpdate(ctx context.Context, profileID profile.ID, scheduledID schedule.ID) (Payment, error)
	SavePayment(ctx context.Context, p Payment) error
	// NoteHold notes what staff were told of a hold; first is false when it was noted
	// before, or the hold is over.
	NoteHold(ctx context.Context, profileID profile.ID, paymentID ID, told HoldTold) (first bool, err error)
	AttemptForUpdate(ctx context.Context, profileID profile.ID, attemptID AttemptID) (Attempt, error)
	// OpenAttemptForUpdate is the one open attempt that collects a payment; ErrAttemptNotFound.
	OpenAttemptForUpdate(ctx context.Context, profileID profile.ID, paymentID ID) (Attempt, error)
	InsertAttempt(ctx context.Context, a Attempt) error
	SaveAttempt(ctx context.Context, a Attempt) error
	// Tries counts declined tries, those of this transaction included.
	Tries(ctx context.Context, profileID profile.ID, orderID order.ID, ipHash string, since TriesSince) (Tries, error)
	// UndecidedState is Held or Pending when a payment has a transaction in that
	// state, on whichever attempt; empty when it has none.
	UndecidedState(ctx context.Context, profileID profile.ID, orderID order.ID, paymentID ID) (State, error)
	// HasPending reports whether the bank must still decide a transaction of an attempt.
	HasPending(ctx context.Context, profileID profile.ID, orderID order.ID, attemptID AttemptID) (bool, error)
	// TransactionByGatewayID finds a booked one; found is false when there is none.
	TransactionByGatewayID(ctx context.Context, profileID profile.ID, accountID, gatewayID string) (t Transaction, found bool, err error)
	// Transaction finds one of a profile; ErrTransactionNotFound.
	Transaction(ctx context.Context, profileID profile.ID, transactionID TransactionID) (Transaction, error)
	// HoldOf is the approved pre-authorisation of a payment; ErrTransactionNotFound.
	HoldOf(ctx context.Context, p Payment) (Transaction, error)
	// FollowUps are the captures, reversals and refunds of a payment, oldest first.
	FollowUps(ctx context.Context, profileID profile.ID, paymentID ID) ([]Attempt, error)
	InsertTransaction(ctx context.Context, t Transaction) error
	SaveTransaction(ctx context.Context, t Transaction) error
	// Methods are an order's payment methods that were not removed, the main one first.
	Methods(ctx context.Context, profileID profile.ID, orderID order.ID) ([]StoredMethod, error)
	// Method finds one, also one that was removed; ErrMethodNotFound.
	Method(ctx context.Context, profileID profile.ID, methodID MethodID) (StoredMethod, error)
	// InsertMethod adds one. A main one takes the place of the one before.
	InsertMethod(ctx context.Context, m StoredMethod) error
	SaveMethod(ctx context.Context, m StoredMethod) error
	// UsedByOpenAttempt reports whether a charge of a payment method is open.
	UsedByOpenAttempt(ctx context.Context, m StoredMethod) (bool, error)
	// InsertChargeTry counts a charge of a card that is about to be sent;
	// RemoveChargeTry takes it back when it was approved or never sent.
	InsertChargeTry(ctx context.Context, a Attempt, card string, at time.Time) error
	RemoveChargeTry(ctx context.Context, profileID profile.ID, attemptID AttemptID) error
	// ChargeTries are a card's counted charges since a time, oldest first.
	ChargeTries(ctx context.Context, profileID profile.ID, card string, since time.Time) ([]schedule.Try, error)
	InsertTry(ctx context.Context, t Transaction, ipHash string, at time.Time) error
	LiftTries(ctx context.Context, profileID profile.ID, orderID order.ID, at time.Time) error
	InsertTask(ctx context.Context, t Task) error
	// HasTask reports whether staff have, or had, a task about a subject of an order.
	HasTask(ctx context.Context, profileID profile.ID, orderID order.ID, kind TaskKind, subject string) (bool, error)
	Profile(ctx context.Context, profileID profile.ID) (profile.Profile, error)
	Customer(ctx context.Context, profileID profile.ID, customerID customer.ID) (customer.Customer, error)
	// ClaimDue leases rows of a queue whose time has come, the longest due first. What
	// is in them is read afterwards, one by one.
	ClaimDue(ctx context.Context, q Queue, now, leaseUntil time.Time, limit int) ([]Claimed, error)
	// SetAside prolongs the lease of a claimed row.
	SetAside(ctx context.Context, q Queue, c Claimed, until time.Time) error
	// InsertNotification stores one; isNew is false when the account sent the same content before.
	InsertNotification(ctx context.Context, n Notification) (isNew bool, err error)
	SaveNotification(ctx context.Context, n Notification) error
	Record(ctx context.Context, e event.Event) error
	// KeepAnswer keeps what a call is answered, beside its work.
	KeepAnswer(ctx context.Context, call *idem.Call, made any) error
}
