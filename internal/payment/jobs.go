package payment

import "github.com/quittance/quittance/internal/profile"

// SendBack wakes up the return of surplus money.
type SendBack struct {
	ProfileID profile.ID `json:"profile_id"`
	AttemptID AttemptID  `json:"attempt_id"`
}

// Kind names the job.
func (SendBack) Kind() string { return "payment.send_back" }

// ApplyNotification wakes up the booking of a stored notification.
type ApplyNotification struct {
	ProfileID      profile.ID `json:"profile_id"`
	NotificationID string     `json:"notification_id"`
}

// Kind names the job.
func (ApplyNotification) Kind() string { return "payment.apply_notification" }
