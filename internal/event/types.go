package event

import "slices"

// Type is one sort of event: the words of the API's documentation.
type Type struct {
	Name    string   // subject.verb in the past tense
	When    string   // a sentence for merchants' developers
	Subject string   // what Event.Subject names: a field of Fields, such as "order"
	Data    []string // fields that its data has
	Maybe   []string // fields that its data has at times
}

// Field is what a name in an event's data means, with an example.
type Field struct {
	Means   string
	Example any
}

// Sets of fields that several types share.
var (
	status   = []string{"status"}
	money    = []string{"attempt", "amount", "currency", "type"}
	ofMethod = []string{"standing"}
	started  = []string{"amount", "currency", "transaction"}
	kind     = []string{"kind"}
	ofCharge = []string{"scheduled_payment"}
	declined = []string{"attempt", "amount", "currency", "type", "reason"}
	dueOn    = []string{"due_on"}
)

// Types are all that are ever recorded, by name. The API's document lists these
// and no others, and every test of the whole application holds what it records
// against them.
var Types = []Type{
	{"checkout.started", "A customer was sent to a new checkout.", "attempt", nil, nil},
	{"checkout.superseded", "A newer checkout took the place of one.", "attempt", nil, nil},
	{"customer.changed", "A customer was changed.", "customer", nil, nil},
	{"customer.created", "A customer was created.", "customer", nil, nil},
	{"document.issued", "An invoice, a receipt or a credit note was issued.", "document", []string{"kind", "number"}, nil},
	{"mail.failed", "A mail to the customer could not be sent.", "mail", kind, nil},
	{"mail.requested", "Somebody asked for a mail to the customer.", "mail", kind, nil},
	{"mail.sent", "A mail to the customer was handed to the mail server.", "mail", kind, nil},
	{"mail.withdrawn", "A mail to the customer lost its purpose before it was sent.", "mail", kind, nil},
	{"order.active", "An order became active: its first payment was approved, or it collects again.", "order", status, nil},
	{"order.cancel_requested", "An order is to be cancelled as soon as its held money has been given back.", "order", status, nil},
	{"order.cancellation_received", "A customer ended a subscription for the day on.", "order", []string{"status", "on"}, nil},
	{"order.cancellation_undone", "A customer took back the end of a subscription.", "order", status, nil},
	{"order.cancelled", "An order was cancelled before it began; reason is unpaid where nobody paid it in time.", "order", status, []string{"on", "reason"}},
	{"order.collecting_resumed", "Staff let an order collect again after a chargeback.", "order", nil, nil},
	{"order.complete", "An order is complete: all is paid, or it has ended.", "order", status, []string{"on"}},
	{"order.consent_given", "A customer consented to what is shown before a payment.", "order", nil, nil},
	{"order.created", "An order was created.", "order", []string{"type", "total", "initial", "currency"}, nil},
	{"order.failed", "An order's newest scheduled payment was declined and will be tried again.", "order", status, nil},
	{"order.links_revoked", "Every payment link of an order was revoked.", "order", nil, nil},
	{"order.paused", "A subscription was paused.", "order", status, nil},
	{"order.pending", "An order waits for its first payment again.", "order", status, nil},
	{"order.resumed", "A paused subscription was resumed.", "order", status, nil},
	{"order.review", "An order needs staff: it collected more or less than was sold.", "order", status, nil},
	{"order.suspended", "An order collects nothing until its customer gives another card.", "order", status, nil},
	{"payment.approved", "A payment, pre-authorisation or registration was approved.", "transaction", money, ofCharge},
	{"payment.capture_failed", "Held money could not be captured.", "attempt", money, nil},
	{"payment.capture_started", "Held money is being captured.", "attempt", started, nil},
	{"payment.captured", "Held money was captured, in whole or in part.", "transaction", money, ofCharge},
	{"payment.declined", "A payment was declined; reason is a word for why.", "transaction", declined, ofCharge},
	{"payment.dispute_won", "A dispute gave money back to the merchant.", "transaction", money, ofCharge},
	{"payment.disputed", "A cardholder took money back by way of the bank.", "transaction", money, ofCharge},
	{"payment.held", "A payment does not fit what was asked for and was put aside for staff.", "transaction", money, ofCharge},
	{"payment.hold_lapses_soon", "Held money is expected to go back by itself at the time until.", "payment", []string{"until"}, nil},
	{"payment.hold_outcome_unknown", "Held money should be free since the time until, and the gateway does not say whether it is.", "payment", []string{"until"}, nil},
	{"payment.lapsed", "A hold is over and no money can be captured any more.", "attempt", money, nil},
	{"payment.limit_reached", "Declined tries reached the limit against card testing.", "transaction", money, ofCharge},
	{"payment.limits_lifted", "Staff let a customer try on after too many declined tries.", "order", nil, nil},
	{"payment.pending", "The bank still decides about a payment.", "transaction", money, ofCharge},
	{"payment.refund_failed", "Money could not be refunded.", "attempt", money, nil},
	{"payment.refund_started", "Money is being refunded.", "attempt", started, nil},
	{"payment.refunded", "Money was refunded, in whole or in part.", "transaction", money, ofCharge},
	{"payment.released", "Held money was given back.", "transaction", money, ofCharge},
	{"payment.return_failed", "Surplus money could not be sent back.", "attempt", money, nil},
	{"payment.reversal_failed", "Held money could not be given back.", "attempt", money, nil},
	{"payment.reversal_started", "Held money is being given back.", "attempt", started, nil},
	{"payment.surplus", "Money came that nobody is owed; it goes back by itself.", "transaction", money, ofCharge},
	{"payment.surplus_returned", "Surplus money went back.", "transaction", money, ofCharge},
	{"payment.unknown", "A gateway's answer about a payment says neither yes nor no.", "attempt", money, nil},
	{"payment_method.chosen", "A customer chose another stored card to be charged.", "payment_method", nil, nil},
	{"payment_method.removed", "A customer removed a stored card.", "payment_method", nil, nil},
	{"payment_method.standing_changed", "What may be charged to a card changed: standing is good, soft_declined, hard_declined, stopped or disputed.", "payment_method", ofMethod, nil},
	{"payment_method.stored", "A card was stored and is the one to be charged.", "payment_method", []string{"transaction"}, nil},
	{"payment_method.update_started", "A customer began to give another card, and agreed to pay settles with it.", "payment", []string{"settles", "currency"}, nil},
	{"payment_page.altered", "A payment page reached browsers otherwise than it was sent; differs names headers and addresses of scripts and of the page, with blanks between them.", "profile", []string{"differs"}, nil},
	{"payment_page.source_blocked", "A browser reported for the first time that the policy of a payment page blocked a source: an origin, or a word such as inline.", "profile", []string{"page", "directive", "source"}, nil},
	{"product.changed", "A product was changed.", "product", nil, nil},
	{"product.created", "A product was created.", "product", nil, nil},
	{"scheduled_payment.cancelled", "A scheduled payment was cancelled.", "scheduled_payment", nil, dueOn},
	{"scheduled_payment.charge_requested", "A scheduled payment is to be charged now.", "scheduled_payment", nil, nil},
	{"scheduled_payment.merged", "Scheduled payments became one: into names it on each part, parts counts them on the sum.", "scheduled_payment", nil, []string{"into", "amount", "currency", "parts"}},
	{"scheduled_payment.paused", "A scheduled payment was paused with its order.", "scheduled_payment", dueOn, nil},
	{"scheduled_payment.reopened", "A scheduled payment is to be collected again after a chargeback.", "scheduled_payment", dueOn, nil},
	{"scheduled_payment.requested", "A payment of a metered order was asked for.", "scheduled_payment", []string{"due_on", "amount"}, nil},
	{"scheduled_payment.rescheduled", "Date, amount or rhythm of a scheduled payment changed.", "scheduled_payment", []string{"due_on", "amount"}, nil},
	{"scheduled_payment.restored", "A scheduled payment is due again, since the end of its subscription was taken back.", "scheduled_payment", dueOn, nil},
	{"scheduled_payment.resumed", "A paused scheduled payment is due again.", "scheduled_payment", dueOn, nil},
	{"scheduled_payment.retry_planned", "A declined scheduled payment is tried again at the time at.", "scheduled_payment", []string{"rule", "at"}, nil},
	{"scheduled_payment.retry_refused", "A scheduled payment is not tried again by itself; rule says why.", "scheduled_payment", []string{"rule"}, []string{"at"}},
	{"scheduled_payment.skipped", "A scheduled payment was skipped.", "scheduled_payment", nil, nil},
	{"test_clock.advancing", "The test clock of a sandbox profile was set on its way.", "profile", []string{"to"}, nil},
	{"test_clock.arrived", "The test clock of a sandbox profile has arrived.", "profile", nil, nil},
	{"webhook_endpoint.changed", "A webhook endpoint was changed, enabled or disabled.", "webhook_endpoint", nil, nil},
	{"webhook_endpoint.created", "A webhook endpoint was created.", "webhook_endpoint", nil, nil},
	{"webhook_endpoint.deleted", "A webhook endpoint was deleted.", "webhook_endpoint", nil, nil},
	{"webhook_endpoint.disabled", "A webhook endpoint was disabled by itself: reason is failing after three days of nothing but failures, gone after an answer 410.", "webhook_endpoint", []string{"reason"}, nil},
	{"webhook_endpoint.redelivery_requested", "Somebody asked for an event to be sent to a webhook endpoint again.", "webhook_endpoint", []string{"delivery"}, nil},
	{"webhook_endpoint.secret_rotated", "A webhook endpoint got a new secret.", "webhook_endpoint", nil, nil},
}

