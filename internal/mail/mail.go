// Package mail owns what has to be told to a customer by e-mail: one row per
// mail, written by the transaction that causes it. It knows when a mail may be
// asked for and when the next attempt is due; what a mail says and how it is
// sent is package notify's.
package mail

import (
	"time"

	"github.com/quittance/quittance/internal/order"
	"github.com/quittance/quittance/internal/profile"
)

// ID is a mail's key.
type ID string

// State is where a mail stands.
type State string

// The states. A mail whose purpose went away before it was sent is withdrawn: a
// paid order asks for no payment.
const (
	Due       State = "due"
	Sent      State = "sent"
	Failed    State = "failed"
	Withdrawn State = "withdrawn"
)

// Mail is one to an order's customer, or to the merchant or the operator. The address is not here: it is read
// from the customer, the profile or the settings when the mail is sent, so that it is kept in one place and a
// correction reaches mail that still waits. All times are wall time.
type Mail struct {
	ID            ID
	ProfileID     profile.ID
	OrderID       order.ID // empty: to the merchant or the operator
	About                  // which of the order's mails it is
	Asked         bool     // for by somebody: such a mail has no step and may be repeated
	Language      string
	MessageID     string // without its angle brackets; set before the first attempt and kept
	State         State
	Attempts      int64 // begun, the one under way included
	NextAttemptAt time.Time
	LeaseUntil    time.Time // somebody is sending it until then
	LastError     string    // why the last attempt failed, without addresses
	CreatedAt     time.Time
	DoneAt        time.Time // when it left the state due
}

// gaps are the waits after the first failed attempts; the last one is that after
// all later ones. With maxAttempts they last three days.
var gaps = []time.Duration{time.Minute, 4 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour}

const maxAttempts = 42

// Lease is how long an attempt to send keeps others away. It is longer than any
// attempt lasts.
const Lease = 5 * time.Minute

// Claim begins an attempt at now. It answers false when the mail is not due or
// somebody is at it. Attempts then names this attempt: it is the fence against
// one that took longer than its lease.
func (m *Mail) Claim(now time.Time) bool {
	if m.State != Due || now.Before(m.NextAttemptAt) || now.Before(m.LeaseUntil) {
		return false
	}
	m.Attempts++
	m.LeaseUntil = now.Add(Lease)
	return true
}

// stale is the age at which a mail helps nobody any more. It matters where there
// was no mail server for long: the first one must not send what is forgotten.
const stale = 30 * 24 * time.Hour

// Stale reports whether the mail has waited for so long that it is withdrawn.
func (m Mail) Stale(now time.Time) bool { return now.Sub(m.CreatedAt) > stale }

// Finish ends the mail in a state other than Due.
func (m *Mail) Finish(s State, now time.Time) {
	m.State, m.DoneAt = s, now
	m.NextAttemptAt, m.LeaseUntil = time.Time{}, time.Time{}
}

// Retry plans the next attempt, or answers false when there were enough.
func (m *Mail) Retry(now time.Time) bool {
	if m.Attempts >= maxAttempts {
		return false
	}
	m.NextAttemptAt, m.LeaseUntil = now.Add(gaps[min(max(m.Attempts, 1), int64(len(gaps)))-1]), time.Time{}
	return true
}

func (m Mail) wakeUp() Send { return Send{m.ProfileID, m.ID, m.Attempts} }

// Send wakes up the sending of a mail. Attempts is that of the mail when it was
// made, so that a wake-up for one attempt never stands for the next.
type Send struct {
	ProfileID profile.ID `json:"profile_id"`
	MailID    ID         `json:"mail_id"`
	Attempts  int64      `json:"attempts"`
}

// Kind names the job.
func (Send) Kind() string { return "mail.send" }
