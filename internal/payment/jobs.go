package payment

import (
	"github.com/quittance/quittance/internal/profile"
	"github.com/quittance/quittance/internal/schedule"
)

// Send wakes up a call of our own server to a gateway.
type Send struct {
	ProfileID profile.ID `json:"profile_id"`
	AttemptID AttemptID  `json:"attempt_id"`
}

// Kind names the job.
func (Send) Kind() string { return "payment.send" }

// Charge wakes up the collecting of a scheduled payment. Tries is the payment's
// when it was made, so that a wake-up for one try never stands for the next.
type Charge struct {
	ProfileID   profile.ID  `json:"profile_id"`
	ScheduledID schedule.ID `json:"scheduled_id"`
	Tries       int64       `json:"tries"`
}

// Kind names the job.
func (Charge) Kind() string { return "payment.charge" }

// ApplyNotification wakes up the booking of a stored notification.
type ApplyNotification struct {
	ProfileID      profile.ID `json:"profile_id"`
	NotificationID string     `json:"notification_id"`
}

// Kind names the job.
func (ApplyNotification) Kind() string { return "payment.apply_notification" }

// Forget wakes up the deletion of a removed payment method at its gateway.
type Forget struct {
	ProfileID profile.ID `json:"profile_id"`
	MethodID  MethodID   `json:"method_id"`
}

// Kind names the job.
func (Forget) Kind() string { return "payment.forget" }
