package schedule

import (
	"time"

	"github.com/quittance/quittance/internal/gateway"
)

// Fact is what a charge of a scheduled payment came to. None stands for a change
// that no charge brought about.
type Fact string

// The facts.
const (
	None         Fact = ""
	Approved     Fact = "approved"
	SoftDecline  Fact = "soft_decline"
	HardDecline  Fact = "hard_decline"          // this card never again, or the series is over
	Authenticate Fact = "authentication_needed" // only with the customer
	Mend         Fact = "card_data"             // only when the customer has mended the card's data
	Operator     Fact = "operator"              // our request or account is at fault
	Unknown      Fact = "unknown"
	Held         Fact = "held" // approved otherwise than asked: staff decide
)

// Facts are all of them.
var Facts = []Fact{Approved, SoftDecline, HardDecline, Authenticate, Mend, Operator, Unknown, Held}

// FactOf is what a failed charge is, by what it allows afterwards. A decline that
// says nothing is a soft one.
func FactOf(r gateway.Retry) Fact {
	if r.Stop {
		return HardDecline
	}
	switch r.Class {
	case gateway.RetryHard:
		return HardDecline
	case gateway.RetryAuthenticate:
		return Authenticate
	case gateway.RetryMend:
		return Mend
	case gateway.RetryOperator:
		return Operator
	case gateway.RetryUnknown:
		return Unknown
	case gateway.RetrySoft:
	}
	return SoftDecline
}

// outcomes is the table of facts: what each makes of a payment that can still be
// collected. A fact without a row leaves the payment as it is, and so does every
// fact a payment that was collected or given up: an approval of such a one is
// surplus. Of a payment that was declined before, Complete is Recovered.
var outcomes = map[Fact]Status{
	Approved:     Complete,
	SoftDecline:  SoftDeclined,
	HardDecline:  HardDeclined,
	Authenticate: SoftDeclined,
	Mend:         SoftDeclined,
	Held:         Review,
}

// classes are what a decline allows afterwards, as kept with the payment.
var classes = map[Fact]gateway.RetryClass{
	SoftDecline: gateway.RetrySoft, HardDecline: gateway.RetryHard, Authenticate: gateway.RetryAuthenticate, Mend: gateway.RetryMend,
}

// Takes reports whether money can still be booked as the collection of the payment.
func (p Payment) Takes() bool {
	switch p.Status {
	case Scheduled, SoftDeclined, HardDeclined, Paused, Review:
		return true
	case Complete, Recovered, Skipped, Merged, Cancelled:
	}
	return false
}

// Collected reports whether the payment's money was taken.
func (p Payment) Collected() bool { return p.Status == Complete || p.Status == Recovered }

// Book changes the payment as a fact demands and reports whether the fact is the
// payment's: an approval that is not is surplus, which goes back. Facts are never
// refused (design.md §4.5). What follows a decline is Declined's to say.
func (p *Payment) Book(f Fact, now time.Time) bool {
	if !p.Takes() {
		return false
	}
	to, moves := outcomes[f]
	if !moves {
		return true
	}
	p.CollectAt, p.LeaseUntil = time.Time{}, time.Time{}
	switch to {
	case Complete:
		p.SettledAt, p.HeldBy, p.Refusal, p.NotBefore = now, "", "", time.Time{}
		if p.Class != "" {
			to = Recovered
		}
	case SoftDeclined, HardDeclined:
		p.Class = classes[f]
		if p.DeclinedAt.IsZero() || p.Status == HardDeclined {
			p.DeclinedAt = now
		}
	default:
	}
	p.Status = to
	return true
}

// Declined books a failed charge and what it allows afterwards: when the payment is
// tried again, or the rule that forbids it. tries are the card's counted charges,
// this one included. It reports whether the fact is the payment's.
func (p *Payment) Declined(r gateway.Retry, policy Policy, tries []Try, now time.Time) (Decision, bool) {
	if !p.Book(FactOf(r), now) {
		return Decision{}, false
	}
	d := policy.Next(*p, r, tries, now)
	if FactOf(r) == Unknown {
		return d, true
	}
	p.CollectAt, p.Refusal, p.NotBefore = d.At, "", time.Time{}
	if d.At.IsZero() {
		p.Refusal = d.Rule
	}
	if r.After > 0 {
		p.NotBefore = now.Add(r.After)
	}
	return d, true
}

// AnotherCard lifts what forbade the card that was declined, since there is
// another one now: a new card begins a new count.
func (p *Payment) AnotherCard() {
	if p.Refusal.OfCard() {
		p.Refusal = ""
	}
	p.NotBefore = time.Time{}
}

// Reopen makes a payment due at once whose card may be charged again after all; it
// reports whether it was declined.
func (p *Payment) Reopen(now time.Time) bool {
	if p.May(Retry) != nil {
		return false
	}
	p.Status, p.CollectAt, p.LeaseUntil, p.Refusal = Scheduled, now, time.Time{}, ""
	return true
}

// Withheld puts a payment back that fell due and may not be charged: until the
// decision's time, or for good, as declined as it was.
func (p *Payment) Withheld(d Decision) {
	p.CollectAt, p.LeaseUntil = d.At, time.Time{}
	if !d.At.IsZero() {
		return
	}
	p.Refusal = d.Rule
	if p.Status == Scheduled {
		p.Status = SoftDeclined
		if d.Rule == RuleHard || d.Rule == RuleStopped || d.Rule == RuleDisputed {
			p.Status = HardDeclined
		}
	}
}