// Fields are the names that occur in data, and what subjects are called.
var Fields = map[string]Field{
	"amount":            {"In the currency, or in the order's.", "20.00"},
	"at":                {"A moment in UTC.", "2026-03-02T09:00:00Z"},
	"attempt":           {"The attempt to move money.", "att_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"currency":          {"An ISO 4217 code.", "EUR"},
	"customer":          {"The customer.", "cus_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"delivery":          {"The delivery.", "whd_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"differs":           {"What was not as it was sent.", "Content-Security-Policy https://elsewhere.example/x.js"},
	"directive":         {"The directive of the policy.", "script-src-elem"},
	"document":          {"The document.", "doc_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"due_on":            {"A day in the profile's zone.", "2026-04-01"},
	"initial":           {"What is paid first.", "20.00"},
	"into":              {"The scheduled payment that took this one's place.", "spm_06f6x2v0f5x0hd8x3m1cvt5w31"},
	"kind":              {"The kind of mail or document.", "invoice"},
	"mail":              {"The mail.", "mal_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"number":            {"The document's number.", "INV-2026-00001"},
	"on":                {"A day in the profile's zone.", "2026-04-01"},
	"order":             {"The order.", "ord_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"page":              {"The kind of payment page: checkout or embed.", "checkout"},
	"parts":             {"How many scheduled payments became this one.", 2},
	"payment":           {"What the order asks its customer to pay.", "pay_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"payment_method":    {"The stored card.", "pmt_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"product":           {"The product.", "prd_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"profile":           {"The profile.", "prf_7k2m9x4q"},
	"reason":            {"Why, in one word.", "funds"},
	"rule":              {"The rule that decided, empty for none.", "hard_decline"},
	"scheduled_payment": {"The scheduled payment.", "spm_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"settles":           {"What is paid with the new card at once.", "20.00"},
	"source":            {"What was blocked.", "https://elsewhere.example"},
	"standing":          {"What may be charged to the card.", "soft_declined"},
	"status":            {"The order's status.", "active"},
	"to":                {"A moment in UTC.", "2026-04-01T00:00:00Z"},
	"total":             {"What was sold.", "20.00"},
	"transaction":       {"The transaction.", "trn_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"type":              {"The order's type, or the transaction's: PA, CP, DB, RF, RV, RG or CB.", "DB"},
	"webhook_endpoint":  {"The webhook endpoint.", "whe_06f6x2v0f5x0hd8x3m1cvt5w30"},
	"until":             {"A moment in UTC.", "2026-03-08T09:00:00Z"},
}

// Named finds a type by its name.
func Named(name string) (Type, bool) {
	i, ok := slices.BinarySearchFunc(Types, name, func(t Type, name string) int {
		switch {
		case t.Name < name:
			return -1
		case t.Name > name:
			return 1
		}
		return 0
	})
	if !ok {
		return Type{}, false
	}
	return Types[i], true
}

// Names are the names of all types.
func Names() []string {
	all := make([]string, len(Types))
	for i, t := range Types {
		all[i] = t.Name
	}
	return all
}
