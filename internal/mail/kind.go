package mail

import (
	"slices"

	"github.com/quittance/quittance/internal/profile"
)

// Kind is what a mail is for (facts/billpro.md §1.12).
type Kind string

// The kinds of mail, each with what About.Subject and About.Step are of it.
const (
	OrderReady            Kind = "order_ready"            // asked for: the payment link
	OrderReminder         Kind = "order_reminder"         // asked for, or step 1 to 3 of an order that is not paid
	PurchaseConfirmation  Kind = "purchase_confirmation"  // the initial transaction: money taken, money held or a card stored
	RefundConfirmation    Kind = "refund_confirmation"    // the refund
	MandateAgreement      Kind = "mandate_agreement"      // the initial transaction: what its customer agreed to pay later
	CardExpiring          Kind = "card_expiring"          // the payment method
	CardExpired           Kind = "card_expired"           // the payment method
	CardDetailsUpdate     Kind = "card_details_update"    // asked for: the way to another card
	PaymentRescheduled    Kind = "payment_rescheduled"    // the scheduled payment; its version
	PaymentSkipped        Kind = "payment_skipped"        // the scheduled payment
	PaymentMerged         Kind = "payment_merged"         // the scheduled payment that is the sum of the others
	PaymentApproved       Kind = "payment_approved"       // the transaction
	PaymentDeclined       Kind = "payment_declined"       // hard: the scheduled payment; its tries
	PaymentRejected       Kind = "payment_rejected"       // soft: the scheduled payment; its tries
	SubscriptionRenews    Kind = "subscription_renews"    // the scheduled payment; the day as DayStep
	SubscriptionPaused    Kind = "subscription_paused"    // the order; its version
	SubscriptionResumed   Kind = "subscription_resumed"   // the order; its version
	SubscriptionCancelled Kind = "subscription_cancelled" // its customer's wish, confirmed: the order; its version
	SubscriptionKept      Kind = "subscription_kept"      // the same, taken back: the order; its version
)

// The kinds of mail to the merchant, and to whoever runs the installation: their
// subject is not an order's.
const (
	WebhookDisabled Kind = "webhook_endpoint_disabled"   // the webhook endpoint; when, in seconds since 1970
	PageAltered     Kind = "payment_page_altered"        // what differs; when, in milliseconds since 1970
	SourceBlocked   Kind = "payment_page_source_blocked" // none; the day as DayStep
)

// Kinds are all that customers get.
var Kinds = []Kind{
	OrderReady, OrderReminder, PurchaseConfirmation, RefundConfirmation, MandateAgreement, CardExpiring, CardExpired, CardDetailsUpdate,
	PaymentRescheduled, PaymentSkipped, PaymentMerged, PaymentApproved, PaymentDeclined, PaymentRejected,
	SubscriptionRenews, SubscriptionPaused, SubscriptionResumed, SubscriptionCancelled, SubscriptionKept,
}

// Optional reports whether a profile may switch the kind off: what is sent by
// itself, but for the confirmation of a cancellation, which the law wants.
func (k Kind) Optional() bool { return slices.Contains(profile.OptionalMails, string(k)) }

// About is which of an order's mails one is: each exists once.
type About struct {
	Kind    Kind
	Subject string // the key of what it tells of; empty: the order
	Step    int64  // which of those about the same
}
