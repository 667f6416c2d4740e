package payment

import (
	"time"

	"github.com/quittance/quittance/internal/clock"
	"github.com/quittance/quittance/internal/gateway"
	"github.com/quittance/quittance/internal/id"
	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Drivers finds the driver of a gateway account.
type Drivers interface {
	Driver(account gateway.Account) (gateway.Driver, error)
}

// Service moves money and books what the gateway says.
type Service struct {
	repo     Repo
	profiles *profile.Service
	drivers  Drivers
	clock    clock.Clock
	limits   Limits
}

// NewService returns a Service. Limits without any of charges have the schemes'.
func NewService(repo Repo, profiles *profile.Service, drivers Drivers, c clock.Clock, limits Limits) *Service {
	if limits.Charges == (schedule.Limits{}) {
		limits.Charges = schedule.SchemeLimits
	}
	return &Service{repo, profiles, drivers, c, limits}
}

// TaskKind is why staff must look.
type TaskKind string

// The kinds of tasks that staff are left with.
const (
	TaskSurplus        TaskKind = "surplus_payment"
	TaskHeld           TaskKind = "payment_held"
	TaskReturnFailed   TaskKind = "return_failed"
	TaskCaptureFailed  TaskKind = "capture_failed"
	TaskReversalFailed TaskKind = "reversal_failed"
	TaskRefundFailed   TaskKind = "refund_failed"
	TaskContradiction  TaskKind = "gateway_contradiction"
	TaskReview         TaskKind = "payment_review"
	TaskChargeback     TaskKind = "chargeback"
	TaskDisputeWon     TaskKind = "dispute_won"
	TaskHoldLapses     TaskKind = "hold_lapses"
	TaskHoldOver       TaskKind = "hold_outcome_unknown"
	TaskUnknown        TaskKind = "outcome_unknown"
	TaskUnmatched      TaskKind = "notification_unmatched"
	TaskUnreadable     TaskKind = "row_unreadable" // of no order; the subject is an attempt, a notification or a removed card
	TaskRefused        TaskKind = "gateway_refused"
	TaskCardTesting    TaskKind = "card_testing"
	TaskMailFailed     TaskKind = "mail_failed"
	TaskPaperLacks     TaskKind = "document_lacks_characters"   // the document; it shows boxes in their places
	TaskPaperUndrawn   TaskKind = "document_not_drawn"          // the document; drawing it fails, and is tried again
	TaskPageAltered    TaskKind = "payment_page_altered"        // of no order
	TaskSourceBlocked  TaskKind = "payment_page_source_blocked" // of no order
)

// Task is something for staff to look at.
type Task struct {
	ID        string
	ProfileID profile.ID
	Kind      TaskKind
	OrderID   order.ID
	Subject   string
	CreatedAt time.Time
}

func newTask(profileID profile.ID, kind TaskKind, orderID order.ID, subject string, at time.Time) Task {
	return Task{ID: id.New("tsk"), ProfileID: profileID, Kind: kind, OrderID: orderID, Subject: subject, CreatedAt: at}
}
