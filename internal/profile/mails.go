package profile

import (
	"slices"
	"time"

	"github.com/quittance/quittance/internal/fault"
)

// OptionalMails are the kinds of mail that are sent by themselves and that a
// profile may switch off, by the names of package mail.
var OptionalMails = []string{
	"order_reminder", "purchase_confirmation", "refund_confirmation", "mandate_agreement", "card_expiring", "card_expired",
	"payment_rescheduled", "payment_skipped", "payment_merged", "payment_approved", "payment_declined", "payment_rejected",
	"subscription_renews", "subscription_paused", "subscription_resumed", "subscription_kept",
}

// Mails are what a profile says about mail, and about who does not answer it.
type Mails struct {
	// MailsOff are the OptionalMails that are not sent. All others are.
	MailsOff []string `json:"mails_off,omitempty"`
	// CancelPendingAfterDays cancels an order that was not paid in so many days after
	// it was made, or after the last declined try; 0 never does.
	CancelPendingAfterDays int64 `json:"cancel_pending_after_days,omitempty"`
}

// maxPendingDays bounds CancelPendingAfterDays.
const maxPendingDays = 3650

// UnpaidUntil is since when an order is unpaid that is cancelled at now. Days are
// those of the profile's zone.
func (p Profile) UnpaidUntil(now time.Time) time.Time {
	return now.In(p.Location()).AddDate(0, 0, -int(p.Details.CancelPendingAfterDays)).UTC()
}

// UnpaidEnds is when an order is cancelled that is unpaid since a moment.
func (p Profile) UnpaidEnds(since time.Time) time.Time {
	return since.In(p.Location()).AddDate(0, 0, int(p.Details.CancelPendingAfterDays)).UTC()
}

// Mutes reports whether mail of a kind is switched off.
func (m Mails) Mutes(kind string) bool { return slices.Contains(m.MailsOff, kind) }

func (m Mails) refuseWrong() []fault.Field {
	var bad []fault.Field
	if slices.ContainsFunc(m.MailsOff, func(kind string) bool { return !slices.Contains(OptionalMails, kind) }) {
		bad = append(bad, fault.Field{Pointer: "/mails_off", Code: "not_allowed", Public: "Use names of mails that can be switched off, such as order_reminder."})
	}
	if m.CancelPendingAfterDays < 0 || m.CancelPendingAfterDays > maxPendingDays {
		bad = append(bad, fault.Field{Pointer: "/cancel_pending_after_days", Code: "not_allowed", Public: "Use a number of days up to 3650; 0 cancels nothing."})
	}
	return bad
}
